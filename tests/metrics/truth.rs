//! What a scrape says while a run lasts and when it has ended, against the servers' own figures and the report.
use std::{
    collections::BTreeSet,
    io::Write as _,
    process::{Command, Stdio},
};

use pgmigrate::observe::{METRICS, Shown};
use rustix::process::Signal;
use serde_json::Value;

use super::scrape::{Scrape, free_port, get, spawn};
use crate::{
    monitoring::prometheus,
    support::{
        cli::{Running, Workspace},
        database::{Database, Session},
        server::Server,
        wait_for,
    },
};

/// A table of three chunks and one with a name that labels have to escape, an index and a foreign key.
const SOURCE: &str = r#"CREATE TABLE item (n integer PRIMARY KEY, note text);
    INSERT INTO item SELECT n, repeat('x', 100) FROM generate_series(1, 30000) n;
    CREATE INDEX item_note ON item (note);
    CREATE TABLE "a ""b"" \ c" (n integer REFERENCES item);
    INSERT INTO "a ""b"" \ c" SELECT n FROM generate_series(1, 500) n;
    ANALYZE"#;

const TUNED: &str =
    "tables: { include: [{ schema: public, name: item, chunk_column: n, chunk_size: 10000 }] }
parallel: { max_jobs: 2 }
metrics: { linger: 600, tables: 1 }";

const PASSWORD: &str = "not-for-any-metric";

/// A migration that waits for a lock on the target's table.
struct Held {
    database: Database,
    copy: Database,
    holder: Session,
    workspace: Workspace,
    running: Running,
    port: u16,
}

impl Held {
    fn begin() -> Self {
        let (source, target) = (Server::main("source"), Server::main("target"));
        let database = Database::with(&source, SOURCE);
        let copy = Database::with(&target, "CREATE TABLE item (n integer PRIMARY KEY, note text)");
        let mut holder = copy.session();
        // It lets read, but not write.
        holder.execute("BEGIN; LOCK TABLE item IN SHARE MODE");
        let (workspace, port) = (Workspace::new(), free_port());
        workspace.config(&database.uri(), &copy.uri(), TUNED);
        let migrate = workspace.with_config("migrate").args(["--on-existing", "append"]);
        let running = spawn(migrate.env("PGPASSWORD", PASSWORD), port);
        Self { database, copy, holder, workspace, running, port }
    }

    /// Lets it go on, and gives the last scrape once it has ended.
    fn end(&mut self) -> Scrape {
        self.holder.execute("ROLLBACK");
        Scrape::until(self.port, "the end of the run", |scrape| {
            scrape.is("pgmigrate_run_state", "state=\"running\"", 0.0)
        })
    }
}

#[test]
fn a_scrape_tells_what_goes_on_and_how_it_ended() {
    let mut held = Held::begin();
    let port = held.port;
    let during = Scrape::until(port, "lanes that wait for the lock, and a look at both servers", |scrape| {
        let seen = ["connections", "snapshot_age", "target_wal"].map(|name| format!("pgmigrate_{name}"));
        scrape.is("pgmigrate_at_work", "resource=\"lane\"", 2.0)
            && scrape.is("pgmigrate_steps", "kind=\"data\",state=\"running\"", 2.0)
            && seen
                .iter()
                .all(|name| scrape.families().iter().any(|family| family.starts_with(name.as_str())))
            && ["side=\"source\"", "side=\"target\""].iter().all(|side| {
                // Both lanes, the session of snapshot or journal, the sampler.
                scrape.is("pgmigrate_server_up", side, 1.0)
                    && scrape.sum("pgmigrate_connections", &[side]) >= 4.0
            })
    });
    assert_eq!(get(port, "/readyz"), Some((200, "ready\n".to_owned())));
    assert!(during.is("pgmigrate_phase", "phase=\"data\"", 1.0), "{}", during.text);
    assert!(during.is("pgmigrate_run_state", "state=\"running\"", 1.0), "{}", during.text);
    for side in ["side=\"source\"", "side=\"target\""] {
        let [held, budget] = ["connections", "connections_budget"]
            .map(|name| during.sum(&format!("pgmigrate_{name}"), &[side]));
        assert!(held <= budget, "{side}: {held} of {budget}\n{}", during.text);
    }
    assert!(during.sum("pgmigrate_snapshot_age_seconds", &[]) > 0.0, "{}", during.text);

    let end = held.end();
    assert!(end.is("pgmigrate_run_state", "state=\"done\"", 1.0), "{}", end.text);
    assert_eq!(get(port, "/readyz"), Some((503, "the command has ended\n".to_owned())));
    counts_are_those_of_the_servers(&held, &end);
    wait_for("the report", || !held.workspace.read("report.json").is_empty());
    let end = Scrape::of(port);
    let report: Value = serde_json::from_str(&held.workspace.read("report.json")).expect("JSON");
    counts_are_those_of_the_report(&report, &end);
    all_are_there(&end);
    labels_are_bounded(&end);
    the_checker_of_prometheus_is_content(&end);

    held.running.signal(Signal::INT);
    let outcome = held.running.wait();
    outcome.assert_code(0).stderr_contains(&format!("metrics http://127.0.0.1:{port}/metrics"));
    assert_eq!(get(port, "/healthz"), None);
}

fn counts_are_those_of_the_servers(held: &Held, end: &Scrape) {
    let count = |database: &Database| {
        let rows = "SELECT (SELECT count(*) FROM item) + (SELECT count(*) FROM \"a \"\"b\"\" \\ c\")";
        database.value(rows).parse::<f64>().expect("a number")
    };
    assert_same(end.sum("pgmigrate_copied_rows_total", &[]), count(&held.copy));
    assert_same(end.sum("pgmigrate_lane_read_rows_total", &[]), count(&held.database));
    assert_same(end.sum("pgmigrate_table_rows", &[]), 30_000.0);
    for name in ["pgmigrate_estimated_bytes", "pgmigrate_estimated_done_bytes"] {
        assert_same(end.sum(name, &[]), end.sum("pgmigrate_estimated_bytes", &[]));
    }
    let bytes = end.sum("pgmigrate_copied_bytes_total", &[]);
    for name in ["lane_read_bytes_total", "lane_written_bytes_total", "chunk_size_bytes_sum"] {
        assert_same(end.sum(&format!("pgmigrate_{name}"), &[]), bytes);
    }
    for name in ["lane_queue_frames", "at_work", "copy_remaining_seconds", "retries_total", "errors_total"] {
        assert_same(end.sum(&format!("pgmigrate_{name}"), &[]), 0.0);
    }
    assert!(end.sum("pgmigrate_lane_frames_total", &[]) >= 3.0, "{}", end.text);
}

fn counts_are_those_of_the_report(report: &Value, end: &Scrape) {
    let number = |path: &str| report.pointer(path).and_then(Value::as_f64).expect("a number");
    assert_same(end.sum("pgmigrate_copied_rows_total", &[]), number("/totals/rows"));
    assert_same(end.sum("pgmigrate_copied_bytes_total", &[]), number("/totals/bytes"));
    assert_same(end.sum("pgmigrate_steps", &["state=\"done\""]), number("/steps/done"));
    let chunks = report["tables"].as_array().expect("tables").iter().map(|table| &table["chunks"]);
    let chunks: f64 = chunks.filter_map(Value::as_f64).sum();
    assert_same(end.sum("pgmigrate_chunk_size_bytes_count", &[]), chunks);
    for (number, lane) in report["lanes"].as_array().expect("lanes").iter().enumerate() {
        let label = format!("lane=\"{}\"", number + 1);
        for (key, name) in [("bytes", "lane_written_bytes_total"), ("rows", "lane_read_rows_total")] {
            let counted = end.sum(&format!("pgmigrate_{name}"), &[&label]);
            assert_same(counted, lane[key].as_f64().expect("a number"));
        }
    }
    let dump = report["metrics"].as_object().expect("metrics");
    assert_eq!(dump.keys().collect::<BTreeSet<_>>(), end.values.keys().collect::<BTreeSet<_>>());
    for (series, value) in dump {
        // Nothing but the program's own processor time and memory goes on.
        if !series.starts_with("pgmigrate_cpu_seconds") && !series.starts_with("pgmigrate_resident_memory") {
            let now = value.as_f64().expect("a number");
            let scraped = end.values[series];
            // The parser of JSON may miss the last bit.
            let last_bit = scraped.abs().max(1.0) * 2.0 * f64::EPSILON;
            assert!((now - scraped).abs() <= last_bit, "{series} was {now}\n{}", end.text);
        }
    }
}

#[track_caller]
fn assert_same(one: f64, other: f64) {
    assert!((one - other).abs() < f64::EPSILON, "{one} is not {other}");
}

fn all_are_there(end: &Scrape) {
    let there = end.families();
    let wanted = METRICS.iter().filter(|metric| metric.shown != Shown::Verify);
    let missing: Vec<_> = wanted.map(|metric| metric.name).filter(|name| !there.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}\n{}", end.text);
}

fn labels_are_bounded(end: &Scrape) {
    assert!(!end.text.contains(PASSWORD));
    let known = [
        "activity", "class", "database", "kind", "lane", "le", "phase", "reason", "resource", "side",
        "state", "table", "version",
    ];
    for (name, value) in end.labels() {
        assert!(known.contains(&&*name), "{name}={value}");
        let is_word = value.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '-');
        match &*name {
            "lane" => assert!(["1", "2"].contains(&&*value), "{value}"),
            "table" => assert_eq!(value, "public.item", "the largest alone"),
            "le" | "version" | "database" => {}
            _ => assert!(is_word, "{name}={value}"),
        }
    }
}

fn the_checker_of_prometheus_is_content(end: &Scrape) {
    let Some(program) = prometheus::program("promtool") else { return };
    let mut command = Command::new(program);
    command.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut checker = command.spawn().expect("promtool");
    checker.stdin.take().expect("a pipe").write_all(end.text.as_bytes()).expect("text");
    let outcome = checker.wait_with_output().expect("its end");
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stdout));
}

/// The largest tables alone are named by default: none.
#[test]
fn tables_are_not_named_unless_asked_for() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy) = (Database::with(&source, SOURCE), Database::absent(&target));
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &copy).run().assert_code(0);
    let report: Value = serde_json::from_str(&workspace.read("report.json")).expect("JSON");
    let dump = report["metrics"].as_object().expect("metrics");
    assert!(dump.keys().any(|series| series.starts_with("pgmigrate_copied_rows_total")));
    assert!(!dump.keys().any(|series| series.contains("table=")), "{report:#}");
    workspace
        .between("migrate", &database, &Database::absent(&target))
        .args(["--metrics-tables", "9"])
        .run()
        .assert_code(0);
    let report = workspace.read("report.json");
    let name: Value = serde_json::from_str(&report).expect("JSON");
    let series = format!(
        "pgmigrate_table_rows{{database=\"{}\",table=\"public.\\\"a \\\"\\\"b\\\"\\\" \\\\ c\\\"\"}}",
        database.value("SELECT current_database()")
    );
    assert_eq!(name["metrics"][&series], 500, "{report}");
}
