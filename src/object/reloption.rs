//! `WITH (…)` of relations, from the text array of `pg_class.reloptions`.
use crate::pg::{quote_ident, quote_literal};

/// ` WITH (fillfactor='70', toast.autovacuum_enabled='false')`, or nothing.
pub(super) fn with_clause(options: &[String]) -> String {
    if options.is_empty() {
        return String::new();
    }
    let options: Vec<String> = options.iter().map(|option| setting(option)).collect();
    format!(" WITH ({})", options.join(", "))
}

/// One option; a name can have a namespace (`toast.`).
pub(super) fn setting(option: &str) -> String {
    let (name, value) = option.split_once('=').unwrap_or((option, "true"));
    let name: Vec<String> = name.splitn(2, '.').map(quote_ident).collect();
    format!("{}={}", name.join("."), quote_literal(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_literals_and_namespaces_kept() {
        assert_eq!(with_clause(&[]), "");
        let options = ["fillfactor=70".to_owned(), "toast.autovacuum_enabled=false".to_owned()];
        assert_eq!(with_clause(&options), " WITH (fillfactor='70', toast.autovacuum_enabled='false')");
    }
}
