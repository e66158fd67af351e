//! `report.json`: where the time of a run went, by phase and by lane.
use serde_json::Value;

use crate::support::{
    cli::{Outcome, Running, Workspace},
    database::{Database, Session},
    server::Server,
    wait_for,
};

fn servers() -> (Server, Server) {
    (Server::main("source"), Server::main("target"))
}

fn report(workspace: &Workspace) -> Value {
    serde_json::from_str(&workspace.read("report.json")).expect("JSON")
}

fn phase<'r>(report: &'r Value, name: &str) -> &'r Value {
    let phases = report["phases"].as_array().expect("phases");
    phases.iter().find(|phase| phase["name"] == name).unwrap_or_else(|| panic!("no phase {name}: {report:#}"))
}

/// Of source and target.
fn round_trips(phase: &Value) -> [u64; 2] {
    ["source", "target"].map(|side| phase["round_trips"][side].as_u64().expect("a number"))
}

const ITEMS: &str = "CREATE TABLE item (n integer PRIMARY KEY, note text);
    INSERT INTO item SELECT n, repeat('x', 100) FROM generate_series(1, 20000) n";

#[test]
fn the_report_tells_of_every_phase_and_lane() {
    let (source, target) = servers();
    let database = Database::with(&source, ITEMS);
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    let outcome = workspace.between("migrate", &database, &copy).args(["--jobs", "1"]).run();
    outcome.assert_code(0);
    let report = report(&workspace);

    let names: Vec<_> = report["phases"].as_array().expect("phases").iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["preflight", "catalog", "plan", "prepare", "pre-data", "data", "post-data", "end"]);
    let asked = names.iter().map(|name| round_trips(phase(&report, name.as_str().expect("a name"))));
    let asked: Vec<[bool; 2]> = asked.map(|trips| trips.map(|number| number > 0)).collect();
    assert_eq!(
        asked,
        [
            [false, true],  // preflight: whether the target is there
            [true, true],   // catalog
            [false, false], // plan
            [true, true],   // prepare: free connections of both
            [false, true],  // pre-data
            [true, true],   // data
            [false, true],  // post-data
            [false, true],  // end
        ],
        "{report:#}"
    );
    if cfg!(target_os = "linux") {
        assert!(phase(&report, "data")["client_cpu_seconds"].is_f64(), "{report:#}");
    }

    let lanes = report["lanes"].as_array().expect("lanes");
    assert_eq!(lanes.len(), 1);
    assert!(lanes[0]["busy_seconds"].as_f64() > Some(0.0), "{report:#}");
    assert_eq!(lanes[0]["rows"], 20_000);
    assert_eq!(lanes[0]["bytes"], report["totals"]["bytes"]);
    outcome.says("bound by").says("  lanes   1, busy ");
}

/// What a table costs in round trips.
#[test]
fn definitions_cost_round_trips_by_batch() {
    let (source, target) = servers();
    let tables = |count: u32| {
        let sql: Vec<_> = (0..count).map(|n| format!("CREATE TABLE t{n} (n integer)")).collect();
        let (database, copy) = (Database::with(&source, &sql.join(";")), Database::absent(&target));
        let workspace = Workspace::new();
        workspace.between("migrate", &database, &copy).run().assert_code(0);
        let report = report(&workspace);
        ["catalog", "pre-data"].map(|name| round_trips(phase(&report, name)).iter().sum::<u64>())
    };
    let (few, many) = (tables(2), tables(42));
    // A query that waits for another's answer counts only if the session was idle by then: one for each such kind.
    assert!(few[0].abs_diff(many[0]) <= 4, "the catalog is read table by table: {few:?}, {many:?}");
    assert!(many[1] <= few[1] + 2, "tables are created one by one: {few:?}, {many:?}");
}

/// Until the sampler has looked twice at the target since now: what it saw first is in the report then.
fn wait_for_samples(copy: &Database) {
    let mut session = copy.session();
    let begin = session.value("SELECT clock_timestamp()");
    let query = |since: &str| {
        format!(
            "SELECT query_start FROM pg_stat_activity WHERE datname = current_database() \
             AND application_name = 'pgmigrate' AND query LIKE '%wait_event_type%' AND query_start > '{since}'"
        )
    };
    let mut look = |since: &str| {
        let mut start = String::new();
        wait_for("a sample", || {
            let rows = session.rows(&query(since));
            start = rows.into_iter().flatten().flatten().next().unwrap_or_default();
            !start.is_empty()
        });
        start
    };
    let first = look(&begin);
    look(&first);
}

/// A migration by one lane into a table that is locked.
struct Locked {
    _database: Database,
    copy: Database,
    holder: Session,
    workspace: Workspace,
    running: Running,
}

impl Locked {
    /// Begins, and waits until the lane waits.
    fn begin() -> Self {
        let (source, target) = servers();
        let database = Database::with(&source, ITEMS);
        let copy = Database::with(&target, "CREATE TABLE item (n integer PRIMARY KEY, note text)");
        let mut holder = copy.session();
        // It lets read, but not write.
        holder.execute("BEGIN; LOCK TABLE item IN SHARE MODE");
        let workspace = Workspace::new();
        let begin = workspace.between("migrate", &database, &copy);
        let mut running = begin.args(["--on-existing", "append"]).args(["--jobs", "1"]).spawn();
        let mut eyes = copy.session();
        let waits = "SELECT 1 FROM pg_locks WHERE relation = 'item'::regclass AND NOT granted";
        wait_for("a lane that waits for the lock", || running.ended() || eyes.exists(waits));
        assert!(!running.ended(), "{}", running.wait());
        Self { _database: database, copy, holder, workspace, running }
    }

    /// Lets the lane go on; it must come to its end.
    fn end(mut self) -> (Outcome, Value) {
        self.holder.execute("ROLLBACK");
        let outcome = self.running.wait();
        outcome.assert_code(0);
        assert_eq!(self.copy.count("item"), 20_000);
        (outcome, report(&self.workspace))
    }
}

#[test]
fn a_lock_on_the_target_is_seen_and_named() {
    let locked = Locked::begin();
    // Four samples are enough for a verdict.
    for _ in 0..4 {
        wait_for_samples(&locked.copy);
    }
    let (outcome, report) = locked.end();
    let data = phase(&report, "data");
    assert!(data["samples"]["target"].as_u64() >= Some(4), "{data:#}");
    assert!(data["target"]["lock"].as_f64() > Some(0.0), "{data:#}");
    assert_eq!(data["waits"]["target"][0]["event"], "Lock/relation", "{data:#}");
    assert_eq!(data["bound_by"]["what"], "target_locks", "{data:#}");
    outcome.says("target locks");
}

#[test]
fn a_run_goes_on_without_samples() {
    let locked = Locked::begin();
    wait_for_samples(&locked.copy);
    let end_it = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
                  AND query LIKE '%wait_event_type%' AND pid <> pg_backend_pid()";
    locked.copy.execute(end_it);
    let log = || locked.workspace.read("pgmigrate.log");
    wait_for("the sampler's end", || log().contains("no samples until a session can be opened"));
    // It is opened anew.
    wait_for_samples(&locked.copy);
    locked.end();
}
