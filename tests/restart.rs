//! A server crashes under a run: what it had committed and lost is copied again, and nothing twice.
use crate::support::{
    cli::{Outcome, Workspace},
    database::Database,
    judge,
    lock::Lock,
    server::Server,
    wait_for,
};

const SOURCE: &str = "
    CREATE TABLE item (id integer PRIMARY KEY, text text);
    INSERT INTO item SELECT n, repeat(md5(n::text), 10) FROM generate_series(1, 30000) n;
    CREATE INDEX ON item (text);
    CREATE UNLOGGED TABLE cache (id integer PRIMARY KEY, text text);
    INSERT INTO cache SELECT n, repeat(md5(n::text), 10) FROM generate_series(1, 30000) n;
    CREATE MATERIALIZED VIEW total AS SELECT count(*), sum(id) FROM cache;
    CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER swallow BEFORE INSERT ON cache FOR EACH ROW EXECUTE PROCEDURE swallow();
    CREATE SEQUENCE counter START 77; SELECT nextval('counter');
    ANALYZE";

struct Restart {
    database: Database,
    copy: Database,
    workspace: Workspace,
    _alone: Lock,
}

impl Restart {
    /// Many small chunks, on servers that no other test uses.
    fn prepare() -> Self {
        let (source, target) = (Server::main("crash-source"), Server::main("crash-target"));
        let alone = target.alone();
        let (database, copy, workspace) =
            (Database::with(&source, SOURCE), Database::absent(&target), Workspace::new());
        // A crash must not take the rows of the source.
        database.execute("SET synchronous_commit = on; CREATE TABLE last (); CHECKPOINT");
        let rest = "parallel: { max_jobs: 2 }
tables:
  include:
    - { schema: public, name: item, chunk_column: id, chunk_size: 300 }
    - { schema: public, name: cache, chunk_column: id, chunk_size: 300 }
    - { schema: public, name: last }";
        workspace.config(&database.uri(), &copy.uri(), rest);
        Self { database, copy, workspace, _alone: alone }
    }

    /// Lets a server crash when so many steps are done, and waits for the end of the run.
    fn crash(&self, server: &Server, steps: usize) -> Outcome {
        let mut running = self.workspace.with_config("migrate").spawn();
        wait_for("steps", || running.ended() || self.workspace.steps_done() >= steps);
        assert!(!running.ended(), "it ended before");
        server.crash();
        running.wait()
    }

    fn resumes(&self) {
        self.workspace.with_config("migrate").arg("--resume").run().assert_code(0);
        self.must_be_whole();
    }

    fn must_be_whole(&self) {
        assert_eq!(self.database.fingerprint(), self.copy.fingerprint());
        assert!(!self.copy.has("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmigrate'"));
        judge::assert_equal(&self.database, &self.copy);
        self.workspace.with_config("verify").run().assert_code(0);
    }
}

#[test]
fn the_target_crashes_among_chunks() {
    for steps in [20, 100, 160] {
        let restart = Restart::prepare();
        let outcome = restart.crash(&restart.copy.server, steps);
        // Unlogged rows are gone at least: exit 0 would be a lie.
        outcome.assert_code(5);
        restart.resumes();
    }
}

#[test]
fn the_target_crashes_while_no_run_is_under_way() {
    let restart = Restart::prepare();
    let running = restart.workspace.with_config("migrate").spawn();
    assert!(running.kill_when("steps", || restart.workspace.steps_done() >= 150));
    restart.copy.server.crash();
    restart.resumes();
}

#[test]
fn the_source_crashes_among_chunks() {
    for steps in [20, 100] {
        let restart = Restart::prepare();
        // The source's own unlogged table is emptied too: that is what there is to copy then.
        restart.database.execute("ALTER TABLE cache SET LOGGED; CHECKPOINT");
        let outcome = restart.crash(&restart.database.server, steps);
        outcome.assert_code(5).stderr_contains("the snapshot is gone").says("--resume");
        restart.resumes();
    }
}

/// Unlogged tables that need each other, of which the larger one, which is filled first, would miss the other's rows; and partitions
/// through whose root the rows go, as the hash of an enum differs from database to database.
const TIED: &str = "
    CREATE UNLOGGED TABLE parent (id integer PRIMARY KEY);
    INSERT INTO parent SELECT generate_series(1, 10);
    CREATE UNLOGGED TABLE \"the child ON it\" (id integer PRIMARY KEY, parent integer, above integer, pad text);
    INSERT INTO \"the child ON it\" SELECT n, n % 10 + 1, 20001 - n, repeat(md5(n::text), 30) FROM generate_series(1, 20000) n;
    ALTER TABLE \"the child ON it\" ADD CONSTRAINT \"a key ON it\" FOREIGN KEY (parent) REFERENCES parent;
    ALTER TABLE \"the child ON it\" ADD FOREIGN KEY (above) REFERENCES \"the child ON it\" DEFERRABLE INITIALLY DEFERRED;
    COMMENT ON CONSTRAINT \"a key ON it\" ON \"the child ON it\" IS 'kept';
    CREATE TYPE shade AS ENUM ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    CREATE TABLE hashed (shade shade, n integer) PARTITION BY HASH (shade);
    CREATE UNLOGGED TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 0);
    CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 1);
    CREATE TABLE hashed_2 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 2);
    INSERT INTO hashed SELECT ('{a,b,c,d,e,f,g,h}'::shade[])[n % 8 + 1], n FROM generate_series(1, 4000) n;
    ALTER TABLE hashed ADD FOREIGN KEY (n) REFERENCES item;
    CREATE EVENT TRIGGER @ ON sql_drop EXECUTE PROCEDURE forbid();
    ANALYZE";

/// An event trigger that stands would forbid that the resume drops anything.
const FORBID: &str = "CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''nothing is dropped here''; END';";

#[test]
fn unlogged_tables_with_foreign_keys_are_filled_by_one_resume() {
    let (source, target) = (Server::main("crash-source"), Server::main("crash-target"));
    let _alone = target.alone();
    let database = Database::with(&source, SOURCE);
    database.execute(&format!("{FORBID} {}", TIED.replace('@', "forbid")));
    let (copy, workspace) = (Database::absent(&target), Workspace::new());
    let rest = "parallel: { max_jobs: 2 }
tables: { mode: all, include: [ { schema: public, name: the child ON it, chunk_column: id, chunk_size: 500 } ] }";
    workspace.config(&database.uri(), &copy.uri(), rest);
    // Every step is done, and the journal still there.
    let died = workspace.with_config("migrate").env("PGMIGRATE_FAILPOINT", "run_ended").run();
    assert!(died.status.code().is_none(), "{died}");
    target.crash();
    assert_eq!((copy.count("parent"), copy.count("hashed_0")), (0, 0));
    workspace.with_config("migrate").arg("--resume").run().assert_code(0);
    assert_eq!(copy.count("hashed"), 4000);
    judge::assert_equal(&database, &copy);
    workspace.with_config("verify").run().assert_code(0);
    for end in [&database, &copy] {
        end.execute("DROP EVENT TRIGGER forbid");
    }
}

#[test]
fn the_target_crashes_while_the_journal_is_dropped() {
    let restart = Restart::prepare();
    let mut running = restart.workspace.with_config("migrate").spawn();
    wait_for("steps", || running.ended() || restart.workspace.steps_done() >= 20);
    // The journal cannot be dropped while somebody reads it.
    let mut reader = restart.copy.session();
    reader.execute("BEGIN; SELECT count(*) FROM pgmigrate.step");
    let drops = format!(
        "SELECT 1 FROM pg_stat_activity WHERE datname = '{}' AND wait_event_type = 'Lock' AND query LIKE '%DROP TABLE%'",
        restart.copy.name
    );
    let mut session = restart.copy.server.session();
    wait_for("the end", || running.ended() || session.exists(&drops));
    restart.copy.server.crash();
    running.wait().assert_code(5).stderr_contains("the target crashed");
    restart.resumes();
}
