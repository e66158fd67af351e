//! Tables whose rows come when the rest of the database is usable (`tables.delay_data`).
//!
//! ```text
//! other rows ▸ `rows` ▸ sequence values, refreshes ─┐
//! indexes, constraints, triggers of other tables    ├▸ `usable` ▸ late rows ▸ their indexes, validation
//! keys, unique indexes, foreign keys (NOT VALID),   │                         of foreign keys, statistics, and
//! triggers of late tables, which are empty          ┘                         whatever waits for all rows
//! ```
//! `rows` and `usable` are steps that do nothing: many steps wait for one, and the journal remembers that it was passed. From
//! `usable` on a late table is its clients': it is not emptied, and its rows are added under
//! `session_replication_role = replica`, where the triggers that clients need do not fire for them. That leaves out the checks of
//! foreign keys as well, so these are validated afterwards.
//!
//! What may read any table waits for all rows, and so comes after `usable`: checks of functions, checks of domains, refreshes that reach a
//! function or a late table, default privileges, event triggers, properties of the database.
use std::collections::{BTreeSet, HashSet};

use super::{
    Dependency, Input, Step, StepId, StepKind,
    data::{self, DataSteps},
    rule::Rules,
};
use crate::{
    catalog::Note,
    ddl::{Item, Script},
    error::{Error, ErrorKind, Result},
    object::{ForeignKey, Object, Section, Table, Work},
    pg::{self, Oid},
};

/// Id of the step that ends what clients have to wait for.
const USABLE: &str = "usable";

/// Id of the step that all rows but late ones are before.
const ROWS: &str = "rows";

/// A statement that does nothing.
const NOTHING: &str = "SELECT;";

/// Fails before anything is loaded if our role may not load late rows.
const MAY: &str = "SELECT pg_catalog.set_config('session_replication_role', 'replica', true);\n\
     SELECT pg_catalog.set_config('session_replication_role', 'origin', true);";

impl Step {
    /// Whether it ends what clients have to wait for.
    pub fn makes_usable(&self) -> bool {
        self.id.0 == USABLE
    }

    /// Whether it does nothing but to come after the rows that are not late.
    pub fn ends_rows(&self) -> bool {
        self.id.0 == ROWS
    }

    /// Whether it copies rows into a table that clients may have filled meanwhile.
    pub fn is_late(&self) -> bool {
        self.kind == StepKind::Data && self.depends_on.contains(&after_usable())
    }
}

/// What late rows wait for.
pub(super) fn after_usable() -> Dependency {
    Dependency::Step(StepId(USABLE.to_owned()))
}

/// The late tables of a plan.
#[derive(Debug, Default)]
pub(super) struct Late {
    tables: HashSet<Oid>,
    /// These, and those that they inherit from: whoever reads one of them reads late rows.
    read: HashSet<Oid>,
}

impl Late {
    /// Finds them. A table comes with all of its partitions, and with the table that it is a partition of: its keys span them.
    pub(super) fn find(input: &Input<'_>, notes: &mut Vec<Note>) -> Result<Self> {
        let loading = &input.settings.loading;
        if !loading.delays() {
            return Ok(Self::default());
        }
        let database = input.source.catalog.database.name.as_str();
        let tables = data::tables(input);
        let names: Vec<(&str, &str)> =
            tables.iter().map(|table| (table.name.schema.as_str(), table.name.name.as_str())).collect();
        notes.extend(loading.idle(database, &names).into_iter().map(|pattern| Note {
            object: format!("`tables.delay_data`: {pattern}"),
            reason: "no table that is carried has such a name".to_owned(),
        }));
        let rules = Rules::new(&input.source.catalog.objects, &input.settings.selection);
        let top = |table: &Table| {
            std::iter::successors(rules.partitioned(table), |at| rules.partitioned(at))
                .last()
                .map_or(table.oid, |top| top.oid)
        };
        let fits = |table: &&&Table| {
            loading.is_delayed(database, table.name.schema.as_str(), table.name.name.as_str())
        };
        let tops: HashSet<Oid> = tables.iter().filter(fits).map(|table| top(table)).collect();
        let late: Vec<&&Table> = tables.iter().filter(|table| tops.contains(&top(table))).collect();
        refuse(input, &late)?;
        let reason = "its rows come when the rest is usable; until they are read the source's snapshot is held, and \
             its vacuum keeps what it sees";
        notes.extend(
            late.iter()
                .filter(|table| tops.contains(&table.oid))
                .map(|table| Note { object: format!("TABLE {}", table.name), reason: reason.to_owned() }),
        );
        let tables: HashSet<Oid> = late.iter().map(|table| table.oid).collect();
        Ok(Self { read: with_parents(input, &tables), tables })
    }

    pub(super) fn has(&self, table: Oid) -> bool {
        self.tables.contains(&table)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Whether a foreign key is of a late table, or refers to one.
    pub(super) fn touches(&self, key: &ForeignKey) -> bool {
        self.has(key.relation) || self.has(key.referenced)
    }

    /// By item of the script: whether it comes after late rows.
    pub(super) fn items(&self, script: &Script) -> Vec<bool> {
        let (mut late, mut reads): (Vec<bool>, Vec<bool>) = (Vec::new(), Vec::new());
        for item in &script.items {
            let any = |of: &[bool]| item.needs.iter().any(|place| of.get(*place) == Some(&true));
            let is_read = match item.entry.kind {
                // What a table needs is not read with it.
                "table" => self.read.contains(&item.entry.id.oid),
                "function" | "aggregate" | "extension" => true,
                _ => any(&reads),
            };
            let own = match item.entry.kind {
                "index" => self.has_relation(item) && !is_unique(item),
                "refresh" => is_read,
                _ => waits_for_all_rows(item),
            };
            let is_after = item.entry.section == Section::PostData && (own || any(&late));
            late.push(!self.is_empty() && is_after);
            reads.push(is_read);
        }
        late
    }

    fn has_relation(&self, item: &Item) -> bool {
        item.entry.relation.is_some_and(|id| id.class == pg::catalog::CLASS && self.has(id.oid))
    }

    /// The steps of these that copy late rows.
    pub(super) fn steps<'d>(&self, data: &'d DataSteps) -> HashSet<&'d StepId> {
        if self.is_empty() {
            return HashSet::new();
        }
        data.steps.iter().filter(|step| step.is_late()).map(|step| &step.id).collect()
    }
}

/// A unique index keeps clients from what would make it fail afterwards, and `ON CONFLICT` needs it.
pub(super) fn is_unique(item: &Item) -> bool {
    item.entry.create.first().is_some_and(|text| text.starts_with("CREATE UNIQUE INDEX "))
}

/// Columns of any table can be of a domain, and a check that comes after the data reads other tables.
pub(super) fn waits_for_all_rows(item: &Item) -> bool {
    let is_check = item.entry.kind == "check" && item.entry.work == Work::Scan;
    is_check || item.entry.relation.is_some_and(|id| id.class == pg::catalog::TYPE)
}

fn with_parents(input: &Input<'_>, tables: &HashSet<Oid>) -> HashSet<Oid> {
    let all = data::tables(input);
    let mut read = tables.clone();
    loop {
        let known = read.len();
        let children: Vec<&&Table> = all.iter().filter(|table| read.contains(&table.oid)).collect();
        read.extend(children.iter().flat_map(|table| &table.parents).map(|parent| parent.oid));
        if read.len() == known {
            return read;
        }
    }
}

fn refuse(input: &Input<'_>, late: &[&&Table]) -> Result<()> {
    if late.is_empty() {
        return Ok(());
    }
    if !input.settings.options.create_constraints_after_data {
        let message = "`tables.delay_data` needs `options.create_constraints_after_data`: a foreign key to a late \
             table would refuse the rows of others";
        return Err(Error::new(ErrorKind::Refused, message).hint("leave out one of the two"));
    }
    let there = data::on_target(input);
    let refused = |which: &dyn Fn(&Table) -> bool| {
        let mut names: Vec<String> =
            late.iter().filter(|table| which(table)).map(|table| table.name.to_string()).collect();
        names.sort();
        (!names.is_empty()).then(|| names.join(", "))
    };
    if let Some(names) = refused(&|table| there.contains(&table.name)) {
        let message = format!("these tables of `tables.delay_data` are on the target already: {names}");
        return Err(Error::new(ErrorKind::Refused, message)
            .hint("drop them there, or take them out of `tables.delay_data`: foreign keys that stand would not be checked"));
    }
    let firing = firing_as_replica(input);
    if let Some(names) = refused(&|table| firing.contains(&table.oid)) {
        let message = format!(
            "these tables of `tables.delay_data` have triggers that would fire for late rows: {names}"
        );
        return Err(Error::new(ErrorKind::Refused, message)
            .hint("take them out of `tables.delay_data`: a trigger that is enabled ALWAYS or REPLICA fires for copied rows too"));
    }
    if let Some(names) = refused(&Table::is_unlogged) {
        let message = format!("these tables of `tables.delay_data` are unlogged: {names}");
        return Err(Error::new(ErrorKind::Refused, message).hint(
            "take them out of `tables.delay_data`: after a crash of the target nobody could tell clients' rows from ours",
        ));
    }
    Ok(())
}

fn firing_as_replica(input: &Input<'_>) -> HashSet<Oid> {
    let triggers = input.source.catalog.objects.iter().filter_map(|object| match object {
        Object::Trigger(trigger) => trigger.fires_as_replica(),
        _ => None,
    });
    triggers.collect()
}

/// Asks, before anything is loaded, whether our role may load late rows.
pub(super) fn permission_step(input: &Input<'_>, late: &Late) -> Option<Step> {
    (!late.is_empty()).then(|| Step {
        sql: MAY.to_owned(),
        ..input.step(
            StepKind::SchemaPre,
            "late_rows:permission".to_owned(),
            "PARAMETER session_replication_role".to_owned(),
        )
    })
}

/// Puts one step between the rows that are not late and the steps that wait for rows and need not wait for late ones.
pub(super) fn end_rows(input: &Input<'_>, late: &Late, steps: &mut Vec<Step>) {
    if late.is_empty() {
        return;
    }
    let rows = steps.iter().filter(|step| step.kind == StepKind::Data && !step.is_late());
    let depends_on = rows.map(|step| Dependency::Step(step.id.clone())).collect();
    let step = inert(input, ROWS, "ROWS OF ALL TABLES BUT LATE ONES");
    steps.push(Step { depends_on, ..step });
}

/// Lets steps wait for [`end_rows`] where they waited for all rows.
pub(super) fn wait_for_early_rows<'s>(late: &Late, steps: impl Iterator<Item = &'s mut Step>) {
    if late.is_empty() {
        return;
    }
    for step in steps {
        for dependency in &mut step.depends_on {
            if *dependency == Dependency::Kind(StepKind::Data) {
                *dependency = Dependency::Step(StepId(ROWS.to_owned()));
            }
        }
        step.depends_on.sort();
    }
}

/// Puts `usable` between the steps that lead to no late row and those that come after one.
pub(super) fn usable(input: &Input<'_>, late: &Late, steps: Vec<Step>) -> Vec<Step> {
    if late.is_empty() {
        return steps;
    }
    let is_after = after_late_rows(&steps);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (step, is_after) in steps.into_iter().zip(is_after) {
        if is_after { after.push(step) } else { before.push(step) }
    }
    let depends_on = last_of(&before);
    before.push(Step {
        depends_on,
        ..inert(input, USABLE, &format!("DATABASE {}", pg::quote_ident(&input.settings.target.database)))
    });
    before.append(&mut after);
    before
}

/// By step: whether it copies late rows, or waits for one that does, directly or not.
fn after_late_rows(steps: &[Step]) -> Vec<bool> {
    let mut after: Vec<bool> = steps.iter().map(Step::is_late).collect();
    let (mut ids, mut kinds) = (HashSet::new(), HashSet::new());
    loop {
        let known = ids.len();
        for (at, step) in steps.iter().enumerate() {
            let waits = |dependency: &Dependency| match dependency {
                Dependency::Step(id) => ids.contains(id),
                Dependency::Kind(kind) => kinds.contains(kind),
            };
            after[at] = after[at] || step.depends_on.iter().any(waits);
            if after[at] {
                ids.insert(&step.id);
                kinds.insert(step.kind);
            }
        }
        if ids.len() == known {
            return after;
        }
    }
}

/// The steps that none of the others waits for. What runs before the rows is done by then.
fn last_of(steps: &[Step]) -> Vec<Dependency> {
    let needed: HashSet<&Dependency> = steps.iter().flat_map(|step| &step.depends_on).collect();
    let ids = steps.iter().filter(|step| !is_early(step.kind)).filter_map(|step| {
        let id = Dependency::Step(step.id.clone());
        let is_needed = needed.contains(&id) || needed.contains(&Dependency::Kind(step.kind));
        (!is_needed).then_some(id)
    });
    ids.collect::<BTreeSet<_>>().into_iter().collect()
}

fn is_early(kind: StepKind) -> bool {
    matches!(kind, StepKind::Database | StepKind::Role | StepKind::SchemaPre | StepKind::Truncate)
}

fn inert(input: &Input<'_>, id: &str, object: &str) -> Step {
    Step { sql: NOTHING.to_owned(), ..input.step(StepKind::SchemaPost, id.to_owned(), object.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(id: &str, kind: StepKind, depends_on: &[Dependency]) -> Step {
        Step { depends_on: depends_on.to_vec(), ..Step::new(kind, id, "d", id) }
    }

    fn on(id: &str) -> Dependency {
        Dependency::Step(StepId(id.to_owned()))
    }

    #[test]
    fn what_waits_for_late_rows_is_after_them() {
        let steps = [
            step("pre", StepKind::SchemaPre, &[]),
            step("data:a", StepKind::Data, &[]),
            step("data:late", StepKind::Data, &[after_usable()]),
            step("index:a", StepKind::Index, &[on("data:a")]),
            // In the plan before what it waits for.
            step("validate", StepKind::Index, &[on("index:late")]),
            step("index:late", StepKind::Index, &[on("data:late")]),
            step("trigger", StepKind::SchemaPost, &[]),
            step("grant", StepKind::SchemaPost, &[Dependency::Kind(StepKind::Index)]),
        ];
        let after = after_late_rows(&steps);
        assert_eq!(after, [false, false, true, false, true, true, false, true]);
        let before: Vec<Step> =
            steps.into_iter().zip(after).filter(|(_, after)| !after).map(|(step, _)| step).collect();
        assert_eq!(last_of(&before), [on("index:a"), on("trigger")]);
    }

    #[test]
    fn late_rows_are_known_by_what_they_wait_for() {
        assert!(step("data:a", StepKind::Data, &[after_usable()]).is_late());
        assert!(!step("data:a", StepKind::Data, &[]).is_late());
        assert!(!step("index:a", StepKind::Index, &[after_usable()]).is_late());
    }
}
