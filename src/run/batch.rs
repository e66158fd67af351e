//! What a lane is given next: a large chunk alone, or small tables together. Pure.
use std::collections::HashSet;

use super::dag::Dag;
use crate::plan::{Step, StepKind};

/// A step up to this size shares a transaction: alone it would spend more time on its round trips (four of a chunk) and
/// its commit (about 1 ms near by, more over a network) than on its rows (256 kB take less than 1 ms).
pub(super) const SMALL: u64 = 256 << 10;

/// Steps of a shared transaction. At 50 a step's share of the round trips is below a tenth, and a step that fails makes
/// no more than 49 others begin again.
const MOST: usize = 50;

/// Bytes of a shared transaction: some 20 ms of work, so that at the end no lane has much more to do than another.
const BYTES: u64 = 4 << 20;

/// Takes what one of `idle` lanes is to copy; empty if nothing is ready. Largest first; of small tables each idle lane
/// gets its share.
pub(super) fn take(dag: &mut Dag, steps: &[Step], idle: usize) -> Vec<usize> {
    let Some(first) = dag.take(|at| steps[at].kind == StepKind::Data) else { return Vec::new() };
    if !is_small(&steps[first]) {
        return vec![first];
    }
    let (count, total) = dag
        .ready()
        .filter(|at| is_small(&steps[*at]))
        .fold((1_usize, steps[first].estimate), |(count, total), at| (count + 1, total + steps[at].estimate));
    let idle = idle.max(1);
    let share = count.div_ceil(idle).min(MOST);
    let mut room = total.div_ceil(idle as u64).min(BYTES).saturating_sub(steps[first].estimate);
    let mut objects = HashSet::from([steps[first].object.as_str()]);
    let rest = dag.take_many(share - 1, |at| {
        let step = &steps[at];
        let fits = is_small(step) && step.estimate <= room && objects.insert(&step.object);
        if fits {
            room -= step.estimate;
        }
        fits
    });
    std::iter::once(first).chain(rest).collect()
}

/// Whether a step can share a transaction: small, and nothing but a COPY, through a partitioned table with its lock (others
/// empty their table first, and would hold it for all).
fn is_small(step: &Step) -> bool {
    let copies = ["COPY ", "LOCK TABLE "].iter().any(|begin| step.sql.starts_with(begin));
    step.kind == StepKind::Data && step.estimate <= SMALL && copies
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(object: &str, estimate: u64, sql: &str) -> Step {
        Step {
            estimate,
            sql: sql.to_owned(),
            ..Step::new(StepKind::Data, format!("data:{object}:{estimate}"), "d", object)
        }
    }

    fn small(count: u64, estimate: u64) -> Vec<Step> {
        (0..count).map(|number| step(&format!("t{number}"), estimate, "COPY t FROM STDIN")).collect()
    }

    fn sizes(steps: &[Step], idle: usize) -> Vec<usize> {
        let mut dag = Dag::new(steps, &HashSet::new());
        let batches = std::iter::from_fn(|| {
            let batch = take(&mut dag, steps, idle);
            (!batch.is_empty()).then_some(batch)
        });
        batches.map(|batch| batch.len()).collect()
    }

    #[test]
    fn hundreds_of_tables_are_a_few_batches() {
        assert_eq!(sizes(&small(800, 8192), 1), [MOST; 16]);
        assert_eq!(sizes(&small(60, 0), 1), [50, 10]);
    }

    #[test]
    fn each_idle_lane_has_its_share() {
        let mut dag = Dag::new(&small(40, 100), &HashSet::new());
        let steps = small(40, 100);
        assert_eq!([4, 3, 2, 1].map(|idle| take(&mut dag, &steps, idle).len()), [10; 4]);
    }

    #[test]
    fn a_batch_is_bounded_in_bytes() {
        assert_eq!(sizes(&small(20, SMALL), 1), [16, 4]);
    }

    #[test]
    fn what_is_large_or_more_than_a_copy_goes_alone() {
        let mut steps = small(5, 10);
        steps.push(step("large", SMALL + 1, "COPY large FROM STDIN"));
        steps.push(step("frozen", 9, "TRUNCATE ONLY frozen; COPY frozen FROM STDIN (FREEZE)"));
        assert_eq!(sizes(&steps, 1), [1, 5, 1]);
        let mut dag = Dag::new(&steps, &HashSet::new());
        assert_eq!(take(&mut dag, &steps, 1), [5], "the largest first");
    }

    #[test]
    fn chunks_of_one_table_stay_apart() {
        let chunks = [step("t", 10, "COPY t FROM STDIN"), step("t", 11, "COPY t FROM STDIN")];
        assert_eq!(sizes(&chunks, 1), [1, 1]);
    }
}
