//! What `migrate --json-events` prints, from the first line to the last.
use serde_json::Value;

use crate::support::{
    cli::{Outcome, Workspace},
    database::Database,
    server::Server,
};

fn events(outcome: &Outcome) -> Vec<Value> {
    outcome.stdout.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["event"].as_str()).collect()
}

#[test]
fn events_of_a_run_that_fails_and_of_one_that_ends_well() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let rows = "CREATE TABLE public.\"we\"\"ird\nname\" AS SELECT n FROM generate_series(1, 1000) n";
    let database = Database::with(&source, rows);
    let copy = Database::with(&target, rows);
    let workspace = Workspace::new();
    let migrate = || workspace.between("migrate", &database, &copy).arg("--json-events");

    let refused = migrate().run();
    let told = events(&refused);
    assert!(names(&told).iter().all(|name| *name == "status"), "{told:#?}");
    let last = &told.last().expect("a status")["status"];
    assert_eq!((&last["state"], &last["run_id"]), (&"failed".into(), &Value::Null));
    assert_eq!(Some(&last["result"]["exit_code"]), refused.status.code().map(Value::from).as_ref());
    refused.stderr_contains("these tables have rows on the target");

    let outcome = migrate().args(["--on-existing", "truncate"]).run();
    outcome.assert_code(0);
    let told = events(&outcome);
    let names = names(&told);
    assert_eq!((names.first(), names.last()), (Some(&"status"), Some(&"status")));
    let one = |name: &str| {
        assert_eq!(names.iter().filter(|other| **other == name).count(), 1, "{names:?}");
        told.iter().find(|event| event["event"] == name).map(|event| &event[name]).expect("an event")
    };
    let (plan, report) = (one("plan"), one("report"));
    let last = &told.last().expect("a status")["status"];
    assert_eq!((&last["state"], &last["copy"]["rows_done"]), (&"done".into(), &1000.into()));
    assert_eq!((&plan["run_id"], &report["run_id"]), (&last["run_id"], &last["run_id"]));
    let file: Value = serde_json::from_str(&workspace.read("report.json")).expect("JSON");
    assert_eq!(report, &file);
}
