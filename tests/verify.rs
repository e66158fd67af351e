//! `verify` finds what differs, names it, and says so by its exit code.
mod keys;
mod modes;
mod page;
mod resume;

use serde_json::Value;

use crate::support::{
    cli::{Outcome, Workspace},
    database::Database,
    server::{Server, versions},
};

const SCHEMA: &str = "
    CREATE TABLE item (id integer PRIMARY KEY, note text, price numeric(10, 2));
    INSERT INTO item SELECT n, 'note ' || n, n / 7.0 FROM generate_series(1, 1000) n;
    CREATE SEQUENCE ticket START 100;
    SELECT nextval('ticket');
    CREATE INDEX item_note ON item (note);
    CREATE VIEW dear AS SELECT id FROM item WHERE price > 100;";

#[test]
fn every_difference_is_found_and_named() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (source, copy) = (Database::with(&source, SCHEMA), Database::with(&target, SCHEMA));
    let workspace = Workspace::new();
    workspace.between("verify", &source, &copy).run().assert_code(0);
    for (change, undo, culprit) in [
        (
            "UPDATE item SET note = 'Note 7' WHERE id = 7",
            "UPDATE item SET note = 'note 7' WHERE id = 7",
            "item",
        ),
        ("UPDATE item SET note = NULL WHERE id = 7", "UPDATE item SET note = 'note 7' WHERE id = 7", "item"),
        (
            "DELETE FROM item WHERE id = 1000",
            "INSERT INTO item VALUES (1000, 'note 1000', 1000 / 7.0)",
            "item",
        ),
        ("INSERT INTO item VALUES (0)", "DELETE FROM item WHERE id = 0", "item"),
        // Two notes change places: neither the count nor a sum of single columns tells.
        (
            "UPDATE item SET note = 'note ' || (17 - id) WHERE id IN (8, 9)",
            "UPDATE item SET note = 'note ' || id WHERE id IN (8, 9)",
            "item",
        ),
        ("SELECT setval('ticket', 7)", "SELECT setval('ticket', 100)", "ticket"),
        ("DROP INDEX item_note", "CREATE INDEX item_note ON item (note)", "item_note"),
        (
            "CREATE OR REPLACE VIEW dear AS SELECT id FROM item WHERE price > 101",
            "CREATE OR REPLACE VIEW dear AS SELECT id FROM item WHERE price > 100",
            "dear",
        ),
        ("ALTER TABLE item ALTER note SET DEFAULT ''", "ALTER TABLE item ALTER note DROP DEFAULT", "item"),
    ] {
        copy.execute(change);
        let outcome = workspace.between("verify", &source, &copy).run();
        outcome.assert_code(1).says(culprit);
        copy.execute(undo);
    }
    workspace.between("verify", &source, &copy).run().assert_code(0);
}

#[test]
fn a_missing_table_differs() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let source = Database::with(&source, "CREATE TABLE here (id integer); CREATE TABLE gone (id integer)");
    let copy = Database::with(&target, "CREATE TABLE here (id integer)");
    let outcome = Workspace::new().between("verify", &source, &copy).run();
    outcome.assert_code(1).says("gone");
}

/// As a standby is; nothing can be tried there.
#[test]
fn a_target_that_takes_no_writes_can_be_judged() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let made = "CREATE FUNCTION compiled(integer) RETURNS integer LANGUAGE internal AS 'int4abs'; \
                CREATE TABLE item (n integer CHECK (compiled(n) > 0)); INSERT INTO item VALUES (1)";
    let (database, copy) = (Database::with(&source, made), Database::with(&target, made));
    let read_only = copy.uri() + "?options=-c%20default_transaction_read_only%3Don";
    let workspace = Workspace::new();
    let judge = || workspace.pgmigrate(["verify", "--source", &database.uri(), "--target", &read_only]);
    let equal = judge().run();
    equal.assert_code(0);
    assert!(!equal.stdout.contains("left out"), "{equal}");
    copy.execute("DROP TABLE item; DROP FUNCTION compiled(integer)");
    judge().run().assert_code(1).says("FUNCTION public.compiled(integer): missing on the target");
}

/// Who may not make a function can see that it is there.
#[test]
fn an_ordinary_role_judges_what_only_a_superuser_makes() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let made = "CREATE FUNCTION compiled(integer) RETURNS integer LANGUAGE internal AS 'int4abs'; \
                REVOKE ALL ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC";
    let (database, copy) = (Database::with(&source, made), Database::with(&target, made));
    let role = format!("test_judge_{}", std::process::id());
    target.session().execute(&format!("CREATE ROLE {role} LOGIN"));
    let workspace = Workspace::new();
    let judge = |command: &str| {
        let ends = [&database.uri(), &copy.uri_as(&role, "")].map(String::clone);
        workspace.pgmigrate([command, "--source", &ends[0], "--target", &ends[1]])
    };
    let (equal, both_ways) = (judge("verify").run(), judge("schema").arg("--diff").run());
    copy.execute("DROP FUNCTION compiled(integer)");
    let (lacking, as_json) = (judge("verify").run(), judge("verify").arg("--json").run());
    let different = judge("schema").arg("--diff").run();
    target.session().execute(&format!("DROP ROLE {role}"));
    equal.assert_code(0);
    both_ways.assert_code(0);
    lacking
        .assert_code(0)
        .says("FUNCTION public.compiled(integer)")
        .says("left out: the target's role may not make it");
    as_json.assert_code(0).says("\"outcome\": \"noted\"");
    different.assert_code(1).says("FUNCTION public.compiled(integer)");
}

#[test]
fn an_older_target_is_refused_before_anything_is_tried() {
    let all = crate::support::server::versions();
    let [oldest, .., newest] = all[..] else {
        eprintln!("skipped: one version only");
        return;
    };
    let (source, target) = (Server::start("source", newest), Server::start("target", oldest));
    let (database, copy) = (Database::create(&source), Database::create(&target));
    Workspace::new()
        .between("verify", &database, &copy)
        .run()
        .assert_code(4)
        .says("is older than the source");
}

/// Pairs of servers: the usual one, and from the oldest here to the newest.
fn pairs() -> Vec<[Server; 2]> {
    let all = versions();
    let mut pairs = vec![[Server::main("source"), Server::main("target")]];
    if let [oldest, .., newest] = all[..] {
        pairs.push([Server::start("source", oldest), Server::start("target", newest)]);
    }
    pairs
}

/// What was found of a table's rows, from `verify --json`.
fn rows_of(outcome: &Outcome, table: &str) -> Value {
    let report: Value =
        serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{error}\n{outcome}"));
    let verdicts = report["verdicts"].as_array().expect("verdicts");
    let found = verdicts.iter().find(|verdict| verdict["check"] == "rows" && verdict["object"] == table);
    found.unwrap_or_else(|| panic!("nothing of {table}\n{outcome}")).clone()
}

/// The rows that differ, as `kind value,value [columns]`.
fn differences(verdict: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let list = |value: &Value, of: &str| -> Vec<String> {
        value
            .as_array()
            .into_iter()
            .flatten()
            .map(|item| text(if of.is_empty() { item } else { &item[of] }))
            .collect()
    };
    let rows = verdict["differences"].as_array().cloned().unwrap_or_default();
    let told = rows.iter().map(|row| {
        let (key, columns) = (list(&row["key"], "value").join(","), list(&row["columns"], "").join(","));
        format!("{} {key} [{columns}]", text(&row["kind"]))
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    told
}
