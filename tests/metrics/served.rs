//! The listener beside a run: what cannot be served, failures, `verify`, and clients that mean no good.
use std::{
    io::Write as _,
    net::{TcpListener, TcpStream},
};

use pgmigrate::observe::{METRICS, Shown};
use rustix::process::Signal;
use serde_json::Value;

use super::scrape::{Scrape, free_port, get, spawn};
use crate::support::{cli::Workspace, database::Database, server::Server};

const ITEMS: &str = "CREATE TABLE item (n integer PRIMARY KEY, note text);
    INSERT INTO item SELECT n, repeat('x', 100) FROM generate_series(1, 20000) n";

/// It can be built where the source's database is, not where `test.refuse` is set.
const REFUSED_INDEX: &str = "CREATE FUNCTION accepts(n integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS
    $$ BEGIN IF current_setting('test.refuse', true) = 'on' THEN RAISE '% is refused', n; END IF; RETURN n; END $$;
    CREATE INDEX item_accepted ON item (accepts(n))";

fn databases() -> (Database, Database) {
    let (source, target) = (Server::main("source"), Server::main("target"));
    (Database::with(&source, ITEMS), Database::absent(&target))
}

#[test]
fn a_port_in_use_is_told_before_anything_is_done() {
    let (database, copy) = databases();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    for command in ["migrate", "verify"] {
        let workspace = Workspace::new();
        let outcome = workspace.between(command, &database, &copy).args(["--metrics-listen", &address]).run();
        outcome.assert_code(2).stderr_contains("another program listens there");
        assert_eq!(workspace.files(), Vec::<String>::new(), "{outcome}");
    }
    assert!(!copy.exists());
}

#[test]
fn an_address_for_all_is_taken_and_told_to_be_open() {
    let (database, copy) = databases();
    let workspace = Workspace::new();
    let migrate = workspace.between("migrate", &database, &copy).args(["--metrics-listen", "0.0.0.0:0"]);
    migrate.run().assert_code(0).stderr_contains("no TLS, no password");
}

#[test]
fn a_step_that_fails_is_seen() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(&source, ITEMS);
    database.execute(REFUSED_INDEX);
    let copy = Database::create(&target);
    let name = copy.value("SELECT current_database()");
    copy.execute(&format!("ALTER DATABASE {name} SET test.refuse = on"));
    let (workspace, port) = (Workspace::new(), free_port());
    let migrate = workspace.between("migrate", &database, &copy);
    let mut running = spawn(migrate.args(["--metrics-linger", "600"]), port);
    let end = Scrape::until(port, "the failure", |scrape| {
        scrape.is("pgmigrate_run_state", "state=\"failed\"", 1.0)
    });
    for (name, label) in [("errors_total", "class=\"server\""), ("errors_total", "class=\"steps_failed\"")] {
        assert!(end.is(&format!("pgmigrate_{name}"), label, 1.0), "{}", end.text);
    }
    assert!(end.is("pgmigrate_steps", "kind=\"index\",state=\"failed\"", 1.0), "{}", end.text);
    assert!(end.is("pgmigrate_copied_rows_total", "", 20_000.0), "{}", end.text);
    assert_eq!(get(port, "/readyz").map(|(status, _)| status), Some(503));
    running.signal(Signal::TERM);
    running.wait().assert_code(5).stderr_contains("metrics are served for another 600 s");
}

#[test]
fn verify_tells_how_far_it_is_and_what_differs() {
    let (database, copy) = databases();
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &copy).run().assert_code(0);
    for (change, code, differences) in [("SELECT 1", 0, 0.0), ("DELETE FROM item WHERE n = 7", 1, 1.0)] {
        copy.execute(change);
        let port = free_port();
        let verify = workspace.between("verify", &database, &copy).args(["--metrics-linger", "600"]);
        let mut running = spawn(verify, port);
        let end = Scrape::until(port, "the end", |scrape| {
            scrape.is("pgmigrate_run_state", "state=\"running\"", 0.0)
        });
        let wanted = METRICS.iter().filter(|metric| [Shown::Always, Shown::Verify].contains(&metric.shown));
        let wanted: Vec<_> = wanted.map(|metric| metric.name).collect();
        assert_eq!(end.families().into_iter().collect::<Vec<_>>(), sorted(wanted), "{}", end.text);
        assert!(end.is("pgmigrate_verify_differences", "check=\"tables\"", differences), "{}", end.text);
        for side in ["side=\"source\"", "side=\"target\""] {
            let [all, done] = ["pgmigrate_verify_queries", "pgmigrate_verify_queries_done_total"]
                .map(|name| end.sum(name, &[side]));
            assert!(all >= 1.0 && (all - done).abs() < f64::EPSILON, "{}", end.text);
        }
        running.signal(Signal::INT);
        running.wait().assert_code(code);
    }
}

fn sorted(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names
}

/// More clients than are served at a time, none of which says a whole word, or reads what it asked for.
#[test]
fn clients_that_hang_hold_nothing_up() {
    let (database, copy) = databases();
    let (workspace, port) = (Workspace::new(), free_port());
    let running = spawn(workspace.between("migrate", &database, &copy), port);
    let clients: Vec<_> = (0..40)
        .map_while(|number| {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
            let asked = if number % 2 == 0 { "GET /met" } else { "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" };
            stream.write_all(asked.as_bytes()).ok()?;
            Some(stream)
        })
        .collect();
    running.wait().assert_code(0);
    drop(clients);
    assert_eq!(copy.count("item"), 20_000);
    let report: Value = serde_json::from_str(&workspace.read("report.json")).expect("JSON");
    assert_eq!(report["outcome"], "done");
}
