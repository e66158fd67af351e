//! Which databases of a server are migrated, and into which.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    catalog::Note,
    config::Databases,
    error::{Error, ErrorKind, Result},
    pg::Ident,
    session::Session,
};

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
    /// What stays behind though it is selected, and why.
    pub notes: Vec<Note>,
}

#[derive(Debug, Deserialize)]
struct Row {
    name: String,
    bytes: Option<u64>,
    accepts_connections: bool,
    is_template: bool,
}

/// Reads the databases of the source and chooses.
pub(super) async fn choose(source: &Session, wish: &Databases) -> Result<Chosen> {
    let rows: Vec<Row> = source.query_json(include_str!("sql/databases.sql")).await?;
    sort(rows, wish)
}

fn sort(rows: Vec<Row>, wish: &Databases) -> Result<Chosen> {
    let is_there = |name: &str| rows.iter().any(|row| row.name == name);
    let missing: Vec<String> = wish
        .explicit()
        .into_iter()
        .filter(|name| !is_there(name))
        .map(|name| Ident(name).to_string())
        .collect();
    if !missing.is_empty() {
        let message = format!("the source has no database {}", missing.join(", "));
        return Err(Error::new(ErrorKind::Config, message)
            .hint("check the names of databases in the configuration and on the command line: they are case-sensitive"));
    }
    let mut chosen = Chosen::default();
    for row in rows.into_iter().filter(|row| wish.takes(&row.name)) {
        let why = if row.is_template {
            "a template: left out, since the target has its own"
        } else if !row.accepts_connections {
            "left out: it accepts no connections"
        } else {
            let target = wish.target_name(&row.name).to_owned();
            chosen.databases.push(Database { source: row.name, target, bytes: row.bytes });
            continue;
        };
        let is_the_servers = matches!(row.name.as_str(), "template0" | "template1");
        if !is_the_servers {
            let object = format!("DATABASE {}", Ident(row.name));
            chosen.notes.push(Note { object, reason: why.to_owned() });
        }
    }
    refuse_same_target(&chosen.databases)?;
    if chosen.databases.is_empty() {
        return Err(Error::new(ErrorKind::Config, "no database of the source is selected")
            .hint("see `databases` in the configuration, `--include-database` and `--exclude-database`"));
    }
    Ok(chosen)
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
