//! The page of several databases: a table of all, then each with what was found; those that are equal are folded.
use std::fmt::Write as _;

use super::{
    ends, escaped,
    found::{self, Place},
    page,
};
use crate::{
    catalog::Note,
    cli::{
        output::{count, plural, seconds},
        summary::verify,
    },
    pg::Ident,
    verify::{Check, CheckTotals, Compared, SeveralReport, VerifyReport},
};

/// The whole page.
pub fn render_several_html(report: &SeveralReport) -> String {
    let state = if report.equal { "equal" } else { "different" };
    let all = report.databases.len() as u64;
    let equal = report.databases.iter().filter(|one| one.is_equal()).count() as u64;
    let title = match (equal == all, all) {
        (true, 1) => "Source and target are equal: 1 database".to_owned(),
        (true, _) => format!("Source and target are equal: all {}", plural(all, "database")),
        (false, _) => {
            format!("Source and target are not equal: {} of {}", count(all - equal), plural(all, "database"))
        }
    };
    let mut body = format!("<header>\n<h1 data-found=\"{state}\">{title}</h1>\n</header>\n<main>\n");
    body += &table(report);
    for (place, one) in report.databases.iter().enumerate() {
        body += &database(one, place + 1);
    }
    body += &left_out(report);
    body += "</main>\n";
    page(&plural(all, "database"), &body)
}

fn table(report: &SeveralReport) -> String {
    let mut text = "<section aria-labelledby=\"databases\">\n<h2 id=\"databases\">Databases</h2>\n<div class=\"scroll\"><table>\n\
         <thead><tr><th scope=\"col\">Database</th><th scope=\"col\">Found</th><th scope=\"col\" class=\"number\">Differences</th>\
         <th scope=\"col\" class=\"number\">Tables</th><th scope=\"col\" class=\"number\">Rows</th>\
         <th scope=\"col\" class=\"number\">Took</th></tr></thead>\n<tbody>\n"
        .to_owned();
    for (place, one) in report.databases.iter().enumerate() {
        let numbers = one.report.as_ref().map_or_else(|| [const { String::new() }; 4], numbers);
        let numbers = numbers.map(|number| format!("<td class=\"number\">{number}</td>")).concat();
        let (word, class) = word(one);
        // Writing to a String does not fail.
        _ = writeln!(
            text,
            "<tr><th scope=\"row\"><a href=\"#database-{}\">{}</a></th><td class=\"found {class}\">{word}</td>{numbers}</tr>",
            place + 1,
            escaped(&name(one))
        );
    }
    text + "</tbody>\n</table></div>\n</section>\n"
}

/// Differences, tables, rows, time.
fn numbers(report: &VerifyReport) -> [String; 4] {
    let tables = report.totals.iter().find(|totals| totals.check == Check::Rows);
    let differences = report.totals.iter().map(CheckTotals::differences).sum();
    let of_tables = |number: fn(&CheckTotals) -> u64| count(tables.map_or(0, number));
    [
        count(differences),
        of_tables(|totals| totals.compared),
        of_tables(|totals| totals.rows),
        seconds(report.seconds),
    ]
}

/// One database, folded if there is nothing to be seen.
fn database(one: &Compared, place: usize) -> String {
    let (word, class) = word(one);
    let open = if one.is_equal() { "" } else { " open" };
    let mut text = format!(
        "<details class=\"database\" id=\"database-{place}\"{open}>\n\
         <summary><h2>{}: <span class=\"{class}\">{word}</span></h2></summary>\n",
        escaped(&name(one))
    );
    match (&one.report, &one.error) {
        (Some(report), _) => {
            // Writing to a String does not fail.
            _ = writeln!(
                text,
                "<p>Source and target are {}</p>\n{}",
                escaped(&verify::found(report)),
                ends(report)
            );
            text += &found::sections(report, &Place { prefix: format!("database-{place}-"), level: 3 });
        }
        (None, Some(error)) => text += &format!("<pre>{}</pre>\n", escaped(error)),
        (None, None) => {}
    }
    text + "</details>\n"
}

/// Its name, and the target's where it is another.
fn name(one: &Compared) -> String {
    let [source, target] = [&one.database, &one.target_database].map(|name| Ident(name.clone()).to_string());
    if source == target { source } else { format!("{source} → {target}") }
}

fn word(one: &Compared) -> (&'static str, &'static str) {
    match (&one.report, one.is_equal()) {
        (Some(_), true) => ("equal", "good"),
        (Some(_), false) => ("different", "bad"),
        (None, _) => ("could not be compared", "bad"),
    }
}

/// Databases that nobody looked at.
fn left_out(report: &SeveralReport) -> String {
    let item = |note: &Note| format!("<li>{}: {}</li>\n", escaped(&note.object), escaped(&note.reason));
    let items: String = report.notes.iter().map(item).collect();
    if items.is_empty() {
        return items;
    }
    format!(
        "<section aria-labelledby=\"left-out\">\n<h2 id=\"left-out\">Left out</h2>\n<ul>\n{items}</ul>\n</section>\n"
    )
}
