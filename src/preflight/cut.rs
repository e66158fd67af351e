//! What the plan has to ask the source before it can say how rows travel: bounds of chunks, blanks of columns. The
//! questions of all tables are sent at once.
use std::collections::HashMap;

use futures_util::future;

use crate::{
    catalog::{self, Selected},
    config::Settings,
    error::{Error, ErrorKind, Result},
    object::{Object, Table},
    pg::{Ident, Oid},
    plan::{self, Cut, Rules, Sizes, Wish},
    session::Session,
};

/// How every table is cut. Only lanes that the machines can feed count: on two processors that both servers share, a
/// second lane of one table takes from the first what it gains, unless its rows are wide.
pub(super) async fn read_cuts(
    session: &Session,
    selected: &Selected,
    settings: &Settings,
    [lanes, wide_lanes]: [u32; 2],
) -> Result<HashMap<Oid, Cut>> {
    let objects = &selected.catalog.objects;
    let keys: HashMap<Oid, &Ident> = objects
        .iter()
        .filter_map(|object| match object {
            Object::Key(key) if key.is_primary() => key.columns.first().map(|column| (key.relation, column)),
            _ => None,
        })
        .collect();
    let rules = Rules::new(objects, &settings.selection);
    let total = tables(selected).map(|table| table.bytes).sum();
    let sizes = Sizes::new(settings.cutting, total, lanes, wide_lanes);
    let tables = tables(selected).filter(|table| table.has_rows_of_its_own());
    let cuts = tables.map(async |table| {
        let wish =
            plan::wish(table, &rules.of(table), keys.get(&table.oid).copied(), session.version(), sizes);
        Ok::<_, Error>((table.oid, grant(session, table, wish).await?))
    });
    Ok(future::try_join_all(cuts).await?.into_iter().collect())
}

/// The columns whose trailing blanks stay behind.
pub(super) async fn read_padded(session: &Session, selected: &Selected) -> Result<HashMap<Oid, Vec<Ident>>> {
    let padded = tables(selected)
        .map(async |table| Ok::<_, Error>((table.oid, catalog::read_padded(session, table).await?)));
    let padded = future::try_join_all(padded).await?;
    Ok(padded.into_iter().filter(|(_, columns)| !columns.is_empty()).collect())
}

fn tables(selected: &Selected) -> impl Iterator<Item = &Table> {
    selected.catalog.objects.iter().filter_map(|object| match object {
        Object::Table(table) => Some(table),
        _ => None,
    })
}

async fn grant(session: &Session, table: &Table, wish: Wish) -> Result<Cut> {
    let (column, chunks, rows) = match wish {
        Wish::Cut(cut) => return Ok(cut),
        Wish::RowsEach(column, each) => {
            let rows = catalog::estimated_rows(session, table).await?;
            (column, plan::chunks_of(rows, each), rows)
        }
        Wish::Chunks(column, chunks) => (column, chunks, catalog::estimated_rows(session, table).await?),
    };
    if !table.columns.iter().any(|known| known.name == column) {
        let message = format!("`chunk_column` {column} is no column of table {}", table.name);
        return Err(Error::new(ErrorKind::Config, message));
    }
    let bounds = catalog::read_bounds(session, table, &column, rows, chunks).await?;
    Ok(Cut::Ranges(column, bounds))
}
