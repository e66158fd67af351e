//! Where the time of a run went: a row for each phase.
use std::fmt::Write as _;

use super::super::output::{count, seconds, share, table};
use crate::observe::{Phase, SourceShares, TargetShares};

/// Processor time is counted in steps of 10 ms: a share of less than this would say nothing.
const SHORTEST: f64 = 0.05;

/// Time and round trips (source/target) of each phase; how busy this program was, as a share of one processor; what the
/// backends of either side mostly did; and what held it up. Phases that were too short to tell have a dash.
pub(super) fn phases(phases: &[Phase]) -> String {
    if phases.is_empty() {
        return String::new();
    }
    let rows: Vec<_> = phases.iter().map(row).collect();
    let left = table(["phase", "time", "round trips", "client", "source", "target"], &rows);
    let bounds = phases.iter().map(|phase| phase.bound_by.map_or("-", |bound| bound.what.as_str()));
    let mut text = "\n".to_owned();
    for (line, bound) in left.lines().zip(std::iter::once("bound by").chain(bounds)) {
        // Writing to a String does not fail.
        _ = writeln!(text, "{line}  {bound}");
    }
    text
}

fn row(phase: &Phase) -> [String; 6] {
    let trips = &phase.round_trips;
    let client =
        phase.client_cpu_seconds.filter(|_| phase.seconds >= SHORTEST).map(|cpu| cpu / phase.seconds);
    [
        phase.name.clone(),
        seconds(phase.seconds),
        format!("{}/{}", count(trips.source), count(trips.target)),
        client.map_or_else(dash, share),
        phase.source.as_ref().map_or_else(dash, source),
        phase.target.as_ref().map_or_else(dash, target),
    ]
}

fn source(shares: &SourceShares) -> String {
    let SourceShares { cpu, io, lock, blocked, idle } = *shares;
    most(&[("CPU", cpu), ("I/O", io), ("lock", lock), ("wait", blocked), ("idle", idle)])
}

fn target(shares: &TargetShares) -> String {
    let TargetShares { cpu, io, wal, lock, starved, idle } = *shares;
    most(&[("CPU", cpu), ("I/O", io), ("WAL", wal), ("lock", lock), ("wait", starved), ("idle", idle)])
}

/// The largest share, and of equals the first: `CPU 91 %`.
fn most(shares: &[(&str, f64)]) -> String {
    let largest = shares.iter().copied().reduce(|best, next| if next.1 > best.1 { next } else { best });
    largest.map_or_else(dash, |(what, part)| format!("{what} {}", share(part)))
}

fn dash() -> String {
    "-".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{Bound, BySide, Limit};

    #[test]
    fn a_row_a_phase_in_80_columns() {
        let catalog = Phase {
            name: "catalog".into(),
            seconds: 0.25,
            round_trips: BySide { source: 41, target: 38 },
            client_cpu_seconds: Some(0.05),
            ..Phase::default()
        };
        let data = Phase {
            name: "data".into(),
            seconds: 310.0,
            round_trips: BySide { source: 1_620, target: 4_850 },
            client_cpu_seconds: Some(403.0),
            samples: BySide { source: 1_240, target: 1_240 },
            source: Some(SourceShares { cpu: 0.2, blocked: 0.8, ..SourceShares::default() }),
            target: Some(TargetShares { cpu: 0.25, lock: 0.7, starved: 0.05, ..TargetShares::default() }),
            bound_by: Some(Bound { what: Limit::TargetLocks, share: 0.7 }),
            ..Phase::default()
        };
        let end = Phase { name: "end".into(), ..Phase::default() };
        let text = phases(&[catalog, data, end]);
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        insta::assert_snapshot!(text, @"

          phase          time  round trips  client     source     target  bound by
          catalog      0.25 s        41/38    20 %          -          -  -
          data     5 min 10 s  1,620/4,850   130 %  wait 80 %  lock 70 %  target locks
          end          0.00 s          0/0       -          -          -  -
        ");
    }
}
