//! Attacks on late rows: clients that write all the time while runs are killed at any moment, a source that goes on, policies, crashes,
//! several databases, and the options of the command line.
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
};

use crate::support::{
    cli::Workspace,
    database::Database,
    judge, proxy,
    server::{Server, ident, main_version},
    wait_for,
};

/// A late table with children and partitions, an early one that inherits nothing, keys in both directions, identity and serial.
const SOURCE: &str = r#"
    CREATE SCHEMA "we""ird näme";
    CREATE TABLE place (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
    CREATE TABLE "we""ird näme"."l%og's" (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, place integer REFERENCES place ON DELETE CASCADE, text text);
    CREATE INDEX "by text" ON "we""ird näme"."l%og's" (text);
    CREATE TABLE "we""ird näme".child (extra text) INHERITS ("we""ird näme"."l%og's");
    CREATE TABLE event (
        id serial, at integer NOT NULL, text text, place integer DEFAULT 2 REFERENCES place, PRIMARY KEY (id, at)) PARTITION BY LIST (at);
    CREATE TABLE seen (id integer, at integer, FOREIGN KEY (id, at) REFERENCES event DEFERRABLE);
    CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1);
    CREATE TABLE event_2 PARTITION OF event FOR VALUES IN (2);
    CREATE INDEX ON event (text);
    CREATE TYPE shade AS ENUM ('a', 'b', 'c', 'd');
    CREATE TABLE hashed (shade shade, id integer) PARTITION BY HASH (shade);
    CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    CREATE TABLE total (n bigint);
    INSERT INTO total VALUES (0);
    CREATE FUNCTION count_it() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN UPDATE public.total SET n = n + 1; RETURN NULL; END';
    CREATE TRIGGER count_it AFTER INSERT ON "we""ird näme"."l%og's" FOR EACH ROW EXECUTE PROCEDURE count_it();
    ALTER TABLE "we""ird näme"."l%og's" DISABLE TRIGGER ALL;
    INSERT INTO place (name) SELECT 'place ' || n FROM generate_series(1, 20) n;
    INSERT INTO "we""ird näme"."l%og's" (place, text) SELECT 1 + n % 20, repeat('x', 100) FROM generate_series(1, 3000) n;
    ALTER TABLE "we""ird näme"."l%og's" ENABLE TRIGGER ALL;
    INSERT INTO "we""ird näme".child SELECT n, 1, 'child', 'y' FROM generate_series(900001, 900400) n;
    INSERT INTO event (at, text) SELECT 1 + n % 2, repeat('z', 50) FROM generate_series(1, 2000) n;
    INSERT INTO seen SELECT id, at FROM event LIMIT 100;
    INSERT INTO hashed SELECT ('{a,b,c,d}'::shade[])[n % 4 + 1], n FROM generate_series(1, 1000) n;
    ANALYZE"#;

const LOGS: &str = r#""we""ird näme"."l%og's""#;

const DELAYED: &str = r#"parallel: { max_jobs: 2 }
tables:
  delay_data: ['we"ird*.*', 'public.event', 'public.hash*_1']
  include:
    - { schema: 'we"ird näme', name: "l%og's", chunk_column: id, chunk_size: 250 }
    - { schema: public, name: event_1, chunk_column: id, chunk_size: 250 }"#;

fn source_with(script: &str) -> Database {
    Database::with(&Server::main("source"), script)
}

/// Where the copy of a database is to be.
fn absent() -> Database {
    Database::absent(&Server::main("target"))
}

/// A run that died when the database was usable.
fn die_usable(workspace: &Workspace, source: &Database, copy: &Database, rest: &str) {
    workspace.config(&source.uri(), &copy.uri(), rest);
    let died = workspace.with_config("migrate").env("PGMIGRATE_FAILPOINT", "usable").run();
    assert_eq!(died.status.code(), None, "{died:?}");
}

fn resume(workspace: &Workspace) {
    workspace.with_config("migrate").arg("--resume").run().assert_code(0);
}

/// A digest of the rows that the source has.
fn copied_rows(database: &Database) -> String {
    database.value(&format!(
        "SELECT (SELECT md5(string_agg(l::text, ',' ORDER BY id)) FROM {LOGS} l WHERE text <> 'client') || \
         (SELECT md5(string_agg(e::text, ',' ORDER BY id)) FROM event e WHERE text <> 'client') || \
         (SELECT md5(string_agg(c::text, ',' ORDER BY id)) FROM \"we\"\"ird näme\".child c) || \
         (SELECT md5(string_agg(h::text, ',' ORDER BY id)) FROM hashed h WHERE id > 0)"
    ))
}

/// Inserts into both late tables, as clients do, until it is told to stop; gives how many rows of each.
fn insert_until(copy: &Database, stop: &AtomicBool, inserted: &AtomicU64) {
    let mut session = copy.session();
    while !stop.load(SeqCst) {
        let row = format!(
            "BEGIN; INSERT INTO {LOGS} (place, text) VALUES (3, 'client'); \
             INSERT INTO event (at, text) VALUES (1 + {0} % 2, 'client'); \
             INSERT INTO hashed VALUES ('c', -1); COMMIT",
            inserted.load(SeqCst)
        );
        session.execute(&row);
        inserted.fetch_add(1, SeqCst);
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

#[test]
fn clients_insert_while_runs_are_killed_at_any_moment() {
    let (source, copy, workspace) = (source_with(SOURCE), absent(), Workspace::new());
    let slowed = source.uri_through(proxy::slowing_copies(300_000, source.server.port));
    die_usable(&workspace, &source, &copy, DELAYED);
    workspace.config(&slowed, &copy.uri(), DELAYED);
    let (stop, inserted) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    std::thread::scope(|scope| {
        scope.spawn(|| insert_until(&copy, &stop, &inserted));
        // Each attempt is killed a few steps further than the one before.
        for round in 1..=4 {
            let begun = workspace.steps_done();
            let run = workspace.with_config("migrate").arg("--resume").spawn();
            if !run.kill_when("steps", || workspace.steps_done() >= begun + 3 * round) {
                break;
            }
        }
        // Also where no step ends.
        for point in ["rows_sent:2", "step_committed:1"] {
            workspace.with_config("migrate").arg("--resume").env("PGMIGRATE_FAILPOINT", point).run();
        }
        let last = workspace.with_config("migrate").arg("--resume").run();
        stop.store(true, SeqCst);
        last.assert_code(0);
    });
    let clients = inserted.load(SeqCst);
    assert!(clients > 10, "{clients}");
    assert_eq!(copied_rows(&source), copied_rows(&copy));
    let of_clients = |table: &str| copy.count(&format!("{table} WHERE text = 'client'"));
    let hashed = copy.count("hashed WHERE id < 0");
    assert_eq!([of_clients(LOGS), of_clients("event"), hashed], [clients, clients, clients]);
    assert_eq!(copy.value("SELECT n FROM total"), clients.to_string(), "triggers fire for clients alone");
    assert!(!copy.has("SELECT FROM pg_constraint WHERE NOT convalidated"));
    assert!(!copy.has("SELECT FROM pg_index WHERE NOT indisvalid"));
    judge::assert_equal(&source, &copy);
}

#[test]
fn clients_get_no_key_that_the_source_gives_meanwhile() {
    no_key_is_given_twice(|workspace, source, copy| die_usable(workspace, source, copy, DELAYED));
}

#[test]
fn clients_get_no_key_that_the_source_gives_between_sequence_values_and_usable() {
    no_key_is_given_twice(|workspace, source, copy| {
        workspace.config(&source.uri(), &copy.uri(), DELAYED);
        let is_done = |step: &str| workspace.read("state.tsv").contains(&format!("{step}\tDONE"));
        let mut command = workspace.with_config("migrate").arg("--jobs").arg("1");
        // The state file is a step behind.
        loop {
            let died = command.env("PGMIGRATE_FAILPOINT", "step_committed").run();
            assert_eq!(died.status.code(), None, "{died:?}");
            if is_done("sequence_value:public.event_id_seq") {
                break;
            }
            command = workspace.with_config("migrate").args(["--resume", "--jobs", "1"]);
        }
        assert!(!is_done("usable"));
    });
}

fn no_key_is_given_twice(die: impl Fn(&Workspace, &Database, &Database)) {
    let script =
        format!("{SOURCE}; CREATE SEQUENCE spare; CREATE SEQUENCE down INCREMENT -2; SELECT nextval('down')");
    let (source, copy, workspace) = (source_with(&script), absent(), Workspace::new());
    die(&workspace, &source, &copy);
    // The source goes on, and the next snapshot sees it; so does the target.
    source.execute("SELECT nextval('down') FROM generate_series(1, 5)");
    copy.execute("SELECT nextval('place_id_seq') FROM generate_series(1, 30)");
    source.execute(
        "INSERT INTO event (at, text) SELECT 1, 'later' FROM generate_series(1, 300); DROP SEQUENCE spare",
    );
    resume(&workspace);
    assert_eq!(copied_rows(&source), copied_rows(&copy));
    let next = "INSERT INTO event (at, text) VALUES (1, 'client') RETURNING id";
    assert_eq!(copy.value(next), "2301", "behind all rows that came");
    assert_eq!(
        [copy.value("SELECT nextval('down')"), copy.value("SELECT nextval('place_id_seq')")],
        ["-13", "51"]
    );
}

#[test]
fn what_clients_took_from_late_rows_is_named() {
    let (source, copy, workspace) = (source_with(SOURCE), absent(), Workspace::new());
    die_usable(&workspace, &source, &copy, DELAYED);
    copy.execute("DELETE FROM place WHERE id = 7");
    let failed = workspace.with_config("migrate").arg("--resume").run();
    failed.assert_code(5).says("a client may have deleted or changed the row that a late one refers to");
    copy.execute("INSERT INTO place (id, name) OVERRIDING SYSTEM VALUE VALUES (7, 'place 7')");
    resume(&workspace);
    assert_eq!(copied_rows(&source), copied_rows(&copy));
}

#[test]
fn deferrable_keys_hold_though_no_trigger_checks_late_rows() {
    let source = source_with(
        "CREATE TABLE slot (id integer UNIQUE DEFERRABLE INITIALLY DEFERRED, n integer,
             EXCLUDE USING btree (n WITH =) DEFERRABLE);
         INSERT INTO slot SELECT n, n FROM generate_series(1, 50) n",
    );
    for (row, constraint) in [("(7, -7)", "slot_id_key"), ("(-7, 7)", "slot_n_excl")] {
        let (copy, workspace) = (absent(), Workspace::new());
        die_usable(&workspace, &source, &copy, "tables: { delay_data: ['*.slot'] }");
        copy.execute(&format!("INSERT INTO slot VALUES {row}"));
        let failed = workspace.with_config("migrate").arg("--resume").run();
        failed.assert_code(5).says(&format!("reindex:public.{constraint}"));
        failed.says("change its key or delete it on the target");
        copy.execute(&format!("DELETE FROM slot WHERE (id, n) = {row}"));
        resume(&workspace);
        judge::assert_equal(&source, &copy);
        assert_eq!(copy.count("slot"), 50);
    }
}

#[test]
fn what_clients_need_stands_when_it_is_usable() {
    let script = format!(
        "{SOURCE};
         CREATE TABLE guarded (id integer PRIMARY KEY, owner text);
         ALTER TABLE guarded ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
         CREATE POLICY own ON guarded USING (owner = current_user);
         INSERT INTO guarded VALUES (1, 'nobody');
         ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;
         DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = \"we\"\"ird näme\"', current_database());
                     EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 77', current_database()); END $$"
    );
    let (source, copy, workspace) = (source_with(&script), absent(), Workspace::new());
    let rest = DELAYED.replace("'public.event'", "public.event, public.guarded");
    die_usable(&workspace, &source, &copy, &rest);
    assert_eq!(copy.value("SHOW search_path"), "\"we\"\"ird näme\"");
    assert!(copy.has("SELECT FROM pg_default_acl"));
    assert!(copy.has("SELECT FROM pg_policy"));
    let limit = |database: &Database| {
        database.value("SELECT datconnlimit FROM pg_database WHERE datname = current_database()")
    };
    assert_eq!(limit(&copy), "-1", "it would be in the run's way");
    let status = workspace.pgmigrate(["status", "--target", &copy.uri()]).run();
    status.assert_code(0).says("usable  clients can work on the database");
    resume(&workspace);
    assert_eq!((limit(&copy), copy.count("public.guarded")), ("77".to_owned(), 1));
    judge::assert_equal(&source, &copy);
}

#[test]
fn a_role_that_is_no_superuser_is_told_what_it_needs() {
    let source = source_with(
        "CREATE TABLE guarded (id integer); INSERT INTO guarded SELECT generate_series(1, 70);
         ALTER TABLE guarded ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
         CREATE POLICY nobody ON guarded USING (false)",
    );
    let copy = Database::create(&Server::main("target"));
    let (role, name) = (format!("bound_{}", copy.name), ident(&copy.name));
    copy.execute(&format!("CREATE ROLE {role} LOGIN; ALTER DATABASE {name} OWNER TO {role}"));
    let workspace = Workspace::new();
    let rest = "roles: { mode: none }\ntables: { delay_data: [public.guarded] }";
    workspace.config(&source.uri(), &copy.uri_as(&role, ""), rest);
    let refused = workspace.with_config("plan").run();
    copy.execute(&format!("ALTER ROLE {role} BYPASSRLS"));
    let denied = workspace.with_config("migrate").run();
    let rows = copy.has("SELECT FROM pg_class WHERE relname = 'guarded' AND relpages > 0");
    copy.execute(&format!("GRANT SET ON PARAMETER session_replication_role TO {role}"));
    let done = workspace.with_config("migrate").arg("--resume").run();
    let copied = copy.session().try_execute("DO $$ BEGIN ASSERT (SELECT count(*) FROM guarded) = 70; END $$");
    copy.execute(&format!(
        "ALTER DATABASE {name} OWNER TO postgres; REASSIGN OWNED BY {role} TO postgres; DROP OWNED BY {role}; \
         DROP ROLE {role}"
    ));
    refused.assert_code(4).stderr_contains("have FORCE ROW LEVEL SECURITY").stderr_contains("BYPASSRLS");
    assert_eq!((denied.status.code(), rows), (Some(5), false), "{denied}");
    denied.says("late_rows:permission").says("session_replication_role");
    done.assert_code(0);
    copied.expect("its rows are there");
}

#[test]
fn unlogged_rows_of_clients_are_not_thrown_away() {
    let (server, target) = (Server::main("crash-source"), Server::main("crash-target"));
    let _alone = target.alone();
    let script = format!(
        "{SOURCE}; CREATE UNLOGGED TABLE cache (id integer); INSERT INTO cache SELECT generate_series(1, 50)"
    );
    let (source, copy) = (Database::with(&server, &script), Database::absent(&target));
    let workspace = Workspace::new();
    die_usable(&workspace, &source, &copy, DELAYED);
    copy.execute("SET synchronous_commit = on; CREATE TABLE settled (); DROP TABLE settled; CHECKPOINT");
    target.crash();
    copy.execute("INSERT INTO cache VALUES (99)");
    let refused = workspace.with_config("migrate").arg("--resume").run();
    refused.assert_code(4).stderr_contains("public.cache has rows: clients may have put them there");
    assert_eq!(copy.count("cache"), 1);
    copy.execute("DELETE FROM cache");
    resume(&workspace);
    assert_eq!(copy.count("cache"), 50);
    assert_eq!(copied_rows(&source), copied_rows(&copy));
}

#[test]
fn each_database_of_several_has_its_late_tables() {
    let (server, target) =
        (Server::start("databases", main_version()), Server::start("databases-copy", main_version()));
    let script = "CREATE TABLE log (id integer PRIMARY KEY, text text);
         INSERT INTO log SELECT n, 'x' FROM generate_series(1, 500) n; CREATE INDEX log_text ON log (text)";
    let sources = [Database::with(&server, script), Database::absent_named(&server, "we\"ird. näme")];
    server.session().execute(&format!("CREATE DATABASE {} TEMPLATE template0", ident(&sources[1].name)));
    sources[1].execute(script);
    let copies = sources.each_ref().map(|of| Database { server: target.clone(), name: of.name.clone() });
    let workspace = Workspace::new();
    let names = sources.each_ref().map(|of| of.name.clone());
    // Of the first only: the pattern has its name, in which a dot is a part of the name.
    let late = format!("{}.public.l?g", names[1].replace('.', "\\."));
    let (from, to) = (server.uri("postgres"), target.uri("postgres"));
    let mut migrate = workspace.pgmigrate(["migrate", "--source", &from, "--target", &to, "--json-events"]);
    for name in &names {
        migrate = migrate.args(["--include-database", name]);
    }
    let ran = migrate.args(["--delay-data", &late]).run();
    ran.assert_code(0);
    let told: Vec<&str> = ran.stdout.lines().filter(|line| line.contains(r#""event":"usable""#)).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    let event: serde_json::Value = serde_json::from_str(told[0]).expect("JSON");
    assert_eq!(event["usable"]["database"], names[1].as_str());
    for (source, copy) in sources.iter().zip(&copies) {
        assert_eq!(copy.count("log"), 500);
        judge::assert_equal(source, copy);
    }
}

#[test]
fn the_command_line_says_it_too() {
    let (source, copy, workspace) = (source_with(SOURCE), absent(), Workspace::new());
    let late = r#"we"ird näme.l*"#;
    let plan = workspace.between("plan", &source, &copy).args(["--delay-data", late]).run();
    plan.assert_code(0).says("its rows come when the rest is usable");
    let dry = workspace
        .between("migrate", &source, &copy)
        .args(["--dry-run", "--delay-data", "public.nothing"])
        .run();
    dry.assert_code(0)
        .says("`tables.delay_data`: public.nothing")
        .says("no table that is carried has such a name");
    let wrong = workspace.between("migrate", &source, &copy).args(["--delay-data", "event"]).run();
    wrong.assert_code(2).stderr_contains("`--delay-data event`: must be `schema.table`");
    let migrate = || workspace.between("migrate", &source, &copy);
    let died = migrate().args(["--delay-data", late]).env("PGMIGRATE_FAILPOINT", "usable").run();
    assert_eq!(died.status.code(), None, "{died:?}");
    migrate().arg("--resume").run().assert_code(6).stderr_contains("`tables.delay_data` was `");
    let done = migrate().args(["--resume", "--delay-data", late]).run();
    done.assert_code(0);
    assert_eq!(copied_rows(&source), copied_rows(&copy));
    wait_for("the report", || workspace.read("report.json").contains("\"usable\""));
}
