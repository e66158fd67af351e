//! What a server's message tells of the values of rows, and the rest of it without them.
//!
//! Servers speak many languages, so nothing here looks for words: the SQLSTATE says whether a value may stand there, and
//! quotation marks and colons where. Rather too much is left out than too little.
use crate::pg::SqlState;

/// Quotation marks of all the languages that servers speak.
const MARKS: &[char] = &['"', '«', '»', '“', '”', '„', '‟', '「', '」'];

/// Stands for what was left out.
const LEFT_OUT: &str = "…";

/// Whether DETAIL is about a row: data exceptions, violated constraints, violated WITH CHECK OPTION.
pub(super) fn is_about_row(state: SqlState) -> bool {
    matches!(state.class(), "22" | "23" | "44")
}

/// The primary message: what a data exception puts between quotation marks is a value, but for the columns that a row lacks
/// and the encodings that a character is not of.
pub(super) fn message_without(message: &str, state: SqlState) -> String {
    let names_only = matches!(state.as_str(), "22P04" | "22021" | "22P05");
    match (message.find(MARKS), message.rfind(MARKS)) {
        (Some(first), Some(last)) if state.class() == "22" && !names_only => {
            let behind = message[last..].chars().next().map_or(0, char::len_utf8);
            let rest = message[last + behind..].trim();
            let before = message[..first].trim_end().trim_end_matches([':', '：']).trim_end();
            match (before, rest) {
                ("", "") => format!("SQLSTATE {state}"),
                (before, "") => before.to_owned(),
                (before, rest) => format!("{before} {LEFT_OUT} {rest}"),
            }
        }
        _ => message.to_owned(),
    }
}

/// CONTEXT: `COPY t, line 3, column b: "value"` ends at the column, whatever the words.
pub(super) fn place_without(place: &str) -> String {
    let lines =
        place.lines().map(|line| match line.find(|c| matches!(c, ':' | '：') || MARKS.contains(&c)) {
            Some(end) => line[..end].trim_end(),
            None => line,
        });
    lines.collect::<Vec<_>>().join("\n")
}
