//! The listener, with sockets of this machine.
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Instant,
};

use super::*;
use crate::{error::Result as OurResult, observe::Metrics};

fn listener() -> (Listener, Arc<Metrics>) {
    let metrics = Metrics::new("d", Default::default(), 0).unwrap();
    (Listener::start("127.0.0.1:0", Watched::new(Arc::clone(&metrics))).unwrap(), metrics)
}

fn get(listener: &Listener, path: &str) -> String {
    let mut stream = TcpStream::connect(listener.address()).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn each_path_has_its_answer() {
    let (listener, metrics) = listener();
    let scrape = get(&listener, "/metrics");
    assert!(scrape.starts_with("HTTP/1.1 200 OK"), "{scrape}");
    assert!(scrape.contains("content-type: text/plain; version=0.0.4; charset=utf-8"), "{scrape}");
    assert!(scrape.contains("pgmigrate_run_state{database=\"d\",state=\"running\"} 1"), "{scrape}");
    assert!(get(&listener, "/healthz").ends_with("\r\n\r\nok\n"));
    assert!(get(&listener, "/readyz").starts_with("HTTP/1.1 200 OK"));
    assert!(get(&listener, "/etc/passwd").starts_with("HTTP/1.1 404 Not Found"));
    metrics.ended(&OurResult::Ok(()));
    let ready = get(&listener, "/readyz");
    assert!(ready.starts_with("HTTP/1.1 503 Service Unavailable"), "{ready}");
    assert!(ready.ends_with("the command has ended\n"), "{ready}");
    assert!(get(&listener, "/healthz").starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn the_page_lets_a_browser_run_nothing_but_its_own() {
    let (listener, _) = listener();
    let page = get(&listener, "/");
    let (head, html) = page.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK") && html.starts_with("<!doctype html>"), "{head}");
    for header in [
        "content-security-policy: default-src 'none'; script-src 'sha256-",
        "content-type: text/html; charset=utf-8",
        "x-content-type-options: nosniff",
        "cache-control: no-store",
        "cross-origin-resource-policy: same-origin",
    ] {
        assert!(head.contains(header), "{header} is not in {head}");
    }
    assert!(!head.contains("unsafe") && !head.contains("access-control"), "{head}");
    let status = get(&listener, "/status.json");
    assert!(status.contains("content-type: application/json") && status.contains("\"format\":1"), "{status}");
}

#[test]
fn a_port_in_use_is_told() {
    let (listener, metrics) = listener();
    let error = Listener::start(&listener.address().to_string(), Watched::new(metrics)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.own_hint().is_some_and(|hint| hint.contains("another port")), "{error:?}");
}

/// More of them than are served at a time, and none says a whole word.
#[test]
fn clients_that_hang_do_not_hold_up_the_end() {
    let (listener, _) = listener();
    let clients: Vec<_> = (0..guarded::CONNECTIONS + 8)
        .map(|_| {
            let mut stream = TcpStream::connect(listener.address()).unwrap();
            stream.write_all(b"GET /met").unwrap();
            stream
        })
        .collect();
    let began = Instant::now();
    drop(listener);
    assert!(began.elapsed() < guarded::PATIENCE / 2);
    drop(clients);
}
