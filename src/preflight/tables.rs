//! The selected tables: listed, locked against changes of their definitions, and only then seen by a snapshot.
use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::{
    config::Selection,
    error::{Error, ErrorKind, Result},
    pg::{Oid, QualifiedName, quote_literal},
    session::{Session, SnapshotId},
};

/// How often tables may come or go while they are locked.
const ATTEMPTS: usize = 5;

/// Locks the selected tables and takes a snapshot of them, see [`Session::lock_and_export`]. They are listed before and under
/// the snapshot: what came or went in between starts it anew.
pub(super) async fn hold_still(session: &Session, selection: &Selection) -> Result<SnapshotId> {
    let mut listed = list(session, selection).await?;
    for _ in 0..ATTEMPTS {
        let names: Vec<String> = listed.iter().map(|table| table.name.to_string()).collect();
        match session.lock_and_export(&names).await {
            Ok(snapshot) => {
                let before = std::mem::replace(&mut listed, list(session, selection).await?);
                if listed == before {
                    refuse_replaced(session, &listed).await?;
                    return Ok(snapshot);
                }
                session.release_snapshot().await?;
            }
            // 42P01: undefined_table; 42809: wrong_object_type, for a view where none can be locked (before 11)
            Err(error) if error.code().is_some_and(|code| ["42P01", "42809"].contains(&code.as_str())) => {
                tracing::debug!("{}", error.report());
                session.release_snapshot().await?;
                listed = list(session, selection).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Err(Error::new(ErrorKind::Refused, "tables of the selection come and go while they are locked")
        .hint("run it again when their definitions hold still"))
}

/// The selected tables.
async fn list(session: &Session, selection: &Selection) -> Result<Vec<Listed>> {
    let tables: Vec<Listed> = session.query_json(include_str!("sql/tables.sql")).await?;
    refuse_missing_tables(selection, &tables)?;
    let by_oid: HashMap<Oid, &Listed> = tables.iter().map(|table| (table.oid, table)).collect();
    let selected = tables.iter().filter(|table| table.is_selected(&by_oid, selection));
    let selected: Vec<Listed> = selected.cloned().collect();
    refuse_unreadable_tables(&selected)?;
    Ok(selected)
}

/// A table, as it is listed before anything is locked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Listed {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    partition_of: Option<Oid>,
    readable: bool,
}

impl Listed {
    /// A partition goes with the table it is a partition of, as in [`crate::catalog::select`].
    fn is_selected(&self, tables: &HashMap<Oid, &Self>, selection: &Selection) -> bool {
        let (schema, name) = (self.name.schema.as_str(), self.name.name.as_str());
        if selection.table(schema, name).is_some() {
            return true;
        }
        let above = self.partition_of.filter(|_| !selection.table_excluded(schema, name));
        above.and_then(|oid| tables.get(&oid)).is_some_and(|above| above.is_selected(tables, selection))
    }
}

/// A table that the configuration names must be there.
fn refuse_missing_tables(selection: &Selection, tables: &[Listed]) -> Result<()> {
    if selection.relations_only() {
        // Views and sequences can be named then too: see `refuse_missing_relations`.
        return Ok(());
    }
    let there: HashSet<(&str, &str)> =
        tables.iter().map(|table| (table.name.schema.as_str(), table.name.name.as_str())).collect();
    let missing: Vec<String> = selection
        .explicit_tables()
        .into_iter()
        .filter(|table| table.required && !there.contains(&(table.schema.as_str(), table.name.as_str())))
        .map(|table| QualifiedName::new(table.schema, table.name).to_string())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("the source has no table {}", missing.join(", "));
    Err(Error::new(ErrorKind::Config, message).hint("check `tables.include`: names are case-sensitive"))
}

/// All of them at once: one after the other would make a run per table.
fn refuse_unreadable_tables(tables: &[Listed]) -> Result<()> {
    let unreadable = tables.iter().filter(|table| !table.readable);
    let names: Vec<String> = unreadable.map(|table| table.name.to_string()).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Privilege, format!("the source's role may not read {}", names.join(", ")))
        .hint("GRANT USAGE on their schemas and SELECT on these tables, or exclude them"))
}

/// Between the list and the lock, a name can have become another relation's: a view's, whose query would run as us. The
/// snapshot does not see it, the name does.
async fn refuse_replaced(session: &Session, tables: &[Listed]) -> Result<()> {
    let listed: Vec<String> = tables
        .iter()
        .map(|table| format!("({}, {}::pg_catalog.oid)", quote_literal(&table.name.to_string()), table.oid))
        .collect();
    if listed.is_empty() {
        return Ok(());
    }
    let replaced = session
        .texts(&format!(
            "SELECT name FROM (VALUES {}) listed (name, oid) \
             WHERE pg_catalog.to_regclass(name)::pg_catalog.oid IS DISTINCT FROM oid",
            listed.join(", ")
        ))
        .await?;
    if replaced.is_empty() {
        return Ok(());
    }
    let message = format!("these tables were replaced while they were read: {}", replaced.join(", "));
    Err(Error::new(ErrorKind::Refused, message).hint("run it again when their definitions hold still"))
}
