//! The live page: what its documents say of real runs, who may read them, and how it looks in a browser.
mod browser;
mod events;
mod followers;
mod json_events;
mod page;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
};

use serde_json::Value;

use crate::{
    metrics::scrape::{free_port, spawn},
    support::{
        cli::{Running, Workspace},
        database::Database,
        proxy::slowing_copies,
        server::Server,
    },
};

/// Names that would be markup, if anybody took them for it.
const HOSTILE: [&str; 2] = ["<img src=x onerror=alert(1)>", "we\"ird <b>näme"];

/// A table of four chunks, two with hostile names, one that is empty.
const SOURCE: &str = r#"CREATE TABLE item (n integer PRIMARY KEY, note text);
    INSERT INTO item SELECT n, repeat('x', 100) FROM generate_series(1, 40000) n;
    CREATE INDEX item_note ON item (note);
    CREATE TABLE "<img src=x onerror=alert(1)>" (n integer REFERENCES item);
    INSERT INTO "<img src=x onerror=alert(1)>" SELECT n FROM generate_series(1, 500) n;
    CREATE TABLE "we""ird <b>näme" (n integer);
    INSERT INTO "we""ird <b>näme" SELECT n FROM generate_series(1, 300) n;
    CREATE TABLE nothing (n integer);
    ANALYZE"#;

const ROWS: u64 = 40_800;

const TUNED: &str =
    "tables: { include: [{ schema: public, name: item, chunk_column: n, chunk_size: 10000 }, { schema: public, name: \"*\" }] }
parallel: { max_jobs: 2 }";

const PASSWORD: &str = "not-for-any-page";

/// A migration whose source sends slowly: with two lanes the copy takes some five seconds.
struct Slow {
    copy: Database,
    _database: Database,
    workspace: Workspace,
    running: Running,
    port: u16,
}

impl Slow {
    fn begin(linger: u32) -> Self {
        let (source, target) = (Server::main("source"), Server::main("target"));
        let database = Database::with(&source, SOURCE);
        let copy = Database::absent(&target);
        let slow = slowing_copies(450_000, source.port);
        let (workspace, port) = (Workspace::new(), free_port());
        workspace.config(
            &database.uri_through(slow),
            &copy.uri(),
            &format!("{TUNED}\nmetrics: {{ linger: {linger} }}"),
        );
        let running = spawn(workspace.with_config("migrate").env("PGPASSWORD", PASSWORD), port);
        Self { copy, _database: database, workspace, running, port }
    }
}

/// The document now.
fn status(port: u16) -> Value {
    let (status, text) = get_as_localhost(port, "/status.json").expect("an answer");
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

fn get_as_localhost(port: u16, path: &str) -> Option<(u16, String)> {
    crate::metrics::scrape::get_from(port, path, "localhost")
}

/// Asks for the events.
fn follow(port: u16) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    // Of 1.0, so that the answer is no series of chunks.
    write!(stream, "GET /events HTTP/1.0\r\nHost: localhost\r\n\r\n").expect("a request");
    stream
}

/// Every event up to the end of the stream: its name and its data.
fn events(stream: TcpStream) -> Vec<(String, String)> {
    let (mut events, mut name) = (Vec::new(), String::new());
    // A connection that is cut ends the stream as well.
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        match line.split_once(": ") {
            Some(("event", event)) => event.clone_into(&mut name),
            Some(("data", data)) => events.push((name.clone(), data.to_owned())),
            _ => {}
        }
    }
    events
}

fn number(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or_else(|| panic!("no {pointer} in {value:#}"))
}
