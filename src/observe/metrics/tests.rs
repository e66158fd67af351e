//! What is pushed and what is read, as a scrape shows it.
use std::{collections::HashSet, time::Duration};

use super::*;
use crate::{
    config::Side,
    observe::{Attempted, test_step},
    plan::StepKind,
};

fn metrics(tables: u32) -> Arc<Metrics> {
    Metrics::new("shop", Default::default(), tables).unwrap()
}

fn series(metrics: &Metrics, start: &str) -> Vec<String> {
    let text = metrics.render();
    text.lines()
        .filter(|line| line.starts_with(start))
        .map(|line| line.replace("database=\"shop\"", ""))
        .collect()
}

#[test]
fn steps_that_shared_a_transaction_share_its_time() {
    let metrics = metrics(0);
    metrics.lane_opened(&Arc::default());
    let steps = [1, 2].map(|n| test_step(&format!("d{n}"), StepKind::Data, "s.t", 100));
    let started = Instant::now().checked_sub(Duration::from_secs(4)).unwrap();
    let done: Vec<_> = steps.iter().map(|step| (step, Attempted { started, rows: 5, bytes: 50 })).collect();
    metrics.steps_done(&done);
    let buckets = series(&metrics, "pgmigrate_chunk_duration_seconds_bucket{,le=\"2.5\"");
    assert_eq!(buckets, Vec::<String>::new(), "the label of the database comes first");
    let text = metrics.render();
    assert!(text.contains("_seconds_bucket{database=\"shop\",le=\"2.5\"} 2\n"), "{text}");
    assert!(text.contains("pgmigrate_chunk_size_bytes_sum{database=\"shop\"} 100\n"), "{text}");
    assert!(text.contains("pgmigrate_copied_rows_total{database=\"shop\"} 10\n"), "{text}");
}

#[test]
fn a_lane_is_read_when_asked_for() {
    let metrics = metrics(0);
    let counters = Arc::new(LaneCounters::default());
    metrics.lane_opened(&counters);
    counters.put(100);
    counters.put(100);
    counters.taken();
    let waiting = counters.source_wait.begin();
    let blocked = || {
        let series = series(&metrics, "pgmigrate_lane_blocked");
        series.iter().map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).collect::<Vec<_>>()
    };
    let during = blocked();
    assert!(during[0] > 0.0 && during[1] == 0.0, "{during:?}");
    drop(waiting);
    assert!(blocked()[0] >= during[0], "it never goes back");
    assert_eq!(series(&metrics, "pgmigrate_lane_queue"), ["pgmigrate_lane_queue_frames{,lane=\"1\"} 1"]);
    assert_eq!(
        series(&metrics, "pgmigrate_lane_read_bytes"),
        ["pgmigrate_lane_read_bytes_total{,lane=\"1\"} 200"]
    );
}

#[test]
fn tables_have_series_of_their_own_up_to_a_number() {
    let metrics = metrics(1);
    let steps = [
        test_step("a", StepKind::Data, "s.small", 10),
        test_step("b", StepKind::Data, r#"s."lar""ge\n""#, 1000),
    ];
    let progress = Progress::new(&steps, &HashSet::new());
    metrics.steps_begin(&progress, [].into_iter(), [(Resource::Lane, 1), (Resource::Worker, 1)], [3, 4]);
    assert_eq!(
        series(&metrics, "pgmigrate_table_estimated_bytes"),
        [r#"pgmigrate_table_estimated_bytes{,table="s.\"lar\"\"ge\\n\""} 1000"#]
    );
    assert_eq!(
        series(&metrics, "pgmigrate_copy_remaining_seconds"),
        ["pgmigrate_copy_remaining_seconds{} NaN"]
    );
}

#[test]
fn wal_is_counted_from_the_first_look() {
    let metrics = metrics(0);
    for wal in [1 << 40, (1 << 40) + 7] {
        metrics.looked(Side::Target, &Look { wal: Some(wal), ..Look::default() });
    }
    assert_eq!(series(&metrics, "pgmigrate_target_wal"), ["pgmigrate_target_wal_bytes_total{} 7"]);
}

#[test]
fn errors_and_retries_are_told_by_their_class() {
    let metrics = metrics(0);
    let error = Error::new(ErrorKind::Connection, "lost");
    metrics.retried(&error);
    metrics.step_failed(&error);
    metrics.ended(&Result::<()>::Err(Error::new(ErrorKind::StepsFailed, "1 of 2 steps")));
    metrics.ended(&Result::Ok(()));
    let told = [
        "pgmigrate_retries_total{,reason=\"connection\"} 1",
        "pgmigrate_errors_total{,class=\"connection\"} 1",
        "pgmigrate_errors_total{,class=\"steps_failed\"} 1",
        "pgmigrate_run_state{,state=\"failed\"} 1",
    ];
    for line in told {
        let (name, _) = line.split_once('{').unwrap();
        assert!(series(&metrics, name).contains(&line.to_owned()), "{line}");
    }
    assert_eq!(metrics.ready(), Err("the command has ended"));
}
