//! What watches a migration: dashboard, scrape configuration and alert rules of `deploy/`, held to the table of metrics,
//! to each other, to their page, and to a real Prometheus that scrapes real runs.
mod dashboard;
pub(crate) mod prometheus;
mod rules;
mod watched;

use std::{collections::BTreeSet, fs};

use pgmigrate::observe::{Kind, METRICS};

use crate::support::root;

/// A file below `deploy/`.
fn deployed(path: &str) -> String {
    let path = root().join("deploy").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The metrics that a query names, each of which must be in the table.
fn metrics_in(query: &str) -> BTreeSet<&'static str> {
    let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let named = words.filter(|word| word.starts_with("pgmigrate_"));
    named
        .map(|word| {
            let found = METRICS.iter().find(|metric| {
                let parts: &[&str] = if matches!(metric.kind, Kind::Histogram(_)) {
                    &["_bucket", "_sum", "_count"]
                } else {
                    &[""]
                };
                parts.iter().any(|part| word.strip_suffix(part) == Some(metric.name))
            });
            found.unwrap_or_else(|| panic!("no metric {word}: {query}")).name
        })
        .collect()
}
