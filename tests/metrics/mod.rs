//! Metrics: the page that is made of their table, and scrapes of real runs.
pub(crate) mod scrape;
mod served;
mod truth;

use std::{fmt::Write as _, fs};

use pgmigrate::observe::{Kind, METRICS, Metric};

use crate::support::root;

fn row(metric: &Metric) -> String {
    let Metric { name, kind, labels, shown, help, .. } = metric;
    let labels: Vec<_> = labels.iter().map(|label| format!("`{label}`")).collect();
    format!("| `{name}` | {} | {} | {} | {help} |\n", kind.as_str(), labels.join(", "), shown.as_str())
}

#[test]
fn the_page_is_made_of_the_table() {
    let mut text = "# Metrics\n\nWhat `migrate` and `verify` serve with `--metrics-listen`, and what stands in `report.json` at the end. Made by a \
         test (`tests/metrics/`) from the table in `src/observe/metrics/table.rs`; `PGMIGRATE_WRITE=1` writes it anew. Every series has the label \
         `database`, the name of the source's, besides those named.\n\n\
         | name | type | labels | when | what |\n|---|---|---|---|---|\n"
        .to_owned();
    text.extend(METRICS.iter().map(row));
    text.push_str("\n## Buckets\n\n");
    for metric in METRICS {
        if let Kind::Histogram(bounds) = metric.kind {
            let bounds: Vec<_> = bounds.iter().map(ToString::to_string).collect();
            _ = writeln!(text, "- `{}`: {}", metric.name, bounds.join(", "));
        }
    }
    text.push_str(
        "\n## Questions\n\n\
         | question | query |\n|---|---|\n\
         | How fast? | `sum(rate(pgmigrate_lane_written_bytes_total[1m]))` |\n\
         | Which side is the bottleneck? | `sum by (side) (rate(pgmigrate_lane_blocked_seconds_total[1m]))`: the larger one |\n\
         | What are the servers' backends at? | `sum by (side, activity) (rate(pgmigrate_backend_samples_total[1m]))` |\n\
         | How far? | `pgmigrate_estimated_done_bytes / pgmigrate_estimated_bytes` |\n\
         | Does nothing move? | `pgmigrate_phase{phase=\"data\"} == 1 and on (instance) sum by (instance) (rate(pgmigrate_lane_written_bytes_total[5m])) == 0` |\n\
         | Did it fail? | `pgmigrate_run_state{state=\"failed\"} == 1`, `increase(pgmigrate_errors_total[10m]) > 0` |\n\
         | How long do indexes take? | `rate(pgmigrate_build_duration_seconds_sum[1h]) / rate(pgmigrate_build_duration_seconds_count[1h])` |\n",
    );
    let path = root().join("docs/reference/metrics.md");
    if std::env::var_os("PGMIGRATE_WRITE").is_some() {
        fs::write(&path, &text).expect("metrics.md");
    }
    assert!(
        fs::read_to_string(&path).is_ok_and(|there| there == text),
        "docs/reference/metrics.md is out of date"
    );
}
