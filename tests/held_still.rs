//! What empties or rewrites a table of the source is not seen by a snapshot: the tables are held still.
use crate::support::{cli::Workspace, database::Database, server::Server, wait_for};

/// `one` is not small: it is read first, and alone.
const TWO: &str = "CREATE TABLE one AS SELECT n AS a FROM generate_series(1, 20000) n; CREATE TABLE two AS SELECT n AS a FROM generate_series(1, 9) n";

const WAITING: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

#[test]
fn who_is_at_truncate_is_waited_for() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy) = (Database::with(&source, TWO), Database::absent(&target));
    let mut other = database.session();
    other.execute("BEGIN; TRUNCATE two; INSERT INTO two SELECT n FROM generate_series(1, 5) n");
    let workspace = Workspace::new();
    let running = workspace.between("migrate", &database, &copy).spawn();
    wait_for("the lock is waited for", || database.value(WAITING) == "1");
    other.execute("COMMIT");
    running.wait().assert_code(0);
    assert_eq!(copy.count("two"), 5);
}

/// Ends the session that holds the source's tables while the first of them is written; `meanwhile` happens before the second
/// is read.
fn let_loose(meanwhile: &str) -> (Database, Database, Workspace, crate::support::cli::Outcome) {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy) = (Database::with(&source, TWO), Database::with(&target, TWO));
    copy.execute("TRUNCATE one, two");
    let mut holder = copy.session();
    holder.execute("BEGIN; LOCK TABLE one IN SHARE MODE");
    let workspace = Workspace::new();
    workspace.config(&database.uri(), &copy.uri(), "parallel: { max_jobs: 1 }");
    let running = workspace.with_config("migrate").args(["--on-existing", "append"]).spawn();
    wait_for("the first table is written", || copy.value(WAITING) == "1");
    let of_two = "FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE datname = current_database() AND relation = 'two'::regclass";
    let ended = database.value(&format!("SELECT count(pg_terminate_backend(pid)) {of_two}"));
    assert_eq!(ended, "1", "one session holds what is not read yet");
    if !meanwhile.is_empty() {
        database.execute(meanwhile);
    }
    holder.execute("ROLLBACK");
    let outcome = running.wait();
    (database, copy, workspace, outcome)
}

#[test]
fn tables_that_nobody_touched_meanwhile_are_whole() {
    let (database, copy, _workspace, outcome) = let_loose("");
    outcome.assert_code(0);
    assert_eq!(database.fingerprint(), copy.fingerprint());
}

#[test]
fn tables_that_were_truncated_meanwhile_are_named() {
    let (_database, _copy, _workspace, outcome) = let_loose("TRUNCATE two; INSERT INTO two VALUES (10)");
    outcome
        .assert_code(5)
        .stderr_contains("truncated or rewritten meanwhile: public.two")
        .stderr_contains("--consistent");
}
