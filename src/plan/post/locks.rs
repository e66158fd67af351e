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
//! A table with partitions counts as one with them, where a statement may lock all of them. Foreign keys are short or
//! added unvalidated; the scheduler adds them on one worker at a time, since two may share a table.
use std::collections::{HashMap, HashSet};

use crate::{
    pg::Oid,
    plan::{Dependency, Input, Step, StepId},
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
    /// ADD FOREIGN KEY.
    ForeignKey {
        /// The table that has it.
        table: Oid,
        /// The table that it refers to.
        referenced: Oid,
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
    let top =
        |oid: Oid| std::iter::successors(Some(oid), |oid| parents.get(oid).copied()).last().unwrap_or(oid);
    add_edges(made, top);
}

fn add_edges(made: &mut [Made], top: impl Fn(Oid) -> Oid) {
    let tables = Tables::new(made, &top);
    let mut graph = Graph::new(made);
    for (at, step) in made.iter().enumerate() {
        match step.lock {
            Lock::Nothing | Lock::Build(_) => {}
            Lock::Definition(relation) => graph.wait(at, tables.builds.get(&relation)),
            Lock::ForeignKey { table, referenced } => {
                for end in [top(table), top(referenced)] {
                    graph.wait(at, tables.builds_and_definitions.get(&end));
                    graph.wait(at, tables.statistics.get(&end));
                }
            }
            Lock::Statistics(relation) => {
                graph.wait(at, tables.builds_and_definitions.get(&top(relation)));
            }
            Lock::Validation(relation) => {
                graph.wait(at, tables.foreign_keys.get(&top(relation)));
                let others = tables.validations.get(&top(relation)).into_iter().flatten();
                let before: Vec<usize> = others.copied().filter(|other| *other < at).collect();
                graph.wait(at, before.last().map(|last| [*last]).as_ref());
            }
        }
    }
    graph.write(made);
}

/// Steps by the table that they lock; the first by the relation itself, all others by the topmost table.
#[derive(Default)]
struct Tables {
    builds: HashMap<Oid, Vec<usize>>,
    builds_and_definitions: HashMap<Oid, Vec<usize>>,
    foreign_keys: HashMap<Oid, Vec<usize>>,
    statistics: HashMap<Oid, Vec<usize>>,
    validations: HashMap<Oid, Vec<usize>>,
}

impl Tables {
    fn new(made: &[Made], top: impl Fn(Oid) -> Oid) -> Self {
        let mut tables = Self::default();
        for (at, step) in made.iter().enumerate() {
            match step.lock {
                Lock::Nothing => {}
                Lock::Build(relation) => {
                    tables.builds.entry(relation).or_default().push(at);
                    tables.builds_and_definitions.entry(top(relation)).or_default().push(at);
                }
                Lock::Definition(relation) => {
                    tables.builds_and_definitions.entry(top(relation)).or_default().push(at);
                }
                Lock::ForeignKey { table, referenced } => {
                    for end in HashSet::from([top(table), top(referenced)]) {
                        tables.foreign_keys.entry(end).or_default().push(at);
                    }
                }
                Lock::Statistics(relation) => {
                    tables.statistics.entry(top(relation)).or_default().push(at);
                }
                Lock::Validation(relation) => {
                    tables.validations.entry(top(relation)).or_default().push(at);
                }
            }
        }
        tables
    }
}

/// Who waits for whom, by place. What a catalog demands goes before: an edge that would close a circle is left out
/// (an expression's function that needs the table's key), and there a worker may wait for another.
struct Graph {
    needs: Vec<Vec<usize>>,
}

impl Graph {
    fn new(made: &[Made]) -> Self {
        let places: HashMap<&StepId, usize> =
            made.iter().enumerate().map(|(at, made)| (&made.step.id, at)).collect();
        let needs = made.iter().map(|made| {
            let steps = made.step.depends_on.iter().filter_map(|dependency| match dependency {
                Dependency::Step(id) => places.get(id).copied(),
                Dependency::Kind(_) => None,
            });
            steps.collect()
        });
        Self { needs: needs.collect() }
    }

    fn wait(&mut self, at: usize, others: Option<&impl AsRef<[usize]>>) {
        for other in others.map_or(&[][..], AsRef::as_ref) {
            if *other != at && !self.needs(*other, at) {
                self.needs[at].push(*other);
            }
        }
    }

    /// Whether one step needs another, directly or through others.
    fn needs(&self, step: usize, other: usize) -> bool {
        let (mut seen, mut walk) = (HashSet::from([step]), vec![step]);
        while let Some(at) = walk.pop() {
            if at == other {
                return true;
            }
            walk.extend(self.needs[at].iter().filter(|needed| seen.insert(**needed)));
        }
        false
    }

    fn write(self, made: &mut [Made]) {
        let ids: Vec<StepId> = made.iter().map(|made| made.step.id.clone()).collect();
        for (made, needs) in made.iter_mut().zip(self.needs) {
            made.step.depends_on.extend(needs.into_iter().map(|at| Dependency::Step(ids[at].clone())));
            made.step.depends_on.sort();
            made.step.depends_on.dedup();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::StepKind;

    fn made(id: &str, lock: Lock, depends_on: &[&str]) -> Made {
        let depends_on =
            depends_on.iter().map(|id| Dependency::Step(StepId((*id).to_owned()))).collect::<Vec<_>>();
        let step = Step {
            id: StepId(id.to_owned()),
            kind: StepKind::Index,
            database: String::new(),
            object: String::new(),
            depends_on,
            estimate: 0,
            chunk: String::new(),
            source_sql: String::new(),
            sql: String::new(),
        };
        Made { lock, step }
    }

    #[test]
    fn locks_of_one_table_are_taken_in_turn() {
        let (child, parent, partition) = (Oid(1), Oid(2), Oid(3));
        let key = Lock::ForeignKey { table: child, referenced: parent };
        let mut steps = [
            made("build:child", Lock::Build(child), &[]),
            made("build:child2", Lock::Build(child), &[]),
            made("build:partition", Lock::Build(partition), &[]),
            made("key:child", Lock::Definition(child), &["build:child"]),
            made("foreign_key", key, &[]),
            made("validate1", Lock::Validation(child), &["foreign_key"]),
            made("validate2", Lock::Validation(child), &["foreign_key"]),
            made("analyze:parent", Lock::Statistics(parent), &[]),
        ];
        add_edges(&mut steps, |oid| if oid == partition { parent } else { oid });
        let told: Vec<String> = steps
            .iter()
            .filter(|made| !made.step.depends_on.is_empty())
            .map(|made| {
                let needs = made.step.depends_on.iter().map(ToString::to_string).collect::<Vec<_>>();
                format!("{} after: {}", made.step.id, needs.join(", "))
            })
            .collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        key:child after: build:child, build:child2
        foreign_key after: analyze:parent, build:child, build:child2, build:partition, key:child
        validate1 after: foreign_key
        validate2 after: foreign_key, validate1
        analyze:parent after: build:partition
        ");
    }

    #[test]
    fn what_the_catalog_demands_goes_before_the_locks() {
        // An index on an expression whose function needs the table's key.
        let mut steps = [
            made("build", Lock::Build(Oid(1)), &["function"]),
            made("function", Lock::Nothing, &["key"]),
            made("key", Lock::Definition(Oid(1)), &[]),
        ];
        add_edges(&mut steps, |oid| oid);
        assert_eq!(steps[2].step.depends_on, []);
    }
}
