//! Values as PostgreSQL's COPY text format writes them (documentation of COPY, "Text Format"), so that `diff`, any
//! TSV reader and PostgreSQL itself can read our files.
//!
//! An empty string is an empty field; there are no NULLs. The reader accepts what the writer writes and nothing
//! else: a file that was damaged is refused instead of half understood.

/// Appends a value to a line.
pub(crate) fn escape_into(line: &mut String, value: &str) {
    let mut rest = value;
    while let Some((at, letter)) = rest.char_indices().find_map(|(at, c)| Some((at, letter_of(c)?))) {
        line.push_str(&rest[..at]);
        line.extend(['\\', letter]);
        // What has a letter is one byte.
        rest = &rest[at + 1..];
    }
    line.push_str(rest);
}

/// The value of a field; the error says what is wrong with it.
pub(crate) fn unescape(field: &str) -> Result<String, String> {
    let mut value = String::with_capacity(field.len());
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            value.push(c);
            continue;
        }
        let letter = chars.next().ok_or("a backslash ends the field")?;
        value.push(char_of(letter).ok_or_else(|| format!("unknown escape `\\{}`", letter.escape_default()))?);
    }
    Ok(value)
}

fn letter_of(c: char) -> Option<char> {
    Some(match c {
        '\\' => '\\',
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{b}' => 'v',
        _ => return None,
    })
}

fn char_of(letter: char) -> Option<char> {
    Some(match letter {
        '\\' => '\\',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        _ => return None,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Strings full of what the format gives a meaning to.
    pub(crate) fn hostile() -> impl Strategy<Value = String> {
        let c = prop_oneof![
            3 => proptest::sample::select("\\\t\n\r\u{8}\u{b}\u{c},@N.'\" ".chars().collect::<Vec<_>>()),
            1 => any::<char>(),
        ];
        proptest::collection::vec(c, 0..12).prop_map(|chars| chars.into_iter().collect())
    }

    #[test]
    fn a_null_and_a_lone_backslash_are_refused() {
        assert_eq!(unescape("\\N").unwrap_err(), "unknown escape `\\N`");
        assert_eq!(unescape("a\\").unwrap_err(), "a backslash ends the field");
    }

    proptest! {
        #[test]
        fn escaping_round_trips_in_one_field(value in hostile()) {
            let mut field = String::new();
            escape_into(&mut field, &value);
            prop_assert!(!field.contains(['\t', '\n', '\r']));
            prop_assert_eq!(unescape(&field), Ok(value));
        }
    }
}
