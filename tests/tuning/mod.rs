//! A target whose server is tuned for the load: whatever becomes of the run, its settings end as they were, in
//! `postgresql.auto.conf` and in `pg_settings`.
mod cleanup;
mod deaths;
mod others;
mod rights;
mod whole_server;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{
    cli::{Invocation, Workspace},
    database::{Database, Row, Session},
    lock::Lock,
    server::{Server, main_version, versions},
    wait_for,
};

const SOURCE: &str = "CREATE TABLE item (id integer PRIMARY KEY, text text);
    INSERT INTO item SELECT n, md5(n::text) FROM generate_series(1, 3000) n; CREATE INDEX ON item (text); ANALYZE";

/// Takes a run so long, in which somebody can look.
fn slow(milliseconds: u32) -> String {
    format!(
        "CREATE FUNCTION slow(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
             IF pg_catalog.current_setting('application_name') LIKE 'pgmigrate%' THEN
                 PERFORM pg_catalog.pg_sleep({milliseconds} / 100000.0);
             END IF;
             RETURN n;
         END $$;
         CREATE TABLE item AS SELECT n AS id FROM generate_series(1, 100) n;
         CREATE INDEX ON item (public.slow(id))"
    )
}

/// All that `server` may change, as it is in the files and as it works.
const STATE: &str = "SELECT 'file', name, setting FROM pg_file_settings WHERE sourcefile LIKE '%postgresql.auto.conf'
    UNION ALL SELECT 'works', name, setting FROM pg_settings
     WHERE name IN ('max_wal_size', 'checkpoint_timeout', 'autovacuum', 'full_page_writes', 'fsync', 'work_mem')
    UNION ALL SELECT 'schema', nspname::text, '' FROM pg_namespace WHERE nspname LIKE 'pgmigrate%' ORDER BY 1, 2";

/// A server of its own, since what is changed is every test's; some settings stand in its file, some do not.
struct Tuning {
    database: Database,
    copy: Database,
    workspace: Workspace,
    before: Vec<Row>,
    _alone: Lock,
}

impl Tuning {
    fn prepare(major: u32, source: &str) -> Self {
        let server = Server::start("tuned-target", major);
        let alone = server.alone();
        let mut session = server.session();
        // What a test that was killed has left.
        session.execute("DROP SCHEMA IF EXISTS pgmigrate_undo CASCADE");
        session.execute("ALTER SYSTEM RESET ALL");
        for setting in ["full_page_writes = 'true'", "max_wal_size = '1500MB'", "autovacuum = on"] {
            session.execute(&format!("ALTER SYSTEM SET {setting}"));
        }
        reload(&mut session);
        let before = session.rows(STATE);
        assert!(before.iter().any(|row| row[2].as_deref() == Some("1500MB")), "{before:?}");
        // No target may be older.
        let database = Database::with(&Server::start("source", major.min(main_version())), source);
        let copy = Database::absent(&server);
        Self { database, copy, workspace: Workspace::new(), before, _alone: alone }
    }

    fn new(source: &str) -> Self {
        Self::prepare(main_version(), source)
    }

    /// On a server that does not do without `fsync` anyway, as those of the tests do.
    fn with_fsync(mut self) -> Self {
        let mut session = self.copy.server.session();
        session.execute("ALTER SYSTEM SET fsync = 'on'");
        reload(&mut session);
        self.before = session.rows(STATE);
        self
    }

    fn migrate(&self) -> Invocation {
        let between = self.workspace.between("migrate", &self.database, &self.copy);
        between.args(["--tune-target", "server"])
    }

    fn plan(&self) -> Invocation {
        self.workspace.between("plan", &self.database, &self.copy).args(["--tune-target", "server"])
    }

    fn cleanup(&self) -> Invocation {
        self.workspace.pgmigrate(["cleanup", "--target", &self.copy.uri()])
    }

    /// Another target database of the same server, and nothing of the runs before.
    fn anew(&mut self) {
        self.copy = Database::absent(&self.copy.server.clone());
        self.workspace = Workspace::new();
    }

    fn state(&self) -> Vec<Row> {
        self.copy.server.session().rows(STATE)
    }

    fn works(&self, name: &str) -> String {
        self.copy.server.session().value(&format!("SELECT current_setting('{name}')"))
    }

    fn must_be_as_before(&self, when: &str) {
        assert_eq!(self.before, self.state(), "{when}");
    }

    fn must_be_equal(&self) {
        assert_eq!(self.database.fingerprint(), self.copy.fingerprint());
    }
}

/// Waits until the session has seen it.
fn reload(session: &mut Session) {
    let read_at = "SELECT pg_conf_load_time()";
    let before = session.value(read_at);
    session.execute("SELECT pg_reload_conf()");
    wait_for("the reload", || session.value(read_at) != before);
}

#[test]
fn every_version_is_tuned_and_put_back() {
    for major in versions().into_iter().filter(|major| *major >= main_version().min(13)) {
        let tuning = Tuning::prepare(major, SOURCE).with_fsync();
        let outcome = tuning.migrate().arg("--unsafe-fsync-off").run();
        outcome
            .assert_code(0)
            .says("the target's server is tuned: max_wal_size = 8192MB, checkpoint_timeout = 1800s");
        outcome.says("fsync = off").says("destroys every database").says("all is written to disk");
        let report: Value = serde_json::from_str(&tuning.workspace.read("report.json")).expect("JSON");
        let one = &report["tuning"]["settings"][0];
        assert_eq!((&one["name"], &one["before"]), (&"max_wal_size".into(), &"1500MB".into()), "{report:#}");
        assert_eq!((&one["during"], &one["put_back"]), (&"8192MB".into(), &true.into()), "{report:#}");
        tuning.must_be_as_before(&format!("PostgreSQL {major}"));
        tuning.workspace.between("verify", &tuning.database, &tuning.copy).run().assert_code(0);
    }
}

#[test]
fn what_a_run_says_and_status_tells_is_what_the_server_does() {
    let tuning = Tuning::new(&slow(2000)).with_fsync();
    let mut running = tuning.migrate().spawn();
    wait_for("the tuning", || running.ended() || tuning.works("autovacuum") == "off");
    assert_eq!(
        ["max_wal_size", "checkpoint_timeout", "full_page_writes", "fsync"].map(|name| tuning.works(name)),
        ["8GB", "30min", "off", "on"]
    );
    let status = tuning.workspace.pgmigrate(["status", "--json", "--target", &tuning.copy.uri()]).run();
    let status: Value = serde_json::from_str(&status.stdout).expect("JSON");
    assert_eq!(status["tuned"].as_array().map(Vec::len), Some(4), "{status:#}");
    // It is at work: nothing is taken from under it.
    tuning.cleanup().run().assert_code(0).says("another run works with them");
    assert_eq!(tuning.works("autovacuum"), "off");
    running.wait().assert_code(0);
    tuning.must_be_as_before("the end");
    tuning.cleanup().run().assert_code(0).says("nothing to put back");
}

#[test]
fn a_dry_run_says_it_and_changes_nothing() {
    let tuning = Tuning::new(SOURCE);
    for outcome in [tuning.migrate().arg("--dry-run").run(), tuning.plan().run()] {
        outcome
            .assert_code(0)
            .says("max_wal_size")
            .says("1500MB")
            .says("8192MB")
            .says("may damage databases");
    }
    let plan = tuning.plan().arg("--json").run();
    let plan: Value = serde_json::from_str(&plan.stdout).expect("JSON");
    assert_eq!(plan["tuning"]["changes"][0]["before"], "1500MB", "{plan:#}");
    tuning.must_be_as_before("a dry run");
}

#[test]
fn a_run_that_is_stopped_puts_back() {
    let tuning = Tuning::new(&slow(2000)).with_fsync();
    let running = tuning.migrate().arg("--unsafe-fsync-off").spawn();
    let outcome = running.signal_when(Signal::INT, || tuning.works("fsync") == "off").wait();
    outcome.assert_code(7).says("are put back");
    tuning.must_be_as_before("Ctrl-C");
}

#[test]
fn a_run_that_fails_puts_back() {
    // An index that can be built where autovacuum is on.
    let source = "CREATE FUNCTION picky(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
            IF pg_catalog.current_setting('autovacuum') = 'off' THEN RAISE 'no'; END IF; RETURN n; END $$;
        CREATE TABLE item AS SELECT 1 AS id; CREATE INDEX ON item (public.picky(id))";
    let tuning = Tuning::new(source);
    tuning.migrate().run().assert_code(5).says("is tuned").says("are put back");
    tuning.must_be_as_before("a failure");
}

#[test]
fn what_somebody_else_changes_meanwhile_stays() {
    let tuning = Tuning::new(&slow(2000));
    let mut running = tuning.migrate().spawn();
    wait_for("the tuning", || running.ended() || tuning.works("autovacuum") == "off");
    tuning.copy.server.session().execute("ALTER SYSTEM SET max_wal_size = '3GB'");
    let outcome = running.wait();
    outcome.assert_code(0).says("not put back: max_wal_size: somebody else has set it to 3GB meanwhile");
    let mut session = tuning.copy.server.session();
    assert_eq!(session.value("SELECT current_setting('max_wal_size')"), "3GB");
    session.execute("ALTER SYSTEM SET max_wal_size = '1500MB'");
    reload(&mut session);
    tuning.must_be_as_before("the rest");
}

#[test]
fn the_last_of_two_runs_puts_back() {
    let tuning = Tuning::new(&slow(2000));
    let (other, elsewhere) = (Database::absent(&tuning.copy.server), Workspace::new());
    let mut first = tuning.migrate().spawn();
    wait_for("the tuning", || first.ended() || tuning.works("autovacuum") == "off");
    let mut second =
        elsewhere.between("migrate", &tuning.database, &other).args(["--tune-target", "server"]).spawn();
    first.wait().assert_code(0).says("another run works with them");
    assert!(second.ended() || tuning.works("autovacuum") == "off");
    second.wait().assert_code(0).says("are put back");
    tuning.must_be_as_before("two runs");
}

/// Definitions that can be made only where a session has what the server has.
#[test]
fn sessions_can_be_left_as_the_server_has_them() {
    let picky = "CREATE FUNCTION picky(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
            IF pg_catalog.current_setting('application_name') LIKE 'pgmigrate%'
               AND (pg_catalog.current_setting('synchronous_commit') <> 'local'
                    OR pg_catalog.current_setting('maintenance_work_mem') <> '7MB') THEN RAISE 'tuned'; END IF;
            RETURN n;
        END $$;
        CREATE TABLE item AS SELECT 1 AS id; CREATE INDEX ON item (public.picky(id))";
    let mut tuning = Tuning::new(picky);
    let mut session = tuning.copy.server.session();
    session.execute("ALTER SYSTEM SET synchronous_commit = 'local'");
    session.execute("ALTER SYSTEM SET maintenance_work_mem = '7MB'");
    reload(&mut session);
    for (level, code) in [("off", 0), ("session", 5)] {
        let between = tuning.workspace.between("migrate", &tuning.database, &tuning.copy);
        between.args(["--tune-target", level]).run().assert_code(code);
        tuning.anew();
    }
}

#[test]
fn further_settings_of_the_user_are_put_back_too() {
    let tuning = Tuning::new(SOURCE);
    let rest = "target_tuning: { level: server, settings: { work_mem: 77MB, max_wal_size: 2GB, shared_buffers: 300MB, no_such: one } }";
    tuning.workspace.config(&tuning.database.uri(), &tuning.copy.uri(), rest);
    let outcome = tuning.workspace.with_config("migrate").run();
    outcome.assert_code(0).says("max_wal_size = 2GB").says("work_mem = 77MB");
    outcome.says("not tuned: no_such: the server has no such setting").says("only a restart of the server");
    tuning.must_be_as_before("further settings");
}
