//! The summary of a run, from its report.
use std::fmt::Write as _;

use super::{
    super::output::{byte_rate, bytes, count, plural, row_rate, seconds, share, table},
    phases::phases,
    plan::notes,
    tuning::render_tuning,
};
use crate::observe::{LaneReport, Outcome, Report, Timed};

/// What a run did, for people. Where the files lie is for the caller to add.
pub fn render_report(report: &Report) -> String {
    let mut text = String::new();
    let outcome = match report.outcome {
        Outcome::Done => "done",
        Outcome::Failed => "failed",
        Outcome::Interrupted => "interrupted",
    };
    // Writing to a String does not fail.
    _ = writeln!(text, "Run {} {outcome} in {}", report.run_id, seconds(report.seconds));
    _ = writeln!(text, "  source  {} (PostgreSQL {})", report.source.address, report.source.server_version);
    _ = writeln!(text, "  target  {} (PostgreSQL {})", report.target.address, report.target.server_version);
    _ = writeln!(text, "  steps   {}", steps(report));
    _ = writeln!(text, "  copied  {}", copied(report));
    if !report.lanes.is_empty() {
        _ = writeln!(text, "  lanes   {}", lanes(&report.lanes));
    }
    text.push_str(&phases(&report.phases));
    text.push_str(&slowest_tables(report));
    text.push_str(&slowest_indexes(&report.slowest_indexes));
    if !report.failures.is_empty() {
        text.push_str("\nFailed:\n");
    }
    for failure in &report.failures {
        _ = writeln!(text, "  {}: {}", failure.step, failure.message);
        if let Some(hint) = &failure.hint {
            _ = writeln!(text, "    hint: {hint}");
        }
    }
    text.push_str(&notes(&report.notes));
    text.push_str(&report.tuning.as_ref().map(render_tuning).unwrap_or_default());
    text
}

fn steps(report: &Report) -> String {
    let steps = &report.steps;
    let mut text = format!("{} done", count(steps.done));
    for (number, what) in
        [(steps.skipped, "done before"), (steps.failed, "failed"), (steps.not_run, "not run")]
    {
        if number > 0 {
            // Writing to a String does not fail.
            _ = write!(text, ", {} {what}", count(number));
        }
    }
    text
}

fn copied(report: &Report) -> String {
    let totals = &report.totals;
    let text = format!(
        "{}, {}, {}",
        plural(totals.tables, "table"),
        plural(totals.rows, "row"),
        bytes(totals.bytes)
    );
    if totals.copy_seconds <= 0.0 {
        return text;
    }
    let (rows, bytes) = (row_rate(totals.rows_per_second), byte_rate(totals.bytes_per_second));
    format!("{text} in {} ({bytes}, {rows})", seconds(totals.copy_seconds))
}

/// `2, busy 97 % and 95 % of the copy phase`; of many lanes the least and the most busy.
fn lanes(lanes: &[LaneReport]) -> String {
    let busy = |lane: &LaneReport| match lane.busy_seconds + lane.idle_seconds {
        open if open > 0.0 => lane.busy_seconds / open,
        _ => 0.0,
    };
    let mut shares: Vec<f64> = lanes.iter().map(busy).collect();
    shares.sort_by(|one, other| other.total_cmp(one));
    let busy = match shares.as_slice() {
        [] => return "none".to_owned(),
        [only] => share(*only),
        [most, least] => format!("{} and {}", share(*most), share(*least)),
        [most, .., least] => format!("{} to {}", share(*least), share(*most)),
    };
    format!("{}, busy {busy} of the copy phase", lanes.len())
}

fn slowest_tables(report: &Report) -> String {
    let row = |timed: &Timed| {
        let copied = report.tables.iter().find(|table| table.name == timed.name)?;
        Some([timed.name.clone(), count(copied.rows), bytes(copied.bytes), seconds(timed.seconds)])
    };
    let rows: Vec<_> = report.slowest_tables.iter().filter_map(row).collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("\n{}", table(["slowest tables", "rows", "bytes", "time"], &rows))
}

fn slowest_indexes(indexes: &[Timed]) -> String {
    let rows: Vec<_> = indexes.iter().map(|timed| [timed.name.clone(), seconds(timed.seconds)]).collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("\n{}", table(["slowest indexes", "time"], &rows))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        catalog::Note,
        observe::{EndpointReport, Failure, LaneReport, Phase, StepTotals, TableReport, Totals},
    };

    fn report() -> Report {
        let end = |address: &str| EndpointReport { address: address.into(), server_version: "15.18".into() };
        let timed = |name: &str, seconds| Timed { name: name.into(), seconds };
        Report {
            tool_version: "0.1.0".into(),
            run_id: "0123456789abcdef".into(),
            outcome: Outcome::Failed,
            source: end("app@old:5432/shop"),
            target: end("app@new:5432/shop"),
            started_at: "2026-01-01T00:00:00Z".into(),
            finished_at: "2026-01-01T00:02:05Z".into(),
            seconds: 125.0,
            phases: vec![
                Phase { name: "schema".into(), seconds: 1.5, ..Phase::default() },
                Phase { name: "data".into(), seconds: 100.0, ..Phase::default() },
            ],
            lanes: vec![
                LaneReport { busy_seconds: 97.0, idle_seconds: 3.0, ..LaneReport::default() },
                LaneReport { busy_seconds: 95.2, idle_seconds: 4.8, ..LaneReport::default() },
            ],
            totals: Totals {
                tables: 1,
                rows: 1_500_000,
                bytes: 2_000_000_000,
                copy_seconds: 20.0,
                rows_per_second: 75_000.0,
                bytes_per_second: 1e8,
            },
            steps: StepTotals { total: 20, done: 10, failed: 1, skipped: 5, not_run: 4 },
            tables: vec![TableReport {
                name: "bookings.flights".into(),
                chunks: 3,
                rows: 1_500_000,
                bytes: 2_000_000_000,
                seconds: 20.0,
            }],
            slowest_tables: vec![timed("bookings.flights", 20.0)],
            slowest_indexes: vec![timed("INDEX bookings.flights_pkey", 3.25)],
            failures: vec![Failure {
                step: "index:bookings.u".into(),
                message: "could not create unique index".into(),
                sqlstate: Some("23505".into()),
                hint: Some("mend the rows".into()),
            }],
            notes: vec![Note { object: "VIEW s.v".into(), reason: "left out".into() }],
            tuning: None,
            metrics: BTreeMap::new(),
        }
    }

    #[test]
    fn a_run_that_failed() {
        insta::assert_snapshot!(render_report(&report()), @"
        Run 0123456789abcdef failed in 2 min 05 s
          source  app@old:5432/shop (PostgreSQL 15.18)
          target  app@new:5432/shop (PostgreSQL 15.18)
          steps   10 done, 5 done before, 1 failed, 4 not run
          copied  1 table, 1,500,000 rows, 2.00 GB in 20.0 s (100 MB/s, 75,000 rows/s)
          lanes   2, busy 97 % and 95 % of the copy phase

          phase         time  round trips  client  source  target  bound by
          schema      1.50 s          0/0       -       -       -  -
          data    1 min 40 s          0/0       -       -       -  -

          slowest tables         rows    bytes    time
          bookings.flights  1,500,000  2.00 GB  20.0 s

          slowest indexes                time
          INDEX bookings.flights_pkey  3.25 s

        Failed:
          index:bookings.u: could not create unique index
            hint: mend the rows

        Not carried as it is:
          VIEW s.v: left out
        ");
    }

    #[test]
    fn a_run_that_had_nothing_to_copy() {
        let mut report = report();
        report.outcome = Outcome::Done;
        report.steps = StepTotals { total: 2, done: 2, ..StepTotals::default() };
        report.totals = Totals::default();
        (report.tables, report.slowest_tables, report.slowest_indexes) = (Vec::new(), Vec::new(), Vec::new());
        report.lanes.clear();
        (report.phases, report.failures, report.notes) = (Vec::new(), Vec::new(), Vec::new());
        insta::assert_snapshot!(render_report(&report), @"
        Run 0123456789abcdef done in 2 min 05 s
          source  app@old:5432/shop (PostgreSQL 15.18)
          target  app@new:5432/shop (PostgreSQL 15.18)
          steps   2 done
          copied  0 tables, 0 rows, 0 B
        ");
    }
}
