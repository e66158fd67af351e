//! The order of steps that lock the same table, so that no worker waits for a lock of another's: that is a processor
//! that idles, and whoever comes later queues behind it.
//!
//! ```text
//! of each table: index builds, side by side (SHARE)
//!                ▸ keys, triggers, policies, … (ACCESS EXCLUSIVE, short)
//!                ▸ ANALYZE (SHARE UPDATE EXCLUSIVE)
//!                ▸ foreign keys from it and to it (SHARE ROW EXCLUSIVE on both)
//!                ▸ validation of its foreign keys, one by one (SHARE UPDATE EXCLUSIVE)
//! ```
//! Triggers of a table with partitions come after all short work on those, which they lock too. A table with partitions
//! counts as one with them, where a statement may lock all of them. Foreign keys are short or
//! added unvalidated; the scheduler adds them on one worker at a time, since two may share a table. One that has to be
//! validated at once is alone among those that share a table with it. The number of dependencies is about that of the
//! steps, also where each of a thousand partitions has keys of its own.
mod graph;

use std::collections::{HashMap, HashSet, hash_map::Entry};

use self::graph::Graph;
use crate::{
    pg::Oid,
    plan::{Input, Step},
};

/// A step and what it locks.
pub(super) struct Made {
    pub(super) lock: Lock,
    pub(super) step: Step,
}

/// What a step locks of the tables that are loaded, apart from what it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// No table.
    Nothing,
    /// CREATE INDEX on the relation.
    Build(Oid),
    /// Another definition of the relation.
    Definition(Oid),
    /// One that locks the relation, then each of its partitions: a trigger.
    WithPartitions(Oid),
    /// ADD FOREIGN KEY.
    ForeignKey {
        /// The table that has it.
        table: Oid,
        /// The table that it refers to.
        referenced: Oid,
        /// Whether it looks at many rows at once.
        takes_long: bool,
    },
    /// ANALYZE.
    Statistics(Oid),
    /// VALIDATE CONSTRAINT.
    Validation(Oid),
}

/// Each partition, with the table that it is a partition of.
pub(super) fn partitions(input: &Input<'_>) -> impl Iterator<Item = (Oid, Oid)> {
    let tables = crate::plan::data::tables(input).into_iter().filter(|table| table.is_partition);
    tables.filter_map(|table| Some((table.oid, table.parents.first()?.oid)))
}

/// Adds the order to what the steps wait for.
pub(super) fn add_order(input: &Input<'_>, made: &mut [Made]) {
    let parents: HashMap<Oid, Oid> = partitions(input).collect();
    add_edges(made, &parents);
}

fn add_edges(made: &mut [Made], parents: &HashMap<Oid, Oid>) {
    let tables = Tables::new(made, parents);
    let mut graph = Graph::new(made);
    let mut keys = Keys::default();
    let mut first_of: HashMap<Oid, usize> = HashMap::new();
    for (at, step) in made.iter().enumerate() {
        let mut others = Vec::new();
        match step.lock {
            Lock::Nothing | Lock::Build(_) => {}
            Lock::Definition(relation) => others.extend(tables.builds.of(relation)),
            Lock::WithPartitions(relation) => match first_of.entry(relation) {
                // Whoever holds a partition and comes to the table would wait for it, and it for the partition.
                Entry::Vacant(none) => {
                    none.insert(at);
                    let below = tables.work.of(relation).iter().copied();
                    others.extend(below.filter(|other| !is_with_partitions(&made[*other])));
                }
                Entry::Occupied(first) => others.push(*first.get()),
            },
            Lock::ForeignKey { table, referenced, takes_long } => {
                let ends = [table, referenced];
                for end in ends {
                    // Statistics come after everything else of the table, so they alone need to be waited for.
                    match tables.statistics.of(tables.top(end)) {
                        [] => others.extend(tables.work.of(end)),
                        statistics => others.extend(statistics),
                    }
                }
                others.extend(keys.next(at, ends.map(|end| tables.top(end)), takes_long));
            }
            Lock::Statistics(relation) => others.extend(tables.work.of(relation)),
            Lock::Validation(relation) => {
                others.extend(tables.upwards(relation).flat_map(|oid| tables.foreign_keys.of(oid)));
                let same = tables.upwards(relation).flat_map(|oid| tables.validations.of(oid));
                others.extend(same.chain(tables.validations_below.of(relation)).filter(|other| **other < at));
            }
        }
        graph.wait(at, &others);
    }
    graph.write(made);
}

fn is_with_partitions(made: &Made) -> bool {
    matches!(made.lock, Lock::WithPartitions(_))
}

/// Steps by relation.
#[derive(Default)]
struct ByRelation(HashMap<Oid, Vec<usize>>);

impl ByRelation {
    fn add(&mut self, relation: Oid, at: usize) {
        let steps = self.0.entry(relation).or_default();
        if steps.last() != Some(&at) {
            steps.push(at);
        }
    }

    fn of(&self, relation: Oid) -> &[usize] {
        self.0.get(&relation).map_or(&[], Vec::as_slice)
    }
}

/// Steps by the table that they lock.
struct Tables<'p> {
    parents: &'p HashMap<Oid, Oid>,
    builds: ByRelation,
    /// Builds and definitions of the table and of its partitions.
    work: ByRelation,
    /// Foreign keys of the table and to it.
    foreign_keys: ByRelation,
    statistics: ByRelation,
    validations: ByRelation,
    /// Validations of the table's partitions.
    validations_below: ByRelation,
}

impl<'p> Tables<'p> {
    fn new(made: &[Made], parents: &'p HashMap<Oid, Oid>) -> Self {
        let mut tables = Self {
            parents,
            builds: ByRelation::default(),
            work: ByRelation::default(),
            foreign_keys: ByRelation::default(),
            statistics: ByRelation::default(),
            validations: ByRelation::default(),
            validations_below: ByRelation::default(),
        };
        for (at, step) in made.iter().enumerate() {
            tables.add(at, step.lock);
        }
        tables
    }

    fn add(&mut self, at: usize, lock: Lock) {
        match lock {
            Lock::Nothing => {}
            Lock::Build(relation) => {
                self.builds.add(relation, at);
                upwards(self.parents, relation).for_each(|oid| self.work.add(oid, at));
            }
            Lock::Definition(relation) | Lock::WithPartitions(relation) => {
                upwards(self.parents, relation).for_each(|oid| self.work.add(oid, at));
            }
            Lock::ForeignKey { table, referenced, .. } => {
                self.foreign_keys.add(table, at);
                self.foreign_keys.add(referenced, at);
            }
            Lock::Statistics(relation) => self.statistics.add(relation, at),
            Lock::Validation(relation) => {
                self.validations.add(relation, at);
                upwards(self.parents, relation).skip(1).for_each(|oid| self.validations_below.add(oid, at));
            }
        }
    }

    fn upwards(&self, relation: Oid) -> impl Iterator<Item = Oid> {
        upwards(self.parents, relation)
    }

    fn top(&self, relation: Oid) -> Oid {
        self.upwards(relation).last().unwrap_or(relation)
    }
}

/// A table, the table that it is a partition of, and so on.
fn upwards(parents: &HashMap<Oid, Oid>, relation: Oid) -> impl Iterator<Item = Oid> {
    std::iter::successors(Some(relation), |oid| parents.get(oid).copied())
}

/// Foreign keys that take long, and so are not left to the one worker that adds the others, stand alone among those that
/// share a table with them.
#[derive(Default)]
struct Keys {
    /// By topmost table: the last key that takes long, and those after it.
    seen: HashMap<Oid, (Option<usize>, Vec<usize>)>,
}

impl Keys {
    /// What the next key waits for; `ends` are its topmost tables.
    fn next(&mut self, at: usize, ends: [Oid; 2], takes_long: bool) -> Vec<usize> {
        let mut others = Vec::new();
        for end in HashSet::from(ends) {
            let (long, since) = self.seen.entry(end).or_default();
            others.extend(*long);
            if takes_long {
                *long = Some(at);
                others.append(since);
            } else {
                since.push(at);
            }
        }
        others
    }
}

#[cfg(test)]
mod tests;
