//! Which steps can start: the plan as a graph, walked as steps end. Pure.
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
};

use crate::plan::{Dependency, Step, StepId, StepKind};

/// The state of a walk.
#[derive(Debug)]
pub(super) struct Dag {
    /// By step: what it still waits for.
    missing: Vec<usize>,
    /// By step: those that wait for it.
    waiting: Vec<Vec<usize>>,
    /// Steps of a kind that have not ended, and the steps that wait for all of them.
    kinds: HashMap<StepKind, (usize, Vec<usize>)>,
    kind_of: Vec<StepKind>,
    /// Ready to start: first what the user wants first, then what has the most work before the end, itself included, then in
    /// the order of the plan.
    ready: BTreeSet<(Reverse<u32>, Reverse<u64>, usize)>,
    /// By step: the work of the longest way from its start to the end, in the plan's bytes.
    ways: Vec<u64>,
    /// By step: the user's number, see [`Self::prefer`]; 0 if it has none.
    priorities: Vec<u32>,
    left: usize,
    /// By kind: steps that failed for good.
    failed: HashMap<StepKind, usize>,
}

impl Dag {
    /// All steps that are not done. `steps` must be sound: ids unique, dependencies known, no cycle (the plan's reader
    /// and builder see to it).
    pub(super) fn new(steps: &[Step], done: &HashSet<StepId>) -> Self {
        let place: HashMap<&StepId, usize> =
            steps.iter().enumerate().map(|(place, step)| (&step.id, place)).collect();
        let open: Vec<bool> = steps.iter().map(|step| !done.contains(&step.id)).collect();
        let mut dag = Self {
            missing: vec![0; steps.len()],
            waiting: vec![Vec::new(); steps.len()],
            kinds: HashMap::new(),
            kind_of: steps.iter().map(|step| step.kind).collect(),
            ready: BTreeSet::new(),
            ways: Vec::new(),
            priorities: vec![0; steps.len()],
            left: open.iter().filter(|open| **open).count(),
            failed: HashMap::new(),
        };
        for (step, _) in steps.iter().zip(&open).filter(|(_, open)| **open) {
            dag.kinds.entry(step.kind).or_default().0 += 1;
        }
        for (at, step) in steps.iter().enumerate().filter(|(at, _)| open[*at]) {
            for dependency in &step.depends_on {
                match dependency {
                    Dependency::Step(id) => {
                        if let Some(needed) = place.get(id).filter(|needed| open[**needed]) {
                            dag.waiting[*needed].push(at);
                            dag.missing[at] += 1;
                        }
                    }
                    Dependency::Kind(kind) => {
                        if let Some((_, waiting)) = dag.kinds.get_mut(kind).filter(|(open, _)| *open > 0) {
                            waiting.push(at);
                            dag.missing[at] += 1;
                        }
                    }
                }
            }
        }
        let ready: Vec<usize> = (0..steps.len()).filter(|at| open[*at] && dag.missing[*at] == 0).collect();
        dag.ways = dag.ways(steps, ready.clone());
        for at in ready {
            dag.put_back(at);
        }
        dag
    }

    /// Lets tables come first, by the number that each has, the highest first; what stands on a table comes with it.
    pub(super) fn prefer(&mut self, steps: &[Step], tables: &BTreeMap<String, u32>) {
        if tables.is_empty() {
            return;
        }
        let place: HashMap<&StepId, usize> =
            steps.iter().enumerate().map(|(place, step)| (&step.id, place)).collect();
        // The plan is in an order in which what is needed comes first.
        for (at, step) in steps.iter().enumerate() {
            let of_needed = step.depends_on.iter().filter_map(|dependency| match dependency {
                Dependency::Step(id) => place.get(id).map(|needed| self.priorities[*needed]),
                Dependency::Kind(_) => None,
            });
            self.priorities[at] = match step.kind {
                StepKind::Data => tables.get(&step.object).copied().unwrap_or_default(),
                _ => of_needed.max().unwrap_or_default(),
            };
        }
        for (_, _, at) in std::mem::take(&mut self.ready) {
            self.put_back(at);
        }
    }

    /// A table whose indexes and keys take long is worth more haste than one that is merely large, and a short step
    /// that much waits for more than a long one at the end.
    fn ways(&self, steps: &[Step], mut ready: Vec<usize>) -> Vec<u64> {
        let mut missing = self.missing.clone();
        let mut open: HashMap<StepKind, usize> =
            self.kinds.iter().map(|(kind, (open, _))| (*kind, *open)).collect();
        let mut order = Vec::new();
        while let Some(at) = ready.pop() {
            order.push(at);
            let left = open.entry(self.kind_of[at]).or_insert(1);
            *left -= 1;
            let of_kind = if *left == 0 { self.waiting_for_kind(at) } else { &[] };
            for next in self.waiting[at].iter().chain(of_kind) {
                missing[*next] -= 1;
                if missing[*next] == 0 {
                    ready.push(*next);
                }
            }
        }
        let mut ways = vec![0; steps.len()];
        let mut after_kind: HashMap<StepKind, u64> = HashMap::new();
        for at in order.into_iter().rev() {
            // Whoever waits for a kind comes after the last of it, so its way is known with the first from behind.
            let longest = |steps: &[usize]| steps.iter().map(|next| ways[*next]).max().unwrap_or_default();
            let after = longest(&self.waiting[at]);
            let of_kind =
                *after_kind.entry(self.kind_of[at]).or_insert_with(|| longest(self.waiting_for_kind(at)));
            ways[at] = after.max(of_kind).saturating_add(steps[at].estimate);
        }
        ways
    }

    /// The steps that wait for all of a step's kind.
    fn waiting_for_kind(&self, at: usize) -> &[usize] {
        self.kinds.get(&self.kind_of[at]).map_or(&[], |(_, waiting)| waiting)
    }

    /// Takes the ready step that `fits` and has the longest way before it.
    pub(super) fn take(&mut self, fits: impl Fn(usize) -> bool) -> Option<usize> {
        let found = *self.ready.iter().find(|(_, _, at)| fits(*at))?;
        self.ready.remove(&found);
        Some(found.2)
    }

    /// Ready steps, the longest way first.
    pub(super) fn ready(&self) -> impl Iterator<Item = usize> {
        self.ready.iter().map(|(_, _, at)| *at)
    }

    /// The work before the ready step that `fits` and comes next.
    pub(super) fn longest_way(&self, fits: impl Fn(usize) -> bool) -> Option<u64> {
        self.ready.iter().find(|(_, _, at)| fits(*at)).map(|(_, way, _)| way.0)
    }

    /// Takes up to `most` ready steps that `fit`, asked and given in the same order.
    pub(super) fn take_many(&mut self, most: usize, mut fits: impl FnMut(usize) -> bool) -> Vec<usize> {
        let found: Vec<_> = self.ready.iter().filter(|(_, _, at)| fits(*at)).take(most).copied().collect();
        for key in &found {
            self.ready.remove(key);
        }
        found.into_iter().map(|(_, _, at)| at).collect()
    }

    /// How many ready steps fit, counted up to `most`.
    pub(super) fn count_ready(&self, most: usize, fits: impl Fn(usize) -> bool) -> u32 {
        let count = self.ready.iter().filter(|(_, _, at)| fits(*at)).take(most).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Puts a step back that was taken and not run.
    pub(super) fn put_back(&mut self, at: usize) {
        self.ready.insert((Reverse(self.priorities[at]), Reverse(self.ways[at]), at));
    }

    /// A step was done: what waited for it alone becomes ready.
    pub(super) fn done(&mut self, at: usize) {
        self.left -= 1;
        let mut freed = std::mem::take(&mut self.waiting[at]);
        if let Some((open, waiting)) = self.kinds.get_mut(&self.kind_of[at]) {
            *open -= 1;
            if *open == 0 {
                freed.append(waiting);
            }
        }
        for next in freed {
            self.missing[next] -= 1;
            if self.missing[next] == 0 {
                self.put_back(next);
            }
        }
    }

    /// A step failed for good: what waits for it never starts.
    pub(super) fn failed(&mut self, at: usize) {
        *self.failed.entry(self.kind_of[at]).or_default() += 1;
    }

    /// Steps that are not done: failed, waiting for a failed one, or not started.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// Whether a step of this kind is neither done nor failed for good.
    pub(super) fn has_open(&self, kind: StepKind) -> bool {
        let failed = self.failed.get(&kind).copied().unwrap_or_default();
        self.kinds.get(&kind).is_some_and(|(open, _)| *open > failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(id: &str, kind: StepKind, estimate: u64, depends_on: &[&str]) -> Step {
        let depends_on = depends_on
            .iter()
            .map(|text| match text.strip_prefix('@') {
                Some(kind) => Dependency::Kind(kind.parse().unwrap()),
                None => Dependency::Step(StepId((*text).to_owned())),
            })
            .collect();
        Step { depends_on, estimate, ..Step::new(kind, id, "d", id) }
    }

    fn plan() -> Vec<Step> {
        vec![
            step("small", StepKind::Data, 1, &[]),
            step("large", StepKind::Data, 9, &[]),
            step("index", StepKind::Index, 9, &["large"]),
            step("refresh", StepKind::Refresh, 0, &["@DATA", "@INDEX"]),
        ]
    }

    #[test]
    fn the_largest_ready_step_comes_first() {
        let mut dag = Dag::new(&plan(), &HashSet::new());
        assert_eq!(dag.take(|_| true), Some(1));
        assert_eq!(dag.take(|at| at != 0), None);
        dag.done(1);
        assert_eq!((dag.take(|_| true), dag.take(|_| true), dag.take(|_| true)), (Some(2), Some(0), None));
        dag.done(0);
        dag.done(2);
        assert_eq!(dag.take_many(5, |_| true), [3]);
        dag.done(3);
        assert_eq!(dag.left(), 0);
    }

    #[test]
    fn the_longest_way_comes_first() {
        let plan = [
            step("large", StepKind::Data, 9, &[]),
            step("small", StepKind::Data, 1, &[]),
            step("key", StepKind::SchemaPost, 0, &["small"]),
            step("validate", StepKind::Index, 20, &["key"]),
            step("middle", StepKind::Index, 12, &[]),
            step("refresh", StepKind::Refresh, 5, &["@DATA"]),
        ];
        let mut dag = Dag::new(&plan, &HashSet::new());
        assert_eq!(dag.ways, [14, 21, 20, 20, 12, 5]);
        assert_eq!(dag.take(|_| true), Some(1));
        dag.done(1);
        // It takes no time itself, but the longest step waits for it.
        assert_eq!(dag.take(|_| true), Some(2));
    }

    #[test]
    fn what_the_user_wants_first_goes_before_the_longest_way() {
        let plan = plan();
        let mut dag = Dag::new(&plan, &HashSet::new());
        dag.prefer(&plan, &BTreeMap::from([("small".to_owned(), 3)]));
        assert_eq!(dag.priorities, [3, 0, 0, 0]);
        assert_eq!((dag.take(|_| true), dag.take(|_| true)), (Some(0), Some(1)));
        let mut dag = Dag::new(&plan, &HashSet::new());
        dag.prefer(&plan, &BTreeMap::from([("large".to_owned(), 1)]));
        assert_eq!(dag.priorities, [0, 1, 1, 0], "its index comes with it");
    }

    #[test]
    fn what_is_done_is_not_waited_for() {
        let done = HashSet::from([StepId("large".into()), StepId("small".into())]);
        let mut dag = Dag::new(&plan(), &done);
        assert!(!dag.has_open(StepKind::Data));
        assert_eq!(dag.take(|_| true), Some(2));
        dag.done(2);
        assert_eq!(dag.take(|_| true), Some(3));
    }
}
