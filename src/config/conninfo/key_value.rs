//! `host=localhost password='it''s'`: pairs separated by blanks, values optionally in single quotes,
//! a backslash before a character that is meant literally.
use std::{iter::Peekable, str::CharIndices};

use super::Conninfo;
use crate::{
    error::{Error, ErrorKind, Result},
    pg::is_blank,
};

/// Reads all pairs of `text`.
pub(super) fn parse(text: &str, conninfo: &mut Conninfo) -> Result<()> {
    let mut rest = text.char_indices().peekable();
    loop {
        skip_blanks(&mut rest);
        let Some(&(start, _)) = rest.peek() else { return Ok(()) };
        let name = name(&mut rest);
        skip_blanks(&mut rest);
        if rest.next_if(|(_, c)| *c == '=').is_none() {
            return Err(missing_equals(text, start));
        }
        skip_blanks(&mut rest);
        let value = match rest.next_if(|(_, c)| *c == '\'') {
            Some((quote, _)) => quoted(&mut rest).ok_or_else(|| unterminated(text, quote))?,
            None => bare(&mut rest),
        };
        conninfo.push(&name, value)?;
    }
}

type Rest<'a> = Peekable<CharIndices<'a>>;

fn skip_blanks(rest: &mut Rest<'_>) {
    while rest.next_if(|(_, c)| is_blank(*c)).is_some() {}
}

fn name(rest: &mut Rest<'_>) -> String {
    let mut name = String::new();
    while let Some((_, c)) = rest.next_if(|(_, c)| *c != '=' && !is_blank(*c)) {
        name.push(c);
    }
    name
}

fn bare(rest: &mut Rest<'_>) -> String {
    let mut value = String::new();
    while let Some((_, c)) = rest.next_if(|(_, c)| !is_blank(*c)) {
        // A backslash at the very end stands for nothing, as in libpq.
        if c == '\\' {
            value.extend(rest.next().map(|(_, literal)| literal));
        } else {
            value.push(c);
        }
    }
    value
}

/// The value up to the closing quote; `None` if there is none.
fn quoted(rest: &mut Rest<'_>) -> Option<String> {
    let mut value = String::new();
    loop {
        match rest.next()?.1 {
            '\'' => return Some(value),
            '\\' => value.push(rest.next()?.1),
            c => value.push(c),
        }
    }
}

fn missing_equals(text: &str, byte: usize) -> Error {
    let place = text[..byte].chars().count() + 1;
    Error::new(ErrorKind::Config, format!("connection string: no `=` after the word at character {place}"))
        .hint("write `postgresql://user@host/dbname` or `host=… dbname=…`; quote values with spaces: 'a b'")
}

fn unterminated(text: &str, byte: usize) -> Error {
    let place = text[..byte].chars().count() + 1;
    Error::new(
        ErrorKind::Config,
        format!("connection string: the quote opened at character {place} is never closed"),
    )
}
