//! What `check` found, for people: the worst first, in 80 columns.
use std::fmt::Write as _;

use super::super::output::{count, plural};
use crate::preflight::check::{CheckReport, CheckedSide, Finding, Severity};

/// Columns of a terminal that nobody widened.
const WIDTH: usize = 80;

/// Objects that are named; `--json` has more.
const NAMED_AT_MOST: usize = 6;

/// The findings by severity, then the counts.
pub fn render_check(report: &CheckReport) -> String {
    let mut text = format!("source  {}\ntarget  {}\n", side(&report.source), side(&report.target));
    for (severity, title) in
        [(Severity::Error, "Errors"), (Severity::Warning, "Warnings"), (Severity::Note, "Notes")]
    {
        let findings: Vec<&Finding> = report.of(severity).collect();
        if findings.is_empty() {
            continue;
        }
        // Writing to a String does not fail.
        _ = write!(text, "\n{title}\n");
        for finding in findings {
            text.push_str(&render(finding));
        }
    }
    let number = |severity| report.of(severity).count() as u64;
    _ = writeln!(
        text,
        "\n{} made: {}, {}, {}",
        plural(report.checks as u64, "check"),
        plural(number(Severity::Error), "error"),
        plural(number(Severity::Warning), "warning"),
        plural(number(Severity::Note), "note"),
    );
    text
}

fn side(side: &CheckedSide) -> String {
    let absent = if side.database_exists { "" } else { ", database to be made" };
    format!("{} (PostgreSQL {}{absent})", side.address, side.server_version)
}

/// What was found, the objects, and what to do about it.
fn render(finding: &Finding) -> String {
    let mut text = format!("  {}\n", finding.check);
    let number = if finding.count > 1 { format!("{} ", count(finding.count as u64)) } else { String::new() };
    text.push_str(&wrapped(&format!("{number}{}", finding.found), "    ", "    "));
    for object in finding.objects.iter().take(NAMED_AT_MOST) {
        text.push_str(&wrapped(object, "    - ", "      "));
    }
    if finding.count > NAMED_AT_MOST {
        // Writing to a String does not fail.
        _ = writeln!(text, "      and {} more", count((finding.count - NAMED_AT_MOST) as u64));
    }
    text.push_str(&wrapped(&finding.advice, "    > ", "      "));
    text
}

/// Lines of at most [`WIDTH`] columns, unless a word is longer.
fn wrapped(text: &str, first: &str, next: &str) -> String {
    let mut lines = String::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push_str(&line);
            lines.push('\n');
            next.clone_into(&mut line);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(check: &'static str, severity: Severity, found: &str, objects: &[&str]) -> Finding {
        Finding {
            check,
            severity,
            found: found.to_owned(),
            objects: objects.iter().map(|name| (*name).to_owned()).collect(),
            count: objects.len(),
            advice: "empty them, or say what to do with `--on-existing skip|truncate|append`".to_owned(),
        }
    }

    fn report(findings: Vec<Finding>) -> CheckReport {
        let side = |address: &str, database_exists| CheckedSide {
            address: address.to_owned(),
            server_version: "15.18".to_owned(),
            database_exists,
        };
        CheckReport {
            source: side("app@old:5432/shop", true),
            target: side("app@new:5432/shop", false),
            checks: 80,
            findings,
        }
    }

    #[test]
    fn the_worst_first_with_what_to_do() {
        let many: Vec<String> = (0..9).map(|n| format!("public.t{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let text = render_check(&report(vec![
            finding(
                "target-rows",
                Severity::Error,
                "these tables have rows on the target, and nobody said what is to be done about them before the copy",
                &[],
            ),
            finding("time-zone", Severity::Warning, "one", &["a"]),
            finding("no-primary-key", Severity::Note, "tables without a primary key", &many),
        ]));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
        insta::assert_snapshot!(text, @"
        source  app@old:5432/shop (PostgreSQL 15.18)
        target  app@new:5432/shop (PostgreSQL 15.18, database to be made)

        Errors
          target-rows
            these tables have rows on the target, and nobody said what is to be done
            about them before the copy
            > empty them, or say what to do with `--on-existing skip|truncate|append`

        Warnings
          time-zone
            one
            - a
            > empty them, or say what to do with `--on-existing skip|truncate|append`

        Notes
          no-primary-key
            9 tables without a primary key
            - public.t0
            - public.t1
            - public.t2
            - public.t3
            - public.t4
            - public.t5
              and 3 more
            > empty them, or say what to do with `--on-existing skip|truncate|append`

        80 checks made: 1 error, 1 warning, 1 note
        ");
    }

    #[test]
    fn nothing_found_is_short() {
        insta::assert_snapshot!(render_check(&report(Vec::new())), @"
        source  app@old:5432/shop (PostgreSQL 15.18)
        target  app@new:5432/shop (PostgreSQL 15.18, database to be made)

        80 checks made: 0 errors, 0 warnings, 0 notes
        ");
    }
}
