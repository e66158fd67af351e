//! The alert rules: their form, their page, and `promtool`, which plays each of them through in its own time.
use std::{collections::BTreeSet, fs, process::Command};

use serde_yaml::Value;

use super::{deployed, metrics_in, prometheus::program};
use crate::support::root;

/// All, in their order.
fn rules() -> Vec<Value> {
    let all: Value = serde_yaml::from_str(&deployed("prometheus/alerts.yml")).expect("YAML");
    all["groups"][0]["rules"].as_sequence().expect("rules").clone()
}

/// Their names.
pub(super) fn names() -> Vec<String> {
    rules().iter().map(|rule| rule["alert"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn every_alert_is_explained_and_leads_to_its_section() {
    let page = fs::read_to_string(root().join("docs/monitoring.md")).expect("docs/monitoring.md");
    let sections: BTreeSet<_> = page.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    for (rule, name) in rules().iter().zip(names()) {
        let told = &rule["annotations"];
        assert!(!metrics_in(rule["expr"].as_str().expect("a query")).is_empty(), "{name}");
        assert!(
            ["critical", "warning"].contains(&rule["labels"]["severity"].as_str().expect("a word")),
            "{name}"
        );
        assert!(told["description"].as_str().is_some_and(|text| text.ends_with('.')), "{name}");
        let section = format!("docs/monitoring.md#{}", name.to_lowercase());
        assert_eq!(told["runbook"].as_str(), Some(&*section), "{name}");
        assert!(sections.contains(&*name), "docs/monitoring.md has no section {name}");
    }
    let alerts = sections.iter().filter(|title| title.starts_with("Pgmigrate")).count();
    assert_eq!(alerts, names().len(), "a section for an alert that there is not");
}

#[test]
fn every_alert_is_played_through() {
    let tests: Value = serde_yaml::from_str(&deployed("prometheus/alerts_test.yml")).expect("YAML");
    let tests = tests["tests"].as_sequence().expect("tests").iter();
    let played: Vec<_> = tests
        .flat_map(|test| test["alert_rule_test"].as_sequence().expect("alerts"))
        .map(|one| {
            let fires = !one["exp_alerts"].as_sequence().expect("alerts").is_empty();
            (one["alertname"].as_str().expect("a name").to_owned(), fires)
        })
        .collect();
    for name in names() {
        for fires in [false, true] {
            assert!(played.contains(&(name.clone(), fires)), "{name}, firing: {fires}");
        }
    }
}

#[test]
fn promtool_is_content_with_configuration_and_rules() {
    let Some(promtool) = program("promtool") else { return };
    let dir = root().join("deploy/prometheus");
    for arguments in [
        ["check", "config", "prometheus.yml"],
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts_test.yml"],
    ] {
        let outcome = Command::new(&promtool).args(arguments).current_dir(&dir).output().expect("promtool");
        let said = [outcome.stdout, outcome.stderr].concat();
        assert!(outcome.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said));
    }
}
