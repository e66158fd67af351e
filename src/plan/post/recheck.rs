//! Keys of late tables whose check a trigger completes at the end of a transaction (DEFERRABLE): for late rows no trigger fires, so a
//! row of a client and one that is copied could have the same key.
//!
//! A REINDEX afterwards looks at all of them, as the build of a key does, and fails where two exclude each other.
use super::{
    Scope,
    locks::{Lock, Made},
    weight::Weights,
};
use crate::{
    object::Object,
    plan::{Dependency, Input, Step, StepKind},
};

/// The steps, each after the rows of its table.
pub(super) fn steps(input: &Input<'_>, scope: &Scope<'_>, weights: &Weights) -> Vec<Made> {
    let keys = input.source.catalog.objects.iter().filter_map(|object| match object {
        Object::Key(key) if scope.late.has(key.relation) => Some((key.relation, key.deferred_index()?)),
        _ => None,
    });
    let step = |(table, index)| {
        let rows = scope.data.of_table.get(&table).into_iter().flatten();
        let mut depends_on: Vec<Dependency> = rows.cloned().map(Dependency::Step).collect();
        depends_on.sort();
        let step = Step {
            depends_on,
            estimate: weights.scan(table),
            sql: format!("REINDEX INDEX {index};"),
            ..input.step(StepKind::Index, format!("reindex:{index}"), format!("INDEX {index}"))
        };
        Made { lock: Lock::Build(table), step }
    };
    keys.map(step).collect()
}
