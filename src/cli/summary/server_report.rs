//! The summary of a server's migration, from its report.
use std::fmt::Write as _;

use super::{
    super::output::{byte_rate, bytes, count, one_line, plural, row_rate, seconds, table},
    plan::notes,
    plans::globals_line,
    tuning::render_tuning,
};
use crate::{
    migration::{DatabaseReport, ServerReport},
    observe::{Outcome, Totals},
};

/// What was done, for people.
pub fn render_server_report(report: &ServerReport) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let all = report.databases.len() as u64;
    let done = report.databases.iter().filter(|one| one.outcome == Outcome::Done).count() as u64;
    let databases = plural(all, "database");
    let databases = if done == all { databases } else { format!("{} of {databases}", count(done)) };
    _ = writeln!(text, "{databases} done in {}", seconds(report.seconds));
    _ = writeln!(text, "  source  {} (PostgreSQL {})", report.source.address, report.source.server_version);
    _ = writeln!(text, "  target  {} (PostgreSQL {})", report.target.address, report.target.server_version);
    let totals = &report.totals;
    _ = writeln!(
        text,
        "  copied  {}, {}, {} ({}, {})",
        plural(totals.tables, "table"),
        plural(totals.rows, "row"),
        bytes(totals.bytes),
        byte_rate(totals.bytes_per_second),
        row_rate(totals.rows_per_second)
    );
    let rows: Vec<_> = report.databases.iter().map(row).collect();
    text.push('\n');
    text.push_str(&table(["database", "ended", "tables", "rows", "bytes", "waited", "time"], &rows));
    for one in &report.databases {
        failures(&mut text, one);
    }
    if let Some(globals) = &report.globals {
        _ = writeln!(text, "\n{}", globals_line(globals));
        for failed in globals.applied.iter().flat_map(|applied| &applied.failed) {
            _ = writeln!(text, "  {}: {}", failed.object, failed.reason);
        }
        text.push_str(&notes(&globals.difference.notes));
    }
    for one in &report.databases {
        let left = one.report.as_ref().map_or(&[][..], |report| &report.notes);
        if !left.is_empty() {
            _ = write!(text, "\n{}:{}", one_line(&one.database), notes(left));
        }
    }
    text.push_str(&notes(&report.notes));
    text + &report.tuning.as_ref().map(render_tuning).unwrap_or_default()
}

fn row(one: &DatabaseReport) -> [String; 7] {
    let ended = match (&one.report, one.outcome) {
        (None, Outcome::Done) => "done before",
        (_, outcome) => word(outcome),
    };
    let name = one.database.clone();
    let copied = |number: fn(&Totals) -> String| {
        one.report.as_ref().map(|report| number(&report.totals)).unwrap_or_default()
    };
    [
        name,
        ended.to_owned(),
        copied(|totals| count(totals.tables)),
        copied(|totals| count(totals.rows)),
        copied(|totals| bytes(totals.bytes)),
        seconds(one.waited_seconds),
        seconds(one.seconds),
    ]
}

fn failures(text: &mut String, one: &DatabaseReport) {
    let Some(error) = &one.error else { return };
    // Writing to a String does not fail.
    _ = writeln!(text, "\n{}: {}", one_line(&one.database), error.message);
    if let Some(hint) = &error.hint {
        _ = writeln!(text, "  hint: {hint}");
    }
    for failure in one.report.iter().flat_map(|report| &report.failures) {
        _ = writeln!(text, "  {}: {}", failure.step, failure.message);
        if let Some(hint) = &failure.hint {
            _ = writeln!(text, "    hint: {hint}");
        }
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Failed => "failed",
        Outcome::Interrupted => "interrupted",
    }
}
