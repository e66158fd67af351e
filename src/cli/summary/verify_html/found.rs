//! What one comparison found, section by section.
use std::fmt::Write as _;

use super::escaped;
use crate::{
    cli::{output::count, summary::verify::counts},
    verify::{Check, Outcome, RowKind, Verdict, VerifyReport},
};

/// Where in the page the sections stand.
#[derive(Debug)]
pub(super) struct Place {
    /// How the ids begin: no two elements of a page have the same.
    pub(super) prefix: String,
    /// Of the sections' headings; those of objects are one deeper.
    pub(super) level: u8,
}

/// All sections, those that differ first.
pub(super) fn sections(report: &VerifyReport, place: &Place) -> String {
    let mut text = place.section("Compared", &totals(report));
    text += &place.section("Differences", &differences(report, place));
    text += &place.section(
        "Warnings",
        &listed(report, place, |outcome| match outcome {
            Outcome::Warned { detail } => Some(detail),
            _ => None,
        }),
    );
    text += &place.section(
        "Different for a reason",
        &listed(report, place, |outcome| match outcome {
            Outcome::Noted { detail } => Some(detail),
            _ => None,
        }),
    );
    text += &place.section(
        "Not compared",
        &listed(report, place, |outcome| match outcome {
            Outcome::Skipped { reason } => Some(reason),
            _ => None,
        }),
    );
    text += &place.section("Only on the target", &extra(report));
    text + &everything(report)
}

impl Place {
    /// A section with its heading; nothing if there is nothing in it.
    fn section(&self, name: &str, content: &str) -> String {
        if content.is_empty() {
            return String::new();
        }
        let Self { prefix, level } = self;
        let id = format!("{prefix}{}", name.to_lowercase().replace(' ', "-"));
        format!(
            "<section aria-labelledby=\"{id}\">\n<h{level} id=\"{id}\">{name}</h{level}>\n{content}</section>\n"
        )
    }

    /// An object and what is said of it.
    fn object(&self, verdict: &Verdict, detail: &str) -> String {
        let level = self.level + 1;
        format!("<h{level}>{}</h{level}>\n<pre>{}</pre>\n", title(verdict), escaped(detail))
    }
}

fn totals(report: &VerifyReport) -> String {
    let mut text = "<div class=\"scroll\"><table>\n\
         <thead><tr><th scope=\"col\">What</th><th scope=\"col\">Found</th></tr></thead>\n<tbody>\n"
        .to_owned();
    for totals in report.totals.iter().filter(|totals| totals.compared > 0) {
        let class = if totals.differences() > 0 { "bad" } else { "good" };
        // Writing to a String does not fail.
        _ = writeln!(
            text,
            "<tr><th scope=\"row\">{}</th><td class=\"{class}\">{}</td></tr>",
            totals.check.plural(),
            escaped(&counts(totals, report))
        );
    }
    text + "</tbody>\n</table></div>\n"
}

/// What an object is called, with what was compared of it.
fn title(verdict: &Verdict) -> String {
    let what = match verdict.check {
        Check::Rows => "rows of ",
        Check::Sequence => "SEQUENCE ",
        Check::Definition | Check::Role => "",
    };
    escaped(&format!("{what}{}", verdict.object))
}

fn differences(report: &VerifyReport, place: &Place) -> String {
    let mut text = String::new();
    for verdict in report.verdicts.iter().filter(|verdict| verdict.outcome.is_difference()) {
        let detail = match &verdict.outcome {
            Outcome::Differs { detail } => detail.clone(),
            Outcome::Missing { reason: None } => "missing on the target".to_owned(),
            Outcome::Missing { reason: Some(reason) } => format!("missing on the target: {reason}"),
            Outcome::Failed { message } => format!("could not be compared: {message}"),
            _ => continue,
        };
        text += &place.object(verdict, &detail);
        text += &rows(verdict);
    }
    if text.is_empty() {
        return text;
    }
    format!("<p>In definitions <code>-</code> is the source, <code>+</code> the target.</p>\n{text}")
}

/// The rows of a table that differ.
fn rows(verdict: &Verdict) -> String {
    if verdict.differences.is_empty() {
        return String::new();
    }
    let more = if verdict.more_differences { "; there may be more" } else { "" };
    let mut text = format!(
        "<div class=\"scroll\"><table>\n<caption>Rows that differ, by their keys{more}</caption>\n\
         <thead><tr><th scope=\"col\">Key</th><th scope=\"col\">What</th><th scope=\"col\">Columns</th></tr></thead>\n<tbody>\n"
    );
    for row in &verdict.differences {
        let class = if row.kind == RowKind::Extra { "warn" } else { "bad" };
        // Writing to a String does not fail.
        _ = writeln!(
            text,
            "<tr><th scope=\"row\">{}</th><td class=\"{class}\">{}</td><td>{}</td></tr>",
            escaped(&row.key_text()),
            row.kind.as_str(),
            escaped(&row.columns.join(", "))
        );
    }
    text + "</tbody>\n</table></div>\n"
}

fn listed(report: &VerifyReport, place: &Place, detail: fn(&Outcome) -> Option<&String>) -> String {
    let told = report.verdicts.iter().filter_map(|verdict| Some((verdict, detail(&verdict.outcome)?)));
    told.map(|(verdict, detail)| place.object(verdict, detail)).collect()
}

fn extra(report: &VerifyReport) -> String {
    let extra = report.verdicts.iter().filter(|verdict| verdict.outcome == Outcome::Extra);
    let items: Vec<String> = extra.map(|verdict| format!("<li>{}</li>\n", title(verdict))).collect();
    if items.is_empty() { String::new() } else { format!("<ul>\n{}</ul>\n", items.concat()) }
}

/// A line for each object, folded.
fn everything(report: &VerifyReport) -> String {
    let mut text = format!(
        "<section>\n<details>\n<summary>Everything that was compared: {}</summary>\n<div class=\"scroll\"><table>\n\
         <thead><tr><th scope=\"col\">Object</th><th scope=\"col\">Found</th><th scope=\"col\" class=\"number\">Rows</th></tr></thead>\n\
         <tbody>\n",
        count(report.verdicts.len() as u64)
    );
    for verdict in &report.verdicts {
        let (word, class) = word(&verdict.outcome);
        let note = verdict.note.as_ref().map_or(String::new(), |note| format!(" ({})", escaped(note)));
        let rows = verdict.rows.map(count).unwrap_or_default();
        // Writing to a String does not fail.
        _ = writeln!(
            text,
            "<tr><th scope=\"row\">{}</th><td class=\"{class}\">{word}{note}</td><td class=\"number\">{rows}</td></tr>",
            title(verdict)
        );
    }
    text + "</tbody>\n</table></div>\n</details>\n</section>\n"
}

fn word(outcome: &Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Equal => ("equal", "good"),
        Outcome::Differs { .. } => ("different", "bad"),
        Outcome::Missing { .. } => ("missing on the target", "bad"),
        Outcome::Failed { .. } => ("could not be compared", "bad"),
        Outcome::Extra => ("only on the target", ""),
        Outcome::Noted { .. } => ("different for a reason", "warn"),
        Outcome::Warned { .. } => ("warning", "warn"),
        Outcome::Skipped { .. } => ("not compared", "warn"),
    }
}
