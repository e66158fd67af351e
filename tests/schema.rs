//! `schema`: sections and filters, whose output psql loads; `schema --diff`; and what a selection brings along.
use std::process::Command;

use crate::support::{
    cli::{Outcome, Workspace},
    database::Database,
    judge, sample,
    server::Server,
};

const SHOP: &str = "
    CREATE SCHEMA lib;
    CREATE TYPE lib.mood AS ENUM ('good', 'bad');
    CREATE DOMAIN lib.price AS numeric CHECK (VALUE > 0);
    CREATE COLLATION lib.plain FROM \"C\";
    CREATE SEQUENCE lib.numbers;
    CREATE FUNCTION lib.is_nice(t text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT t <> ''''';
    CREATE FUNCTION lib.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TABLE lib.unrelated (id integer);
    CREATE SCHEMA shop;
    CREATE TABLE shop.item (id bigint PRIMARY KEY DEFAULT nextval('lib.numbers'), mood lib.mood, price lib.price,
        note text COLLATE lib.plain CHECK (lib.is_nice(note)));
    CREATE TRIGGER touch BEFORE UPDATE ON shop.item FOR EACH ROW EXECUTE PROCEDURE lib.touch();
    CREATE INDEX item_note ON shop.item (note);
    CREATE TABLE shop.tmp_1 (id integer);
    CREATE TABLE shop.sold (item bigint REFERENCES shop.item);
    CREATE VIEW shop.dear AS SELECT id FROM shop.item WHERE price > 100;
    CREATE FUNCTION shop.unneeded() RETURNS integer LANGUAGE sql AS 'SELECT 1';
    INSERT INTO shop.item VALUES (DEFAULT, 'good', 1, 'x');";

/// What `schema` prints.
fn print<const N: usize>(workspace: &Workspace, database: &Database, options: [&str; N]) -> String {
    let outcome = workspace.pgmigrate(["schema", "--source", &database.uri()]).args(options).run();
    outcome.assert_code(0).stdout.clone()
}

/// Has psql load a script; `None` without one.
fn load(workspace: &Workspace, database: &Database, script: &str) -> Option<()> {
    let psql = sample::psql()?;
    workspace.write("schema.sql", script);
    let loaded = Command::new(psql)
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &database.uri(), "-f"])
        .arg(workspace.path("schema.sql"))
        .output()
        .expect("psql");
    assert!(loaded.status.success(), "{}\n{script}", String::from_utf8_lossy(&loaded.stderr));
    Some(())
}

fn relations(database: &Database) -> String {
    database.value(
        "SELECT coalesce(string_agg(format('%s.%s', nspname, relname), ' ' ORDER BY nspname, relname), '') \
         FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('lib', 'shop') AND relkind <> 'c'",
    )
}

#[test]
fn two_sections_make_the_whole() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy) = (Database::with(&source, SHOP), Database::create(&target));
    let workspace = Workspace::new();
    let before = print(&workspace, &database, ["--section", "pre-data"]);
    let after = print(&workspace, &database, ["--section", "post-data"]);
    assert!(before.contains("CREATE TABLE shop.item") && !before.contains("CREATE INDEX"), "{before}");
    assert!(!after.contains("CREATE TABLE") && after.contains("CREATE TRIGGER"), "{after}");
    let Some(()) = load(&workspace, &copy, &(before + &after)) else { return };
    judge::assert_equal(&database, &copy);
    let both = print(&workspace, &database, ["--section", "pre-data", "--section", "post-data"]);
    assert_eq!(both, print(&workspace, &database, []));
}

#[test]
fn filters_are_those_of_pg_dump_and_what_they_leave_loads() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(&source, SHOP);
    let workspace = Workspace::new();
    for (options, expected) in [
        (
            &["--schema", "shop", "--exclude-table", "shop.tmp_*"][..],
            "lib.numbers shop.dear shop.item shop.item_note shop.item_pkey shop.sold",
        ),
        (&["--exclude-schema", "sh*"], "lib.numbers lib.unrelated"),
        (&["--table", "shop.item"], "lib.numbers shop.item shop.item_note shop.item_pkey"),
        (&["--table", "sold", "--table", "unrel*"], "lib.unrelated shop.sold"),
        (
            &["--table", "shop.item", "--table", "shop.dear", "--section", "pre-data"],
            "lib.numbers shop.dear shop.item",
        ),
    ] {
        let mut command = workspace.pgmigrate(["schema", "--source", &database.uri()]);
        for option in options {
            command = command.arg(option);
        }
        let copy = Database::create(&target);
        let outcome = command.run();
        let Some(()) = load(&workspace, &copy, &outcome.assert_code(0).stdout) else { return };
        assert_eq!(relations(&copy), expected, "{options:?}\n{outcome}");
        assert!(!copy.has("SELECT 1 FROM pg_proc WHERE proname = 'unneeded'") || options[0] == "--schema");
    }
    let missing = workspace.pgmigrate(["schema", "--source", &database.uri(), "--table", "shop.itme"]).run();
    missing.assert_code(2).stderr_contains("shop.itme");
}

#[test]
fn switches_hold_for_what_is_printed() {
    let source = Server::main("source");
    let database = Database::with(&source, SHOP);
    database.execute(
        "COMMENT ON TABLE shop.item IS 'things'; GRANT SELECT ON shop.item TO PUBLIC; CREATE PUBLICATION p",
    );
    let workspace = Workspace::new();
    let all = print(&workspace, &database, []);
    for (switch, word) in [
        ("--no-owner", " OWNER TO "),
        ("--no-privileges", "GRANT "),
        ("--no-comments", "COMMENT ON "),
        ("--no-publications", "PUBLICATION"),
    ] {
        assert!(all.contains(word), "{all}");
        let text = print(&workspace, &database, [switch]);
        assert!(!text.contains(word), "{switch}\n{text}");
    }
}

fn diff(source: &Database, target: &Database) -> Outcome {
    Workspace::new().between("schema", source, target).args(["--diff", "--json"]).run()
}

#[test]
fn two_servers_are_compared_object_by_object() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, other) = (Database::with(&source, SHOP), Database::with(&target, SHOP));
    // Rows and values of sequences are no definitions.
    other.execute("DELETE FROM shop.item");
    let equal: serde_json::Value =
        serde_json::from_str(&diff(&database, &other).assert_code(0).stdout).unwrap();
    assert_eq!(equal["equal"], true);
    other.execute(
        "DROP INDEX shop.item_note; CREATE TABLE shop.more (id integer); ALTER TABLE shop.sold ADD note text",
    );
    let outcome = diff(&database, &other);
    let found: serde_json::Value = serde_json::from_str(&outcome.assert_code(1).stdout).unwrap();
    let verdicts = found["verdicts"].as_array().unwrap();
    for (object, told) in [
        ("INDEX shop.item_note", "missing"),
        ("TABLE shop.more", "extra"),
        ("TABLE shop.sold", "differs"),
        ("TABLE shop.item", "equal"),
    ] {
        assert!(
            verdicts.iter().any(|verdict| verdict["object"] == object && verdict["outcome"] == told),
            "{outcome}"
        );
    }
    let text = Workspace::new().between("schema", &database, &other).arg("--diff").run();
    text.assert_code(1).says("+ note text").says("INDEX shop.item_note: missing").says("  TABLE shop.more");
    // What only the target has is enough.
    other.execute("CREATE INDEX item_note ON shop.item (note); ALTER TABLE shop.sold DROP note");
    diff(&database, &other).assert_code(1);
    other.execute("DROP TABLE shop.more");
    diff(&database, &other).assert_code(0);
}

#[test]
fn a_selection_brings_what_it_cannot_live_without_and_names_it() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(&source, SHOP);
    let with_extension = source.has_extension("citext");
    if with_extension {
        database.execute("CREATE EXTENSION citext SCHEMA lib; ALTER TABLE shop.item ADD name lib.citext");
    }
    let copy = Database::create(&target);
    let workspace = Workspace::new();
    workspace.config(&database.uri(), &copy.uri(), "schemas: { mode: include, include: [shop] }");
    let outcome = workspace.with_config("migrate").run();
    outcome.assert_code(0);
    for object in [
        "TYPE lib.mood",
        "DOMAIN lib.price",
        "COLLATION lib.plain",
        "SEQUENCE lib.numbers",
        "FUNCTION lib.is_nice(t text)",
        "FUNCTION lib.touch()",
    ] {
        outcome.says(&format!("{object}: brought along: "));
    }
    if with_extension {
        outcome.says("EXTENSION citext: brought along: TABLE shop.item needs it");
    }
    assert!(!copy.has("SELECT 1 FROM pg_class WHERE relname = 'unrelated'"));
    workspace.with_config("verify").run().assert_code(0);
    assert_eq!(copy.value("SELECT nextval('lib.numbers')"), "2");
    // A table cannot come along unasked: it is named.
    workspace.config(&database.uri(), &copy.uri(), "tables: { exclude: [{ schema: shop, name: item }] }");
    let plan = workspace.with_config("schema").run();
    plan.assert_code(0)
        .says("note: VIEW shop.dear: left out: it needs TABLE shop.item, which is not selected");
}
