//! `docs/reference/objects.md` is made from the list of kinds and the cases: which kinds are carried, and which case shows it.
use std::{collections::BTreeMap, fmt::Write as _, fs};

use pgmigrate::{
    ddl::KIND_ORDER,
    object::{KINDS, KindInfo},
};

use crate::support::{
    case::{self, Case},
    root,
};

/// What is made with an object or for it, in a step of its own or not: name and statements, as in the list of kinds.
const PARTS: &[(&str, &str)] = &[
    ("check", "`CHECK (`"),
    ("comment", "`COMMENT ON`"),
    ("default", "`DEFAULT`"),
    ("extension_dependency", "`DEPENDS ON EXTENSION`"),
    ("foreign_table", "`CREATE FOREIGN TABLE`"),
    ("key_index", "`PRIMARY KEY`, `UNIQUE`"),
    ("late_column", "`ALTER TABLE … ADD COLUMN`"),
    ("membership", "`GRANT … TO … WITH ADMIN OPTION`"),
    ("not_null", "`NOT NULL`"),
    ("operator_family_members", "`ALTER OPERATOR FAMILY … ADD`"),
    ("owner", "`OWNER TO`"),
    ("partition_attach", "`PARTITION OF`, `ATTACH PARTITION`"),
    ("privileges", "`GRANT … ON`, `REVOKE … ON`"),
    ("refresh", "`CREATE MATERIALIZED VIEW`"),
    ("role", "`CREATE ROLE`"),
    ("row_security", "`ENABLE ROW LEVEL SECURITY`, `FORCE ROW LEVEL SECURITY`"),
    ("sequence_owned_by", "`OWNED BY`"),
    ("view_query", "`CREATE VIEW`"),
];

/// What no case can show, since no server has it by itself, and the tests that do.
const ELSEWHERE: &[(&str, &str)] = &[("extension_table", "tests/extensions.rs")];

/// Cases that show it: named by a line `-- covers: <kind>`, or with one of the statements. A gap is a name.
fn cases_of<'c>(name: &str, statements: &str, cases: &'c [Case]) -> Vec<&'c Case> {
    let patterns: Vec<Vec<&str>> =
        statements.split('`').skip(1).step_by(2).map(|pattern| pattern.split('…').collect()).collect();
    let shows = |case: &&Case| {
        let sql = case.plain();
        case.covers(name)
            || patterns.iter().any(|pieces| sql.split(';').any(|one| has(&format!("{one};"), pieces)))
    };
    cases.iter().filter(shows).collect()
}

/// Whether a statement has the pieces in order, with nothing between them that opens a list.
fn has(statement: &str, pieces: &[&str]) -> bool {
    let Some((first, rest)) = pieces.split_first() else { return true };
    statement.match_indices(first).any(|(at, _)| {
        let mut left = &statement[at + first.len()..];
        rest.iter().all(|piece| {
            let Some(end) = left.find(piece).filter(|end| !left[..*end].contains('(')) else { return false };
            left = &left[end + piece.len()..];
            true
        })
    })
}

fn table(rows: &BTreeMap<&str, &str>, cases: &[Case], missing: &mut Vec<String>) -> String {
    let mut text = "| kind | statements | since | cases |\n|---|---|---|---|\n".to_owned();
    for (name, statements) in rows {
        let shown = cases_of(name, statements, cases);
        let Some(since) = shown.iter().map(|case| case.since).min() else {
            match ELSEWHERE.iter().find(|(kind, _)| kind == name) {
                Some((_, test)) => _ = writeln!(text, "| {name} | {statements} | 10 | {test} |"),
                None => missing.push((*name).to_owned()),
            }
            continue;
        };
        let list: Vec<String> = shown
            .iter()
            .map(|case| {
                if case.since > since { format!("{} ({})", case.name, case.since) } else { case.name.clone() }
            })
            .collect();
        _ = writeln!(text, "| {name} | {statements} | {since} | {} |", list.join(", "));
    }
    text
}

#[test]
fn every_kind_has_a_case_and_stands_in_the_reference() {
    let cases: Vec<Case> = case::kinds().iter().flat_map(|kind| case::of_kind(kind)).collect();
    let kinds = KINDS.iter().map(|KindInfo { name, statements, .. }| (*name, statements.trim())).collect();
    let parts = PARTS.iter().copied().collect();
    let mut missing = Vec::new();
    let text = format!(
        "# Objects\n\nWhat is carried, and the cases that show it. Made by a test (`tests/objects.rs`) from the list of kinds and the files in `tests/cases/`;\n\
         `PGMIGRATE_WRITE=1` writes it anew. *Since* is the oldest server version that a case runs on (10 is the oldest that is supported); a case with a number needs that version.\n\n\
         ## Kinds\n\n{}\n## With them\n\n{}\n\
         Security labels go with every kind whose provider the target has; `tests/security_labels.rs` shows it with the module `dummy_seclabel`.\n",
        table(&kinds, &cases, &mut missing),
        table(&parts, &cases, &mut missing)
    );
    assert!(missing.is_empty(), "no case shows {}", missing.join(", "));
    let path = root().join("docs/reference/objects.md");
    if std::env::var_os("PGMIGRATE_WRITE").is_some() {
        fs::write(&path, &text).expect("objects.md");
    }
    assert!(
        fs::read_to_string(&path).is_ok_and(|there| there == text),
        "docs/reference/objects.md is out of date"
    );
}

#[test]
fn every_step_of_the_order_is_listed() {
    let listed = |kind: &&str| {
        KINDS.iter().any(|info| info.name == *kind) || PARTS.iter().any(|(name, _)| name == kind)
    };
    let missing: Vec<&str> = KIND_ORDER.into_iter().filter(|kind| !listed(kind)).collect();
    assert_eq!(missing, [""; 0]);
}
