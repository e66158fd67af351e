//! String literals.

/// A string literal that every server reads back as `text`, whatever `standard_conforming_strings` says:
/// a backslash makes it an escape string (documentation, section 4.1.2.2).
pub fn quote_literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    if text.contains('\\') {
        literal.push('E');
    }
    literal.push('\'');
    for c in text.chars() {
        if c == '\'' || c == '\\' {
            literal.push(c);
        }
        literal.push(c);
    }
    literal.push('\'');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_backslashes_are_doubled() {
        assert_eq!(quote_literal(""), "''");
        assert_eq!(quote_literal("it's"), "'it''s'");
        assert_eq!(quote_literal(r"a\'b"), r"E'a\\''b'");
    }
}
