//! Pre-data steps in batches, and which of these can start: those whose steps need nothing of an open one. Pure.
use std::collections::{BTreeSet, HashMap};

use crate::plan::{Dependency, Step, StepId, StepKind};

/// Steps of a batch. More save no time (a statement costs more than its share of a round trip), and the locks of a
/// batch must fit the target's lock table, which holds 64 for each of its connections.
const BATCH: usize = 50;

/// The batches, in the order of the plan.
pub(super) struct Batches<'s> {
    /// By batch.
    steps: Vec<Vec<&'s Step>>,
    /// By batch: how many others it waits for.
    missing: Vec<usize>,
    /// By batch: those that wait for it.
    waiting: Vec<Vec<usize>>,
    ready: BTreeSet<usize>,
    left: usize,
}

/// What a session does next.
pub(super) enum Next<'s> {
    /// The batch of this number.
    Batch(usize, Vec<&'s Step>),
    /// Others have to end first.
    Wait,
    /// Nothing is left to take.
    End,
}

impl<'s> Batches<'s> {
    pub(super) fn new(steps: &[&'s Step]) -> Self {
        let batches: Vec<Vec<&Step>> = steps
            .chunk_by(|a, b| goes_alone(a) == goes_alone(b))
            .flat_map(|alike| alike.chunks(BATCH))
            .map(<[_]>::to_vec)
            .collect();
        let mut waiting = vec![Vec::new(); batches.len()];
        let needs = needs(&batches);
        for (at, needs) in needs.iter().enumerate() {
            for needed in needs {
                waiting[*needed].push(at);
            }
        }
        let missing: Vec<usize> = needs.iter().map(BTreeSet::len).collect();
        let ready = (0..batches.len()).filter(|at| missing[*at] == 0).collect();
        Self { left: batches.len(), steps: batches, missing, waiting, ready }
    }

    /// How many batches were never taken.
    pub(super) fn len(&self) -> usize {
        self.left
    }

    pub(super) fn take(&mut self) -> Next<'s> {
        match self.ready.pop_first() {
            Some(at) => {
                self.left -= 1;
                Next::Batch(at, std::mem::take(&mut self.steps[at]))
            }
            None if self.left > 0 => Next::Wait,
            None => Next::End,
        }
    }

    /// A batch was done: what waited for it alone becomes ready.
    pub(super) fn done(&mut self, at: usize) {
        for next in std::mem::take(&mut self.waiting[at]) {
            self.missing[next] -= 1;
            if self.missing[next] == 0 {
                self.ready.insert(next);
            }
        }
    }

    /// Nothing more is given out.
    pub(super) fn stop(&mut self) {
        self.ready.clear();
        // What is still at work makes nothing ready any more.
        self.waiting.iter_mut().for_each(Vec::clear);
        self.left = 0;
    }
}

/// Roles and TRUNCATE: everything before them comes before, and everything after them after.
fn goes_alone(step: &Step) -> bool {
    step.kind != StepKind::SchemaPre
}

/// By batch: the batches that it needs, all of them earlier in the plan.
fn needs(batches: &[Vec<&Step>]) -> Vec<BTreeSet<usize>> {
    let place: HashMap<&StepId, usize> = batches
        .iter()
        .enumerate()
        .flat_map(|(at, batch)| batch.iter().map(move |step| (&step.id, at)))
        .collect();
    let mut last_alone = None;
    let mut needs = Vec::with_capacity(batches.len());
    for (at, batch) in batches.iter().enumerate() {
        let steps = batch.iter().flat_map(|step| &step.depends_on);
        let mut needed: BTreeSet<usize> = steps
            .filter_map(|dependency| match dependency {
                Dependency::Step(id) => place.get(id).copied().filter(|needed| *needed < at),
                Dependency::Kind(_) => None,
            })
            .collect();
        if batch.iter().any(|step| goes_alone(step)) {
            needed = (0..at).collect();
            last_alone = Some(at);
        } else {
            needed.extend(last_alone);
        }
        needs.push(needed);
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(id: &str, kind: StepKind, depends_on: &[&str]) -> Step {
        Step {
            depends_on: depends_on.iter().map(|id| Dependency::Step(StepId((*id).to_owned()))).collect(),
            ..Step::new(kind, id, "d", "")
        }
    }

    /// The numbers of the batches in rounds: all that can run at the same time, until nothing is left.
    fn rounds(steps: &[Step]) -> Vec<Vec<usize>> {
        let mut batches = Batches::new(&steps.iter().collect::<Vec<_>>());
        let mut rounds = Vec::new();
        loop {
            let mut round = Vec::new();
            let end = loop {
                match batches.take() {
                    Next::Batch(at, _) => round.push(at),
                    Next::Wait => break false,
                    Next::End => break true,
                }
            };
            for at in &round {
                batches.done(*at);
            }
            rounds.push(round);
            if end {
                return rounds;
            }
        }
    }

    #[test]
    fn what_needs_nothing_of_each_other_runs_side_by_side() {
        let mut steps = vec![step("schema", StepKind::SchemaPre, &[])];
        steps.extend((0..149).map(|number| step(&format!("t{number}"), StepKind::SchemaPre, &["schema"])));
        steps.push(step("view", StepKind::SchemaPre, &["t148"]));
        assert_eq!(rounds(&steps), [vec![0], vec![1, 2], vec![3]]);
    }

    #[test]
    fn roles_come_before_everything_and_truncate_after_it() {
        let mut steps = vec![step("role", StepKind::Role, &[])];
        steps.extend((0..100).map(|number| step(&format!("t{number}"), StepKind::SchemaPre, &[])));
        steps.push(step("truncate", StepKind::Truncate, &[]));
        assert_eq!(rounds(&steps), [vec![0], vec![1, 2], vec![3]]);
    }

    #[test]
    fn a_stop_gives_out_nothing_more() {
        let steps = [step("a", StepKind::Role, &[]), step("b", StepKind::SchemaPre, &[])];
        let mut batches = Batches::new(&steps.iter().collect::<Vec<_>>());
        assert!(matches!(batches.take(), Next::Batch(0, _)));
        assert!(matches!(batches.take(), Next::Wait));
        batches.stop();
        assert!(matches!(batches.take(), Next::End));
        // A batch that was at work when another one failed.
        batches.done(0);
        assert!(matches!(batches.take(), Next::End));
        assert!(Batches::new(&[]).len() == 0);
    }
}
