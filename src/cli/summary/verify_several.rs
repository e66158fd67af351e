//! What `verify` found in several databases, for people.
use super::render_verify;
use crate::{pg::Ident, verify::SeveralReport};

/// Database by database, then those that were left out.
pub fn render_verify_several(report: &SeveralReport) -> String {
    let mut text = String::new();
    for one in &report.databases {
        text += &format!("== {}\n", Ident(one.database.clone()));
        match (&one.report, &one.error) {
            (Some(found), _) => text += &render_verify(found),
            (None, Some(error)) => text += &format!("not compared: {error}\n"),
            (None, None) => {}
        }
        text.push('\n');
    }
    for note in &report.notes {
        text += &format!("{}: {}\n", note.object, note.reason);
    }
    text
}
