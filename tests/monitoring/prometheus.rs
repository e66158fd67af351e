//! A real Prometheus with the project's configuration and rules, made quicker: what is minutes there is seconds here.
use std::{
    fmt::Write as _,
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::Value;

use super::deployed;
use crate::{
    metrics::scrape::free_port,
    support::{cli::Workspace, target_dir, wait_for},
};

/// So often a target is scraped and rules are judged, and so long a scrape may take: one that takes longer resets what
/// has to hold for a while. Some 10 ms are usual, on a machine with nothing else to do.
const EVERY: &str = "500ms";

/// What Grafana puts in for `$__rate_interval`, in proportion: four scrapes and one more.
const RATE_INTERVAL: &str = "2500ms";

/// Milliseconds that stand for a minute.
const MINUTE: u32 = 1000;

/// A server; it ends with the test.
#[derive(Debug)]
pub(super) struct Prometheus {
    child: Child,
    port: u16,
    began: f64,
    workspace: Workspace,
}

/// Labels of a series, as JSON; the values over time.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) labels: Value,
    pub(super) values: Vec<f64>,
}

/// A program of Prometheus: fetched by `scripts/prometheus.sh`, or installed.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let mut dirs = vec![target_dir().join("prometheus/usr/bin")];
    dirs.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let found = dirs.into_iter().map(|dir| dir.join(name)).find(|program| program.is_file());
    if found.is_none() {
        eprintln!("skipped: no {name} here; scripts/prometheus.sh fetches it");
    }
    found
}

/// Windows and waits of a query or of rules in the proportion of [`MINUTE`].
pub(super) fn quicker(text: &str) -> String {
    let minutes = [1, 2, 5, 10, 15];
    let quick = minutes.iter().fold(text.replace("$__rate_interval", RATE_INTERVAL), |text, minutes| {
        let quick = minutes * MINUTE;
        text.replace(&format!("[{minutes}m]"), &format!("[{quick}ms]"))
            .replace(&format!("for: {minutes}m\n"), &format!("for: {quick}ms\n"))
    });
    assert!(!quick.contains("m]") && !quick.contains("h]"), "another window: {quick}");
    quick
}

impl Prometheus {
    /// Starts it with targets at these ports of this machine; `None` if it is not installed.
    pub(super) fn start(targets: &[u16]) -> Option<Self> {
        let program = program("prometheus")?;
        let workspace = Workspace::new();
        workspace.write("alerts.yml", &quicker(&deployed("prometheus/alerts.yml")));
        workspace.write("prometheus.yml", &configuration(targets));
        let port = free_port();
        let log = fs::File::create(workspace.path("prometheus.log")).expect("a log");
        let child = Command::new(program)
            .current_dir(&workspace.dir)
            .args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"])
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("Prometheus");
        let mut server = Self { child, port, began: now(), workspace };
        wait_for("Prometheus", || {
            let ended = server.child.try_wait().expect("a child").is_some();
            assert!(!ended, "it ended\n{}", server.workspace.read("prometheus.log"));
            server.get("/-/ready").is_some_and(|(status, _)| status == 200)
        });
        Some(server)
    }

    /// Status and body; HTTP 1.0, so that the body comes in one piece.
    fn get(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    }

    /// What the interface answers.
    fn api(&self, path: &str) -> Value {
        let (_, body) = self.get(&format!("/api/v1/{path}")).expect("an answer");
        let answer: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
        assert_eq!(answer["status"], "success", "{path}: {answer}");
        answer["data"].clone()
    }

    /// What a query gave from the beginning on.
    pub(super) fn ask(&self, query: &str) -> Vec<Series> {
        let (start, end) = (self.began, now());
        let data =
            self.api(&format!("query_range?start={start}&end={end}&step={EVERY}&query={}", encoded(query)));
        let series = data["result"].as_array().expect("series").iter();
        series
            .map(|series| {
                let values = series["values"].as_array().expect("values").iter();
                let number = |value: &Value| value[1].as_str().and_then(|text| text.parse().ok());
                Series { labels: series["metric"].clone(), values: values.filter_map(number).collect() }
            })
            .collect()
    }

    /// Names of alerts that have fired for a target.
    pub(super) fn fired(&self, port: u16) -> Vec<String> {
        let query = format!("ALERTS{{alertstate=\"firing\",instance=\"127.0.0.1:{port}\"}}");
        let name = |series: Series| series.labels["alertname"].as_str().expect("a name").to_owned();
        let mut names: Vec<_> = self.ask(&query).into_iter().map(name).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Waits until an alert fires for a target.
    pub(super) fn until_fired(&self, alert: &str, port: u16) {
        wait_for(alert, || {
            // Twice a second is enough.
            std::thread::sleep(std::time::Duration::from_millis(500));
            self.fired(port).iter().any(|name| name == alert)
        });
    }

    /// Rules by name, with what they complained of.
    pub(super) fn rules(&self) -> Vec<(String, String)> {
        let data = self.api("rules");
        let rules = data["groups"][0]["rules"].as_array().expect("rules").iter();
        let text = |rule: &Value, key: &str| rule[key].as_str().unwrap_or_default().to_owned();
        rules.map(|rule| (text(rule, "name"), text(rule, "lastError"))).collect()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait().map(drop)) {
            eprintln!("Prometheus stays: {error}");
        }
    }
}

/// The project's own, with these targets, and quicker.
fn configuration(targets: &[u16]) -> String {
    let mut all: serde_yaml::Value =
        serde_yaml::from_str(&deployed("prometheus/prometheus.yml")).expect("YAML");
    for key in ["scrape_interval", "scrape_timeout", "evaluation_interval"] {
        all["global"][key] = EVERY.into();
    }
    let addresses = targets.iter().map(|port| format!("127.0.0.1:{port}").into());
    all["scrape_configs"][0]["static_configs"][0]["targets"] =
        serde_yaml::Value::Sequence(addresses.collect());
    serde_yaml::to_string(&all).expect("YAML")
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs_f64()
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => all.push(byte.into()),
            _ => _ = write!(all, "%{byte:02X}"),
        }
        all
    })
}
