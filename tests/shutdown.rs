//! Asked to stop, or killed: wherever a run is, no backend of ours stays behind on either server, and `--resume` goes on.
use rustix::process::{Pid, Resource, Rlimit, Signal, prlimit};

use crate::support::{
    cli::{Running, Workspace},
    database::{Database, Session},
    server::{Server, ident, versions},
    wait_for,
};

/// `client_connection_check_interval`
const NOTICES_A_DEAD_CLIENT: u32 = 14;

/// Any of ours, whatever it does.
fn ours(database: &Database) -> String {
    format!(
        "SELECT 1 FROM pg_stat_activity WHERE datname = '{}' AND application_name LIKE 'pgmigrate%'",
        database.name
    )
}

fn waits(database: &Database) -> String {
    format!("{} AND wait_event_type = 'Lock'", ours(database))
}

/// A migration that waits for something that would never happen.
struct Stuck {
    database: Database,
    copy: Database,
    workspace: Workspace,
    /// Holds the lock that it waits for.
    holder: Option<Session>,
    arguments: [&'static str; 2],
    /// What shows that it waits, and where.
    waits: (Server, String),
}

impl Stuck {
    /// The source's table is locked: the run does not get beyond its snapshot.
    fn before_the_plan(major: u32) -> Self {
        let [database, copy] = pair(major, "CREATE TABLE t AS SELECT 1 AS a", "");
        let mut holder = database.session();
        holder.execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
        let waits = (database.server.clone(), waits(&database));
        Self { holder: Some(holder), arguments: ["--jobs", "1"], waits, ..Self::of(database, copy) }
    }

    /// The target's table is locked: TRUNCATE waits.
    fn among_definitions(major: u32) -> Self {
        Self::behind_the_target(major, ["--on-existing", "truncate"])
    }

    /// The target's table is locked: COPY waits.
    fn in_a_copy(major: u32) -> Self {
        Self::behind_the_target(major, ["--on-existing", "append"])
    }

    fn behind_the_target(major: u32, arguments: [&'static str; 2]) -> Self {
        let [database, copy] = pair(major, "CREATE TABLE t AS SELECT 1 AS a", "CREATE TABLE t (a integer)");
        let mut holder = copy.session();
        holder.execute("BEGIN; LOCK TABLE t IN SHARE MODE");
        let waits = (copy.server.clone(), waits(&copy));
        Self { holder: Some(holder), arguments, waits, ..Self::of(database, copy) }
    }

    /// An index takes hours; none of its entries looks at the client.
    fn in_a_build(major: u32) -> Self {
        let slow = "CREATE FUNCTION slow(n integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql
             AS 'BEGIN IF current_database() LIKE ''%absent%'' THEN PERFORM pg_catalog.pg_sleep(3600); END IF; RETURN n; END';
             CREATE TABLE t AS SELECT 1 AS a; CREATE INDEX ON t (slow(a))";
        let server = Server::start("source", major);
        let database = Database::with(&server, slow);
        let copy = Database::absent_named(&Server::start("target", major), "absent");
        let waits =
            (copy.server.clone(), format!("{} AND query LIKE '%CREATE INDEX t_slow_idx%'", ours(&copy)));
        Self { arguments: ["--jobs", "1"], waits, ..Self::of(database, copy) }
    }

    fn of(database: Database, copy: Database) -> Self {
        let waits = (copy.server.clone(), String::new());
        Self { database, copy, workspace: Workspace::new(), holder: None, arguments: ["", ""], waits }
    }

    fn begin(&self) -> Running {
        self.workspace.between("migrate", &self.database, &self.copy).args(self.arguments).spawn()
    }

    fn waiting(&self) -> impl FnMut() -> bool + use<> {
        let (server, query) = self.waits.clone();
        let mut session = server.session();
        move || session.exists(&query)
    }

    fn leaves_nobody(&self) {
        for database in [&self.database, &self.copy] {
            let mut session = database.server.session();
            wait_for("the end of our backends", || !session.exists(&ours(database)));
        }
    }

    /// Nobody holds it up any more.
    fn goes_on(mut self) {
        if let Some(mut holder) = self.holder.take() {
            holder.execute("ROLLBACK");
        } else {
            self.copy.execute(
                "CREATE OR REPLACE FUNCTION slow(n integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT n'",
            );
        }
        let mut again = self.workspace.between("migrate", &self.database, &self.copy).arg("--resume");
        if !self.workspace.path("plan.tsv").exists() {
            again = again.args(self.arguments);
        }
        again.run().assert_code(0);
        assert_eq!(self.database.value("SELECT count(*) FROM t"), self.copy.value("SELECT count(*) FROM t"));
    }
}

fn pair(major: u32, source: &str, target: &str) -> [Database; 2] {
    [
        Database::with(&Server::start("source", major), source),
        Database::with(&Server::start("target", major), target),
    ]
}

const STUCK: [fn(u32) -> Stuck; 4] =
    [Stuck::before_the_plan, Stuck::among_definitions, Stuck::in_a_copy, Stuck::in_a_build];

fn asked_by(signal: Signal, major: u32) {
    for stuck in STUCK {
        let stuck = stuck(major);
        stuck
            .begin()
            .signal_when(signal, stuck.waiting())
            .wait()
            .assert_code(7)
            .stderr_contains("on request");
        stuck.leaves_nobody();
        stuck.goes_on();
    }
}

#[test]
fn control_c_leaves_nobody_behind() {
    asked_by(Signal::INT, versions()[0]);
}

#[test]
fn sigterm_leaves_nobody_behind() {
    asked_by(Signal::TERM, versions()[versions().len() - 1]);
}

#[test]
fn a_closed_terminal_leaves_nobody_behind() {
    asked_by(Signal::HUP, versions()[0]);
}

#[test]
fn a_kill_leaves_nobody_behind() {
    let Some(major) = versions().into_iter().find(|major| *major >= NOTICES_A_DEAD_CLIENT) else {
        eprintln!("skipped: no server notices that its client is gone");
        return;
    };
    for stuck in STUCK {
        let stuck = stuck(major);
        assert!(stuck.begin().kill_when("it to wait", stuck.waiting()));
        stuck.leaves_nobody();
        stuck.goes_on();
    }
}

#[test]
fn the_end_waits_for_who_reads_the_journal_and_stops_on_request() {
    let mut stuck = Stuck::in_a_copy(versions()[0]);
    let running = stuck.begin();
    wait_for("the copy", stuck.waiting());
    let mut reader = stuck.copy.session();
    reader.execute("BEGIN; SELECT count(*) FROM pgmigrate.step");
    stuck.holder.take().expect("who holds the copy up").execute("ROLLBACK");
    let log = stuck.workspace.path("pgmigrate.log");
    let told = || {
        std::fs::read_to_string(&log).is_ok_and(|text| text.contains("dropping the journal waits for pid"))
    };
    running.signal_when(Signal::TERM, told).wait().assert_code(7).stderr_contains("on request");
    stuck.leaves_nobody();
    stuck.holder = Some(reader);
    stuck.goes_on();
}

#[test]
fn a_disk_of_ours_that_is_full_leaves_nobody_behind() {
    let slow = "CREATE FUNCTION slow(n integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql
         AS 'BEGIN IF current_database() LIKE ''%absent%'' THEN PERFORM pg_catalog.pg_sleep(3600); END IF; RETURN n; END';
         CREATE FUNCTION held(n integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql
         AS 'BEGIN PERFORM pg_catalog.pg_advisory_xact_lock_shared(1); RETURN n; END';
         CREATE TABLE t AS SELECT 1 AS a; CREATE INDEX t_slow ON t (slow(a));
         -- Too large to share a transaction with the other.
         CREATE TABLE u AS SELECT n AS a, repeat('u', 300) AS b FROM generate_series(1, 3000) n;
         CREATE INDEX t_held ON u (held(a))";
    let database = Database::with(&Server::start("source", versions()[0]), slow);
    let copy = Database::absent_named(&Server::start("target", versions()[0]), "absent");
    // The database is there already, so that its lock can be held.
    copy.server.session().execute(&format!("CREATE DATABASE {}", ident(&copy.name)));
    let mut holder = copy.session();
    holder.execute("SELECT pg_advisory_lock(1)");
    let workspace = Workspace::new();
    // A write beyond the limit is an error then, and does not end the program.
    let line = format!(
        "trap '' XFSZ; exec \"$PGMIGRATE\" migrate --source '{}' --target '{}' --jobs 1 --index-jobs 2",
        database.uri(),
        copy.uri()
    );
    let mut running = workspace.shell(&line).spawn();
    let mut session = copy.server.session();
    let builds = |what: &str| format!("{} AND query LIKE '%CREATE INDEX t_{what}%'", ours(&copy));
    wait_for("both builds", || {
        running.ended() || session.exists(&builds("slow")) && session.exists(&builds("held"))
    });
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let pid = Pid::from_raw(i32::try_from(running.pid()).expect("a pid"));
    prlimit(pid, Resource::Fsize, none).expect("a limit for a child");
    holder.execute("SELECT pg_advisory_unlock(1)");
    running.wait().assert_code(8);
    wait_for("the end of our backends", || !session.exists(&ours(&copy)));
}

#[test]
fn verify_stops_on_request() {
    let [database, copy] =
        pair(versions()[0], "CREATE TABLE t AS SELECT 1 AS a", "CREATE TABLE t AS SELECT 1 AS a");
    let mut holder = copy.session();
    holder.execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
    let (mut session, query) = (copy.server.session(), waits(&copy));
    let running = Workspace::new().between("verify", &database, &copy).spawn();
    running.signal_when(Signal::TERM, || session.exists(&query)).wait().assert_code(7);
    wait_for("the end of our backends", || !session.exists(&ours(&copy)));
}
