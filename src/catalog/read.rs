//! Reads a catalog: a few queries for each kind, however many objects there are, in one transaction.
use std::collections::HashMap;

use serde::Deserialize;

use super::{Catalog, Database, Depend, Label, Privileges};
use crate::{
    error::{Context as _, Error, ErrorKind, Result},
    object::{
        COLUMN_QUERIES, Column, ColumnRow, KINDS, MEMBERSHIP_QUERIES, Object, ObjectId, Queries,
        ROLE_QUERIES, query_for,
    },
    pg::{Oid, QualifiedName, quote_literal},
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

#[derive(Deserialize)]
struct Comment {
    comment: String,
}

/// Reads everything. The session's transaction, if it has one, decides which snapshot it is; `pg_get_*def` functions
/// read the newest state whatever the snapshot, which is why tables are locked first ([`lock_tables`]).
pub async fn read(session: &Session) -> Result<Catalog> {
    let version = session.version();
    let major = version.major();
    let mut objects = Vec::new();
    for kind in KINDS {
        if !may_read(session, kind.reads).await? {
            continue;
        }
        let rows = session.json_rows(query_for(kind.queries, major)).await.context(|| kind.name)?;
        for row in rows {
            objects.push((kind.parse)(&row).map_err(|error| {
                Error::new(ErrorKind::Internal, format!("cannot read a row of the query for {}", kind.name))
                    .caused_by(error)
            })?);
        }
    }
    let columns =
        session.query_json::<ColumnRow>(query_for(COLUMN_QUERIES, major)).await.context(|| "column")?;
    attach_columns(&mut objects, columns);
    attach_sequences(&mut objects);
    let databases =
        session.query_json::<Database>(query_for(DATABASE_QUERIES, major)).await.context(|| "database")?;
    let database = databases
        .into_iter()
        .next()
        .ok_or_else(|| Error::new(ErrorKind::Internal, "pg_database does not list us"))?;
    let comments = session
        .query_json::<Addressed<Comment>>(include_str!("sql/comment.sql"))
        .await
        .context(|| "comment")?;
    let privileges = session
        .query_json::<Addressed<Privileges>>(include_str!("sql/privilege.sql"))
        .await
        .context(|| "privilege")?;
    Ok(Catalog {
        version,
        database,
        objects,
        depends: read_depends(session).await.context(|| "depend")?,
        comments: comments.into_iter().map(Addressed::pair).map(|(id, row)| (id, row.comment)).collect(),
        labels: read_labels(session).await.context(|| "security label")?,
        privileges: privileges.into_iter().map(Addressed::pair).collect(),
        uncarried: session.query_json(include_str!("sql/uncarried.sql")).await.context(|| "uncarried")?,
        roles: session.query_json(query_for(ROLE_QUERIES, major)).await.context(|| "role")?,
        memberships: session
            .query_json(query_for(MEMBERSHIP_QUERIES, major))
            .await
            .context(|| "membership")?,
    })
}

/// Whether a kind can be read at all. Where it cannot, the query of what is not carried names its objects.
async fn may_read(session: &Session, table: Option<&str>) -> Result<bool> {
    let Some(table) = table else { return Ok(true) };
    let sql = format!("SELECT has_table_privilege({}, 'SELECT')::text", quote_literal(table));
    Ok(session.one_text(&sql).await? == "true")
}

/// Takes ACCESS SHARE on tables, in one statement: their definitions hold still until the transaction ends.
pub async fn lock_tables(session: &Session, tables: &[QualifiedName]) -> Result<()> {
    if tables.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = tables.iter().map(|name| format!("ONLY {name}")).collect();
    session.execute(&format!("LOCK TABLE {} IN ACCESS SHARE MODE", names.join(", "))).await
}

async fn read_labels(session: &Session) -> Result<HashMap<ObjectId, Vec<Label>>> {
    let rows = session.query_json::<Addressed<Label>>(include_str!("sql/security_label.sql")).await?;
    let mut labels: HashMap<ObjectId, Vec<Label>> = HashMap::new();
    for (id, label) in rows.into_iter().map(Addressed::pair) {
        labels.entry(id).or_default().push(label);
    }
    Ok(labels)
}

async fn read_depends(session: &Session) -> Result<Vec<Depend>> {
    let rows = session.texts(include_str!("sql/depend.sql")).await?;
    rows.iter()
        .map(|row| {
            parse_depend(row)
                .ok_or_else(|| Error::new(ErrorKind::Internal, format!("a row of pg_depend reads `{row}`")))
        })
        .collect()
}

fn parse_depend(row: &str) -> Option<Depend> {
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
}

fn attach_columns(objects: &mut [Object], rows: Vec<ColumnRow>) {
    let mut by_relation: HashMap<Oid, Vec<Column>> = HashMap::new();
    for row in rows {
        by_relation.entry(row.relation).or_default().push(row.column);
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
        assert_eq!(parse_depend("1259 16400 0 2615 2200 0"), None);
    }
}
