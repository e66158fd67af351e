//! Rows that differ are named by their keys, whatever the key, in tables that are cut to find them.
use super::{differences, pairs, rows_of};
use crate::support::{
    cli::{Invocation, Workspace},
    database::Database,
    server::Server,
};

/// A table, the types of its key's columns, and their values in the n-th row.
const KEYS: &[(&str, &str, &str)] = &[
    ("by_integer", "a integer", "n - 2500"),
    ("by_bigint", "a bigint", "n * 10000000000"),
    ("by_numeric", "a numeric(12,3)", "n / 8.0"),
    ("by_uuid", "a uuid", "md5(n::text)::uuid"),
    ("by_text", "a text", "'Kéy ' || md5(n::text) || '\\'"),
    ("by_varchar", "a varchar(12)", "'v' || n"),
    ("by_character", "a character(9)", "'c' || n"),
    ("by_time", "a timestamptz", "timestamptz '2024-01-01 UTC' + n * interval '1 minute'"),
    ("by_two", "a integer, b text", "n % 7, 'b' || n"),
    ("by_three", "a uuid, b date, c smallint", "md5((n % 50)::text)::uuid, date '2020-01-01' + n, 1"),
    // These have no order that two servers share.
    ("by_enum", "a mood, b integer", "(CASE n % 2 WHEN 0 THEN 'sad' ELSE 'gay' END)::mood, n"),
    ("by_array", "a integer[]", "ARRAY[n, 7]"),
    ("by_inet", "a inet", "inet '10.0.0.0' + n"),
];

fn columns(types: &str) -> String {
    types.split(", ").map(|column| column.split(' ').next().expect("a name")).collect::<Vec<_>>().join(", ")
}

fn schema() -> String {
    // Before 15 everybody may create in `public`, and since then its owner is another.
    let mut sql = "ALTER SCHEMA public OWNER TO postgres; GRANT ALL ON SCHEMA public TO PUBLIC; \
                   CREATE TYPE mood AS ENUM ('sad', 'gay');"
        .to_owned();
    for (name, types, values) in KEYS {
        sql += &format!(
            "CREATE TABLE {name} ({types}, note text, price integer, PRIMARY KEY ({}));\n\
             INSERT INTO {name} SELECT {values}, 'note ' || n, n FROM generate_series(1, 5000) n;\n",
            columns(types)
        );
    }
    sql
}

#[test]
fn a_row_is_named_by_any_key() {
    for [source, target] in pairs() {
        let (database, copy) = (Database::with(&source, &schema()), Database::with(&target, &schema()));
        let workspace = Workspace::new();
        workspace.between("verify", &database, &copy).run().assert_code(0);
        for (name, _, values) in KEYS {
            copy.execute(&format!(
                "DELETE FROM {name} WHERE price = 17; \
                 UPDATE {name} SET note = 'other', price = 9000 WHERE price = 3000; \
                 UPDATE {name} SET price = NULL WHERE price = 4999; \
                 INSERT INTO {name} SELECT {values}, '', 9001 FROM generate_series(5001, 5001) n"
            ));
        }
        let outcome = workspace.between("verify", &database, &copy).arg("--json").run();
        outcome.assert_code(1);
        for (name, types, _) in KEYS {
            let texts =
                columns(types).split(", ").map(|column| format!("{column}::text")).collect::<Vec<_>>();
            let key = |database: &Database, price: &str| {
                let mut session = database.session();
                session.execute("SET TimeZone = 'UTC'");
                let texts = texts.join(", ");
                session.value(&format!(
                    "SELECT concat_ws(',', {texts}) FROM {name} WHERE price IS NOT DISTINCT FROM {price}"
                ))
            };
            let mut expected = vec![
                format!("missing {} []", key(&database, "17")),
                format!("differs {} [note,price]", key(&database, "3000")),
                format!("differs {} [price]", key(&copy, "NULL")),
                format!("extra {} []", key(&copy, "9001")),
            ];
            expected.sort();
            let verdict = rows_of(&outcome, &format!("public.{name}"));
            assert_eq!(differences(&verdict), expected, "{name} from {} to {}", source.major, target.major);
            assert_eq!(verdict["more_differences"].as_bool(), None, "{name}");
        }
    }
}

#[test]
fn a_large_table_is_cut_by_a_sample() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let made = "CREATE TABLE many (id bigint PRIMARY KEY, note text); \
                INSERT INTO many SELECT n, 'note' FROM generate_series(1, 260000) n; ANALYZE many";
    let (database, copy) = (Database::with(&source, made), Database::with(&target, made));
    copy.execute("UPDATE many SET note = 'x' WHERE id = 77; DELETE FROM many WHERE id = 260000");
    let outcome = Workspace::new().between("verify", &database, &copy).run();
    outcome
        .assert_code(1)
        .says("source 260000 rows, target 259999 rows")
        .says("where id < '")
        .says("where id >= '")
        .says("id = '77': differs in note")
        .says("id = '260000': missing on the target");
}

#[test]
fn as_many_are_named_as_were_asked_for() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let made = "CREATE TABLE item (id integer PRIMARY KEY, note text); \
                INSERT INTO item SELECT n, 'note' FROM generate_series(1, 9000) n";
    let (database, copy) = (Database::with(&source, made), Database::with(&target, made));
    copy.execute("UPDATE item SET note = 'secret ' || id");
    let workspace = Workspace::new();
    let judge = |options: &[&str]| {
        let verify = workspace.between("verify", &database, &copy).arg("--json");
        let outcome = options.iter().fold(verify, Invocation::arg).run();
        outcome.assert_code(1);
        assert!(!outcome.stdout.contains("secret"), "values stay where they are");
        let verdict = rows_of(&outcome, "public.item");
        (differences(&verdict).len(), verdict["more_differences"].as_bool())
    };
    assert_eq!(judge(&[]), (20, Some(true)));
    assert_eq!(judge(&["--max-differences", "3"]), (3, Some(true)));
    assert_eq!(judge(&["--max-differences", "0"]), (0, None));
    assert_eq!(judge(&["--max-differences", "9000"]), (9000, None));
    let outcome = workspace.between("verify", &database, &copy).run();
    outcome.assert_code(1).says("id = '1': differs in note").says("and perhaps more");
}

#[test]
fn a_partition_and_a_table_without_a_key_are_told() {
    for [source, target] in pairs() {
        let made = "CREATE TABLE whole (id integer NOT NULL, note text) PARTITION BY RANGE (id); \
             CREATE TABLE low PARTITION OF whole FOR VALUES FROM (0) TO (4000); \
             CREATE TABLE high PARTITION OF whole FOR VALUES FROM (4000) TO (9000); \
             ALTER TABLE low ADD PRIMARY KEY (id); ALTER TABLE high ADD UNIQUE (id); \
             CREATE TABLE bare (id integer, note text); CREATE TABLE loose (id integer UNIQUE, note text); \
             INSERT INTO whole SELECT n, 'note' FROM generate_series(0, 8999) n; \
             INSERT INTO bare SELECT n, 'note' FROM generate_series(0, 99) n; \
             INSERT INTO loose SELECT n, 'note' FROM generate_series(0, 99) n";
        let (database, copy) = (Database::with(&source, made), Database::with(&target, made));
        copy.execute(
            "DELETE FROM whole WHERE id = 17; UPDATE whole SET note = NULL WHERE id = 8000; \
             UPDATE bare SET note = '' WHERE id = 5; UPDATE loose SET note = '' WHERE id = 5",
        );
        let outcome = Workspace::new().between("verify", &database, &copy).arg("--json").run();
        outcome.assert_code(1);
        let of = |table: &str| differences(&rows_of(&outcome, table));
        assert_eq!(of("public.low"), ["missing 17 []"]);
        assert_eq!(of("public.high"), ["differs 8000 [note]"], "a UNIQUE of what is never NULL");
        for without in ["public.bare", "public.loose"] {
            assert!(of(without).is_empty());
            let verdict = rows_of(&outcome, without);
            assert!(verdict["detail"].as_str().unwrap().contains("no key"), "{verdict}");
        }
    }
}

#[test]
fn a_key_that_the_target_has_twice_is_extra() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let made = "CREATE TABLE item (id integer PRIMARY KEY, note text); \
                INSERT INTO item SELECT n, 'note' FROM generate_series(1, 3000) n";
    let (database, copy) = (Database::with(&source, made), Database::with(&target, made));
    copy.execute(
        "ALTER TABLE item DROP CONSTRAINT item_pkey; INSERT INTO item SELECT * FROM item WHERE id = 7",
    );
    let outcome = Workspace::new().between("verify", &database, &copy).arg("--json").run();
    outcome.assert_code(1);
    assert_eq!(differences(&rows_of(&outcome, "public.item")), ["extra 7 []"]);
}

#[test]
fn rows_that_were_not_asked_for_are_not_missing() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let made = "CREATE TABLE item (id integer PRIMARY KEY, note text); \
                INSERT INTO item SELECT n, 'note' FROM generate_series(1, 9000) n";
    let (database, copy) = (Database::with(&source, made), Database::with(&target, made));
    copy.execute("DELETE FROM item WHERE id % 2 = 1 OR id = 4000; UPDATE item SET note = '' WHERE id = 8000");
    let workspace = Workspace::new();
    let rest = "tables: { include: [{ schema: public, name: item, where: id % 2 = 0 }] }";
    workspace.config(&database.uri(), &copy.uri(), rest);
    let outcome = workspace.with_config("verify").arg("--json").run();
    outcome.assert_code(1);
    let found = differences(&rows_of(&outcome, "public.item"));
    assert_eq!(found, ["differs 8000 [note]", "missing 4000 []"]);
}
