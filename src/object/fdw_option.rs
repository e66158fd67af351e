//! `OPTIONS (…)` of what belongs to foreign data: wrappers, servers, user mappings, foreign tables and their columns.
use serde::Deserialize;

use crate::pg::{Ident, quote_literal};

/// An option, in the order in which the server keeps it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct FdwOption {
    pub(super) name: Ident,
    pub(super) value: String,
}

/// ` OPTIONS (host 'h', port '5432')`, or nothing.
pub(super) fn options_clause(options: &[FdwOption]) -> String {
    if options.is_empty() {
        return String::new();
    }
    let options: Vec<String> =
        options.iter().map(|option| format!("{} {}", option.name, quote_literal(&option.value))).collect();
    format!(" OPTIONS ({})", options.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_quoted() {
        let option =
            |name: &str, value: &str| FdwOption { name: Ident(name.to_owned()), value: value.to_owned() };
        let options = [option("host", "it's"), option("odd Name", "")];
        assert_eq!(options_clause(&options), " OPTIONS (host 'it''s', \"odd Name\" '')");
        assert_eq!(options_clause(&[]), "");
    }
}
