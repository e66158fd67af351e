//! What the documents say, against the report and the servers' own counts.
use std::{collections::BTreeSet, fs};

use rustix::process::Signal;
use serde_json::Value;

use super::{HOSTILE, PASSWORD, ROWS, Slow, events, follow, get_as_localhost, number, status};
use crate::{
    metrics::scrape::{free_port, get, spawn},
    support::{cli::Workspace, database::Database, root, server::Server, wait_for},
};

#[test]
fn the_last_document_says_what_the_report_says() {
    let slow = Slow::begin(0);
    let events = events(follow(slow.port));
    slow.running.wait().assert_code(0);
    let report: Value = serde_json::from_str(&slow.workspace.read("report.json")).expect("JSON");

    let (last, documents) = events.split_last().expect("events");
    assert_eq!(last.0, "end");
    assert!(
        documents.len() >= 3 && documents.iter().all(|(name, _)| name == "status"),
        "{}",
        documents.len()
    );
    let documents: Vec<Value> =
        documents.iter().map(|(_, data)| serde_json::from_str(data).expect("JSON")).collect();
    let rows: Vec<u64> = documents
        .iter()
        .filter(|document| document["copy"].is_object())
        .map(|document| number(document, "/copy/rows_done"))
        .collect();
    assert!(rows.is_sorted() && rows.iter().any(|rows| (1..ROWS).contains(rows)), "{rows:?}");
    let slower = |document: &&Value| document["bottleneck"]["side"] == "source";
    assert!(documents.iter().any(|document| slower(&document)), "{documents:#?}");
    let named = documents.iter().flat_map(|document| document["lanes"].as_array().expect("lanes"));
    assert!(named.clone().any(|lane| lane["task"]["object"] == "public.item"), "{documents:#?}");

    let end = documents.last().expect("a document");
    assert_eq!((&end["state"], &end["result"]["exit_code"]), (&"done".into(), &0.into()));
    assert_eq!((&end["command"], &end["run_id"]), (&"migrate".into(), &report["run_id"]));
    assert_eq!(number(end, "/copy/rows_done"), ROWS);
    assert_eq!(number(end, "/copy/rows_done"), number(&report, "/totals/rows"));
    assert_eq!(number(end, "/copy/bytes_done"), number(&report, "/totals/bytes"));
    assert_eq!(number(end, "/copy/bytes_estimated_done"), number(end, "/copy/bytes_estimated"));
    assert_eq!(number(end, "/tables/done"), number(&report, "/totals/tables"));
    let steps = end["steps"].as_array().expect("steps").iter();
    assert_eq!(steps.map(|steps| number(steps, "/done")).sum::<u64>(), number(&report, "/steps/done"));
    for (lane, reported) in
        end["lanes"].as_array().expect("lanes").iter().zip(report["lanes"].as_array().expect("lanes"))
    {
        assert_eq!(number(lane, "/bytes_done"), number(reported, "/bytes"));
        assert_eq!(number(lane, "/rows_done"), number(reported, "/rows"));
        assert!(lane["task"].is_null(), "{lane:#}");
    }
    let names = |document: &Value| -> Vec<Value> {
        document["phases"].as_array().expect("phases").iter().map(|phase| phase["name"].clone()).collect()
    };
    assert_eq!(names(end), names(&report), "as many phases as there were");
    assert_eq!(names(&documents[0]), names(&report), "those to come are known before");
    for name in HOSTILE {
        let listed = end["tables"]["listed"].as_array().expect("tables");
        let quoted = format!("public.\"{}\"", name.replace('"', "\"\""));
        assert!(listed.iter().any(|table| table["name"] == *quoted), "{listed:#?}");
    }
    assert_eq!(
        (&end["source"]["server_version"], &end["target"]["address"]),
        (&report["source"]["server_version"], &report["target"]["address"])
    );
    assert!(!format!("{documents:?}").contains(PASSWORD));
    every_key_is_documented(&documents);
}

/// In `docs/reference/live.md`.
fn every_key_is_documented(documents: &[Value]) {
    let page = fs::read_to_string(root().join("docs/reference/live.md")).expect("live.md");
    let mut keys = BTreeSet::new();
    for document in documents {
        collect_keys(document, &mut keys);
    }
    assert!(keys.contains("source_wait_share") && keys.contains("bytes_per_second"), "{keys:?}");
    let missing: Vec<_> = keys.into_iter().filter(|key| !page.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn collect_keys<'v>(value: &'v Value, keys: &mut BTreeSet<&'v str>) {
    match value {
        Value::Array(values) => {
            for value in values {
                collect_keys(value, keys);
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                keys.insert(key);
                // What is below it are reasons, not fields.
                if key != "retries" {
                    collect_keys(value, keys);
                }
            }
        }
        _ => {}
    }
}

/// An index that fails on the target because of a setting there: the last message says so, and the page keeps it.
#[test]
fn a_failure_is_told_with_what_to_do() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let refuse = "CREATE TABLE item (n integer); INSERT INTO item VALUES (1);
        CREATE FUNCTION refuse(n integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
        $$BEGIN IF current_setting('test.refuse', true) = 'on' THEN RAISE 'refused'; END IF; RETURN n; END$$;
        CREATE INDEX refused ON item (refuse(n))";
    let (database, copy) = (Database::with(&source, refuse), Database::create(&target));
    let name = copy.value("SELECT current_database()");
    copy.execute(&format!("ALTER DATABASE {name} SET test.refuse = on"));
    let (workspace, port) = (Workspace::new(), free_port());
    let migrate = workspace.between("migrate", &database, &copy).args(["--metrics-linger", "600"]);
    let mut running = spawn(migrate, port);
    wait_for("the end", || status(port)["state"] != "running");
    let end = status(port);
    assert_eq!((&end["state"], &end["result"]["exit_code"]), (&"failed".into(), &5.into()), "{end:#}");
    assert!(end["result"]["hint"].as_str().is_some_and(|hint| hint.contains("--resume")), "{end:#}");
    let messages = end["messages"].as_array().expect("messages");
    let told = |message: &Value| {
        message["level"] == "ERROR" && message["text"].as_str().is_some_and(|text| text.contains("refused"))
    };
    assert!(messages.iter().any(told), "{messages:#?}");
    let stopped =
        end["phases"].as_array().expect("phases").iter().filter(|phase| phase["state"] == "stopped");
    assert_eq!(stopped.count(), 1, "{end:#}");
    running.signal(Signal::INT);
    running.wait().assert_code(5);
}

#[test]
fn verify_is_told_too() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let items = "CREATE TABLE item (n integer); INSERT INTO item SELECT generate_series(1, 1000)";
    let (database, copy) = (Database::with(&source, items), Database::with(&target, items));
    copy.execute("DELETE FROM item WHERE n = 7");
    let (workspace, port) = (Workspace::new(), free_port());
    let verify = workspace.between("verify", &database, &copy).args(["--metrics-linger", "600"]);
    let mut running = spawn(verify, port);
    wait_for("the end", || status(port)["state"] != "running");
    let end = status(port);
    assert_eq!((&end["command"], &end["state"]), (&"verify".into(), &"failed".into()), "{end:#}");
    assert_eq!(
        (&end["result"]["exit_code"], &end["verify"]["differences"]["tables"]),
        (&1.into(), &1.into())
    );
    for side in ["source", "target"] {
        let [done, all] = ["queries_done", "queries"].map(|of| number(&end, &format!("/verify/{side}/{of}")));
        assert!(done >= 1 && done == all, "{end:#}");
    }
    running.signal(Signal::INT);
    running.wait().assert_code(1);
}

/// A page of the web that got a name of its own for this machine's address.
#[test]
fn names_of_elsewhere_get_no_answer() {
    let slow = Slow::begin(0);
    for path in ["/", "/events", "/status.json"] {
        let (status, text) = get(slow.port, path).expect("an answer");
        assert_eq!(status, 421, "{text}");
    }
    assert_eq!(get_as_localhost(slow.port, "/").map(|(status, _)| status), Some(200));
    slow.running.wait().assert_code(0);
}
