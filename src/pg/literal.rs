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

/// A dollar-quoted string, for a body that people read: it stands as it is. The tag gets a number where the body has it.
pub fn quote_dollars(body: &str, tag: &str) -> String {
    let mut quote = format!("${tag}$");
    for number in 1.. {
        if !body.contains(&quote) {
            break;
        }
        quote = format!("${tag}{number}$");
    }
    format!("{quote}\n{body}\n{quote}")
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

    #[test]
    fn a_body_does_not_end_its_own_quotes() {
        assert_eq!(quote_dollars("$1", "do"), "$do$\n$1\n$do$");
        assert_eq!(quote_dollars("a $do$ b $do1$", "do"), "$do2$\na $do$ b $do1$\n$do2$");
        assert_eq!(quote_dollars("ends in $do", "do"), "$do$\nends in $do\n$do$");
    }
}
