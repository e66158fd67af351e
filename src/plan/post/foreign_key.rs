//! Foreign keys: of a large table in two steps, of a small one in one.
use std::collections::HashMap;

use super::locks::{Lock, Made};
use crate::{
    ddl::Item,
    object::{ForeignKey, Object, ObjectId, Work},
    plan::{Dependency, Input, Step, StepId},
};

/// Tables from this size on are looked through in a step of its own, under a lock that lets the tables that they refer
/// to be worked on; below, it takes less than 10 ms.
const TWO_STEPS_FROM: u64 = 4 << 20;

/// Referencing tables that are partitioned take NOT VALID since this version.
const PARTITIONED_NOT_VALID: u32 = 18;

/// All foreign keys of the source.
pub(super) fn by_id<'a>(input: &'a Input<'_>) -> HashMap<ObjectId, &'a ForeignKey> {
    let keys = input.source.catalog.objects.iter().filter_map(|object| match object {
        Object::ForeignKey(key) => Some((key.id(), key)),
        _ => None,
    });
    keys.collect()
}

/// The steps of a foreign key; `whole` adds and validates it at once. One that stands on the target is left as it is.
pub(super) fn steps(
    input: &Input<'_>,
    key: &ForeignKey,
    item: &Item,
    whole: Step,
    is_new: bool,
) -> Vec<Made> {
    let lock = Lock::ForeignKey { table: key.relation, referenced: key.referenced };
    let splits = !key.is_of_partitioned_table() || input.target.version.at_least(PARTITIONED_NOT_VALID);
    if !is_new || !splits || item.entry.work != Work::Scan || whole.estimate < TWO_STEPS_FROM {
        return vec![Made { lock, step: whole }];
    }
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
        kind: crate::plan::StepKind::SchemaPost,
        estimate: 0,
        sql: statements.map(|statement| format!("{statement};")).collect::<Vec<_>>().join("\n"),
        ..whole
    };
    let validation = Made { lock: Lock::Validation(key.relation), step: validation };
    vec![Made { lock, step: add }, validation]
}
