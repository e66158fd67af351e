//! Builds a plan. Pure: it asks nobody, and the same input gives the same plan.
use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Input, Plan, PlanMeta, PlanSource, PlanTarget, Step, StepKind, data, database,
    delay::{self, Late},
    existing::{self, Existing},
    extension, large_object,
    meta::{CLIENT_ENCODING, CONDITIONS, NO_ENCODING, ON_EXISTING, TOAST_COMPRESSION, fingerprint},
    permit, post, pre, property, rebuild, refuse, roles,
    rule::Rules,
};
use crate::{
    catalog::Note,
    config::{StatisticsFrom, TableRule, ToastCompression},
    ddl::{self, Item, Placement, Script},
    error::Result,
    object::{ForeignKey, Object, Section, Table},
    pg::Oid,
};

/// Builds the whole plan, or says what stands against it.
pub fn build(input: &Input<'_>) -> Result<Plan> {
    let mut notes = input.source.notes.clone();
    let placement = placement(input, &mut notes);
    let mut script = ddl::build(&input.source.catalog, &placement)?;
    let mut existing = existing::find(&script, input, &placement, &mut notes)?;
    let items = script.items.iter().enumerate().filter(|(place, _)| !existing.contains_key(place));
    permit::refuse_closed_schemas(input, items.map(|(_, item)| item))?;
    let privileges = permit::prepare(input, &mut script, &mut existing);
    refuse::missing_extensions(input)?;
    refuse::rows(input)?;
    refuse::triggers(input)?;
    refuse::event_triggers(input, &mut notes)?;
    let late = Late::find(input, &mut notes)?;
    let mut steps: Vec<Step> = database::step(input).into_iter().collect();
    let roles = roles::steps(input, &script, &mut notes);
    refuse::missing_roles(input, &script, &roles)?;
    let (roles, passwords): (Vec<Step>, Vec<Step>) =
        roles.into_iter().partition(|step| step.kind == StepKind::Role);
    steps.extend(roles);
    steps.extend(database::owner_step(input));
    steps.extend(database::drop_public_step(input));
    steps.extend(delay::permission_step(input, &late));
    steps.extend(pre::steps(input, &script, &existing, &mut notes)?);
    let mut large_objects = large_object::steps(input, &mut notes)?;
    steps.append(&mut large_objects.before);
    let mut data = data::steps(input, &late, &mut notes);
    let values = extension::steps(input, &mut data, &mut notes);
    steps.extend(rebuild::steps(input, (&script, &placement), &mut existing, &data, &mut notes)?);
    data::wait_for_referenced(&mut data, &keys_before_data(input, &script, &existing));
    let scope = post::Scope { script: &script, existing: &existing, data: &data, late: &late };
    let post = post::steps(input, &scope, &mut notes);
    notes.extend(post::notes(input));
    steps.append(&mut data.steps);
    steps.append(&mut large_objects.data);
    delay::end_rows(input, &late, &mut steps);
    steps.extend(passwords);
    let mut sequences = post::sequence_steps(input);
    sequences.extend(values);
    delay::wait_for_early_rows(&late, sequences.iter_mut());
    steps.append(&mut sequences);
    steps.extend(post);
    steps.append(&mut large_objects.after);
    post::event_triggers_last(&mut steps);
    let last = permit::last(input, privileges, &steps);
    steps.extend(last);
    let properties = property::steps(input, &steps, &mut notes);
    let steps = delay::usable(input, &late, steps, properties);
    notes.sort();
    notes.dedup();
    Ok(Plan { meta: meta(input, notes), steps })
}

fn meta(input: &Input<'_>, notes: Vec<Note>) -> PlanMeta {
    let database = &input.source.catalog.database;
    let source = PlanSource {
        system_identifier: database.system_identifier.clone(),
        database: database.name.clone(),
        server_version: input.source.catalog.version.0,
    };
    let target = PlanTarget {
        database: input.settings.target.database.clone(),
        system_identifier: Some(input.target.system_identifier.clone()),
    };
    let options = &input.settings.options;
    let mut meta = PlanMeta::new(source, target);
    meta.notes = notes;
    meta.options = BTreeMap::from(
        [
            ("analyze_after_load", options.analyze_after_load.to_string()),
            ("create_constraints_after_data", options.create_constraints_after_data.to_string()),
            ("create_indexes_after_data", options.create_indexes_after_data.to_string()),
            ("statistics", statistics_from(input).to_string()),
            (ON_EXISTING, input.settings.on_existing.to_string()),
            (TOAST_COMPRESSION, toast_compression(input).to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    meta.options.extend(input.settings.shape.clone());
    let there = input.target.catalog.as_ref().map(|there| there.database.encoding.as_str());
    if database.encoding == NO_ENCODING || there == Some(NO_ENCODING) {
        meta.options.insert(CLIENT_ENCODING.to_owned(), NO_ENCODING.to_owned());
    }
    let has_condition = |rule: &TableRule| rule.where_.is_some() || rule.order_by.is_some();
    let rules = Rules::new(&input.source.catalog.objects, &input.settings.selection);
    if data::tables(input).into_iter().any(|table| has_condition(&rules.of(table))) {
        meta.options.insert(CONDITIONS.to_owned(), "given".to_owned());
    }
    let copied = data::tables(input).into_iter().filter(|table| table.has_rows_of_its_own()).map(|table| {
        let columns = table.columns.iter().map(|column| (column.name.as_str(), column.type_name.as_str()));
        (table.name.to_string(), fingerprint(columns))
    });
    meta.columns = copied.collect();
    let loading = &input.settings.loading;
    let priorities = data::tables(input).into_iter().map(|table| {
        let (schema, name) = (table.name.schema.as_str(), table.name.name.as_str());
        (table.name.to_string(), loading.priority(&database.name, schema, name))
    });
    meta.priorities = priorities.filter(|(_, priority)| *priority > 0).collect();
    let without = &input.source.catalog.without;
    if !without.is_empty() {
        meta.options.insert("without".to_owned(), without.to_string());
    }
    meta
}

/// LZ4 where the target can and the user did not say otherwise.
fn toast_compression(input: &Input<'_>) -> ToastCompression {
    if input.target.has_lz4 { input.settings.options.toast_compression } else { ToastCompression::Server }
}

/// The source where the user wants it and the target can take them.
fn statistics_from(input: &Input<'_>) -> StatisticsFrom {
    if input.statistics.is_some() { StatisticsFrom::Carry } else { StatisticsFrom::Analyze }
}

/// Where constraints stand. A foreign key before the data asks for its tables to be loaded in order, and where there
/// is no order, it comes after.
pub(super) fn placement(input: &Input<'_>, notes: &mut Vec<Note>) -> Placement {
    let options = &input.settings.options;
    let mut late = HashSet::new();
    if !options.create_constraints_after_data {
        for key in foreign_keys(input) {
            let circular = reaches(input, key.referenced, key.relation);
            if circular || key.is_unvalidated() {
                late.insert(key.id());
                let why = if circular { "its tables refer to each other" } else { "it is NOT VALID" };
                notes.push(Note { object: key.identity(), reason: format!("made after the data: {why}") });
            }
        }
    }
    Placement {
        indexes_after_data: options.create_indexes_after_data,
        constraints_after_data: options.create_constraints_after_data,
        late,
    }
}

fn foreign_keys<'a>(input: &'a Input<'_>) -> impl Iterator<Item = &'a ForeignKey> {
    input.source.catalog.objects.iter().filter_map(|object| match object {
        Object::ForeignKey(key) => Some(key),
        _ => None,
    })
}

/// Whether foreign keys lead from one table to another. A partition counts as the table that it is a partition of.
fn reaches(input: &Input<'_>, from: Oid, to: Oid) -> bool {
    let tables: HashMap<Oid, &Table> =
        data::tables(input).into_iter().map(|table| (table.oid, table)).collect();
    let top = |oid: Oid| {
        let above = |at: &&Table| {
            let parent = at.parents.first().filter(|_| at.is_partition)?;
            tables.get(&parent.oid).copied()
        };
        std::iter::successors(tables.get(&oid).copied(), above).last().map_or(oid, |table| table.oid)
    };
    let edges: Vec<(Oid, Oid)> =
        foreign_keys(input).map(|key| (top(key.relation), top(key.referenced))).collect();
    let (from, to) = (top(from), top(to));
    let (mut seen, mut walk) = (HashSet::from([from]), vec![from]);
    while let Some(at) = walk.pop() {
        if at == to {
            return true;
        }
        walk.extend(
            edges.iter().filter(|(child, parent)| *child == at && seen.insert(*parent)).map(|edge| edge.1),
        );
    }
    false
}

/// The tables of foreign keys that are in force while rows are copied: child, parent.
fn keys_before_data(input: &Input<'_>, script: &Script, existing: &Existing) -> Vec<(Oid, Oid)> {
    let in_force = |(place, item): &(usize, &Item)| {
        item.entry.kind == "foreign_key"
            && (item.entry.section == Section::PreData || existing.contains_key(place))
    };
    let early: HashSet<_> =
        script.items.iter().enumerate().filter(in_force).map(|(_, item)| item.entry.id).collect();
    // Tables in a circle have no order; the keys of the source's own making are late then (see `placement`).
    let ordered =
        |key: &&ForeignKey| early.contains(&key.id()) && !reaches(input, key.referenced, key.relation);
    foreign_keys(input).filter(ordered).map(|key| (key.relation, key.referenced)).collect()
}
