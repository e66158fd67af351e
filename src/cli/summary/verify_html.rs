//! What `verify` found, as one page for a browser: no script, nothing from elsewhere, and every name from a server escaped.
//!
//! The page says so to the browser too (its `Content-Security-Policy`): if a name were taken for markup all the same, it could
//! neither run nor load anything.
mod found;
mod several;

use std::fmt::Write as _;

use super::{super::output::seconds, verify::found};
use crate::{observe::visible, verify::VerifyReport};

pub use several::render_several_html;

const STYLE: &str = include_str!("verify_html/style.css");

/// Nothing may be loaded and nothing run; the style stands in the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The whole page, of one comparison.
pub fn render_verify_html(report: &VerifyReport) -> String {
    let state = if report.is_equal() { "equal" } else { "different" };
    let mut body = format!(
        "<header>\n<h1 data-found=\"{state}\">Source and target are {}</h1>\n{}</header>\n<main>\n",
        escaped(&found(report)),
        ends(report)
    );
    body += &found::sections(report, &found::Place { prefix: String::new(), level: 2 });
    body += "</main>\n";
    page(&report.database, &body)
}

/// A page around its body.
fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>pgmigrate verify: {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}\
         <footer>pgmigrate {}</footer>\n</body>\n</html>\n",
        escaped(title),
        env!("CARGO_PKG_VERSION")
    )
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

/// Who was compared, and how long it took.
fn ends(report: &VerifyReport) -> String {
    let mut text = "<dl>\n".to_owned();
    for (name, side) in [("Source", &report.source), ("Target", &report.target)] {
        // Writing to a String does not fail.
        _ = writeln!(
            text,
            "<dt>{name}</dt><dd>{} (PostgreSQL {})</dd>",
            escaped(&side.address),
            escaped(&side.server_version)
        );
    }
    _ = writeln!(text, "<dt>Took</dt><dd>{}</dd>\n</dl>", seconds(report.seconds));
    text
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::Duration};

    use super::*;
    use crate::{
        catalog::Note,
        error::{Error, ErrorKind},
        observe::EndpointReport,
        verify::{Check, Compared, KeyPart, Outcome, RowDifference, RowKind, SeveralReport, Verdict},
    };

    const HOSTILE: &str = "s.\"<script>alert('x')</script>&\u{202e}\"";

    fn report(verdicts: Vec<Verdict>) -> VerifyReport {
        let side = || EndpointReport { address: "me@<host>/db".into(), server_version: "15.18".into() };
        let report = VerifyReport::new([side(), side()], verdicts, Duration::from_secs(2));
        report.between(["<b>".into(), "db".into()])
    }

    fn page(verdicts: Vec<Verdict>) -> String {
        render_verify_html(&report(verdicts))
    }

    /// Every outcome of something with a hostile name, in all places where a name can stand.
    fn hostile() -> Vec<Verdict> {
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
        outcomes.map(verdict).to_vec()
    }

    fn several(databases: Vec<Compared>) -> String {
        let note = Note { object: HOSTILE.into(), reason: HOSTILE.into() };
        render_several_html(&SeveralReport::new(databases, vec![note]))
    }

    fn assert_is_text(page: &str) {
        let body = page.split("<body>").nth(1).unwrap();
        assert!(!body.contains("<script") && !body.contains("<b>") && !body.contains("<host>"));
        assert!(!page.contains('\u{202e}'));
        assert!(body.matches("&lt;script&gt;").count() >= 2 * 8, "{body}");
        // Every tag that is opened is closed.
        for tag in [
            "section", "table", "tbody", "details", "summary", "pre", "h2", "h3", "h4", "tr", "td", "ul",
            "li", "div",
        ] {
            let opened =
                body.matches(&format!("<{tag}>")).count() + body.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, body.matches(&format!("</{tag}>")).count(), "{tag}");
        }
        // No two elements have the same id, and each that is referred to is there.
        let values = |name: &str| -> Vec<&str> {
            let begin = format!(" {name}=\"");
            let found = body.split(&begin).skip(1);
            found.map(|rest| rest.split('"').next().unwrap()).collect()
        };
        let ids = values("id");
        assert_eq!(BTreeSet::from_iter(&ids).len(), ids.len(), "{ids:?}");
        let labels = values("aria-labelledby").into_iter();
        let links = values("href").into_iter().map(|link| link.strip_prefix('#').unwrap());
        assert!(labels.chain(links).all(|wanted| ids.contains(&wanted)), "{ids:?}");
    }

    #[test]
    fn a_name_is_text_wherever_it_stands() {
        assert_is_text(&page(hostile()));
        let named = |found| Compared::new([HOSTILE.into(), format!("{HOSTILE}2")], found);
        let failed = Err(Error::new(ErrorKind::Connection, HOSTILE));
        assert_is_text(&several(vec![
            named(Ok(report(hostile()))),
            named(Ok(report(vec![]))),
            named(failed),
        ]));
    }

    #[test]
    fn databases_that_are_equal_are_folded() {
        let differs = Verdict::new(Check::Definition, "TABLE s.t", Outcome::MISSING);
        let named = |name: &str, found| Compared::new([name.into(), name.into()], found);
        let page = several(vec![
            named("same", Ok(report(Vec::new()))),
            named("other", Ok(report(vec![differs]))),
            named("gone", Err(Error::new(ErrorKind::Connection, "no server"))),
        ]);
        assert!(
            page.contains(
                "<h1 data-found=\"different\">Source and target are not equal: 2 of 3 databases</h1>"
            )
        );
        assert!(page.contains("<details class=\"database\" id=\"database-1\">"));
        assert!(page.contains("<details class=\"database\" id=\"database-2\" open>"));
        assert!(
            page.contains(
                "<a href=\"#database-3\">gone</a></th><td class=\"found bad\">could not be compared"
            )
        );
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
