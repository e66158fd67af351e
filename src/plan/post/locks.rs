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
//! added unvalidated; the scheduler adds them on one worker at a time, since two may share a table. One that has to be
//! validated at once is alone among those that share a table with it. The number of dependencies is about that of the
//! steps, also where each of a thousand partitions has keys of its own.
mod graph;

use std::collections::{HashMap, HashSet};

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
    for (at, step) in made.iter().enumerate() {
        let mut others = Vec::new();
        match step.lock {
            Lock::Nothing | Lock::Build(_) => {}
            Lock::Definition(relation) => others.extend(tables.builds.of(relation)),
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
            Lock::Definition(relation) => {
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
mod tests {
    use super::*;
    use crate::plan::{Dependency, StepId, StepKind};

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
        let key = Lock::ForeignKey { table: child, referenced: parent, takes_long: false };
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
        add_edges(&mut steps, &HashMap::from([(partition, parent)]));
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
        foreign_key after: analyze:parent, build:child, build:child2, key:child
        validate1 after: foreign_key
        validate2 after: foreign_key, validate1
        analyze:parent after: build:partition
        ");
    }

    #[test]
    fn a_thousand_partitions_with_keys_of_their_own_need_few_dependencies() {
        let (root, dimension) = (Oid(1), Oid(2));
        let partitions: Vec<Oid> = (10..1010).map(Oid).collect();
        for with_analyze in [true, false] {
            let mut steps = Vec::new();
            for at in &partitions {
                let key = Lock::ForeignKey { table: *at, referenced: dimension, takes_long: false };
                let locks = [("build", Lock::Build(*at)), ("key", key), ("validate", Lock::Validation(*at))];
                steps.extend(locks.map(|(name, lock)| made(&format!("{name}{at:?}"), lock, &[])));
            }
            if with_analyze {
                steps.push(made("analyze", Lock::Statistics(root), &[]));
            }
            add_edges(&mut steps, &partitions.iter().map(|at| (*at, root)).collect());
            let edges: usize = steps.iter().map(|made| made.step.depends_on.len()).sum();
            assert!(edges <= steps.len(), "{edges} dependencies");
        }
    }

    #[test]
    fn a_key_that_takes_long_is_alone_with_its_tables() {
        let key = |table, takes_long| Lock::ForeignKey { table: Oid(table), referenced: Oid(9), takes_long };
        let mut steps = [
            made("a", key(1, false), &[]),
            made("long", key(2, true), &[]),
            made("b", key(3, false), &[]),
            made("other", Lock::ForeignKey { table: Oid(5), referenced: Oid(6), takes_long: true }, &[]),
        ];
        add_edges(&mut steps, &HashMap::new());
        let needs =
            steps.map(|made| made.step.depends_on.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(needs, [vec![], vec!["a".to_owned()], vec!["long".to_owned()], vec![]]);
    }

    #[test]
    fn what_the_catalog_demands_goes_before_the_locks() {
        // An index on an expression whose function needs the table's key.
        let mut steps = [
            made("build", Lock::Build(Oid(1)), &["function"]),
            made("function", Lock::Nothing, &["key"]),
            made("key", Lock::Definition(Oid(1)), &[]),
        ];
        add_edges(&mut steps, &HashMap::new());
        assert_eq!(steps[2].step.depends_on, []);
    }
}
