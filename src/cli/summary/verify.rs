//! What `verify` found, for people.
use std::fmt::Write as _;

use super::super::output::{count, plural, seconds};
use crate::{
    config::VerifyMode,
    verify::{Check, CheckTotals, Outcome, Verdict, VerifyReport},
};

/// Objects that only the target has and that are named, where they are no difference: a shared target can have many.
const EXTRA_AT_MOST: usize = 20;

/// The counts of each check, then everything that is not plainly equal.
pub fn render_verify(report: &VerifyReport) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    _ = writeln!(text, "Source and target are {}, compared in {}", found(report), seconds(report.seconds));
    _ = writeln!(
        text,
        "  source       {} (PostgreSQL {})",
        report.source.address, report.source.server_version
    );
    _ = writeln!(
        text,
        "  target       {} (PostgreSQL {})",
        report.target.address, report.target.server_version
    );
    for totals in report.totals.iter().filter(|totals| totals.compared > 0) {
        _ = writeln!(text, "  {:<11}  {}", totals.check.plural(), counts(totals, report));
    }
    text.push_str(&section(report, "Differences (- source, + target)", difference));
    text.push_str(&section(report, "Warnings", warned));
    text.push_str(&section(report, "Different for a reason", noted));
    text.push_str(&section(report, "Not compared", skipped));
    text.push_str(&section(report, "Compared otherwise", |verdict| verdict.note.clone()));
    text.push_str(&extra(report));
    text
}

/// Whether they are equal, and as far as what was read tells.
pub(super) fn found(report: &VerifyReport) -> String {
    let equal = if report.is_equal() { "equal" } else { "not equal" };
    match (report.mode, report.sample_percent) {
        (Some(VerifyMode::Fast), _) => format!("{equal}, rows as far as the planner's estimates tell"),
        (Some(VerifyMode::Counts), _) => format!("{equal}, rows by their number alone"),
        (_, Some(percent)) => format!("{equal}, rows by their number and a sample of {percent}%"),
        _ => equal.to_owned(),
    }
}

pub(super) fn counts(totals: &CheckTotals, report: &VerifyReport) -> String {
    let mut text = if totals.equal == totals.compared {
        format!("all {} equal", count(totals.equal))
    } else {
        format!("{} of {} equal", count(totals.equal), count(totals.compared))
    };
    for (number, what) in [
        (totals.differ, "different"),
        (totals.missing, "missing"),
        (if report.exact { totals.extra } else { 0 }, "only on the target"),
        (totals.failed, "failed"),
        (totals.warned, "with a warning"),
        (totals.noted, "different for a reason"),
        (totals.skipped, "not compared"),
    ] {
        if number > 0 {
            // Writing to a String does not fail.
            _ = write!(text, ", {} {what}", count(number));
        }
    }
    // Estimates are not rows that were counted.
    if totals.check == Check::Rows && report.mode != Some(VerifyMode::Fast) {
        _ = write!(text, "; {}", plural(totals.rows, "row"));
    }
    text
}

/// A title and the verdicts that a rule has a text for.
fn section(report: &VerifyReport, title: &str, tell: fn(&Verdict) -> Option<String>) -> String {
    let told: Vec<String> = report
        .verdicts
        .iter()
        .filter_map(|verdict| {
            let told = tell(verdict)?.replace('\n', "\n    ");
            let what = match verdict.check {
                Check::Rows => "rows of ",
                Check::Sequence => "SEQUENCE ",
                Check::Definition | Check::Role => "",
            };
            let space = if told.starts_with('\n') { "" } else { " " };
            Some(format!("  {what}{}:{space}{told}\n", verdict.object))
        })
        .collect();
    if told.is_empty() { String::new() } else { format!("\n{title}:\n{}", told.concat()) }
}

fn difference(verdict: &Verdict) -> Option<String> {
    match &verdict.outcome {
        // Lines of SQL stand below the name, words behind it.
        Outcome::Differs { detail } if verdict.check == Check::Definition => Some(format!("\n{detail}")),
        Outcome::Differs { detail } => Some(format!("{detail}{}", rows(verdict))),
        Outcome::Missing { reason: None } => Some("missing on the target".to_owned()),
        Outcome::Missing { reason: Some(reason) } => Some(format!("missing on the target: {reason}")),
        Outcome::Failed { message } => Some(message.clone()),
        _ => None,
    }
}

/// A line for each row that differs.
fn rows(verdict: &Verdict) -> String {
    let mut text = String::new();
    for row in &verdict.differences {
        // A line break in a key would pass for another row.
        text += &format!("\n{}", row.to_string().replace('\n', "\\n"));
    }
    if verdict.more_differences {
        text += "\nand perhaps more (`--max-differences` names more of them)";
    }
    text
}

fn warned(verdict: &Verdict) -> Option<String> {
    match &verdict.outcome {
        Outcome::Warned { detail } => Some(detail.clone()),
        _ => None,
    }
}

fn noted(verdict: &Verdict) -> Option<String> {
    match &verdict.outcome {
        Outcome::Noted { detail } if verdict.check == Check::Rows => Some(detail.clone()),
        Outcome::Noted { detail } => Some(format!("\n{detail}")),
        _ => None,
    }
}

fn skipped(verdict: &Verdict) -> Option<String> {
    match &verdict.outcome {
        Outcome::Skipped { reason } => Some(reason.clone()),
        _ => None,
    }
}

fn extra(report: &VerifyReport) -> String {
    let extra = report.verdicts.iter().filter(|verdict| verdict.outcome == Outcome::Extra);
    let names: Vec<&str> = extra.map(|verdict| verdict.object.as_str()).collect();
    if names.is_empty() {
        return String::new();
    }
    let mut text = "\nOnly on the target:\n".to_owned();
    let shown = if report.exact { names.len() } else { names.len().min(EXTRA_AT_MOST) };
    for name in &names[..shown] {
        // Writing to a String does not fail.
        _ = writeln!(text, "  {name}");
    }
    if names.len() > shown {
        _ = writeln!(text, "  and {} more", count((names.len() - shown) as u64));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::observe::EndpointReport;

    fn report(verdicts: Vec<Verdict>) -> VerifyReport {
        let side = |address: &str| EndpointReport { address: address.into(), server_version: "15.18".into() };
        VerifyReport::new(
            [side("app@old:5432/shop"), side("app@new:5432/shop")],
            verdicts,
            Duration::from_secs(2),
        )
    }

    fn rows(object: &str, rows: u64, outcome: Outcome) -> Verdict {
        Verdict { rows: Some(rows), ..Verdict::new(Check::Rows, object, outcome) }
    }

    #[test]
    fn equal_is_short() {
        let verdicts = vec![
            Verdict::new(Check::Definition, "TABLE s.t", Outcome::Equal),
            rows("s.t", 1234, Outcome::Equal),
        ];
        insta::assert_snapshot!(render_verify(&report(verdicts)), @"
        Source and target are equal, compared in 2.00 s
          source       app@old:5432/shop (PostgreSQL 15.18)
          target       app@new:5432/shop (PostgreSQL 15.18)
          definitions  all 1 equal
          tables       all 1 equal; 1,234 rows
        ");
    }

    #[test]
    fn every_difference_is_named() {
        let differs = |detail: &str| Outcome::Differs { detail: detail.into() };
        let verdicts = vec![
            Verdict::new(Check::Definition, "TABLE s.t", differs("- a int\n+ a text")),
            Verdict::new(Check::Definition, "VIEW s.v", Outcome::MISSING),
            Verdict::new(Check::Definition, "INDEX s.i", Outcome::Extra),
            rows(
                "s.t",
                10,
                differs("source 10 rows, target 9 rows\nwhere a < '5': source 5 rows, target 4 rows"),
            ),
            rows("s.l", 5, Outcome::Skipped { reason: "5 rows on both sides".into() }),
            rows("s.m", 5, Outcome::Noted { detail: "stale".into() }),
            Verdict::new(Check::Sequence, "s.q", differs("source 2 (used), target 1 (used)")),
        ];
        insta::assert_snapshot!(render_verify(&report(verdicts)), @"
        Source and target are not equal, compared in 2.00 s
          source       app@old:5432/shop (PostgreSQL 15.18)
          target       app@new:5432/shop (PostgreSQL 15.18)
          definitions  0 of 2 equal, 1 different, 1 missing
          tables       0 of 3 equal, 1 different, 1 different for a reason, 1 not compared; 20 rows
          sequences    0 of 1 equal, 1 different

        Differences (- source, + target):
          TABLE s.t:
            - a int
            + a text
          VIEW s.v: missing on the target
          rows of s.t: source 10 rows, target 9 rows
            where a < '5': source 5 rows, target 4 rows
          SEQUENCE s.q: source 2 (used), target 1 (used)

        Different for a reason:
          rows of s.m: stale

        Not compared:
          rows of s.l: 5 rows on both sides

        Only on the target:
          INDEX s.i
        ");
    }
}
