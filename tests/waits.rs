//! What holds a run up is told while it lasts.
use crate::support::{cli::Workspace, database::Database, server::Server, wait_for};

/// Holds a lock on source (0) or target (1) until somebody was asked who holds it; gives what the run said.
fn held_up(side: usize, arguments: [&str; 2], lock: &str) -> (String, String) {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(&source, "CREATE TABLE t AS SELECT 1 AS a");
    let copy = Database::with(&target, "CREATE TABLE t AS SELECT 2 AS a");
    let locked = [&database, &copy][side];
    let mut holder = locked.session();
    holder.execute(lock);
    let pid = holder.value("SELECT pg_backend_pid()");
    let workspace = Workspace::new();
    let running = workspace.between("migrate", &database, &copy).args(arguments).spawn();
    let log = workspace.path("pgmigrate.log");
    wait_for("a word", || std::fs::read_to_string(&log).is_ok_and(|text| text.contains("waits for pid")));
    holder.execute("ROLLBACK");
    let outcome = running.wait();
    outcome.assert_code(0);
    (outcome.stderr, pid)
}

#[test]
fn a_lock_on_the_source_is_told() {
    let lock = "BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE";
    let (said, pid) = held_up(0, ["--on-existing", "append"], lock);
    assert!(said.contains(&format!("waits for pid {pid} of postgres")), "{said}");
}

#[test]
fn a_lock_on_the_target_is_told() {
    let lock = "BEGIN; LOCK TABLE t IN SHARE MODE";
    let (said, pid) = held_up(1, ["--on-existing", "truncate"], lock);
    assert!(said.contains(&format!("step truncate:tables waits for pid {pid} of postgres")), "{said}");
}
