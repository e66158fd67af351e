//! Statements of entries: one after the other, or side by side where they lock one table each.
use std::collections::HashMap;

use super::{RestoreWish, grouped};
use crate::{
    backup::{
        desc,
        toc::{DumpId, Toc, TocEntry},
        workers::{self, Stop, Task},
    },
    config::Endpoint,
    error::{Context as _, Result},
    net::gucs::APPLICATION_NAME,
    pg::{QualifiedName, quote_ident},
    wire::Connection,
};

/// Long work on a single table, which several connections can be at. All else takes a moment and may lock two tables: one
/// at a time, so that no two wait for each other.
const SIDE_BY_SIDE: [&str; 2] = ["INDEX", "CONSTRAINT"];

/// Where statements run, and what they need.
#[derive(Debug, Clone)]
pub(super) struct Way {
    endpoint: Endpoint,
    /// What the archive says of its texts.
    settings: String,
    /// The encoding of its data files.
    encoding: String,
    with_owners: bool,
}

impl Way {
    pub(super) fn new(endpoint: Endpoint, toc: &Toc, wish: &RestoreWish) -> Self {
        let definition = |desc: &str| {
            let entry = toc.entries.iter().find(|entry| entry.desc == desc);
            entry.map(|entry| entry.definition.as_str()).unwrap_or_default()
        };
        let encoding = definition("ENCODING").split('\'').nth(1).unwrap_or("UTF8").to_owned();
        let settings = [definition("STDSTRINGS"), definition("SEARCHPATH")].concat();
        Self { endpoint, settings, encoding, with_owners: !wish.no_owner }
    }

    /// A connection for statements.
    pub(super) fn connect(&self) -> Result<Connection> {
        let mut connection = Connection::connect(&self.endpoint, APPLICATION_NAME)?;
        connection.execute(&format!("RESET lc_monetary; SET synchronous_commit = off; {}", self.settings))?;
        Ok(connection)
    }

    /// A connection for rows.
    pub(super) fn connect_for_rows(&self) -> Result<Connection> {
        let mut connection = self.connect()?;
        let encoding = self.encoding.replace('\'', "''");
        connection.execute(&format!("SET client_encoding = '{encoding}'"))?;
        Ok(connection)
    }

    /// The statements of an entry, and what gives it to its owner.
    fn statements(&self, entry: &TocEntry) -> Result<String> {
        if entry.desc == grouped::DESC {
            return grouped::create(entry, self.with_owners);
        }
        let mut sql = match entry.definition.trim() {
            // Every database has it.
            "CREATE SCHEMA public;" => "CREATE SCHEMA IF NOT EXISTS public;\n".to_owned(),
            _ => entry.definition.clone(),
        };
        if let Some(tablespace) = entry.tablespace.as_deref().filter(|name| !name.is_empty()) {
            sql = format!(
                "SET default_tablespace = {};\n{sql}SET default_tablespace = '';\n",
                quote_ident(tablespace)
            );
        }
        if let Some(method) = entry.access_method.as_deref().filter(|name| *name != "heap") {
            sql = format!(
                "SET default_table_access_method = {};\n{sql}SET default_table_access_method = heap;\n",
                quote_ident(method)
            );
        }
        if self.with_owners
            && let Some(object) = desc::owned_object(entry)
        {
            sql += &format!("ALTER {object} OWNER TO {};\n", quote_ident(&entry.owner));
        }
        Ok(sql)
    }

    fn run(&self, connection: &mut Connection, entry: &TocEntry) -> Result<()> {
        let sql = self.statements(entry)?;
        let done = if desc::holds_secret(&entry.desc) {
            connection.execute_quietly(&sql)
        } else {
            connection.execute(&sql)
        };
        done.map(|_| ()).context(|| name(entry))
    }
}

/// What an entry is, for messages.
pub(super) fn name(entry: &TocEntry) -> String {
    if entry.namespace.is_empty() {
        format!("{} {}", entry.desc, entry.tag)
    } else {
        format!("{} {}.{}", entry.desc, entry.namespace, entry.tag)
    }
}

/// Runs entries in their order, in one session.
pub(super) async fn run_in_order(way: &Way, entries: Vec<TocEntry>) -> Result<()> {
    run(way, 1, entries.into_iter().map(Task::free).collect()).await
}

/// Runs entries as soon as what they need is done.
pub(super) async fn run_side_by_side(way: &Way, jobs: u32, entries: Vec<TocEntry>) -> Result<()> {
    let places: HashMap<DumpId, usize> =
        entries.iter().enumerate().map(|(place, entry)| (entry.id, place)).collect();
    let task = |entry: TocEntry| Task {
        needs: entry.needs.iter().filter_map(|id| places.get(id).copied()).collect(),
        alone: !SIDE_BY_SIDE.contains(&entry.desc.as_str()),
        work: entry,
    };
    run(way, jobs, entries.into_iter().map(task).collect()).await
}

/// Collects the planner's statistics of tables that were filled.
pub(super) async fn analyze(way: &Way, jobs: u32, tables: Vec<QualifiedName>) -> Result<()> {
    let analyze = |table: QualifiedName| TocEntry {
        desc: "ANALYZE".to_owned(),
        tag: table.to_string(),
        definition: format!("ANALYZE {table};\n"),
        ..TocEntry::default()
    };
    let (opened, way) = (way.clone(), way.clone());
    let work = move |connection: &mut Connection, entry: TocEntry, stop: &Stop| {
        stop.check()?;
        match way.run(connection, &entry) {
            // A parent of a foreign table that cannot be reached, say: the rows are there all the same.
            Err(error) if !connection.is_broken() => {
                tracing::warn!("{}", error.report());
                Ok(())
            }
            result => result,
        }
    };
    let tasks = tables.into_iter().map(analyze).map(Task::free).collect();
    workers::run(jobs, tasks, move || opened.connect(), work).await.map(|_| ())
}

/// Waits until all that was restored is on the target's disk: no commit before did.
pub(super) async fn flush(way: &Way) -> Result<()> {
    let entry = TocEntry {
        desc: "COMMIT".to_owned(),
        definition: "SET synchronous_commit = on; SELECT pg_catalog.txid_current();\n".to_owned(),
        ..TocEntry::default()
    };
    run(way, 1, vec![Task::free(entry)]).await
}

async fn run(way: &Way, jobs: u32, tasks: Vec<Task<TocEntry>>) -> Result<()> {
    let (opened, way) = (way.clone(), way.clone());
    let work = move |connection: &mut Connection, entry: TocEntry, stop: &Stop| {
        stop.check()?;
        way.run(connection, &entry)
    };
    workers::run(jobs, tasks, move || opened.connect(), work).await.map(|_| ())
}
