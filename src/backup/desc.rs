//! `pg_dump`'s words for our kinds of entries, and what `pg_restore` makes of them.
//!
//! `pg_restore` knows what can have an owner, what it restores when, and what its switches mean by these words
//! (`_getObjectDescription`, `_tocEntryRestorePass` and `_tocEntryRequired` in `pg_backup_archiver.c`).
use crate::object::Entry;

/// Words whose objects can be given to an owner by `ALTER <word> <name>`, where the name is schema and tag.
const NAMED_BY_TAG: &[&str] = &[
    "COLLATION",
    "CONVERSION",
    "DATABASE",
    "DOMAIN",
    "EVENT TRIGGER",
    "FOREIGN DATA WRAPPER",
    "FOREIGN TABLE",
    "MATERIALIZED VIEW",
    "PROCEDURAL LANGUAGE",
    "PUBLICATION",
    "SCHEMA",
    "SEQUENCE",
    "SERVER",
    "STATISTICS",
    "SUBSCRIPTION",
    "TABLE",
    "TEXT SEARCH CONFIGURATION",
    "TEXT SEARCH DICTIONARY",
    "TYPE",
    "VIEW",
];

/// Words whose objects are named by what their `DROP` statement says behind `DROP`.
const NAMED_BY_DROP: &[&str] =
    &["AGGREGATE", "FUNCTION", "OPERATOR", "OPERATOR CLASS", "OPERATOR FAMILY", "PROCEDURE"];

/// Words whose statements may hold a secret: options with passwords, a connection string.
const SECRET: &[&str] = &["USER MAPPING", "SUBSCRIPTION"];

/// When `pg_restore` comes to an entry, whatever its section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pass {
    /// First, in the order of the archive or of what depends on what.
    Main,
    /// Then privileges.
    Privileges,
    /// What could fire at these or needs them.
    Last,
}

/// The word for an entry.
pub(super) fn of(entry: &Entry) -> &'static str {
    let is = |word: &str| entry.identity.starts_with(word);
    match entry.kind {
        "schema" => "SCHEMA",
        "extension" => "EXTENSION",
        "extension_privilege" | "system_privilege" => "ACL",
        "language" => "PROCEDURAL LANGUAGE",
        "collation" => "COLLATION",
        "transform" => "TRANSFORM",
        "shell_type" => "SHELL TYPE",
        "base_type" | "enum_type" | "composite_type" | "range_type" => "TYPE",
        "domain" => "DOMAIN",
        "cast" => "CAST",
        "function" if is("PROCEDURE ") => "PROCEDURE",
        "function" => "FUNCTION",
        "aggregate" => "AGGREGATE",
        "access_method" => "ACCESS METHOD",
        "operator" => "OPERATOR",
        "operator_class" => "OPERATOR CLASS",
        "operator_family" | "operator_family_members" => "OPERATOR FAMILY",
        "conversion" => "CONVERSION",
        "text_search_parser" => "TEXT SEARCH PARSER",
        "text_search_template" => "TEXT SEARCH TEMPLATE",
        "text_search_dictionary" => "TEXT SEARCH DICTIONARY",
        "text_search_configuration" => "TEXT SEARCH CONFIGURATION",
        "foreign_data_wrapper" => "FOREIGN DATA WRAPPER",
        "foreign_server" => "SERVER",
        "user_mapping" => "USER MAPPING",
        "sequence" => "SEQUENCE",
        "table" | "foreign_table" if is("FOREIGN TABLE ") => "FOREIGN TABLE",
        "table" => "TABLE",
        "sequence_owned_by" => "SEQUENCE OWNED BY",
        "partition_attach" => "TABLE ATTACH",
        "default" | "late_column" => "DEFAULT",
        "check" | "not_null" => "CHECK CONSTRAINT",
        "view" | "view_query" => "VIEW",
        "materialized_view" => "MATERIALIZED VIEW",
        "extended_statistics" => "STATISTICS",
        "key" => "CONSTRAINT",
        "index" | "key_index" => "INDEX",
        "index_attach" => "INDEX ATTACH",
        "foreign_key" => "FK CONSTRAINT",
        "refresh" => "MATERIALIZED VIEW DATA",
        "trigger" => "TRIGGER",
        "rule" => "RULE",
        "policy" => "POLICY",
        "row_security" => "ROW SECURITY",
        "default_privilege" => "DEFAULT ACL",
        "publication" => "PUBLICATION",
        "publication_member" => "PUBLICATION TABLE",
        "subscription" => "SUBSCRIPTION",
        "event_trigger" => "EVENT TRIGGER",
        // `pg_restore` runs what it has no word for as it stands.
        _ => "ALTERATION",
    }
}

/// Whether `pg_restore` gives what the word means to its owner.
pub(super) fn is_owned(desc: &str) -> bool {
    NAMED_BY_TAG.contains(&desc) || NAMED_BY_DROP.contains(&desc)
}

/// What `ALTER … OWNER TO` names, of an entry of any archive. `None` of what has no owner of its own.
pub(super) fn owned_object(entry: &super::toc::TocEntry) -> Option<String> {
    use crate::pg::{QualifiedName, quote_ident};
    let desc = entry.desc.as_str();
    if entry.owner.is_empty() || entry.drop.is_empty() {
        return None;
    }
    if desc == "BLOB" {
        let oid: u32 = entry.tag.parse().ok()?;
        return Some(format!("LARGE OBJECT {oid}"));
    }
    if NAMED_BY_DROP.contains(&desc) {
        let named = entry.drop.trim().trim_end_matches(';').strip_prefix("DROP ")?;
        return Some(named.to_owned());
    }
    NAMED_BY_TAG.contains(&desc).then(|| {
        if entry.namespace.is_empty() {
            format!("{desc} {}", quote_ident(&entry.tag))
        } else {
            format!("{desc} {}", QualifiedName::new(entry.namespace.clone(), entry.tag.clone()))
        }
    })
}

/// Whether the statement for what the word means may hold a secret.
pub(super) fn holds_secret(desc: &str) -> bool {
    SECRET.contains(&desc)
}

/// When an entry is restored, by its word and its name.
pub(super) fn pass(desc: &str, tag: &str) -> Pass {
    match desc {
        "ACL" | "ACL LANGUAGE" | "DEFAULT ACL" => Pass::Privileges,
        "EVENT TRIGGER" | "MATERIALIZED VIEW DATA" => Pass::Last,
        "COMMENT" | "SECURITY LABEL" if tag.starts_with("EVENT TRIGGER ") => Pass::Last,
        _ => Pass::Main,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ddl::KIND_ORDER, object::ObjectId, pg::Oid};

    #[test]
    fn every_kind_that_is_made_has_a_word_of_pg_dump() {
        // Nothing is made for the one; the other has entries of its own.
        let others = ["extension_table", "large_object", "extension_dependency"];
        for kind in KIND_ORDER.iter().filter(|kind| !others.contains(kind)) {
            let entry = Entry::new(ObjectId::new(Oid(1), Oid(1)), kind, "X y".to_owned(), ["", "y", ""]);
            assert!(kind == &"foreign_table" || of(&entry) != "ALTERATION", "{kind}");
        }
    }
}
