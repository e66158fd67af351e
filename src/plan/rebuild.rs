//! Secondary indexes of tables that were on the target before the run: dropped before rows come, built again afterwards
//! (`options.rebuild_indexes`).
//!
//! What is dropped is taken for missing, so the script makes it as it makes any index, and its definition stands in the plan before
//! it is dropped on the target. The journal says of either step that it is done: killed in between, `--resume` builds what is
//! missing. Indexes of a partitioned table come and go with those of its partitions.
//!
//! So do UNIQUE constraints of tables without partitions. Not dropped, and named: what another object needs (a foreign key that refers
//! to it), what only the target has or has only a part of, and what is unique where rows are appended, for then nothing else keeps the
//! rows apart. Primary keys and exclusions stay.
use std::collections::{BTreeMap, HashSet};

use super::{Dependency, Input, Step, StepId, StepKind, data::DataSteps, delay, existing::Existing};
use crate::{
    catalog::Note,
    config::OnExisting,
    ddl::{self, Item, Placement, Script},
    error::Result,
    object::{Object, ObjectId, Section},
    pg::{self, Ident, Oid, QualifiedName},
};

/// What the id of a step that drops an index or a key begins with; behind it stands the id of the step that builds it again.
pub const DROP_PREFIX: &str = "drop_";

/// Takes the indexes out of what stands, and gives the steps that drop them.
pub(super) fn steps(
    input: &Input<'_>,
    (script, placement): (&Script, &Placement),
    existing: &mut Existing,
    data: &DataSteps,
    notes: &mut Vec<Note>,
) -> Result<Vec<Step>> {
    let Some(catalog) = input.target.catalog.as_ref().filter(|_| input.settings.options.rebuild_indexes)
    else {
        return Ok(Vec::new());
    };
    let there = ddl::build(catalog, placement)?;
    let needed = needed_by_others(&there);
    let uniques = unique_constraints(input);
    let appends = input.settings.on_existing == OnExisting::Append;
    let mut dropped: Vec<&Item> = Vec::new();
    for family in families(script) {
        let items = || family.iter().map(|place| &script.items[*place]);
        let stays = |item: &Item| item.entry.kind == "key" && !uniques.contains(&item.entry.id);
        if !items().any(|item| is_filled(item, data))
            || !family.iter().any(|place| existing.contains_key(place))
            || (items().any(stays) && !items().any(|item| item.entry.kind == "index"))
        {
            continue;
        }
        let is_attached = items().any(|item| item.entry.kind == "index_attach");
        let reason = if is_attached && items().any(is_of_constraint) {
            "it belongs to a constraint"
        } else if !family.iter().all(|place| existing.contains_key(place)) {
            "a part of it is missing on the target"
        } else if !items().all(|item| item.entry.kind == "index_attach" || is_filled(item, data)) {
            "it is of tables too whose rows are not copied"
        } else if items().any(|item| needed.contains(&item.id())) {
            "another object of the target needs it"
        } else if appends && items().any(|item| delay::is_unique(item) || is_of_constraint(item)) {
            "it is unique, and rows are appended"
        } else {
            dropped.extend(tops(&family, script));
            for place in &family {
                _ = existing.remove(place);
            }
            continue;
        };
        notes.extend(tops(&family, script).into_iter().map(|item| Note {
            object: item.entry.identity.clone(),
            reason: format!("kept while rows are loaded: {reason}"),
        }));
    }
    let ours: HashSet<String> = script.items.iter().map(Item::id).collect();
    let targets_own =
        there.items.iter().filter(|item| item.entry.kind == "index" && !ours.contains(&item.id()));
    notes.extend(targets_own.map(|item| Note {
        object: item.entry.identity.clone(),
        reason: "kept while rows are loaded: the source has no such index".to_owned(),
    }));
    Ok(chained(input, &dropped))
}

/// UNIQUE constraints of the source.
fn unique_constraints(input: &Input<'_>) -> HashSet<ObjectId> {
    let keys = input.source.catalog.objects.iter().filter_map(|object| match object {
        Object::Key(key) if key.is_unique() && !key.is_primary() => Some(key.id()),
        _ => None,
    });
    keys.collect()
}

fn is_of_constraint(item: &Item) -> bool {
    matches!(item.entry.kind, "key" | "key_index")
}

/// Whether it is on a table that rows are copied to.
fn is_filled(item: &Item, data: &DataSteps) -> bool {
    let relation = item.entry.relation.filter(|id| id.class == pg::catalog::CLASS);
    item.entry.section == Section::PostData
        && (item.entry.kind == "index" || is_of_constraint(item))
        && relation.is_some_and(|id| data.of_table.get(&id.oid).is_some_and(|steps| !steps.is_empty()))
}

/// Ids of indexes and constraints that something needs, other than to be attached, or to be a constraint.
fn needed_by_others(there: &Script) -> HashSet<String> {
    let others = there.items.iter().filter(|item| !matches!(item.entry.kind, "index_attach" | "key"));
    let needed = others.flat_map(|item| &item.needs).map(|place| &there.items[*place]);
    needed.filter(|item| item.entry.kind == "index" || is_of_constraint(item)).map(Item::id).collect()
}

/// Indexes with what attaches them to each other, and constraints with theirs, by place in the script.
fn families(script: &Script) -> Vec<Vec<usize>> {
    let is_index = |item: &Item| item.entry.kind == "index" || is_of_constraint(item);
    let joins = |item: &Item| matches!(item.entry.kind, "index_attach" | "key");
    let mut leader: Vec<usize> = (0..script.items.len()).collect();
    let find = |leader: &[usize], mut at: usize| {
        while leader[at] != at {
            at = leader[at];
        }
        at
    };
    for (place, item) in script.items.iter().enumerate().filter(|(_, item)| joins(item)) {
        for needed in item.needs.iter().filter(|needed| is_index(&script.items[**needed])) {
            let (a, b) = (find(&leader, place), find(&leader, *needed));
            leader[a.max(b)] = a.min(b);
        }
    }
    let mut families: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, item) in script.items.iter().enumerate() {
        if is_index(item) || item.entry.kind == "index_attach" {
            families.entry(find(&leader, place)).or_default().push(place);
        }
    }
    families.into_values().collect()
}

/// The indexes of a family that are attached to no other; of a constraint, itself.
fn tops<'s>(family: &[usize], script: &'s Script) -> Vec<&'s Item> {
    let items = || family.iter().map(|place| &script.items[*place]);
    let attached: HashSet<Oid> =
        items().filter(|item| item.entry.kind == "index_attach").map(|item| item.entry.id.oid).collect();
    items()
        .filter(|item| match item.entry.kind {
            "index" => !attached.contains(&item.entry.id.oid),
            kind => kind == "key",
        })
        .collect()
}

/// One after the other: each locks its table, and two in an order of their own could wait for each other.
fn chained(input: &Input<'_>, dropped: &[&Item]) -> Vec<Step> {
    let mut before: Vec<Dependency> = Vec::new();
    let step = |item: &&Item| {
        let id = format!("{DROP_PREFIX}{}", item.id());
        let depends_on = std::mem::replace(&mut before, vec![Dependency::Step(StepId(id.clone()))]);
        let sql = match &item.entry.sort_name {
            [schema, table, name] if item.entry.kind == "key" => {
                let table = QualifiedName { schema: Ident(schema.clone()), name: Ident(table.clone()) };
                format!("ALTER TABLE {table} DROP CONSTRAINT {};", Ident(name.clone()))
            }
            _ => format!("DROP {};", item.entry.identity),
        };
        Step { depends_on, sql, ..input.step(StepKind::SchemaPre, id, item.entry.identity.clone()) }
    };
    dropped.iter().map(step).collect()
}
