//! Reads a catalog: a few queries for each kind, however many objects there are, in one transaction.
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use futures_util::future;
use serde::Deserialize;

use super::{Catalog, Database, DatabaseProperties, Depend, Label, Privileges, sizes::Sizes};
use crate::{
    config::Without,
    error::{Context as _, Error, ErrorKind, Result},
    object::{
        COLUMN_QUERIES, Column, KINDS, KindInfo, MEMBERSHIP_QUERIES, Object, ObjectId, Queries, ROLE_QUERIES,
        query_for,
    },
    pg::{Oid, quote_literal},
    session::Session,
};

const DATABASE_QUERIES: Queries = &[
    (u32::MAX, include_str!("sql/database.sql")),
    (16, include_str!("sql/database.pg16.sql")),
    (15, include_str!("sql/database.pg15.sql")),
    (14, include_str!("sql/database.pg14.sql")),
];

/// A row with the address of what it speaks of.
#[derive(Deserialize)]
struct Addressed<T> {
    class: Oid,
    oid: Oid,
    sub: i32,
    #[serde(flatten)]
    value: T,
}

impl<T> Addressed<T> {
    fn pair(self) -> (ObjectId, T) {
        (ObjectId { class: self.class, oid: self.oid, sub: self.sub }, self.value)
    }
}

/// The answers of one round trip come within less.
const BEHIND_THE_FIRST: Duration = Duration::from_millis(500);

#[derive(Deserialize)]
struct Comment {
    comment: String,
}

/// Reads everything. The session's transaction, if it has one, decides which snapshot it is; `pg_get_*def` functions
/// read the newest state whatever the snapshot, which is why tables are locked first ([`Session::lock_and_export`]).
/// All queries are sent at once, half of the work to a `second` session if there is one, which must see the same: a query
/// for each kind, and the time of one round trip.
pub async fn read(session: &Session, second: Option<&Session>) -> Result<Catalog> {
    let second = second.unwrap_or(session);
    let version = session.version();
    let major = version.major();
    // The definitions of indexes and keys cost the server as much as all the rest, most of all columns and tables.
    let kinds = KINDS.iter();
    let kinds = kinds.map(|kind| match kind.name {
        "index" | "key" => read_kind(session, kind),
        _ => read_kind(second, kind),
    });
    let (kinds, columns, comments, privileges, depends, labels, uncarried) = tokio::try_join!(
        future::try_join_all(kinds),
        of("column", second.query_json::<Column>(query_for(COLUMN_QUERIES, major))),
        of("comment", second.query_json::<Addressed<Comment>>(include_str!("sql/comment.sql"))),
        of("privilege", second.query_json::<Addressed<Privileges>>(include_str!("sql/privilege.sql"))),
        of("depend", second.read_rows(include_str!("sql/depend.sql"), parse_depend)),
        of("security label", second.query_json::<Addressed<Label>>(include_str!("sql/security_label.sql"))),
        of("uncarried", second.query_json(include_str!("sql/uncarried.sql"))),
    )?;
    let properties = include_str!("sql/database_properties.sql");
    let (databases, properties, roles, memberships) = tokio::try_join!(
        of("database", session.query_json::<Database>(query_for(DATABASE_QUERIES, major))),
        of("database properties", session.query_json::<DatabaseProperties>(properties)),
        of("role", session.query_json(query_for(ROLE_QUERIES, major))),
        of("membership", session.query_json(query_for(MEMBERSHIP_QUERIES, major))),
    )?;
    let mut objects: Vec<Object> = kinds.into_iter().flatten().collect();
    attach_columns(&mut objects, columns);
    attach_sequences(&mut objects);
    let mut database = databases
        .into_iter()
        .next()
        .ok_or_else(|| Error::new(ErrorKind::Internal, "pg_database does not list us"))?;
    database.properties = properties.into_iter().next().unwrap_or_default();
    Ok(Catalog {
        version,
        database,
        objects,
        depends,
        comments: comments.into_iter().map(Addressed::pair).map(|(id, row)| (id, row.comment)).collect(),
        labels: by_object(labels),
        privileges: privileges.into_iter().map(Addressed::pair).collect(),
        uncarried,
        roles,
        memberships,
        without: Without::default(),
        renamed_roles: BTreeMap::new(),
        owners: HashMap::new(),
    })
}

/// [`read`], and what the relations take on disk.
pub async fn read_with_sizes(session: &Session, second: Option<&Session>) -> Result<Catalog> {
    let sizes = Sizes::read(session);
    let (mut catalog, sizes) = tokio::try_join!(read(session, second), sizes)?;
    sizes.fill(&mut catalog);
    Ok(catalog)
}

/// Names what a query is for in its error. The first error of a session ends its transaction, and the queries behind it fail
/// for that: they wait, so that the one which says why is heard.
async fn of<T>(what: &'static str, query: impl Future<Output = Result<T>>) -> Result<T> {
    let answer = query.await;
    // 25P02: in_failed_sql_transaction
    if answer.as_ref().is_err_and(|error| error.code().is_some_and(|code| code.as_str() == "25P02")) {
        tokio::time::sleep(BEHIND_THE_FIRST).await;
    }
    answer.context(|| what)
}

async fn read_kind(session: &Session, kind: &KindInfo) -> Result<Vec<Object>> {
    if !of(kind.name, may_read(session, kind.reads)).await? {
        return Ok(Vec::new());
    }
    let parse = |row: &str| {
        (kind.parse)(row).map_err(|error| {
            Error::new(ErrorKind::Internal, format!("cannot read a row of the query for {}", kind.name))
                .caused_by(error)
        })
    };
    of(kind.name, session.read_json(query_for(kind.queries, session.version().major()), parse)).await
}

/// Whether a kind can be read at all. Where it cannot, the query of what is not carried names its objects.
async fn may_read(session: &Session, table: Option<&str>) -> Result<bool> {
    let Some(table) = table else { return Ok(true) };
    let sql = format!("SELECT has_table_privilege({}, 'SELECT')::text", quote_literal(table));
    Ok(session.one_text(&sql).await? == "true")
}

fn by_object(rows: Vec<Addressed<Label>>) -> HashMap<ObjectId, Vec<Label>> {
    let mut labels: HashMap<ObjectId, Vec<Label>> = HashMap::new();
    for (id, label) in rows.into_iter().map(Addressed::pair) {
        labels.entry(id).or_default().push(label);
    }
    labels
}

pub(super) fn parse_depend(row: &str) -> Result<Depend> {
    let parsed = || {
        let mut words = row.split(' ');
        let mut id = || {
            Some(ObjectId {
                class: Oid(words.next()?.parse().ok()?),
                oid: Oid(words.next()?.parse().ok()?),
                sub: words.next()?.parse().ok()?,
            })
        };
        let (dependent, referenced) = (id()?, id()?);
        Some(Depend { dependent, referenced, kind: words.next()?.chars().next()? })
    };
    parsed().ok_or_else(|| Error::new(ErrorKind::Internal, format!("a row of pg_depend reads `{row}`")))
}

fn attach_columns(objects: &mut [Object], columns: Vec<Column>) {
    let mut by_relation: HashMap<Oid, Vec<Column>> = HashMap::new();
    for column in columns {
        by_relation.entry(column.relation).or_default().push(column);
    }
    for object in objects {
        let (relation, columns) = match object {
            Object::Table(table) => (table.oid, &mut table.columns),
            Object::View(view) => (view.oid, &mut view.columns),
            Object::MaterializedView(view) => (view.oid, &mut view.columns),
            Object::CompositeType(composite) => (composite.relation, &mut composite.columns),
            _ => continue,
        };
        *columns = by_relation.remove(&relation).unwrap_or_default();
    }
}

fn attach_sequences(objects: &mut [Object]) {
    let mut by_table: HashMap<Oid, Vec<_>> = HashMap::new();
    for object in objects.iter() {
        let Object::Sequence(sequence) = object else { continue };
        if let (true, Some(table), Some(column)) =
            (sequence.identity, sequence.owned_by, sequence.owned_by_column())
        {
            by_table.entry(table).or_default().push((column.clone(), sequence.clone()));
        }
    }
    for object in objects {
        if let Object::Table(table) = object {
            table.identity_sequences = by_table.remove(&table.oid).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_is_seven_words() {
        let depend = parse_depend("1259 16400 0 2615 2200 0 n").unwrap();
        assert_eq!((depend.dependent.oid, depend.referenced.oid, depend.kind), (Oid(16400), Oid(2200), 'n'));
        assert!(parse_depend("1259 16400 0 2615 2200 0").is_err());
    }
}
