//! Which databases of a server are migrated, and into which.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    catalog::Note,
    config::{Databases, Endpoint, Settings},
    error::{Error, ErrorKind, Result},
    net::gucs::APPLICATION_NAME,
    pg::Ident,
    session::Session,
};

/// The databases that initdb makes to be copied; the target has its own.
const TEMPLATES: [&str; 2] = ["template0", "template1"];

/// Whether somebody put something into a database that initdb made: its own objects have lower OIDs.
const HOLDS_SOMETHING: &str = "SELECT 'yes' FROM ( \
     SELECT oid FROM pg_catalog.pg_class UNION ALL SELECT oid FROM pg_catalog.pg_proc UNION ALL \
     SELECT oid FROM pg_catalog.pg_namespace UNION ALL SELECT oid FROM pg_catalog.pg_type UNION ALL \
     SELECT oid FROM pg_catalog.pg_extension UNION ALL SELECT oid FROM pg_catalog.pg_largeobject_metadata) o \
     WHERE o.oid >= 16384 LIMIT 1";

/// A database that is migrated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Database {
    /// Its name on the source.
    pub source: String,
    /// Its name on the target.
    pub target: String,
    /// What it takes on the source's disk; `None` where our role may not connect to it.
    pub bytes: Option<u64>,
}

/// The databases of a server, sorted into those that are migrated and those that are not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chosen {
    /// The largest first.
    pub databases: Vec<Database>,
    /// The names of the source's other databases.
    pub others: Vec<String>,
    /// What stays behind though it is selected, and why.
    pub notes: Vec<Note>,
}

#[derive(Debug, Deserialize)]
struct Row {
    name: String,
    bytes: Option<u64>,
    accepts_connections: bool,
}

/// Reads the databases of the source and chooses.
pub(super) async fn choose(source: &Session, settings: &Settings) -> Result<Chosen> {
    let wish = &settings.databases;
    let rows: Vec<Row> = source.query_json(include_str!("sql/databases.sql")).await?;
    let has_template = rows.iter().any(|row| row.name == "template1" && row.accepts_connections);
    let mut chosen = sort(rows, wish)?;
    let is_taken = chosen.databases.iter().any(|one| one.source == "template1");
    if has_template && wish.takes("template1") && !is_taken && holds_something(&settings.source).await {
        let reason = "left out, since the target has its own; but it holds something: `--include-database template1` carries that";
        chosen.notes.push(Note { object: "DATABASE template1".to_owned(), reason: reason.to_owned() });
    }
    Ok(chosen)
}

/// Whether `template1` is more than initdb made it. Where nobody may look, nothing is told.
async fn holds_something(source: &Endpoint) -> bool {
    let template = Endpoint { database: "template1".to_owned(), ..source.clone() };
    let look = async {
        let session = Session::connect(&template, "server", APPLICATION_NAME).await?;
        session.texts(HOLDS_SOMETHING).await
    };
    match look.await {
        Ok(found) => !found.is_empty(),
        Err(error) => {
            tracing::debug!("template1: {}", error.report());
            false
        }
    }
}

fn sort(rows: Vec<Row>, wish: &Databases) -> Result<Chosen> {
    let is_there = |name: &str| rows.iter().any(|row| row.name == name);
    let named = wish.explicit();
    let missing: Vec<String> =
        named.iter().filter(|name| !is_there(name)).map(|name| Ident(name.clone()).to_string()).collect();
    if !missing.is_empty() {
        let message = format!("the source has no database {}", missing.join(", "));
        return Err(Error::new(ErrorKind::Config, message)
            .hint("check the names of databases in the configuration and on the command line: they are case-sensitive"));
    }
    let mut chosen = Chosen::default();
    for row in rows {
        let is_silent = TEMPLATES.contains(&row.name.as_str()) && !named.contains(&row.name);
        if wish.takes(&row.name) && row.accepts_connections && !is_silent {
            let target = wish.target_name(&row.name).to_owned();
            chosen.databases.push(Database { source: row.name, target, bytes: row.bytes });
            continue;
        }
        if wish.takes(&row.name) && !is_silent {
            let object = format!("DATABASE {}", Ident(row.name.clone()));
            chosen.notes.push(Note { object, reason: "left out: it accepts no connections".to_owned() });
        }
        chosen.others.push(row.name);
    }
    refuse_same_target(&chosen.databases)?;
    if chosen.databases.is_empty() {
        return Err(nothing_chosen(&chosen.notes));
    }
    Ok(chosen)
}

fn nothing_chosen(notes: &[Note]) -> Error {
    let left: Vec<String> = notes.iter().map(|note| format!("{} is {}", note.object, note.reason)).collect();
    let why = if left.is_empty() { String::new() } else { format!(": {}", left.join("; ")) };
    Error::new(ErrorKind::Config, format!("no database of the source is selected{why}"))
        .hint("see `databases` in the configuration, `--include-database` and `--exclude-database`")
}

fn refuse_same_target(databases: &[Database]) -> Result<()> {
    let mut targets: BTreeMap<&str, &str> = BTreeMap::new();
    for Database { source, target, .. } in databases {
        if let Some(other) = targets.insert(target, source) {
            let [source, other, target] = [source, other, target].map(|name| Ident(name.to_owned()));
            let message = format!("the databases {other} and {source} cannot both become {target}");
            return Err(Error::new(ErrorKind::Config, message).hint("mend `databases.rename`"));
        }
    }
    Ok(())
}
