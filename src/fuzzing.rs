//! Everything that reads bytes made by others, one entry each: any input must be read or refused, and nothing else.
//!
//! `fuzz/` drives them with libFuzzer (`make fuzz`), [`tests`](self) with random bytes and damaged seeds on every run of
//! the tests. Inputs that once broke something are kept in `fuzz/seeds/<target>/`. An entry may assert what must hold for
//! every input (what is written is read back equal). Compiled for tests and with the feature `fuzzing` only.
use crate::{
    backup, catalog,
    config::{self, Conninfo},
    journal, net,
    object::{self, KINDS, Separate},
    pg::{self, AclDelta, AclItem, Lsn, RedactedConninfo},
    plan::{Plan, copy_text},
    wire,
};

/// A target: its name (the directory of its seeds), and the entry.
pub type Target = (&'static str, fn(&[u8]));

/// All of them. A test holds `fuzz/fuzz_targets` to this list.
pub const TARGETS: &[Target] = &[
    ("acl", |bytes| text(bytes, acl)),
    ("backup_manifest", backup::fuzz::manifest),
    ("backup_toc", backup::fuzz::toc),
    ("catalog_row", |bytes| text(bytes, catalog_row)),
    ("certificate", net::fuzz::certificate),
    ("config", |bytes| text(bytes, config::fuzz::config)),
    ("conninfo", |bytes| text(bytes, config::fuzz::conninfo)),
    ("conversation", wire::fuzz::conversation),
    ("copy_text", |bytes| text(bytes, copy_text)),
    ("depend", |bytes| text(bytes, catalog::fuzz::depend)),
    ("frames", wire::fuzz::frames),
    ("ident", |bytes| text(bytes, ident)),
    ("passfile", |bytes| text(bytes, config::fuzz::passfile)),
    ("pattern", |bytes| text(bytes, config::fuzz::pattern)),
    ("plan", plan),
    ("redacted_conninfo", |bytes| text(bytes, redacted_conninfo)),
    ("report", net::fuzz::report),
    ("service", |bytes| text(bytes, config::fuzz::service)),
    ("state", journal::fuzz::state),
    ("words", |bytes| text(bytes, words)),
];

/// Runs one target, for the programs of `fuzz/`.
pub fn run(target: &str, bytes: &[u8]) {
    if let Some((_, entry)) = TARGETS.iter().find(|(name, _)| *name == target) {
        entry(bytes);
    }
}

/// Most files are read as text first, and refused if they are none.
fn text(bytes: &[u8], entry: impl FnOnce(&str)) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        entry(text);
    }
}

/// Two lists of privileges, `[[…], […]]`: the statements from one to the other.
fn acl(json: &str) {
    let Ok([base, mut wanted]) = serde_json::from_str::<[Vec<AclItem>; 2]>(json) else { return };
    let delta = AclDelta::between(&base, &wanted);
    delta.statements("TABLE t", "");
    delta.statements_by("owner", "TABLE t", "c");
    assert_eq!(AclDelta::between(&wanted, &wanted).statements("TABLE t", "").len(), 0);
    AclItem::rename_roles(&mut wanted, &|name| name.truncate(0));
    pg::handed_over(base, Some("owner"), "heir");
}

/// A kind's name, a line's end, a row of its query: the statements that make it.
fn catalog_row(text: &str) {
    let (kind, row) = text.split_once('\n').unwrap_or((text, ""));
    let Some(kind) = KINDS.iter().find(|info| info.name == kind) else { return };
    let Ok(object) = (kind.parse)(row) else { return };
    let mut entries = Vec::new();
    object.entries(&Separate::new(), &mut entries);
    let parts = entries.iter().map(|entry: &object::Entry| entry.id).collect();
    object.entries(&parts, &mut Vec::new());
    object.remark();
    object.unholdable(18);
    object.relation_name();
}

/// A field as it stands in a file, and as a value to be written.
fn copy_text(field: &str) {
    let mut written = String::new();
    copy_text::escape_into(&mut written, field);
    assert!(!written.contains(['\t', '\n', '\r']), "{written}");
    assert_eq!(copy_text::unescape(&written).as_deref(), Ok(field));
    if let Ok(value) = copy_text::unescape(field) {
        let mut again = String::new();
        copy_text::escape_into(&mut again, &value);
        assert_eq!(copy_text::unescape(&again), Ok(value));
    }
}

/// A name and a text in SQL: nothing of them stands outside of the quotes.
fn ident(name: &str) {
    let quoted = pg::quote_ident(name);
    if let Some(inner) = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        assert!(!inner.replace("\"\"", "").contains('"'), "{quoted}");
    } else {
        assert_eq!(quoted, name);
    }
    let literal = pg::quote_literal(name);
    let inner = literal.trim_start_matches('E').strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    let inner = inner.unwrap_or("'");
    let without_pairs = inner.replace("\\\\", "").replace("''", "");
    assert!(!without_pairs.contains(['\'', '\\']), "{literal}");
    let dollars = pg::quote_dollars(name, "do");
    let tag = dollars.split('\n').next().unwrap_or_default();
    assert_eq!(dollars.matches(tag).count(), 2, "{dollars}");
}

/// What is loaded is written back byte for byte.
fn plan(bytes: &[u8]) {
    let Ok(plan) = Plan::parse(bytes) else { return };
    let again = Plan::parse(plan.render().as_bytes());
    assert!(again.is_ok_and(|again| again.render() == plan.render()));
}

/// What is left of a connection string has no password for whoever reads it.
fn redacted_conninfo(conninfo: &str) {
    let redacted = RedactedConninfo::from(conninfo.to_owned());
    if let Ok(read) = Conninfo::parse(redacted.as_str()) {
        assert_eq!(read.value("password"), None, "{}", redacted.as_str());
    }
}

/// Single words.
fn words(word: &str) {
    net::fuzz::version(word);
    config::fuzz::size(word);
    if let Ok(lsn) = word.parse::<Lsn>() {
        assert_eq!(lsn.to_string().parse::<Lsn>().ok(), Some(lsn));
    }
}

#[cfg(test)]
mod tests;
