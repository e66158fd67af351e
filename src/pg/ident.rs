//! Identifiers and their quoting: the only place that writes a double quote around a name.
use std::fmt;

use serde::Deserialize;

use super::keywords::is_keyword;

/// A name as the catalog holds it, unquoted. `Display` quotes it where SQL needs it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct Ident(pub String);

impl Ident {
    /// The name without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Ident {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_plain(&self.0) { f.write_str(&self.0) } else { f.write_str(&quoted(&self.0)) }
    }
}

/// A schema-qualified name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
pub struct QualifiedName {
    /// The schema.
    pub schema: Ident,
    /// The name within it.
    pub name: Ident,
}

impl QualifiedName {
    /// From unquoted parts.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: Ident(schema.into()), name: Ident(name.into()) }
    }
}

impl fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

/// Quotes a name unless it is safe without (`quote_identifier` in ruleutils.c).
pub fn quote_ident(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { quoted(name) }
}

/// Lower-case ASCII letters, digits and underscores, not starting with a digit, and no keyword of any supported version that
/// is not unreserved.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !is_keyword(name)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_where_needed() {
        for (name, quoted) in [
            ("flights", "flights"),
            ("Flights", "\"Flights\""),
            ("user", "\"user\""),
            ("we\"ird näme", "\"we\"\"ird näme\""),
            ("1st", "\"1st\""),
            ("", "\"\""),
        ] {
            assert_eq!(quote_ident(name), quoted);
        }
    }

    proptest! {
        #[test]
        fn quoting_round_trips(name in "\\PC{0,40}") {
            let quoted = quote_ident(&name);
            let back = match quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                Some(inner) => inner.replace("\"\"", "\""),
                None => quoted.clone(),
            };
            prop_assert_eq!(back, name);
        }
    }
}
