//! The undo: what `postgresql.auto.conf` said of each setting before, and what it was set to. SQL and rows of the table
//! `pgmigrate_undo.setting`.
//!
//! The schema has a name of its own: `pgmigrate`, that of the journal, is dropped at the end of a run, and the database
//! `postgres` may be one of those that are migrated.
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{choice::Change, lease};
use crate::{
    config::Endpoint,
    error::{Context as _, Error, ErrorKind, Result},
    journal::table,
    pg::{quote_ident, quote_literal},
    session::Session,
};

const CREATE: &str = "CREATE TABLE IF NOT EXISTS pgmigrate_undo.setting (
    name   text        NOT NULL PRIMARY KEY,
    -- What postgresql.auto.conf said; NULL: nothing.
    was    text,
    set_to text        NOT NULL,
    set_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON SCHEMA pgmigrate_undo IS 'What pgmigrate has changed of the settings of this server, and what they were. `pgmigrate cleanup` puts them back.'";

/// A setting that was changed, or was about to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoRow {
    /// The setting, in lower case.
    pub name: String,
    /// What `postgresql.auto.conf` said; `None`: nothing.
    pub was: Option<String>,
    /// What we have set it to.
    pub set_to: String,
    /// When, as the server prints it.
    pub set_at: String,
}

fn guard() -> String {
    table::guard_of("pgmigrate_undo", &["setting"])
}

/// Writes down what is about to be changed, and waits until that is on disk.
pub(super) async fn write_undo(session: &Session, changes: &[Change]) -> Result<()> {
    let mut rows = String::new();
    for (i, change) in changes.iter().enumerate() {
        let was = change.was.as_deref().map_or_else(|| "NULL".to_owned(), quote_literal);
        let (name, value) = (quote_literal(&change.name), quote_literal(&change.value));
        // Writing to a String does not fail.
        _ = write!(rows, "{}({name}, {was}, {value})", if i > 0 { ", " } else { "" });
    }
    let sql = format!(
        "BEGIN; SET LOCAL synchronous_commit = on; CREATE SCHEMA IF NOT EXISTS pgmigrate_undo; {}; {CREATE}; \
         INSERT INTO pgmigrate_undo.setting (name, was, set_to) VALUES {rows}; COMMIT",
        guard()
    );
    let written = session.execute(&sql).await;
    if written.is_err() {
        // The statement's own error is the one to tell.
        _ = session.execute("ROLLBACK").await;
    }
    written.context(|| "writing down the settings of the target's server")
}

/// The same, of an endpoint's server.
pub async fn read_of_server(target: &Endpoint) -> Result<Vec<UndoRow>> {
    read_undo(&lease::connect(target).await?).await
}

/// What is written down, by name; nothing if nothing is tuned.
pub(super) async fn read_undo(session: &Session) -> Result<Vec<UndoRow>> {
    let exists = "SELECT (count(*) > 0)::text FROM pg_catalog.pg_class c \
                  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                  WHERE n.nspname = 'pgmigrate_undo' AND c.relname = 'setting'";
    if session.one_text(exists).await? != "true" {
        return Ok(Vec::new());
    }
    let rows = async {
        // Whoever else owned the table could let us set what he wants.
        session.execute(&guard()).await?;
        let sql = "SELECT u.name, u.was, u.set_to, u.set_at::text AS set_at FROM pgmigrate_undo.setting u ORDER BY u.name";
        session.query_json(sql).await
    };
    let rows: Vec<UndoRow> = rows.await.context(|| "the undo of the target's settings")?;
    for row in &rows {
        check_name(&row.name)?;
    }
    Ok(rows)
}

/// What we have not written ourselves.
fn check_name(name: &str) -> Result<()> {
    if name.split('.').all(|part| !part.is_empty() && quote_ident(part).len() <= part.len() + 2) {
        return Ok(());
    }
    let message = format!("`{}` in pgmigrate_undo.setting is no name of a setting", name.escape_debug());
    Err(Error::new(ErrorKind::Plan, message)
        .hint("look at the table and drop the schema `pgmigrate_undo` by hand"))
}

/// These settings were not changed after all.
pub(super) async fn forget(session: &Session, names: &[&str]) -> Result<()> {
    let list: Vec<_> = names.iter().map(|name| quote_literal(name)).collect();
    session.execute(&format!("DELETE FROM pgmigrate_undo.setting WHERE name IN ({})", list.join(", "))).await
}

/// Nothing is left to put back.
pub(super) async fn drop_undo(session: &Session) -> Result<()> {
    let sql = "BEGIN; SET LOCAL synchronous_commit = on; DROP TABLE IF EXISTS pgmigrate_undo.setting; \
               DROP SCHEMA IF EXISTS pgmigrate_undo; COMMIT";
    let dropped = session.execute(sql).await;
    if dropped.is_err() {
        // The statement's own error is the one to tell.
        _ = session.execute("ROLLBACK").await;
    }
    dropped.context(|| "dropping the undo of the target's settings")
}

/// ALTER SYSTEM for one setting; `None` takes it out of `postgresql.auto.conf`. It runs in no transaction.
pub(super) fn alter_sql(name: &str, value: Option<&str>) -> String {
    // An extension's parameter has a dot: each part is a name of its own.
    let name = name.split('.').map(quote_ident).collect::<Vec<_>>().join(".");
    match value {
        Some(value) => format!("ALTER SYSTEM SET {name} = {}", quote_literal(value)),
        None => format!("ALTER SYSTEM RESET {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_quoted() {
        assert_eq!(alter_sql("max_wal_size", Some("8GB")), "ALTER SYSTEM SET max_wal_size = '8GB'");
        assert_eq!(alter_sql("pgaudit.log", Some("it's")), "ALTER SYSTEM SET pgaudit.log = 'it''s'");
        assert_eq!(alter_sql("fsync", None), "ALTER SYSTEM RESET fsync");
        assert_eq!(alter_sql("a b", None), "ALTER SYSTEM RESET \"a b\"");
    }

    #[test]
    fn a_name_that_needs_more_than_quotes_is_not_ours() {
        assert!(check_name("pgaudit.log").is_ok() && check_name("max_wal_size").is_ok());
        assert!(check_name("").is_err() && check_name("a\"b").is_err() && check_name("a..b").is_err());
    }
}
