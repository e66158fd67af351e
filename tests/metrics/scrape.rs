//! A scraper: asks, and reads the text format as strictly as it is written down.
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
};

use pgmigrate::observe::{Kind, METRICS};

use crate::support::{
    cli::{Invocation, Running},
    wait_for,
};

/// What a scrape gave.
#[derive(Debug)]
pub(crate) struct Scrape {
    pub(crate) text: String,
    /// By series, as written: its value.
    pub(crate) values: BTreeMap<String, f64>,
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

/// Status and body of what is answered; `None` if nobody listens or the connection ends early.
pub(crate) fn get(port: u16, path: &str) -> Option<(u16, String)> {
    get_from(port, path, "x")
}

/// The same, from a host by its name.
pub(crate) fn get_from(port: u16, path: &str, host: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}

/// Starts a command that serves its metrics on a port, and waits until it does.
pub(crate) fn spawn(invocation: Invocation, port: u16) -> Running {
    let mut running = invocation.args(["--metrics-listen", &port.to_string()]).spawn();
    wait_for("the listener", || running.ended() || get(port, "/healthz").is_some());
    running
}

impl Scrape {
    /// Asks once.
    pub(crate) fn of(port: u16) -> Self {
        let (status, text) = get(port, "/metrics").expect("an answer");
        assert_eq!(status, 200, "{text}");
        Self::parse(text)
    }

    /// Asks until it is as wished.
    pub(crate) fn until(port: u16, what: &str, mut wished: impl FnMut(&Self) -> bool) -> Self {
        let mut last = None;
        wait_for(what, || {
            let scrape = last.insert(Self::of(port));
            let is_wished = wished(scrape);
            let has_failed = scrape.is("pgmigrate_run_state", "state=\"failed\"", 1.0);
            assert!(is_wished || !has_failed, "it failed before {what}\n{}", scrape.text);
            is_wished
        });
        last.expect("a scrape")
    }

    /// Reads the text; it must be whole and in form.
    pub(crate) fn parse(text: String) -> Self {
        let mut values = BTreeMap::new();
        let mut types: BTreeMap<&str, &str> = BTreeMap::new();
        let mut helped: BTreeSet<&str> = BTreeSet::new();
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                assert!(helped.insert(help.split(' ').next().expect("a name")), "told twice: {line}");
            } else if let Some(told) = line.strip_prefix("# TYPE ") {
                let (name, kind) = told.split_once(' ').expect("a name and a type");
                assert!(helped.contains(name), "HELP comes before TYPE: {line}");
                assert!(types.insert(name, kind).is_none(), "told twice: {line}");
            } else {
                let (series, value) = line.rsplit_once(' ').expect("a series and a value");
                let family = family(series);
                assert!(types.contains_key(family), "TYPE comes before: {line}");
                let value = value.parse().unwrap_or_else(|_| panic!("no number: {line}"));
                assert!(values.insert(series.to_owned(), value).is_none(), "twice: {line}");
            }
        }
        for metric in METRICS {
            if let Some(kind) = types.get(metric.name) {
                assert_eq!(*kind, metric.kind.as_str(), "{}", metric.name);
            }
        }
        Self { text, values }
    }

    /// The names of the families that have a series.
    pub(crate) fn families(&self) -> BTreeSet<&str> {
        self.values.keys().map(|series| family(series)).collect()
    }

    /// The sum of all series of a name with these labels (`lane="1"`).
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        let fits = |series: &str| {
            series.split('{').next() == Some(name) && labels.iter().all(|label| series.contains(label))
        };
        let found: Vec<f64> =
            self.values.iter().filter(|(series, _)| fits(series)).map(|(_, value)| *value).collect();
        assert!(!found.is_empty(), "no series {name} with {labels:?}\n{}", self.text);
        found.iter().sum()
    }

    /// Whether it has such a series, and this is its value.
    pub(crate) fn is(&self, name: &str, label: &str, value: f64) -> bool {
        let mut series = self.values.iter();
        series.any(|(series, now)| {
            series.split('{').next() == Some(name)
                && series.contains(label)
                && (now - value).abs() < f64::EPSILON
        })
    }

    /// Every name and value of a label.
    pub(crate) fn labels(&self) -> BTreeSet<(String, String)> {
        self.values.keys().flat_map(|series| labels(series)).collect()
    }
}

/// The name without what a histogram adds to it.
fn family(series: &str) -> &str {
    let name = series.split('{').next().unwrap_or_default();
    let parts = ["_bucket", "_sum", "_count"];
    let bare = parts.iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name);
    let is_histogram =
        METRICS.iter().any(|metric| metric.name == bare && matches!(metric.kind, Kind::Histogram(_)));
    if is_histogram { bare } else { name }
}

/// `{a="b",c="d"}`, with `\\`, `\"` and `\n` in the values.
fn labels(series: &str) -> Vec<(String, String)> {
    let (mut labels, mut rest) = (Vec::new(), series.split_once('{').map_or("", |(_, rest)| rest));
    while let Some((name, value)) = rest.split_once("=\"") {
        let mut text = String::new();
        let mut characters = value.char_indices();
        let end = loop {
            match characters.next().expect("the end of a value") {
                (at, '"') => break at + 1,
                (_, '\\') => match characters.next().expect("what is escaped").1 {
                    'n' => text.push('\n'),
                    other @ ('\\' | '"') => text.push(other),
                    other => panic!("`\\{other}` in {series}"),
                },
                (_, other) => text.push(other),
            }
        };
        labels.push((name.trim_start_matches(',').to_owned(), text));
        rest = &value[end..];
    }
    labels
}

#[test]
fn labels_are_read_with_what_is_escaped_in_them() {
    let series = r#"x{a="b",c="d \"e\" \\n\n, f=\"g\""} 1"#;
    let expected = [("a", "b"), ("c", "d \"e\" \\n\n, f=\"g\"")];
    assert_eq!(labels(series), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}
