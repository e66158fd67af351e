//! A target that was prepared by hand: definitions are there, with or without rows, keys and triggers.
use crate::support::{cli::Workspace, database::Database, server::Server};

fn servers() -> (Server, Server) {
    (Server::main("source"), Server::main("target"))
}

const FAMILY: &str = "CREATE TABLE parent (id integer PRIMARY KEY);
    CREATE TABLE child (id integer PRIMARY KEY, parent integer NOT NULL CONSTRAINT of_parent REFERENCES parent)";

#[test]
fn rows_arrive_in_the_order_of_the_keys_that_are_there() {
    let (source, target) = servers();
    let database = Database::with(
        &source,
        &format!(
            "{FAMILY}; INSERT INTO parent VALUES (1); INSERT INTO child SELECT n, 1 FROM generate_series(1, 20000) n"
        ),
    );
    let copy = Database::with(&target, FAMILY);
    // One lane would take the larger table first.
    Workspace::new().between("migrate", &database, &copy).args(["--jobs", "1"]).run().assert_code(0);
    assert_eq!(database.fingerprint(), copy.fingerprint());
}

#[test]
fn a_parent_is_truncated_with_its_empty_child() {
    let (source, target) = servers();
    let rows = "INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1)";
    let database = Database::with(&source, &format!("{FAMILY}; {rows}"));
    let copy = Database::with(&target, &format!("{FAMILY}; INSERT INTO parent VALUES (2)"));
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &copy).args(["--on-existing", "truncate"]).run().assert_code(0);
    assert_eq!(database.fingerprint(), copy.fingerprint());
}

const PARTITIONED: &str = "CREATE TABLE p (id integer) PARTITION BY RANGE (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (200);
    INSERT INTO p SELECT generate_series(0, 199)";

#[test]
fn a_limited_partitioned_table_is_truncated_or_skipped_as_one() {
    let (source, target) = servers();
    for (choice, expected) in [("truncate", 150), ("skip", 200)] {
        let database = Database::with(&source, PARTITIONED);
        let copy = Database::with(&target, PARTITIONED);
        let workspace = Workspace::new();
        let rule = "tables: { include: [ { schema: public, name: p, limit: 150, order_by: id } ] }";
        workspace.config(&database.uri(), &copy.uri(), rule);
        workspace.with_config("migrate").args(["--on-existing", choice]).run().assert_code(0);
        assert_eq!(copy.count("p"), expected, "{choice}");
    }
}

#[test]
fn a_trigger_that_would_fire_is_refused() {
    let (source, target) = servers();
    let table = "CREATE TABLE t (n integer); CREATE TABLE audit (n integer);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO audit VALUES (NEW.n); RETURN NEW; END$$;
        CREATE TRIGGER noted AFTER INSERT ON t FOR EACH ROW EXECUTE PROCEDURE note()";
    let database = Database::with(&source, &format!("{table}; INSERT INTO t VALUES (1)"));
    let copy = Database::with(&target, table);
    let outcome = Workspace::new().between("migrate", &database, &copy).run();
    outcome.assert_code(4).stderr_contains("noted ON public.t");
    assert_eq!(copy.count("audit"), 0);
}

#[test]
fn enabled_event_triggers_of_the_target_are_refused() {
    let (source, target) = servers();
    let database = Database::with(&source, "CREATE TABLE t AS SELECT 1 AS n");
    let copy = Database::with(
        &target,
        "CREATE TABLE made (tag text);
         CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS
             $$BEGIN IF current_setting('application_name') LIKE 'pgmigrate%' THEN
                 INSERT INTO public.made VALUES (TG_TAG); END IF; END$$;
         CREATE EVENT TRIGGER noted ON ddl_command_end EXECUTE PROCEDURE note()",
    );
    let migrate = || Workspace::new().between("migrate", &database, &copy).run();
    migrate()
        .assert_code(4)
        .stderr_contains("event triggers of the target would fire on what the run makes: noted");
    assert_eq!(copy.count("made"), 0);
    // Only schemas are selected: it fires all the same.
    let part = Workspace::new();
    part.config(
        &database.uri(),
        &copy.uri(),
        "tables: { mode: include, include: [ { schema: public, name: t } ] }",
    );
    part.with_config("plan").run().assert_code(4);
    copy.execute("ALTER EVENT TRIGGER noted DISABLE");
    migrate().assert_code(0);
    assert_eq!((copy.count("made"), copy.count("t")), (0, 1));
}

/// A managed service has some of its own, which fire whoever makes something.
#[test]
fn event_triggers_of_others_are_named() {
    let (source, target) = servers();
    let database = Database::with(&source, "CREATE TABLE t AS SELECT 1 AS n");
    let copy = Database::with(
        &target,
        "CREATE FUNCTION theirs() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
         CREATE EVENT TRIGGER theirs ON ddl_command_end EXECUTE PROCEDURE theirs()",
    );
    let role = format!("test_guest_{}", std::process::id());
    copy.execute(&format!("CREATE ROLE {role} LOGIN; GRANT CREATE ON SCHEMA public TO {role}"));
    let uris = [database.uri(), copy.uri_as(&role, "")];
    let plan = Workspace::new().pgmigrate(["plan", "--source", &uris[0], "--target", &uris[1]]).run();
    copy.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
    plan.assert_code(0).says("EVENT TRIGGER theirs: of the target: it fires on what the run makes there");
}

#[test]
fn a_finished_run_is_not_taken_for_another_target() {
    let (source, target) = servers();
    let database = Database::with(&source, "CREATE TABLE t AS SELECT 1 AS n");
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &copy).run().assert_code(0);
    copy.execute("DROP TABLE t");
    workspace
        .between("migrate", &database, &copy)
        .arg("--resume")
        .run()
        .assert_code(6)
        .stderr_contains("state.tsv");
}

#[test]
fn ranges_of_a_type_that_is_compared_otherwise_do_not_overlap() {
    let (source, target) = servers();
    let database = Database::create(&source);
    if database.session().try_execute("CREATE EXTENSION citext").is_err() {
        eprintln!("skipped: the source has no citext");
        return;
    }
    database.execute(
        "CREATE TABLE word (w citext);
         INSERT INTO word SELECT CASE WHEN n % 2 = 0 THEN 'a' ELSE 'B' END || n FROM generate_series(1, 1000) n;
         ANALYZE word",
    );
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    let rule = "tables: { include: [ { schema: public, name: word, chunk_column: w, chunk_size: 100 } ] }";
    workspace.config(&database.uri(), &copy.uri(), rule);
    workspace.with_config("migrate").run().assert_code(0);
    assert_eq!(copy.count("word"), 1000);
}

#[test]
fn partitions_come_with_their_table() {
    let (source, target) = servers();
    let database = Database::with(&source, PARTITIONED);
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    workspace.config(
        &database.uri(),
        &copy.uri(),
        "tables: { mode: include, include: [ { schema: public, name: p } ] }",
    );
    workspace.with_config("migrate").run().assert_code(0);
    assert_eq!(copy.count("p"), 200);
}

#[test]
fn keys_that_reach_each_other_through_a_partition_come_after_the_data() {
    let (source, target) = servers();
    let database = Database::with(
        &source,
        "CREATE TABLE a (id integer PRIMARY KEY, b integer) PARTITION BY RANGE (id);
         CREATE TABLE a1 PARTITION OF a FOR VALUES FROM (0) TO (10);
         CREATE TABLE b (id integer PRIMARY KEY, a integer);
         INSERT INTO b VALUES (1, 1); INSERT INTO a VALUES (1, 1);
         ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;
         ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES a1",
    );
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    workspace.config(&database.uri(), &copy.uri(), "options: { create_constraints_after_data: false }");
    workspace.with_config("migrate").run().assert_code(0);
    workspace.with_config("verify").run().assert_code(0);
}

#[test]
fn a_key_to_a_table_with_a_filtered_partition_is_not_validated() {
    let (source, target) = servers();
    let database = Database::with(
        &source,
        "CREATE TABLE p (id integer PRIMARY KEY) PARTITION BY RANGE (id);
         CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
         CREATE TABLE refers (id integer CONSTRAINT to_p REFERENCES p);
         INSERT INTO p SELECT generate_series(0, 99); INSERT INTO refers SELECT id FROM p",
    );
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    let rule = "tables: { include: [ { schema: public, name: p1, where: id < 10 } ] }";
    workspace.config(&database.uri(), &copy.uri(), rule);
    workspace.with_config("migrate").run().assert_code(0).says("to_p");
    workspace.with_config("verify").run().assert_code(0);
}
