//! Progress in words: pure functions from a snapshot to text.
use super::{
    super::output::{count, percent},
    layout::{Layout, Volume},
    meter::Rates,
};
use crate::{
    observe::{Snapshot, TableSnapshot, TableState},
    plan::StepKind,
};

/// So many tables are named on a line.
const NAMED: usize = 3;

/// Everything on one line, for a pipe.
pub(super) fn line(snapshot: &Snapshot, rates: Rates) -> String {
    let mut parts = Vec::new();
    if snapshot.bytes_planned > 0 {
        parts.push(format!(
            "{} {}",
            percent(snapshot.bytes_worked, snapshot.bytes_planned),
            Layout::of_width(usize::MAX).volume(overall(snapshot, rates))
        ));
    }
    parts.push(steps(snapshot));
    parts.extend(copying(snapshot));
    parts.extend(running(snapshot));
    parts.join("; ")
}

/// Bytes, rows, rates and remaining time of all tables.
pub(super) fn overall(snapshot: &Snapshot, rates: Rates) -> Volume {
    let Snapshot { bytes: moved, bytes_planned: planned, rows, .. } = *snapshot;
    Volume { moved, planned, rows, chunk: None, rates }
}

/// The same of one table, with its chunks if there are several.
pub(super) fn table(table: &TableSnapshot, rates: Rates) -> Volume {
    let TableSnapshot { bytes: moved, bytes_planned: planned, rows, chunks_done, chunks_total, .. } = *table;
    let chunk = (chunks_total > 1).then(|| ((chunks_done + 1).min(chunks_total), chunks_total));
    Volume { moved, planned, rows, chunk, rates }
}

/// `12 of 80 steps done, 1 failed`
pub(super) fn steps(snapshot: &Snapshot) -> String {
    let sum = |part: fn(&crate::observe::KindSnapshot) -> u64| snapshot.kinds.iter().map(part).sum::<u64>();
    let (done, total, failed) = (sum(|kind| kind.done), sum(|kind| kind.total), sum(|kind| kind.failed));
    let text = format!("{} of {} steps done", count(done), count(total));
    if failed > 0 { format!("{text}, {} failed", count(failed)) } else { text }
}

/// `copying bookings.flights, bookings.seats and 2 more`
fn copying(snapshot: &Snapshot) -> Option<String> {
    let mut names = active(snapshot).map(|(_, table)| &*table.name);
    let named: Vec<&str> = names.by_ref().take(NAMED).collect();
    let more = names.count();
    match (named.len(), more) {
        (0, _) => None,
        (_, 0) => Some(format!("copying {}", named.join(", "))),
        _ => Some(format!("copying {} and {more} more", named.join(", "))),
    }
}

/// `INDEX 3 of 12`, of each kind but DATA that is under way.
pub(super) fn running(snapshot: &Snapshot) -> Option<String> {
    let kinds = snapshot.kinds.iter().filter(|kind| kind.running > 0 && kind.kind != StepKind::Data);
    let text: Vec<_> = kinds.map(|kind| format!("{} {} of {}", kind.kind, kind.done, kind.total)).collect();
    (!text.is_empty()).then(|| text.join(", "))
}

/// The tables that are being copied, with their place in the snapshot.
pub(super) fn active(snapshot: &Snapshot) -> impl Iterator<Item = (usize, &TableSnapshot)> {
    snapshot.tables.iter().enumerate().filter(|(_, table)| table.state == TableState::Copying)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::observe::KindSnapshot;

    fn kind(kind: StepKind, total: u64, running: u64, done: u64, failed: u64) -> KindSnapshot {
        KindSnapshot { kind, total, running, done, failed }
    }

    fn snapshot(tables: usize) -> Snapshot {
        let table = |i: usize| TableSnapshot {
            name: format!("s.t{i}").into(),
            state: if i == 0 { TableState::Done } else { TableState::Copying },
            bytes_planned: 2_000_000,
            bytes_worked: 1_000_000,
            bytes: 1_100_000,
            rows: 1234,
            chunks_total: 4,
            chunks_done: 1,
        };
        Snapshot {
            elapsed: Duration::from_secs(10),
            bytes_planned: 2_000_000 * tables as u64,
            bytes_worked: 1_000_000 * tables as u64,
            bytes: 1_100_000 * tables as u64,
            rows: 1234 * tables as u64,
            kinds: vec![kind(StepKind::Data, 24, 5, 6, 0), kind(StepKind::Index, 12, 2, 3, 1)],
            tables: (0..tables).map(table).collect(),
        }
    }

    const RATES: Rates = Rates { bytes: 2.5e6, rows: 3000.0, remaining: Some(Duration::from_secs(75)) };

    #[test]
    fn lines_of_a_pipe() {
        let lines =
            [line(&snapshot(6), RATES), line(&snapshot(2), Rates::default()), line(&snapshot(0), RATES)];
        insta::assert_snapshot!(lines.join("\n"), @"
        50 % 6.60 MB of about 12.0 MB, 7,404 rows, 2.50 MB/s, 3,000 rows/s, ETA 1 min 15 s; 9 of 36 steps done, 1 failed; copying s.t1, s.t2, s.t3 and 2 more; INDEX 3 of 12
        50 % 2.20 MB of about 4.00 MB, 2,468 rows; 9 of 36 steps done, 1 failed; copying s.t1; INDEX 3 of 12
        9 of 36 steps done, 1 failed; INDEX 3 of 12
        ");
    }

    #[test]
    fn a_table_tells_its_chunk() {
        assert_eq!(table(&snapshot(1).tables[0], RATES).chunk, Some((2, 4)));
    }
}
