//! Errors that our own SQL raises on purpose, where what was found must stop the statements behind it in the same message.
//!
//! Plain SQL has no RAISE, and not every role may use plpgsql: asking for a setting that cannot exist is an error on every
//! server, in which the name of the setting stands as it was given, whatever the language of the rest.
use super::quote_literal;

const BEGIN: &str = "pgmigrate(";
const END: &str = ")pgmigrate";

/// An SQL expression that fails when it is computed; `reason` is an SQL expression of type text that says why.
pub fn refuse_with(reason: &str) -> String {
    format!("pg_catalog.current_setting({} || {reason} || {})", quote_literal(BEGIN), quote_literal(END))
}

/// The reason, if a server's message is the error of such an expression.
pub fn refusal_in(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once(BEGIN)?;
    rest.rfind(END).map(|end| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_found_in_any_language() {
        for message in [
            "unknown parameter \"pgmigrate(a \"b\")pgmigrate\"",
            "»pgmigrate(a \"b\")pgmigrate« ist unbekannt",
        ] {
            assert_eq!(refusal_in(message), Some("a \"b\""));
        }
        assert_eq!(refusal_in("unrecognized configuration parameter \"pgmigrate\""), None);
        assert!(refuse_with("x").contains("'pgmigrate(' || x || ')pgmigrate'"));
    }
}
