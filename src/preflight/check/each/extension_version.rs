//! Versions of extensions.
use serde::Deserialize;

use super::super::{Asks, Check, Severity, facts::when, finding::Found};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "extension-version",
    severity: Severity::Warning,
    looks_for: "Extensions whose version the target cannot install: it takes its default version",
    advice: "compare what the versions do; install the package of the source's version, or update \
        the source's extension first",
    asks: Asks {
        source: "SELECT extname AS name, extversion AS version FROM pg_catalog.pg_extension ORDER BY extname",
        target: "SELECT name, version FROM pg_catalog.pg_available_extension_versions ORDER BY name, version",
        ..Asks::NOTHING
    },
    judge: |facts| {
        let has: Vec<Version> = facts.rows(Side::Target)?;
        let used: Vec<Version> = facts.rows(Side::Source)?;
        let wanted = used.into_iter().filter(|used| facts.settings.selection.extension_wanted(&used.name));
        let objects: Vec<String> = wanted.filter_map(|used| differs(&used, &has)).collect();
        when(!objects.is_empty(), || {
            Found::new("extensions that the target has in other versions only").objects(objects)
        })
    },
};

#[derive(Deserialize)]
struct Version {
    name: String,
    version: String,
}

/// An extension that is not there at all is refused by the plan.
fn differs(used: &Version, has: &[Version]) -> Option<String> {
    let there: Vec<&str> =
        has.iter().filter(|has| has.name == used.name).map(|has| has.version.as_str()).collect();
    let differs = !there.is_empty() && !there.contains(&used.version.as_str());
    differs.then(|| format!("{} {} (the target has {})", used.name, used.version, there.join(", ")))
}
