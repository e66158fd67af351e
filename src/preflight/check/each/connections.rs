//! Connections that are left.
use serde::Deserialize;

use super::super::{Asks, Check, Severity, finding::Found};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "connections",
    severity: Severity::Error,
    looks_for: "Servers that have few connections left for our role",
    advice: "raise `max_connections` or the limit of the role or database, or end sessions that \
        nobody needs",
    asks: Asks { source: SQL, target: SQL, ..Asks::NOTHING },
    judge: |facts| {
        let mut found = Vec::new();
        for (side, least) in [(Side::Source, 1), (Side::Target, 2)] {
            let rows: Vec<Connections> = facts.rows(side)?;
            found.extend(rows.first().and_then(|row| judge(side, row.free, least)));
        }
        Ok(found)
    },
};

const SQL: &str = include_str!("../../sql/connections.sql");

/// Fewer than these make a run slow: three stay free for others, the rest are lanes and index builds.
const FEW: i64 = 8;

#[derive(Deserialize)]
struct Connections {
    free: i64,
}

/// `least`: what a run needs at least, beside the session that this check has.
fn judge(side: Side, free: i64, least: i64) -> Option<Found> {
    let found = Found::new(format!("the {side} has {} connections left for our role", free.max(0)));
    match free {
        ..FEW if free < least => Some(found),
        ..FEW => Some(found.severity(Severity::Warning)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_slow_and_none_is_too_few() {
        let severity = |free| judge(Side::Target, free, 2).map(|found| found.severity);
        assert_eq!(severity(1), Some(None));
        assert_eq!(severity(2), Some(Some(Severity::Warning)));
        assert_eq!(severity(8), None);
    }
}
