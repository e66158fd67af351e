//! `compose.yml`: whatever it refers to is there. `scripts/compose.sh` holds its form to the specification.
use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt as _};

use serde_yaml::Value;

use crate::support::{cli::Workspace, root};

fn read(path: &str) -> Value {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut all: Value = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    all.apply_merge().expect("merges");
    all
}

fn services() -> Vec<(String, Value)> {
    let all = read("compose.yml");
    let services = all["services"].as_mapping().expect("services").iter();
    services.map(|(name, service)| (name.as_str().expect("a name").to_owned(), service.clone())).collect()
}

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_sequence().into_iter().flatten();
    list.map(|text| text.as_str().expect("text").to_owned()).collect()
}

#[test]
fn what_a_service_waits_for_can_come_about() {
    let all = services();
    for (name, service) in &all {
        let awaited = service["depends_on"].as_mapping().into_iter().flatten();
        for (other, how) in awaited {
            let found = all.iter().find(|(name, _)| Some(&**name) == other.as_str());
            let (_, other) = found.unwrap_or_else(|| panic!("{name} waits for {other:?}"));
            match how["condition"].as_str().expect("a condition") {
                "service_healthy" => assert!(other["healthcheck"]["test"].is_sequence(), "{name}: {other:?}"),
                "service_completed_successfully" => assert_eq!(other["restart"], "no", "{name}: {other:?}"),
                condition => assert_eq!(condition, "service_started", "{name}"),
            }
        }
    }
}

#[test]
fn what_is_mounted_is_there() {
    let all = read("compose.yml");
    let volumes = all["volumes"].as_mapping().expect("volumes");
    for (name, service) in services() {
        for mount in texts(&service["volumes"]) {
            let source = mount.split(':').next().expect("a source");
            match source.strip_prefix("./") {
                Some(path) => assert!(root().join(path).exists(), "{name} mounts {path}"),
                None => assert!(volumes.contains_key(source), "{name} mounts {source}"),
            }
        }
    }
    let sample = fs::metadata(root().join("deploy/compose/sample.sh")).expect("sample.sh");
    assert!(sample.permissions().mode() & 0o111 != 0, "the image of the server would source it");
}

/// Prometheus asks the services that serve metrics, and Grafana asks Prometheus.
#[test]
fn the_addresses_are_those_of_services() {
    let all = services();
    let names: BTreeSet<_> = all.iter().map(|(name, _)| &**name).collect();
    let scraped =
        texts(&read("deploy/prometheus/prometheus.yml")["scrape_configs"][0]["static_configs"][0]["targets"]);
    let serving = all.iter().filter(|(_, service)| {
        texts(&service["command"]).contains(&"--metrics-listen=0.0.0.0:9187".to_owned())
    });
    assert_eq!(scraped, serving.map(|(name, _)| format!("{name}:9187")).collect::<Vec<_>>());
    let datasource = read("deploy/grafana/provisioning/datasources/prometheus.yml");
    assert_eq!(datasource["datasources"][0]["url"], "http://prometheus:9090");
    assert!(names.contains("prometheus"));
    let provider = read("deploy/grafana/provisioning/dashboards/pgmigrate.yml");
    let path = provider["providers"][0]["options"]["path"].as_str().expect("a path").to_owned();
    let (_, grafana) = all.iter().find(|(name, _)| name == "grafana").expect("Grafana");
    assert!(texts(&grafana["volumes"]).contains(&format!("./deploy/grafana/dashboards:{path}:ro")));
}

#[test]
fn only_the_loopback_reaches_it_and_no_version_is_left_open() {
    for (name, service) in services() {
        for port in texts(&service["ports"]) {
            assert!(port.starts_with("127.0.0.1:"), "{name}: {port}");
        }
        let image = service["image"].as_str().expect("an image");
        assert!(service["build"].is_mapping() || image.contains(':'), "{name}: {image}");
        assert!(!image.ends_with(":latest"), "{name}");
    }
}

/// The program takes the arguments of both services: without servers it ends because it cannot find them.
#[test]
fn the_commands_are_understood() {
    for (name, service) in services().into_iter().filter(|(_, service)| service["build"].is_mapping()) {
        let arguments = texts(&service["command"]).into_iter().map(|argument| {
            argument
                .replace("host=source ", "host=/nowhere ")
                .replace("host=target ", "host=/nowhere ")
                .replace("0.0.0.0:9187", "0")
        });
        let outcome =
            Workspace::new().pgmigrate(arguments.filter(|argument| !argument.contains("linger"))).run();
        outcome.assert_code(3);
        assert!(outcome.stderr.contains("/nowhere"), "{name}: {outcome}");
    }
}
