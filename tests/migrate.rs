//! `migrate`, `plan` and `schema` on whole databases: everything arrives, only what was selected, nothing else moves.
use std::process::Command;

use crate::support::{
    cli::{Invocation, Workspace},
    database::Database,
    judge, sample,
    server::{Server, ident, versions},
};

fn servers() -> (Server, Server) {
    (Server::main("source"), Server::main("target"))
}

/// Own clusters for the sample: its roles are no other test's concern.
fn sample_servers() -> (Server, Server) {
    (Server::main("source"), Server::main("sample"))
}

fn sample_arrives_with(jobs: &str) {
    let (source, target) = sample_servers();
    sample_arrives(&source, &target, jobs);
}

fn sample_arrives(source: &Server, target: &Server, jobs: &str) -> Option<Database> {
    let database = sample::database(source)?;
    let _alone = target.alone();
    target.forget_roles("airline_");
    let before = database.fingerprint();
    let copy = Database::absent(target);
    let workspace = Workspace::new();
    workspace.config(
        &database.uri(),
        &copy.uri(),
        "schemas: { mode: all }
tables:
  include:
    - { schema: bookings, name: flights, chunk_column: flight_id, chunk_size: 100 }
    - { schema: bookings, name: ticket_flights, chunk_column: ticket_no, chunk_size: 5000 }",
    );
    workspace.with_config("migrate").args(["--jobs", jobs]).run().assert_code(0);
    assert_eq!(sample::digests(&database), sample::digests(&copy));
    assert_eq!(before, database.fingerprint(), "the source was changed");
    assert!(
        !copy.has("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmigrate'"),
        "the journal is still there"
    );
    judge::assert_equal(&database, &copy);
    workspace.with_config("verify").run().assert_code(0);
    for role in ["airline_owner", "airline_agent", "airline_Night \"shift\"; --"] {
        assert!(target.has_role(role), "role {role} is missing");
    }
    for file in ["plan.tsv", "state.tsv", "pgmigrate.log", "report.json"] {
        assert!(!workspace.read(file).is_empty(), "{file} is missing");
    }
    Some(copy)
}

/// And from there once more, within the newest version.
#[test]
fn the_sample_arrives_at_the_newest_version() {
    let newest = *versions().last().expect("a version");
    let (source, target) = (Server::main("source"), Server::start("sample", newest));
    let Some(copy) = sample_arrives(&source, &target, "4") else { return };
    let (again, workspace) = (Database::absent(&target), Workspace::new());
    for command in ["migrate", "verify"] {
        workspace.between(command, &copy, &again).run().assert_code(0);
    }
    judge::assert_equal(&copy, &again);
}

#[test]
fn the_sample_arrives_by_one_lane() {
    sample_arrives_with("1");
}

#[test]
fn the_sample_arrives_by_four_lanes() {
    sample_arrives_with("4");
}

#[test]
fn only_what_the_config_selects_arrives() {
    let (source, target) = servers();
    let database = Database::with(
        &source,
        "CREATE SCHEMA bookings;
         CREATE SCHEMA other;
         CREATE TABLE other.left_out AS SELECT 1 AS n;
         CREATE TABLE bookings.flights (flight_id integer PRIMARY KEY, gate text);
         CREATE TABLE bookings.ticket_flights (ticket_no text, flight_id integer REFERENCES bookings.flights);
         CREATE TABLE bookings.boarding_passes AS SELECT generate_series(1, 5) AS n;
         CREATE TABLE bookings.delays AS SELECT n, n % 4 AS hours FROM generate_series(1, 200) n;
         INSERT INTO bookings.flights SELECT n, 'A' || n % 9 FROM generate_series(1, 1000) n;
         INSERT INTO bookings.ticket_flights SELECT 't' || n, 1 + n % 1000 FROM generate_series(1, 5000) n",
    );
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    workspace.config(
        &database.uri(),
        &copy.uri(),
        r#"schemas: { mode: include, include: [bookings], exclude: [] }
roles: { mode: all }
tables:
  mode: include
  default: { chunk_column: "", chunk_size: 500000, where: "", order_by: "", limit: 0 }
  include:
    - { schema: bookings, name: flights, chunk_column: flight_id, chunk_size: 100, where: "", order_by: flight_id, limit: 0 }
    - { schema: bookings, name: ticket_flights, chunk_column: flight_id, chunk_size: 300, order_by: flight_id, limit: 100 }
    - { schema: bookings, name: "del*", where: "hours = 3" }
  exclude: []
parallel: { max_jobs: 4 }
options: { create_indexes_after_data: true, create_constraints_after_data: false, analyze_after_load: true }"#,
    );
    let _alone = target.alone();
    workspace.with_config("migrate").run().assert_code(0);
    assert_eq!(copy.count("bookings.flights"), 1000);
    assert_eq!(copy.count("bookings.ticket_flights"), 100);
    assert_eq!(copy.count("bookings.delays"), 50);
    assert!(!copy.has("SELECT 1 FROM bookings.delays WHERE hours <> 3"));
    assert_eq!(copy.value("SELECT max(flight_id) FROM bookings.ticket_flights"), "20");
    for absent in ["bookings.boarding_passes", "other.left_out"] {
        assert_eq!(copy.value(&format!("SELECT to_regclass('{absent}')")), "", "{absent}");
    }
    let plan = workspace.read("plan.tsv");
    let chunks =
        |table: &str| plan.lines().filter(|line| line.starts_with(&format!("data:{table}:"))).count();
    assert!(chunks("bookings.flights") > 1, "{plan}");
    assert_eq!(chunks("bookings.ticket_flights"), 1);
}

#[test]
fn no_row_is_lost_at_the_edges_of_a_chunk_column() {
    let (source, target) = servers();
    // The statistics say 1 to 1000; then come rows below, above, and without any key.
    let database = Database::with(
        &source,
        "CREATE TABLE edge (id integer, note text) WITH (autovacuum_enabled = off);
         INSERT INTO edge SELECT n, 'x' FROM generate_series(1, 1000) n;
         ANALYZE edge;
         INSERT INTO edge VALUES (-2147483648, 'low'), (2147483647, 'high'), (0, ''), (1001, NULL);
         INSERT INTO edge SELECT NULL, 'no key' FROM generate_series(1, 7);
         CREATE TABLE word AS SELECT nullif(md5(n::text), md5('7')) AS id FROM generate_series(1, 1000) n;
         CREATE TABLE at (id timestamptz);
         INSERT INTO at VALUES ('-infinity'), ('infinity'), (NULL), ('2026-01-01');
         INSERT INTO at SELECT timestamptz '2026-01-01' + n * interval '1 hour' FROM generate_series(1, 1000) n;
         CREATE TABLE amount AS SELECT n / 3.0 AS id FROM generate_series(1, 1000) n;
         INSERT INTO amount VALUES ('NaN'), (NULL), (-1e100);
         CREATE TABLE nothing (id integer);
         CREATE TABLE void AS SELECT NULL::integer AS id FROM generate_series(1, 300);
         ANALYZE word; ANALYZE at; ANALYZE amount; ANALYZE nothing; ANALYZE void",
    );
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    workspace.config(
        &database.uri(),
        &copy.uri(),
        "tables: { default: { chunk_column: id, chunk_size: 100 } }",
    );
    workspace.with_config("migrate").run().assert_code(0);
    assert_eq!(database.fingerprint(), copy.fingerprint());
    assert!(workspace.read("plan.tsv").contains("data:public.edge:0002"), "edge was not cut");
    workspace.with_config("verify").run().assert_code(0);
}

#[test]
fn a_dry_run_touches_nothing() {
    let (source, target) = servers();
    let role = format!("test_owner_{}", std::process::id());
    source.session().execute(&format!("DROP ROLE IF EXISTS {role}; CREATE ROLE {role}"));
    let database = Database::with(&source, "CREATE TABLE item AS SELECT generate_series(1, 10) AS n");
    database.execute(&format!("ALTER TABLE item OWNER TO {role}"));
    let before = database.fingerprint();
    let absent = Database::absent(&target);
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &absent).arg("--dry-run").run().assert_code(0);
    assert!(!absent.exists() && !target.has_role(&role));
    assert_eq!(workspace.read("state.tsv"), "");
    let empty = Database::create(&target);
    let nothing = empty.fingerprint();
    workspace.between("migrate", &database, &empty).arg("--dry-run").run().assert_code(0);
    assert_eq!(nothing, empty.fingerprint());
    assert_eq!(before, database.fingerprint());
    drop(database);
    source.session().execute(&format!("DROP ROLE {role}"));
}

#[test]
fn the_same_plan_twice_is_the_same_file() {
    let (source, target) = sample_servers();
    let Some(database) = sample::database(&source) else { return };
    // What roles the target has shapes the plan.
    let _alone = target.alone();
    let copy = Database::absent(&target);
    let plan = |arguments: &[&str]| {
        let workspace = Workspace::new();
        let invocation = workspace.between("plan", &database, &copy);
        arguments.iter().fold(invocation, Invocation::arg).run().assert_code(0);
        workspace.read("plan.tsv")
    };
    let first = plan(&[]);
    assert!(first.lines().count() > 100, "{first}");
    assert_eq!(first, plan(&[]));
    assert_eq!(first, plan(&["--json"]));
    assert!(!copy.exists());
}

#[test]
fn psql_loads_what_schema_prints() {
    let Some(psql) = sample::psql() else { return };
    let (source, target) = sample_servers();
    let Some(database) = sample::database(&source) else { return };
    let _alone = target.alone();
    target.forget_roles("airline_");
    let copy = Database::create(&target);
    let workspace = Workspace::new();
    let outcome = workspace.pgmigrate(["schema", "--source", &database.uri()]).run();
    workspace.write("schema.sql", &outcome.assert_code(0).stdout);
    let loaded = Command::new(psql)
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &copy.uri(), "-f"])
        .arg(workspace.path("schema.sql"))
        .output()
        .expect("psql");
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
    judge::assert_equal(&database, &copy);
}

const ITEMS: &str = "CREATE TABLE item (n integer, note text);
    INSERT INTO item SELECT n, 'new' FROM generate_series(1, 10) n;
    CREATE TABLE fresh AS SELECT generate_series(1, 3) AS n";

/// The target has one of the two tables, with two rows of its own.
fn on_existing(what: &str) -> (Database, Workspace) {
    let (source, target) = servers();
    let database = Database::with(&source, ITEMS);
    let copy = Database::with(
        &target,
        "CREATE TABLE item (n integer, note text); INSERT INTO item VALUES (1, 'old'), (2, 'old')",
    );
    let workspace = Workspace::new();
    let outcome = workspace.between("migrate", &database, &copy).args(["--on-existing", what]).run();
    outcome.assert_code(0);
    assert_eq!(copy.count("fresh"), 3, "{outcome}");
    (copy, workspace)
}

#[test]
fn existing_rows_are_skipped_if_asked() {
    let (copy, _workspace) = on_existing("skip");
    assert_eq!(copy.value("SELECT string_agg(note, ',') FROM item"), "old,old");
}

#[test]
fn existing_rows_are_truncated_if_asked() {
    let (copy, _workspace) = on_existing("truncate");
    assert_eq!(copy.value("SELECT count(*) || min(note) || max(note) FROM item"), "10newnew");
}

#[test]
fn rows_are_appended_if_asked() {
    let (copy, _workspace) = on_existing("append");
    assert_eq!(copy.value("SELECT count(*) || min(note) || max(note) FROM item"), "12newold");
}

#[test]
fn equal_definitions_without_rows_are_taken_over() {
    let (source, target) = servers();
    let database = Database::with(&source, ITEMS);
    let copy = Database::with(&target, "CREATE TABLE item (n integer, note text)");
    Workspace::new().between("migrate", &database, &copy).run().assert_code(0);
    assert_eq!(database.fingerprint(), copy.fingerprint());
}

#[test]
fn the_target_database_is_made_like_the_source() {
    let (source, target) = servers();
    let role = format!("test_dba_{}", std::process::id());
    for server in [&source, &target] {
        server.session().execute(&format!("DROP ROLE IF EXISTS {role}"));
    }
    source.session().execute(&format!("CREATE ROLE {role}"));
    let database = Database::create_with(
        &source,
        &format!("OWNER {role} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"),
    );
    database.execute("CREATE TABLE word (text text); INSERT INTO word VALUES ('größe'), (E'\\u00ff')");
    let copy = Database::absent_named(&target, "Target of \"it\"");
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &copy).run().assert_code(0);
    workspace.between("verify", &database, &copy).run().assert_code(0);
    let properties = "SELECT pg_encoding_to_char(encoding), datcollate, datctype, pg_get_userbyid(datdba) \
                      FROM pg_database WHERE datname = current_database()";
    assert_eq!(database.rows(properties), copy.rows(properties));
    assert_eq!(database.fingerprint(), copy.fingerprint());
    for (server, gone) in [(&source, database), (&target, copy)] {
        drop(gone);
        server.session().execute(&format!("DROP ROLE {}", ident(&role)));
    }
}

#[test]
fn what_has_no_binary_form_fit_for_another_server_travels_as_text() {
    let (source, target) = servers();
    // The oid of a table, a function, a role differs between servers; its name does not.
    let database = Database::with(
        &source,
        "CREATE TABLE before_it (n integer); CREATE TABLE \"Named one\" (n integer);
         CREATE TABLE refers (t regclass, f regprocedure, r regrole, y regtype, list regclass[]);
         INSERT INTO refers VALUES ('\"Named one\"', 'lower(text)', 'postgres', 'integer', ARRAY['\"Named one\"', 'pg_class']::regclass[]),
                (NULL, NULL, NULL, NULL, '{}');
         DROP TABLE before_it",
    );
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &copy).run().assert_code(0);
    workspace.between("verify", &database, &copy).run().assert_code(0);
    let rows = "SELECT * FROM refers ORDER BY 1";
    assert_eq!(database.rows(rows), copy.rows(rows));
    assert_eq!(copy.value("SELECT t FROM refers ORDER BY 1"), "\"Named one\"");
}

#[test]
fn what_a_selection_leaves_dangling_is_told_and_does_not_fail() {
    let (source, target) = servers();
    let database = Database::with(
        &source,
        "CREATE TABLE parent (id integer PRIMARY KEY);
         CREATE TABLE child (id serial, parent integer CONSTRAINT child_parent REFERENCES parent);
         CREATE VIEW both_of_them AS SELECT c.id FROM child c JOIN parent p ON p.id = c.parent;
         INSERT INTO parent VALUES (1);
         INSERT INTO child (parent) VALUES (1)",
    );
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    workspace.config(
        &database.uri(),
        &copy.uri(),
        "tables: { mode: exclude, exclude: [ { schema: public, name: parent } ] }",
    );
    let outcome = workspace.with_config("migrate").arg("--dry-run").run();
    outcome.assert_code(0);
    for dangling in ["child_parent", "both_of_them"] {
        outcome.says(dangling);
    }
    workspace.with_config("migrate").run().assert_code(0);
    workspace.with_config("verify").run().assert_code(0);
    assert_eq!(copy.count("child"), 1);
    assert_eq!(copy.value("SELECT to_regclass('parent')"), "");
}
