//! Text that a terminal shows and does not obey.
//!
//! Names, comments and messages come from the servers, and whoever may create a table there chooses its name. An escape
//! sequence in it could rewrite what stands on the screen or set the window's title; a bidirectional override could make one
//! name look like another. Called for everything that people are told, wherever it goes.
use std::{borrow::Cow, fmt::Write as _};

/// The text with everything that a terminal would act on written as `\u{1b}`; line breaks and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_acted_on) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_acted_on(c) {
            // Writing to a String does not fail.
            _ = write!(shown, "{}", c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// The same for an event of the log, which is one line: what follows a line break in a name could pass for an event.
pub(super) fn visible_line(event: &str) -> Cow<'_, str> {
    let body = event.strip_suffix('\n').unwrap_or(event);
    if !body.contains('\n') {
        return visible(event);
    }
    Cow::Owned(format!("{}{}", visible(body).replace('\n', "\\u{a}"), &event[body.len()..]))
}

/// The same for JSON, in which such a character can only stand inside of a string.
pub fn visible_json(text: &str) -> Cow<'_, str> {
    if !text.contains(is_acted_on) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_acted_on(c) {
            // All of them are below U+10000.
            _ = write!(shown, "\\u{:04x}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Control characters of both ranges, and those that change the direction of what follows.
fn is_acted_on(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_terminal_acts_on_is_shown() {
        let name = "\u{1b}]0;title\u{7}a\u{9b}2J\u{202e}b\tc\nü\r";
        assert_eq!(visible(name), "\\u{1b}]0;title\\u{7}a\\u{9b}2J\\u{202e}b\tc\nü\\u{d}");
        assert!(matches!(visible("plain é 漢字 🐘"), Cow::Borrowed(_)));
    }

    #[test]
    fn an_event_is_a_line() {
        assert_eq!(visible_line("done step=a\nERROR \u{1b}b\n"), "done step=a\\u{a}ERROR \\u{1b}b\n");
        assert!(matches!(visible_line("done\n"), Cow::Borrowed("done\n")));
    }

    proptest! {
        #[test]
        fn json_stays_the_same_value(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            let shown = visible_json(&json);
            prop_assert!(!shown.contains(is_acted_on));
            prop_assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
        }
    }
}
