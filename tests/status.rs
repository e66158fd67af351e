//! `pgmigrate status` tells what a run is at from elsewhere: before, while and after it works.
use serde_json::Value;

use crate::support::{cli::Workspace, database::Database, server::Server, wait_for};

/// An index that takes 40 ms a row to build: long enough to be seen.
const SLOW: &str = "CREATE FUNCTION slow(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS \
    $$ BEGIN PERFORM pg_catalog.pg_sleep(0.04); RETURN n; END $$; \
    CREATE TABLE t AS SELECT n FROM generate_series(1, 100) n; CREATE INDEX t_slow ON t (public.slow(n))";

fn status(workspace: &Workspace, target: &Database, more: [&str; 2]) -> Value {
    let outcome = workspace.pgmigrate(["status", "--json", "--target", &target.uri()]).args(more).run();
    outcome.assert_code(0);
    serde_json::from_str(&outcome.stdout).expect("JSON")
}

#[test]
fn a_run_from_before_its_begin_to_its_end() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy) = (Database::with(&source, SLOW), Database::absent(&target));
    let workspace = Workspace::new();
    let own = |workspace: &Workspace| status(workspace, &copy, ["--plan", "plan.tsv"]);
    assert_eq!(own(&workspace)["state"], "none");
    let migrate = || workspace.between("migrate", &database, &copy);
    let at_index = |status: &Value| {
        let sessions = status["sessions"].as_array().expect("sessions");
        sessions.iter().any(|session| session["query"].as_str().is_some_and(|sql| sql.contains("t_slow")))
    };
    let mut seen = Value::Null;
    let killed = migrate().spawn().kill_when("the index", || {
        seen = own(&workspace);
        at_index(&seen)
    });
    assert!(killed, "{seen:#}");
    assert_eq!(seen["state"], "running");
    assert_eq!((&seen["steps"]["rows"], &seen["steps"]["failed"]), (&100.into(), &Value::Array(vec![])));
    let kinds = seen["steps"]["kinds"].as_array().expect("kinds");
    let data = kinds.iter().find(|kind| kind["kind"] == "DATA").expect("the rows");
    assert_eq!((&data["done"], &data["total"]), (&1.into(), &1.into()));
    assert!(seen["steps"]["done"].as_u64() < seen["steps"]["total"].as_u64(), "{seen}");

    wait_for("the lock to be gone", || own(&workspace)["state"] == "stopped");
    // Without the plan it is not known how much there is to do.
    let elsewhere = status(&Workspace::new(), &copy, ["--plan", "elsewhere.tsv"]);
    assert_eq!((&elsewhere["steps"]["rows"], &elsewhere["steps"]["total"]), (&100.into(), &Value::Null));
    let text = workspace.pgmigrate(["status", "--target", &copy.uri()]).run();
    text.assert_code(0).says("has stopped: `migrate --resume` goes on with it").says("100 rows");

    migrate().arg("--resume").run().assert_code(0);
    assert_eq!(own(&workspace)["state"], "ended");
    assert_eq!(status(&Workspace::new(), &copy, ["--plan", "plan.tsv"])["state"], "none");
}

#[test]
fn a_schema_of_somebody_else_is_not_read() {
    let target = Server::main("target");
    let role = "DO $$ BEGIN CREATE ROLE status_other; EXCEPTION WHEN duplicate_object THEN END $$";
    let schema = "CREATE SCHEMA pgmigrate AUTHORIZATION status_other";
    let copy = Database::with(&target, &format!("{role}; {schema}"));
    let outcome = Workspace::new().pgmigrate(["status", "--target", &copy.uri()]).run();
    outcome.assert_code(4).stderr_contains("it belongs to status_other");
}
