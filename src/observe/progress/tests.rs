//! The counters, alone and through the attempts of a chunk.
use super::*;

pub(crate) fn step(id: &str, kind: StepKind, object: &str, estimate: u64) -> Step {
    Step { estimate, ..Step::new(kind, id, "demo", object) }
}

fn progress() -> Arc<Progress> {
    let steps = [
        step("a1", StepKind::Data, "s.a", 100),
        step("a2", StepKind::Data, "s.a", 100),
        step("b1", StepKind::Data, "s.b", 50),
        step("i", StepKind::Index, "INDEX s.i", 999),
    ];
    Progress::new(&steps, &HashSet::from([StepId("b1".to_owned())]))
}

#[test]
fn kinds_stand_at_their_rank() {
    for (i, kind) in StepKind::ALL.into_iter().enumerate() {
        assert_eq!(rank(kind), i);
    }
}

#[test]
fn a_chunk_counts_for_its_estimate_and_its_bytes_are_told_as_they_are() {
    let progress = progress();
    let table = progress.table("s.a").unwrap();
    assert_eq!(progress.table("s.b"), None, "what is done is not counted");
    let (heavy, light) = (progress.chunk(table, 100), progress.chunk(table, 100));
    heavy.add_bytes(90);
    heavy.add_bytes(90);
    light.add_bytes(10);
    let now = progress.snapshot();
    assert_eq!((now.bytes_planned, now.bytes_worked, now.bytes), (200, 110, 190));
    assert_eq!(now.tables[0].state, TableState::Copying);
    heavy.done(180, 7);
    light.add_rows(2);
    light.done(10, 3);
    let end = progress.snapshot();
    assert_eq!((end.bytes_worked, end.bytes, end.rows), (200, 190, 10));
    assert_eq!((end.tables[0].state, end.tables[0].chunks_done), (TableState::Done, 2));
    assert_eq!((end.kinds[rank(StepKind::Data)].done, end.kinds[rank(StepKind::Data)].running), (2, 0));
}

#[test]
fn what_counts_is_what_was_committed() {
    let progress = progress();
    let table = progress.table("s.a").unwrap();
    let chunk = progress.chunk(table, 100);
    // An attempt that failed, and half of the one that did not.
    for bytes in [80, 30] {
        chunk.add_bytes(bytes);
        chunk.add_rows(bytes / 10);
    }
    chunk.done(60, 6);
    let now = progress.snapshot();
    assert_eq!((now.bytes, now.rows, now.bytes_worked), (60, 6, 100));
}

#[test]
fn an_attempt_that_ends_without_success_takes_back_what_it_counted() {
    let progress = progress();
    let table = progress.table("s.a").unwrap();
    for last in [false, true] {
        let chunk = progress.chunk(table, 100);
        chunk.add_bytes(130);
        chunk.add_rows(4);
        if last {
            chunk.failed();
        } else {
            drop(chunk);
        }
        let now = progress.snapshot();
        assert_eq!((now.bytes, now.rows, now.bytes_worked), (0, 0, 0));
        let expected = if last { TableState::Failed } else { TableState::Waiting };
        assert_eq!(now.tables[0].state, expected);
    }
}

#[test]
fn steps_are_counted_by_kind() {
    let progress = progress();
    progress.step_started(StepKind::Index);
    progress.step_retried(StepKind::Index);
    progress.step_started(StepKind::Index);
    progress.step_failed(StepKind::Index);
    let index = progress.snapshot().kinds[rank(StepKind::Index)];
    assert_eq!(index, KindSnapshot { kind: StepKind::Index, total: 1, running: 0, done: 0, failed: 1 });
}
