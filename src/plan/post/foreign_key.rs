//! Foreign keys: of a large table in two steps, of a small one in one.
use std::collections::HashMap;

use super::locks::{Lock, Made};
use crate::{
    catalog::Note,
    ddl::Item,
    object::{ForeignKey, Object, ObjectId, Work},
    plan::{Dependency, Input, Step, StepId, StepKind},
};

/// Tables from this size on are looked through in a step of its own, under a lock that lets the tables that they refer
/// to be worked on; below, it takes less than 10 ms.
const TWO_STEPS_FROM: u64 = 4 << 20;

/// From this version on NOT VALID goes with partitioned tables: referencing ones take it, and of a key that refers to
/// one, VALIDATE marks the rows of `pg_constraint` that its partitions have too.
const PARTITIONED_NOT_VALID: u32 = 18;

/// Whether a step adds a foreign key without looking at many rows. It locks two tables for a moment, which another one
/// may lock too: whoever runs several must not run them at the same time, or they wait for each other, in circles at
/// worst.
pub fn adds_key(step: &Step) -> bool {
    step.id.0.starts_with("foreign_key:")
        && (step.kind == StepKind::SchemaPost || step.estimate < TWO_STEPS_FROM)
}

/// All foreign keys of the source.
pub(super) fn by_id<'a>(input: &'a Input<'_>) -> HashMap<ObjectId, &'a ForeignKey> {
    let keys = input.source.catalog.objects.iter().filter_map(|object| match object {
        Object::ForeignKey(key) => Some((key.id(), key)),
        _ => None,
    });
    keys.collect()
}

/// The steps of a new foreign key of a late table or to one, before and after late rows. Clients' rows are checked from the
/// beginning, unless it can only be added with a look at all rows. `rows`: the steps that copy those of both tables.
pub(super) fn late_steps(
    input: &Input<'_>,
    (key, item): (&ForeignKey, &Item),
    whole: Step,
    mut rows: Vec<Dependency>,
    notes: &mut Vec<Note>,
) -> [Vec<Made>; 2] {
    let lock = |takes_long| Lock::ForeignKey { table: key.relation, referenced: key.referenced, takes_long };
    if item.entry.work != Work::Scan {
        return [vec![Made { lock: lock(false), step: whole }], Vec::new()];
    }
    if !splits(input, key) {
        let reason = "made after the late rows: the target's server has no NOT VALID for partitioned tables";
        notes.push(Note { object: key.identity(), reason: reason.to_owned() });
        let mut step = whole;
        step.depends_on.append(&mut rows);
        step.depends_on.sort();
        step.depends_on.dedup();
        return [Vec::new(), vec![Made { lock: lock(true), step }]];
    }
    let (add, mut validation) = halves(key, item, whole);
    validation.depends_on.append(&mut rows);
    validation.depends_on.sort();
    validation.depends_on.dedup();
    let validation = Made { lock: Lock::Validation(key.relation), step: validation };
    [vec![Made { lock: lock(false), step: add }], vec![validation]]
}

/// Whether the target can add it without a look at the rows.
fn splits(input: &Input<'_>, key: &ForeignKey) -> bool {
    input.target.version.at_least(PARTITIONED_NOT_VALID)
        || !(key.is_of_partitioned_table() || key.refers_to_partitioned_table())
}

/// The steps of a foreign key; `whole` adds and validates it at once. One that stands on the target is left as it is.
pub(super) fn steps(
    input: &Input<'_>,
    key: &ForeignKey,
    item: &Item,
    whole: Step,
    is_new: bool,
) -> Vec<Made> {
    let takes_long = item.entry.work == Work::Scan && whole.estimate >= TWO_STEPS_FROM;
    let lock = |takes_long| Lock::ForeignKey { table: key.relation, referenced: key.referenced, takes_long };
    if !is_new || !splits(input, key) || !takes_long {
        return vec![Made { lock: lock(takes_long), step: whole }];
    }
    let (add, validation) = halves(key, item, whole);
    let validation = Made { lock: Lock::Validation(key.relation), step: validation };
    vec![Made { lock: lock(false), step: add }, validation]
}

/// The step that adds it unvalidated, and the one that validates it.
fn halves(key: &ForeignKey, item: &Item, whole: Step) -> (Step, Step) {
    let id = item.id();
    let validation = Step {
        id: StepId(id.replacen("foreign_key:", "validate:", 1)),
        depends_on: vec![Dependency::Step(whole.id.clone())],
        sql: format!("{};\n{};", key.prefer_indexes(), key.validate()),
        ..whole.clone()
    };
    let others = item.statements.iter().skip(1);
    let statements = std::iter::once(key.add_unvalidated()).chain(others.cloned());
    let add = Step {
        kind: StepKind::SchemaPost,
        estimate: 0,
        sql: statements.map(|statement| format!("{statement};")).collect::<Vec<_>>().join("\n"),
        ..whole
    };
    (add, validation)
}
