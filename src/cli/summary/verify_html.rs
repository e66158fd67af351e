//! What `verify` found, as one page for a browser: no script, nothing from elsewhere, and every name from a server escaped.
//!
//! The page says so to the browser too (its `Content-Security-Policy`): if a name were taken for markup all the same, it could
//! neither run nor load anything.
use std::fmt::Write as _;

use super::{
    super::output::{count, seconds},
    verify::{counts, found},
};
use crate::{
    observe::visible,
    verify::{Check, Outcome, RowKind, Verdict, VerifyReport},
};

const STYLE: &str = include_str!("verify_html/style.css");

/// Nothing may be loaded and nothing run; the style stands in the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The whole page.
pub fn render_verify_html(report: &VerifyReport) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>pgmigrate verify: {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        escaped(&report.database),
    );
    page += &header(report);
    page += "<main>\n";
    page += &totals(report);
    page += &differences(report);
    page += &listed(report, "Warnings", |outcome| match outcome {
        Outcome::Warned { detail } => Some(detail),
        _ => None,
    });
    page += &listed(report, "Different for a reason", |outcome| match outcome {
        Outcome::Noted { detail } => Some(detail),
        _ => None,
    });
    page += &listed(report, "Not compared", |outcome| match outcome {
        Outcome::Skipped { reason } => Some(reason),
        _ => None,
    });
    page += &extra(report);
    page += &everything(report);
    // Writing to a String does not fail.
    _ = writeln!(
        page,
        "</main>\n<footer>pgmigrate {}</footer>\n</body>\n</html>",
        escaped(&report.tool_version)
    );
    page
}

/// Text as it stands between tags and in attributes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

fn header(report: &VerifyReport) -> String {
    let state = if report.is_equal() { "equal" } else { "different" };
    let mut text = format!(
        "<header>\n<h1 data-found=\"{state}\">Source and target are {}</h1>\n<dl>\n",
        escaped(&found(report))
    );
    for (name, side) in [("Source", &report.source), ("Target", &report.target)] {
        // Writing to a String does not fail.
        _ = writeln!(
            text,
            "<dt>{name}</dt><dd>{} (PostgreSQL {})</dd>",
            escaped(&side.address),
            escaped(&side.server_version)
        );
    }
    _ = writeln!(text, "<dt>Took</dt><dd>{}</dd>\n</dl>\n</header>", seconds(report.seconds));
    text
}

fn totals(report: &VerifyReport) -> String {
    let mut text = "<section aria-labelledby=\"totals\">\n<h2 id=\"totals\">Compared</h2>\n<div class=\"scroll\"><table>\n\
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
    text + "</tbody>\n</table></div>\n</section>\n"
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

fn differences(report: &VerifyReport) -> String {
    let mut text = String::new();
    for verdict in report.verdicts.iter().filter(|verdict| verdict.outcome.is_difference()) {
        let detail = match &verdict.outcome {
            Outcome::Differs { detail } => detail.clone(),
            Outcome::Missing { reason } => {
                format!(
                    "missing on the target{}",
                    reason.as_ref().map_or(String::new(), |why| format!(": {why}"))
                )
            }
            Outcome::Failed { message } => format!("could not be compared: {message}"),
            _ => continue,
        };
        // Writing to a String does not fail.
        _ = writeln!(text, "<h3>{}</h3>\n<pre>{}</pre>", title(verdict), escaped(&detail));
        text += &rows(verdict);
    }
    if text.is_empty() {
        return text;
    }
    let legend = "<p>In definitions <code>-</code> is the source, <code>+</code> the target.</p>\n";
    format!(
        "<section aria-labelledby=\"differences\">\n<h2 id=\"differences\">Differences</h2>\n{legend}{text}</section>\n"
    )
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

fn listed(report: &VerifyReport, name: &str, detail: fn(&Outcome) -> Option<&String>) -> String {
    let mut text = String::new();
    for verdict in &report.verdicts {
        let Some(detail) = detail(&verdict.outcome) else { continue };
        // Writing to a String does not fail.
        _ = writeln!(text, "<h3>{}</h3>\n<pre>{}</pre>", title(verdict), escaped(detail));
    }
    let id = name.to_lowercase().replace(' ', "-");
    if text.is_empty() {
        return text;
    }
    format!("<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{name}</h2>\n{text}</section>\n")
}

fn extra(report: &VerifyReport) -> String {
    let mut items = String::new();
    for verdict in report.verdicts.iter().filter(|verdict| verdict.outcome == Outcome::Extra) {
        // Writing to a String does not fail.
        _ = writeln!(items, "<li>{}</li>", title(verdict));
    }
    if items.is_empty() {
        return items;
    }
    format!(
        "<section aria-labelledby=\"extra\">\n<h2 id=\"extra\">Only on the target</h2>\n<ul>\n{items}</ul>\n</section>\n"
    )
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        observe::EndpointReport,
        verify::{KeyPart, RowDifference},
    };

    const HOSTILE: &str = "s.\"<script>alert('x')</script>&\u{202e}\"";

    fn page(verdicts: Vec<Verdict>) -> String {
        let side = || EndpointReport { address: "me@<host>/db".into(), server_version: "15.18".into() };
        let report = VerifyReport::new([side(), side()], verdicts, Duration::from_secs(2));
        render_verify_html(&report.between(["<b>".into(), "db".into()]))
    }

    #[test]
    fn a_name_is_text_wherever_it_stands() {
        let outcomes = [
            Outcome::Equal,
            Outcome::Differs { detail: HOSTILE.into() },
            Outcome::Missing { reason: Some(HOSTILE.into()) },
            Outcome::Failed { message: HOSTILE.into() },
            Outcome::Extra,
            Outcome::Noted { detail: HOSTILE.into() },
            Outcome::Warned { detail: HOSTILE.into() },
            Outcome::Skipped { reason: HOSTILE.into() },
        ];
        let row = RowDifference {
            kind: RowKind::Differs,
            key: vec![KeyPart { column: HOSTILE.into(), value: HOSTILE.into() }],
            columns: vec![HOSTILE.into()],
        };
        let verdict = |outcome| Verdict {
            differences: vec![row.clone()],
            note: Some(HOSTILE.into()),
            ..Verdict::new(Check::Rows, HOSTILE, outcome)
        };
        let page = page(outcomes.map(verdict).to_vec());
        let body = page.split("<body>").nth(1).unwrap();
        assert!(!body.contains("<script") && !body.contains("<b>") && !body.contains("<host>"));
        assert!(!page.contains('\u{202e}'));
        assert!(body.matches("&lt;script&gt;").count() >= 2 * 8, "{body}");
        // Every tag that is opened is closed.
        for tag in ["section", "table", "tbody", "details", "pre", "h3", "tr", "td", "ul", "li", "div"] {
            let opened =
                body.matches(&format!("<{tag}>")).count() + body.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, body.matches(&format!("</{tag}>")).count(), "{tag}");
        }
    }

    #[test]
    fn the_page_asks_for_nothing_from_elsewhere() {
        let page = page(vec![Verdict::new(Check::Definition, "TABLE s.t", Outcome::Equal)]);
        for foreign in
            ["http://", "https://", "@import", "url(", "<link", "<script", "<img", " style=\"", " onclick"]
        {
            assert!(!page.contains(foreign), "{foreign}");
        }
        assert!(page.contains("data-found=\"equal\"") && !page.contains("id=\"differences\""));
    }
}
