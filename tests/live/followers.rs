//! Clients that follow the events and do not behave: the run does not notice.
use std::{fs, io::Read as _, net::TcpStream};

use super::{ROWS, Slow, events, follow, number, status};
use crate::support::wait_for;

/// More than are let in, none of which ever reads, and one that comes and goes.
#[test]
fn clients_that_never_read_and_clients_that_come_and_go_hold_nothing_up() {
    let slow = Slow::begin(0);
    wait_for("lanes at work: their threads are there", || status(slow.port)["lanes"][1]["task"].is_object());
    let pid = slow.running.pid();
    let silent: Vec<TcpStream> = (0..24).map(|_| follow(slow.port)).collect();
    let mut first = [0; 12];
    // Whoever came first is let in, but never reads on.
    (&silent[0]).read_exact(&mut first).expect("an answer");
    assert_eq!(&first, b"HTTP/1.0 200");
    let before = (threads(pid), files(pid));
    for _ in 0..200 {
        let mut hasty = follow(slow.port);
        hasty.read_exact(&mut first).expect("an answer");
    }
    let after = (threads(pid), files(pid));
    assert!(after.0 <= before.0 + 4, "{before:?} threads and files became {after:?}");
    // Workers may have connected meanwhile; a leak would be of 200.
    assert!(after.1 <= before.1 + 30, "{before:?} threads and files became {after:?}");
    slow.running.wait().assert_code(0);
    assert_eq!(slow.copy.count("item"), 40_000);
    let report = serde_json::from_str(&slow.workspace.read("report.json")).expect("JSON");
    assert_eq!(number(&report, "/totals/rows"), ROWS);
    drop(silent);
}

/// Who comes when all places are taken is sent away, and let in once one is free.
#[test]
fn places_are_bounded_and_become_free() {
    let slow = Slow::begin(600);
    let mut followers: Vec<TcpStream> = (0..16).map(|_| follow(slow.port)).collect();
    let mut answer = [0; 12];
    for follower in &mut followers {
        follower.read_exact(&mut answer).expect("an answer");
        assert_eq!(&answer, b"HTTP/1.0 200");
    }
    let mut refused = String::new();
    follow(slow.port).read_to_string(&mut refused).expect("an answer");
    assert!(refused.starts_with("HTTP/1.0 503") && refused.contains("retry-after: 5"), "{refused}");
    drop(followers);
    let mut last = None;
    wait_for("a free place", || {
        let mut follower = follow(slow.port);
        let is_in = follower.read_exact(&mut answer).is_ok() && &answer == b"HTTP/1.0 200";
        last = is_in.then_some(follower);
        is_in
    });
    let mut running = slow.running;
    running.signal(rustix::process::Signal::TERM);
    assert_eq!(events(last.expect("a follower")).last().map(|(name, _)| name.as_str()), Some("end"));
    running.wait();
}

fn threads(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/task")).expect("a process").count()
}

fn files(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).expect("a process").count()
}
