//! Names and contents that mean harm: they arrive as they are, reach no terminal raw, and nothing of theirs runs as us.
use std::process::id;

use crate::support::{
    cli::{Outcome, Workspace},
    database::Database,
    judge,
    server::{Server, ident, literal},
};

/// Everything that some layer between the two catalogs could take for its own: SQL, COPY, TSV, JSON, YAML, a format string,
/// a terminal. Twins that look alike are two names.
const NAMES: &[&str] = &[
    "\"; DROP TABLE victim; --",
    "'; DROP TABLE victim; --",
    "it's",
    "back\\slash",
    "new\nline\r\nand more",
    "tab\tin\tit",
    "$$",
    "$body$ $1",
    " leading and trailing ",
    ".dot",
    "a.b",
    "select",
    "user",
    "E'\\x41'",
    "U&\"d\\0061t\"",
    "caf\u{e9}",
    "cafe\u{301}",
    "\u{202e}drawkcab",
    "zero\u{200b}width\u{feff}",
    "\u{1f418}\u{1f9ea}",
    "\u{1b}]0;owned\u{7}\u{1b}[31m",
    "c1\u{9b}2J",
    "%s%n{}{0}",
    "/* comment",
    "*/ --",
    "\\.",
    "\\N",
    "NULL",
    "\u{1}\u{7f}",
    "{a,\"b\"}",
    "(1,2)",
    "-",
    "*",
    "@DATA",
    "data:public.x:0001",
    // 63 bytes, the last character of two.
    "lllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll\u{e9}",
];

/// Objects of each name: schema, table, columns, enum and its labels, index, constraints, sequence, view, function, trigger, comments.
fn objects(name: &str, number: usize) -> String {
    let (n, l) = (ident(name), literal(name));
    format!(
        "CREATE SCHEMA {n};
         CREATE TYPE kinds.{n} AS ENUM ({l}, 'other');
         CREATE TABLE {n}.{n} ({n} integer PRIMARY KEY, e kinds.{n} DEFAULT {l}, t text DEFAULT {l} CHECK (t <> {l} || 'x'));
         COMMENT ON TABLE {n}.{n} IS {l}; COMMENT ON COLUMN {n}.{n}.{n} IS {l}; COMMENT ON SCHEMA {n} IS {l};
         INSERT INTO {n}.{n} SELECT g, {l}, {l} FROM generate_series(1, 40) g;
         CREATE SEQUENCE {n}.seq START {start}; SELECT nextval('{seq}');
         ALTER TABLE {n}.{n} ADD CONSTRAINT {short} UNIQUE ({n}, t);
         CREATE INDEX ON {n}.{n} (t) WHERE t = {l};
         CREATE VIEW {n}.v AS SELECT {n} AS {n}, {l}::text AS l FROM {n}.{n};
         CREATE FUNCTION {n}.{n}() RETURNS trigger LANGUAGE plpgsql AS {body};
         CREATE TABLE {n}.part (k text) PARTITION BY LIST (k); CREATE TABLE {n}.p PARTITION OF {n}.part FOR VALUES IN ({l});
         INSERT INTO {n}.part VALUES ({l});",
        start = number + 1,
        seq = format!("{n}.seq").replace('\'', "''"),
        short = ident(&name.chars().take(15).chain("_u".chars()).collect::<String>()),
        body = literal(&format!("BEGIN RAISE NOTICE '%', {}; RETURN NEW; END", literal(name))),
    )
}

/// What a terminal would act on must not come out.
fn assert_harmless(outcome: &Outcome) {
    for text in [&outcome.stdout, &outcome.stderr] {
        let raw = text.chars().find(|c| (c.is_control() && !matches!(c, '\n' | '\t')) || *c == '\u{202e}');
        assert_eq!(raw, None, "{outcome}");
    }
}

#[test]
fn names_of_every_kind_arrive_and_a_kill_changes_nothing() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let alone = [source.alone(), target.alone()];
    let database = Database::absent_named(&source, "ev'il\"; DROP \u{1b}[31m\\ \u{e9}\t$$");
    source.session().execute(&format!("CREATE DATABASE {} TEMPLATE template0", ident(&database.name)));
    let role = format!("hostile {} \"; DROP ROLE x; --\u{1b}[0m'\\\n", id());
    source.session().execute(&format!("CREATE ROLE {}", ident(&role)));
    let mut script =
        String::from("CREATE SCHEMA kinds; CREATE TABLE victim (n integer); INSERT INTO victim VALUES (1);");
    for (number, name) in NAMES.iter().enumerate() {
        script += &objects(name, number);
        script += &format!(
            "ALTER TABLE {0}.{0} OWNER TO {1}; GRANT SELECT ON {0}.v TO {1};",
            ident(name),
            ident(&role)
        );
    }
    database.execute(&script);
    let copy = Database::absent_named(&target, "co'py\"; DROP \u{1b}[31m\\ \u{e9}\t$$");
    let workspace = Workspace::new();
    let first = &NAMES[0].replace('\'', "''");
    workspace.config(
        &database.uri(),
        &copy.uri(),
        &format!(
            "schemas: {{ mode: all }}\nparallel: {{ max_jobs: 2 }}\ntables: {{ include: [ {{ schema: '{first}', name: '{first}', \
             chunk_column: '{first}', chunk_size: 10 }} ] }}"
        ),
    );
    let killed = workspace.with_config("migrate").env("PGMIGRATE_FAILPOINT", "chunk_committed:3").run();
    assert_eq!(killed.status.code(), None, "{killed}");
    assert_harmless(&killed);
    let columns = |line: &str| line.matches('\t').count();
    let plan = workspace.read("plan.tsv");
    assert!(plan.lines().all(|line| columns(line) == columns(plan.lines().next().unwrap())));
    assert!(workspace.read("state.tsv").lines().all(|line| columns(line) == 1));
    let resumed = workspace.with_config("migrate").args(["--resume", "--verbose"]).run();
    assert_harmless(resumed.assert_code(0));
    // An event of the log is a line that begins with its time.
    let log = workspace.read("pgmigrate.log");
    assert!(
        log.lines().all(|line| line.starts_with("20")) && !log.contains(['\u{1b}', '\u{9b}', '\u{202e}'])
    );
    let verified = workspace.with_config("verify").run();
    assert_harmless(verified.assert_code(0));
    let json = workspace.with_config("verify").arg("--json").run();
    assert_harmless(json.assert_code(0));
    assert_eq!(database.fingerprint(), copy.fingerprint());
    assert_eq!(copy.count("victim"), 1);
    judge::assert_equal(&database, &copy);
    drop((database, copy));
    for server in [&source, &target] {
        server.session().execute(&format!("DROP ROLE {}", ident(&role)));
    }
    drop(alone);
}

#[test]
fn an_error_about_a_hostile_name_is_harmless() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let name = "\u{1b}]0;owned\u{7}\u{202e}\u{9b}2J";
    let table = ident(name);
    let sql = format!("CREATE TABLE {table} (n integer)");
    let database = Database::with(&source, &sql);
    let copy = Database::with(&target, &format!("{sql}; INSERT INTO {table} VALUES (1)"));
    let outcome = Workspace::new().between("migrate", &database, &copy).run();
    outcome.assert_code(4).stderr_contains("\\u{1b}]0;owned\\u{7}\\u{202e}\\u{9b}2J");
    assert_harmless(&outcome);
}
