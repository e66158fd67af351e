//! Documents of a run that is played.
use std::{collections::HashSet, sync::atomic::Ordering::Relaxed};

use super::*;
use crate::{
    error::{Error, ErrorKind},
    observe::{LaneCounters, Metrics, Progress, Resource, test_step},
    plan::{Step, StepId, StepKind},
};

fn steps() -> Vec<Step> {
    let data = |id: &str, table: &str| test_step(id, StepKind::Data, table, 100);
    let mut steps: Vec<Step> =
        (0..60).map(|number| data(&format!("d{number}"), &format!("s.t{number:02}"))).collect();
    steps.push(data("d0b", "s.t00"));
    steps.push(test_step("i", StepKind::Index, "INDEX s.i", 0));
    steps
}

/// A run of which the first step was done by an earlier attempt.
fn begun(steps: &[Step]) -> (Arc<Metrics>, Arc<Progress>) {
    let metrics = Metrics::new("d", Default::default(), 0).unwrap();
    metrics.introduce("migrate", ["u@a/d", "u@b/d"].map(str::to_owned));
    metrics.phase_begins("prepare");
    metrics.phase_begins("data");
    let progress = Progress::new(steps, &HashSet::from([StepId("d1".to_owned())]));
    metrics.steps_begin(&progress, steps[1..2].iter(), [(Resource::Lane, 1), (Resource::Worker, 1)], [4, 4]);
    (metrics, progress)
}

fn status(metrics: &Arc<Metrics>) -> Status {
    serde_json::from_str(&Live::new(Watched::new(Arc::clone(metrics))).made_now()).unwrap()
}

#[test]
fn a_run_that_has_begun_says_what_is_under_way() {
    let steps = steps();
    let (metrics, progress) = begun(&steps);
    let counters = Arc::new(LaneCounters::default());
    metrics.lane_opened(&counters);
    metrics.task_begins(Resource::Lane, 0, steps[5..8].iter());
    metrics.task_begins(Resource::Worker, 0, steps[61..].iter());
    metrics.retried(&Error::new(ErrorKind::Connection, "lost"));
    counters.bytes.fetch_add(7, Relaxed);
    let chunk = progress.chunk(progress.table("s.t44").unwrap(), 100);
    chunk.add_bytes(40);
    chunk.add_rows(4);
    let now = status(&metrics);

    assert_eq!((now.format, now.command.as_str(), now.state), (FORMAT, "migrate", State::Running));
    assert_eq!((now.source.address.as_str(), now.source.is_up, now.result.as_ref()), ("u@a/d", None, None));
    let phases: Vec<_> = now.phases.iter().map(|phase| (phase.name.as_str(), phase.state)).collect();
    let expected = [
        ("prepare", PhaseState::Done),
        ("data", PhaseState::Running),
        ("post-data", PhaseState::Waiting),
        ("end", PhaseState::Waiting),
    ];
    assert_eq!(phases, expected);
    let copy = now.copy.unwrap();
    assert_eq!(
        (copy.bytes_estimated, copy.bytes_estimated_done, copy.bytes_done, copy.rows_done),
        (6000, 40, 40, 4)
    );
    let task = now.lanes[0].task.as_ref().unwrap();
    assert_eq!(
        (task.step.as_str(), task.object.as_str(), task.steps, task.bytes_estimated),
        ("d5", "s.t05", 3, 300)
    );
    assert_eq!((now.lanes[0].lane, now.lanes[0].bytes_done, now.lanes[0].waits), (1, 7, None));
    assert_eq!((now.running[0].kind.as_str(), now.running[0].object.as_str()), ("INDEX", "INDEX s.i"));
    assert_eq!(now.retries["connection"], 1);
    let data = now.steps.iter().find(|steps| steps.kind == "DATA").unwrap();
    assert_eq!((data.total, data.running, data.skipped), (60, 1, 1));
}

#[test]
fn tables_are_listed_as_far_as_a_page_can_show_them() {
    let steps = steps();
    let (metrics, progress) = begun(&steps);
    let chunk = |table: &str| progress.chunk(progress.table(table).unwrap(), 100);
    chunk("s.t07").failed();
    let _copied = chunk("s.t44");
    let tables = status(&metrics).tables;
    assert_eq!((tables.total, tables.waiting, tables.copying, tables.failed, tables.done), (59, 57, 1, 1, 0));
    let names: Vec<_> = tables.listed.iter().map(|table| table.name.as_str()).collect();
    assert_eq!((names.len(), &names[..4]), (50, &["s.t44", "s.t07", "s.t00", "s.t02"][..]));
    assert_eq!((tables.listed[2].chunks, tables.listed[2].bytes_estimated), (2, 200));
}

#[test]
fn the_end_says_how_it_ended_and_stands_still() {
    let (metrics, _) = begun(&steps());
    metrics.task_begins(Resource::Worker, 0, steps()[61..].iter());
    let live = Live::new(Watched::new(Arc::clone(&metrics)));
    live.tick();
    let failed: crate::Result<()> = Err(Error::new(ErrorKind::StepsFailed, "1 of 62 steps is not done"));
    metrics.ended(&failed);
    live.tick();
    live.tick();
    let end = status(&metrics);
    assert_eq!((end.state, end.running.len(), end.history.bytes_per_second.len()), (State::Failed, 0, 0));
    assert_eq!(end.phases[1].state, PhaseState::Stopped);
    let result = end.result.clone().unwrap();
    assert_eq!((result.exit_code, result.message.as_deref()), (5, Some("1 of 62 steps is not done")));
    assert!(result.hint.is_some_and(|hint| hint.contains("--resume")));
    assert_eq!(end.copy.unwrap().remaining_seconds, None);
    metrics.ended::<()>(&Err(Error::new(ErrorKind::Io, "cannot write `report.json`")));
    assert_eq!(status(&metrics).result.unwrap().exit_code, 8, "what the caller gets to see");
    let later = status(&metrics);
    assert_eq!((end.seconds, end.phases), (later.seconds, later.phases));
}

#[test]
fn who_asks_in_a_hurry_gets_the_same() {
    let (metrics, _) = begun(&steps());
    let live = Live::new(Watched::new(metrics));
    assert!(Arc::ptr_eq(&live.document(), &live.document()));
}

/// One document a second for those who follow, and a last one at the end.
#[tokio::test]
async fn documents_are_made_for_those_who_look() {
    let (metrics, _) = begun(&steps());
    let live = Live::new(Watched::new(metrics));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let mut follower = live.follow();
    let watched = Arc::clone(&live);
    let running = tokio::spawn(async move { watched.run(async { _ = stopped.await }).await });
    follower.changed().await.unwrap();
    let first = follower.borrow_and_update().clone();
    assert!(first.document.contains("\"format\":1") && !first.is_last);
    drop(stop);
    follower.changed().await.unwrap();
    assert!(follower.borrow_and_update().is_last);
    running.await.unwrap();
}

/// Nobody follows: nothing is made but the last one.
#[tokio::test]
async fn nothing_is_made_for_nobody() {
    let (metrics, _) = begun(&steps());
    let live = Live::new(Watched::new(metrics));
    live.run(tokio::time::sleep(2 * EVERY)).await;
    let shown = live.follow().borrow().clone();
    assert!(shown.is_last && !live.history().status().bytes_per_second.is_empty());
}
