//! Who waits for whom, kept free of circles.
use std::collections::{HashMap, HashSet};

use super::Made;
use crate::plan::{Dependency, StepId};

/// Who waits for whom, by place. What a catalog demands goes before: an edge that would close a circle is left out
/// (an expression's function that needs the table's key), and there a worker may wait for another.
pub(super) struct Graph {
    needs: Vec<Vec<usize>>,
    needed_by: Vec<Vec<usize>>,
}

impl Graph {
    pub(super) fn new(made: &[Made]) -> Self {
        let places: HashMap<&StepId, usize> =
            made.iter().enumerate().map(|(at, made)| (&made.step.id, at)).collect();
        let mut graph = Self { needs: vec![Vec::new(); made.len()], needed_by: vec![Vec::new(); made.len()] };
        for (at, made) in made.iter().enumerate() {
            for dependency in &made.step.depends_on {
                let Dependency::Step(id) = dependency else { continue };
                if let Some(needed) = places.get(id) {
                    graph.add(at, *needed);
                }
            }
        }
        graph
    }

    fn add(&mut self, at: usize, needed: usize) {
        self.needs[at].push(needed);
        self.needed_by[needed].push(at);
    }

    /// Lets a step wait for others too.
    pub(super) fn wait(&mut self, at: usize, others: &[usize]) {
        if others.is_empty() {
            return;
        }
        let above = self.above(at);
        for other in others {
            if !above.contains(other) {
                self.add(at, *other);
            }
        }
    }

    /// The step itself and all that need it, directly or through others.
    fn above(&self, at: usize) -> HashSet<usize> {
        let (mut seen, mut walk) = (HashSet::from([at]), vec![at]);
        while let Some(at) = walk.pop() {
            walk.extend(self.needed_by[at].iter().filter(|above| seen.insert(**above)));
        }
        seen
    }

    /// Writes into the steps what each waits for.
    pub(super) fn write(self, made: &mut [Made]) {
        let ids: Vec<StepId> = made.iter().map(|made| made.step.id.clone()).collect();
        for (made, needs) in made.iter_mut().zip(self.needs) {
            made.step.depends_on.extend(needs.into_iter().map(|at| Dependency::Step(ids[at].clone())));
            made.step.depends_on.sort();
            made.step.depends_on.dedup();
        }
    }
}
