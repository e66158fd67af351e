//! Tablespaces: places on a server's disks.
use serde::Deserialize;

use super::super::{Asks, Check, Severity, facts::when, finding::Found};
use crate::{
    config::{Part, Side},
    pg::quote_ident,
};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "tablespaces-missing",
    severity: Severity::Warning,
    looks_for: "Tablespaces in use on the source that the target does not have, or its role may not \
        use",
    advice: "create them on the target, give them other names by `map.tablespaces`, or leave them \
        by `--no-tablespaces`: what is in them goes to the default",
    asks: Asks {
        source: include_str!("sql/tablespaces_used.sql"),
        target: "SELECT spcname AS name FROM pg_catalog.pg_tablespace WHERE has_tablespace_privilege(oid, 'CREATE')",
        ..Asks::NOTHING
    },
    judge: |facts| {
        let there: Vec<Name> = facts.rows(Side::Target)?;
        let used: Vec<Name> = facts.rows(Side::Source)?;
        let settings = facts.settings;
        let leaves = settings.selection.leaves().leaves(Part::Tablespaces);
        let missing = used
            .into_iter()
            .map(|used| settings.mapping.tablespace(&used.name).unwrap_or(&used.name).to_owned());
        let missing: Vec<String> =
            missing.filter(|name| !there.iter().any(|there| there.name == *name)).collect();
        when(!leaves && !missing.is_empty(), || {
            let names = missing.iter().map(|name| quote_ident(name)).collect();
            Found::new("tablespaces that the target does not have").objects(names)
        })
    },
};

#[derive(Deserialize)]
struct Name {
    name: String,
}
