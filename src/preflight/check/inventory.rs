//! Everything of a server that a move has to think of, as data: roles, databases, rules, replication, special objects.
//!
//! It is what the server says, row by row; what our role may not read stands as the reason instead. Nothing secret is asked
//! for: no password, no connection string of a subscription, no option of a user mapping. Called by `cli`.
use std::collections::BTreeMap;

use futures_util::future;
use serde::Serialize;
use serde_json::{Value, json};

use super::{CHECKS, Check};
use crate::{
    config::Endpoint,
    error::{Error, ErrorKind, Result},
    net::gucs::APPLICATION_NAME,
    session::Session,
};

/// Name and query; each answers in every version.
const SECTIONS: &[(&str, &str)] = &[
    ("server", include_str!("inventory/server.sql")),
    ("roles", include_str!("inventory/roles.sql")),
    ("memberships", include_str!("inventory/memberships.sql")),
    ("role_settings", include_str!("inventory/role_settings.sql")),
    ("databases", include_str!("inventory/databases.sql")),
    ("tablespaces", include_str!("inventory/tablespaces.sql")),
    ("hba_rules", include_str!("inventory/hba_rules.sql")),
    ("slots", include_str!("inventory/slots.sql")),
    ("senders", include_str!("inventory/senders.sql")),
    ("subscriptions", include_str!("inventory/subscriptions.sql")),
    ("publications", include_str!("inventory/publications.sql")),
    ("extensions", include_str!("inventory/extensions.sql")),
    ("languages", include_str!("inventory/languages.sql")),
    ("event_triggers", include_str!("inventory/event_triggers.sql")),
    ("foreign_servers", include_str!("inventory/foreign_servers.sql")),
];

/// Checks whose objects of the source are listed too, all of them, selected or not.
const SPECIAL: &[&str] = &[
    "no-primary-key",
    "replica-identity",
    "unlogged-tables",
    "foreign-tables",
    "partitioned-tables",
    "inherited-tables",
    "large-objects",
    "sequences-near-end",
    "invalid-indexes",
    "duplicate-indexes",
    "not-valid-constraints",
    "disabled-triggers",
    "prepared-transactions",
    "collation-version",
    "database-collation-version",
];

/// What was found, by section; `special` has a list for each check.
#[derive(Debug, Clone, Serialize)]
pub struct Inventory {
    #[serde(flatten)]
    sections: BTreeMap<&'static str, Value>,
    special: BTreeMap<&'static str, Value>,
}

/// Reads all of it, with all questions under way at once.
pub async fn read_inventory(endpoint: &Endpoint) -> Result<Inventory> {
    let session = Session::connect(endpoint, "inventory", APPLICATION_NAME).await?;
    let sections =
        SECTIONS.iter().map(async |(name, sql)| Ok::<_, Error>((*name, ask(&session, sql).await?)));
    let is_known = |check: &&&Check| session.version().at_least(check.asks.since);
    let special = CHECKS.iter().filter(|check| SPECIAL.contains(&check.id)).filter(is_known);
    let special =
        special.map(async |check| Ok::<_, Error>((check.id, ask(&session, check.asks.source).await?)));
    let (sections, special) =
        tokio::try_join!(future::try_join_all(sections), future::try_join_all(special))?;
    Ok(Inventory { sections: sections.into_iter().collect(), special: special.into_iter().collect() })
}

/// The rows; of what is refused, the reason.
async fn ask(session: &Session, sql: &str) -> Result<Value> {
    match session.query_json::<Value>(sql).await {
        Ok(rows) => Ok(Value::Array(rows)),
        Err(error) if matches!(error.kind(), ErrorKind::Connection | ErrorKind::Internal) => Err(error),
        Err(error) => Ok(json!({ "unreadable": error.report() })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_objects_are_those_of_checks() {
        for id in SPECIAL {
            let check = CHECKS.iter().find(|check| check.id == *id);
            assert!(check.is_some_and(|check| !check.asks.source.is_empty()), "{id}");
        }
    }

    #[test]
    fn no_query_asks_for_a_secret() {
        for (name, sql) in SECTIONS {
            for word in
                ["pg_authid", "rolpassword", "subconninfo", "umoptions", "pg_user_mapping", "conninfo"]
            {
                assert!(!sql.contains(word), "{name} asks for {word}");
            }
        }
    }
}
