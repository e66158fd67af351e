//! The dashboard's own rules, and its queries.
use std::collections::BTreeSet;

use pgmigrate::observe::METRICS;
use serde_json::Value;

use super::{deployed, metrics_in, prometheus::quicker};

/// Panels that every Grafana has.
const KINDS: [&str; 6] = ["stat", "gauge", "timeseries", "heatmap", "bargauge", "table"];

/// A query of a panel.
#[derive(Debug)]
pub(super) struct Query {
    /// `Bytes B`: the panel and which of its queries.
    pub(super) name: String,
    pub(super) text: String,
}

fn read() -> Value {
    serde_json::from_str(&deployed("grafana/dashboards/pgmigrate.json")).expect("JSON")
}

/// All but the rows' titles.
fn panels(dashboard: &Value) -> impl Iterator<Item = &Value> {
    dashboard["panels"].as_array().expect("panels").iter().filter(|panel| panel["type"] != "row")
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key}: {value}"))
}

/// Those of all panels and of the annotation, as they stand.
fn queries() -> Vec<Query> {
    let dashboard = read();
    let mut all: Vec<_> = panels(&dashboard)
        .flat_map(|panel| {
            let targets = panel["targets"].as_array().expect("queries").iter();
            targets.map(|target| Query {
                name: format!("{} {}", text(panel, "title"), text(target, "refId")),
                text: text(target, "expr").to_owned(),
            })
        })
        .collect();
    let annotation = &dashboard["annotations"]["list"][0];
    all.push(Query { name: text(annotation, "name").to_owned(), text: text(annotation, "expr").to_owned() });
    all
}

/// The same for all runs, with the quicker windows.
pub(super) fn asked() -> Vec<Query> {
    let all = queries().into_iter().map(|Query { name, text }| {
        let text = text.replace("$job", "pgmigrate").replace("$instance", ".*").replace("$database", ".*");
        let text = quicker(&text);
        assert!(!text.contains('$'), "another variable in {name}: {text}");
        Query { name, text }
    });
    all.collect()
}

#[test]
fn every_metric_is_on_the_dashboard() {
    let shown: BTreeSet<_> = queries().iter().flat_map(|query| metrics_in(&query.text)).collect();
    let missing: Vec<_> =
        METRICS.iter().map(|metric| metric.name).filter(|name| !shown.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_query_heeds_the_variables() {
    for Query { name, text } in queries() {
        let selectors = text.matches("job=~\"$job\",instance=~\"$instance\"").count();
        let series = metrics_in(&text).len().max(1);
        assert!(selectors >= series, "{name}: {text}");
    }
    let dashboard = read();
    let variables: Vec<_> = dashboard["templating"]["list"]
        .as_array()
        .expect("variables")
        .iter()
        .map(|v| text(v, "name"))
        .collect();
    assert_eq!(variables, ["datasource", "job", "instance", "database"]);
}

#[test]
fn every_panel_says_what_it_shows_and_has_a_place_of_its_own() {
    let dashboard = read();
    let mut ids = BTreeSet::new();
    let mut taken = BTreeSet::new();
    for panel in panels(&dashboard) {
        let title = text(panel, "title");
        assert!(ids.insert(panel["id"].as_u64()), "{title}: its id is there twice");
        assert!(KINDS.contains(&text(panel, "type")), "{title}");
        assert!(text(panel, "description").ends_with('.'), "{title}");
        assert!(!text(&panel["fieldConfig"]["defaults"], "unit").is_empty(), "{title}");
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{title}");
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|key| panel["gridPos"][key].as_u64().expect("a number"));
        assert!(x + w <= 24, "{title} is too wide");
        for place in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
            assert!(taken.insert(place), "{title} lies on another");
        }
    }
}
