//! Conditions and orders that the user wrote, tried before anything is made: a plan that holds a wrong one could only fail.
use futures_util::future;

use crate::{
    catalog::Selected,
    config::{Settings, TableRule},
    error::{Error, ErrorKind, Result},
    object::{Object, Table},
    plan::Rules,
    session::Session,
};

/// Asks the source for no row of each table that has a `where` or an `order_by`, all at once.
pub(super) async fn check_conditions(
    session: &Session,
    selected: &Selected,
    settings: &Settings,
) -> Result<()> {
    let objects = &selected.catalog.objects;
    let rules = Rules::new(objects, &settings.selection);
    let tables = objects.iter().filter_map(|object| match object {
        Object::Table(table) if rules.is_read(table) => Some(table),
        _ => None,
    });
    let asked = tables.filter_map(|table| Some((table, no_rows_sql(table, &rules.of(table))?)));
    let answers =
        asked.map(async |(table, sql)| session.execute(&sql).await.map_err(|error| name(table, error)));
    future::try_join_all(answers).await.map(|_| ())
}

/// As the rows will be read, but none of them.
fn no_rows_sql(table: &Table, rule: &TableRule) -> Option<String> {
    if rule.where_.is_none() && rule.order_by.is_none() {
        return None;
    }
    let mut sql = format!("SELECT FROM ONLY {}", table.name);
    if let Some(condition) = &rule.where_ {
        sql += &format!(" WHERE ({condition})");
    }
    if let Some(order) = &rule.order_by {
        sql += &format!(" ORDER BY {order}");
    }
    Some(sql + " LIMIT 0")
}

fn name(table: &Table, error: Error) -> Error {
    if error.kind() != ErrorKind::Server {
        return error;
    }
    let message = format!("`where` or `order_by` of table {} is no SQL that the source takes", table.name);
    Error::new(ErrorKind::Config, message).caused_by(error)
}
