//! The checks that cost next to nothing, made on the sessions that a plan has open anyway: what they find goes to the log.
//!
//! What would make a run fail is refused by the plan itself, and is not asked a second time. The source's session holds the
//! snapshot, and an error would end it: of the source only what cannot fail is asked. Called by [`super::super::read_both`].
use futures_util::future;

use super::{CHECKS, Check, Severity, SideFacts, judge, meeting::Meeting, tried::Tried};
use crate::{
    config::{Settings, Side},
    error::Result,
    session::Session,
};

/// By their ids; none of them asks the source.
const EARLY: &[&str] = &[
    "time-zone",
    "source-standby",
    "target-sessions",
    "target-prepared-transactions",
    "target-read-only",
    "target-publications",
    "target-subscriptions",
    "target-durability",
    "target-autovacuum",
    "target-synchronous",
    "target-temp-limit",
    "target-statement-log",
];

fn early() -> impl Iterator<Item = &'static Check> {
    CHECKS.iter().copied().filter(|check| EARLY.contains(&check.id))
}

/// Logs what they find. `exists`: the target's session is in its database.
pub(in crate::preflight) async fn log_early(
    settings: &Settings,
    source: &Session,
    target: &Session,
    exists: bool,
) -> Result<()> {
    let asked = early().map(async |check| {
        let sql = check.asks.of(Side::Target, exists, target.version())?;
        Some(target.read_json(sql, |row| Ok(row.to_owned())).await)
    });
    let (here, there, answers) = tokio::join!(
        SideFacts::read(source, true, Meeting::default()),
        SideFacts::read(target, exists, Meeting::default()),
        future::join_all(asked)
    );
    let (here, there, tried) = (here?, there?, Tried::default());
    for (check, answer) in early().zip(&answers) {
        for finding in judge(check, settings, [&here, &there], &tried, [None, answer.as_ref()])? {
            let objects = finding.objects.join(", ");
            if finding.severity == Severity::Note {
                tracing::info!(check = finding.check, objects, "{}", finding.found);
            } else {
                tracing::warn!(check = finding.check, objects, "{}", finding.found);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_a_check_that_asks_no_source() {
        assert_eq!(early().count(), EARLY.len());
        for check in early() {
            assert!(
                check.asks.of(Side::Source, false, crate::pg::ServerVersion(180_000)).is_none(),
                "{}",
                check.id
            );
            assert!(!check.asks.plan && !check.asks.meeting, "{}", check.id);
        }
    }
}
