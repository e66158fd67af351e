//! What a crash of the target took although its journal remembers it (the rows of unlogged tables, the places of unlogged
//! sequences), and what was done too early because of it.
use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    Control, Recorded,
    parts::{self, Part},
};
use crate::{
    error::{Context as _, Error, ErrorKind, Result},
    journal::{TargetJournal, table},
    pg::{quote_literal, refuse_with},
    plan::{Dependency, LARGE_OBJECT_VIEW, Plan, Step, StepId, StepKind},
};

/// If the target crashed, takes back that the steps are done which filled its unlogged relations, and those that followed
/// too early on rows that are to be copied again.
pub(super) async fn forget(control: &Control, plan: &Plan, recorded: Recorded) -> Result<Recorded> {
    let Recorded::Run(mut journal) = recorded else { return Ok(recorded) };
    if !journal.crashed || journal.run_id != plan.run_id() {
        return Ok(Recorded::Run(journal));
    }
    let filled: Vec<&Step> =
        plan.steps.iter().filter(|step| relation(step).is_some() && is_done(&journal, &step.id)).collect();
    let emptied = Emptied::find(control, &filled).await?;
    let lost: Vec<&Step> = filled.into_iter().filter(|step| emptied.has(step)).collect();
    journal.steps.retain(|id, _| !lost.iter().any(|step| step.id == *id));
    let hasty = hasty(plan, &journal);
    tracing::warn!(steps = lost.len(), hasty = hasty.len(), "the target crashed: what it lost is repeated");
    if !(lost.is_empty() && hasty.is_empty()) {
        let ids: Vec<&StepId> = lost.iter().chain(&hasty).map(|step| &step.id).collect();
        let forget = table::forget_sql(&journal.run_id, &ids);
        let is_usable = plan.steps.iter().any(|step| step.makes_usable() && is_done(&journal, &step.id));
        let sql = format!(
            "BEGIN; {}{}{}{}{forget}; COMMIT",
            if is_usable { emptied.refuse_rows(&lost) } else { String::new() },
            parts::drop_all(hasty.iter().copied()),
            remade_view(plan, &hasty),
            emptied.truncate(plan, &lost)?
        );
        control.execute(&sql).await.map_err(of_clients).context(|| "journal on the target")?;
    }
    journal.steps.retain(|id, _| !hasty.iter().any(|step| step.id == *id));
    journal.read_under.retain(|id, _| journal.steps.contains_key(id));
    Ok(Recorded::Run(journal))
}

/// What a run that went on after the crash has done with rows that were lost, and what was done before it: a trigger would
/// fire for them when they are copied again, a foreign key would look for rows that another lane is yet to copy and forbids
/// to empty its tables, a materialized view and statistics lack them.
fn hasty<'p>(plan: &'p Plan, journal: &TargetJournal) -> Vec<&'p Step> {
    let begun = |step: &&Step| step.kind != StepKind::Database;
    let is_open = |step: &&Step| !is_done(journal, &step.id);
    let mut open: HashSet<&StepId> =
        plan.steps.iter().filter(begun).filter(is_open).map(|step| &step.id).collect();
    let mut kinds: HashSet<StepKind> =
        plan.steps.iter().filter(|step| open.contains(&step.id)).map(|step| step.kind).collect();
    let mut hasty: Vec<&Step> = Vec::new();
    loop {
        let next = plan.steps.iter().find(|step| {
            can_be_repeated(step)
                && !open.contains(&step.id)
                && step.depends_on.iter().any(|dependency| match dependency {
                    Dependency::Step(id) => open.contains(id),
                    Dependency::Kind(kind) => kinds.contains(kind),
                })
        });
        let Some(step) = next else { return hasty };
        open.insert(&step.id);
        kinds.insert(step.kind);
        hasty.push(step);
    }
}

/// Whether a step can be taken back here: the large objects' view is made anew.
fn can_be_repeated(step: &Step) -> bool {
    step.id.0 == LARGE_OBJECT_VIEW.dropped_by || step.ends_rows() || parts::can_be_repeated(step)
}

/// What to do about rows that [`Emptied::refuse_rows`] has found.
fn of_clients(error: Error) -> Error {
    if error.kind() != ErrorKind::Refused {
        return error;
    }
    error.hint("save what clients put into it and empty it, then `--resume` copies its rows again")
}

/// Makes the view anew that large objects are written through, if it was dropped before all of them were.
fn remade_view(plan: &Plan, hasty: &[&Step]) -> String {
    let is_dropped = hasty.iter().any(|step| step.id.0 == LARGE_OBJECT_VIEW.dropped_by);
    let made = plan.steps.iter().find(|step| step.id.0 == LARGE_OBJECT_VIEW.made_by);
    made.filter(|_| is_dropped).map_or_else(String::new, |step| format!("{}; ", step.sql))
}

/// The relation that a step fills: for a partition's rows that go in through a table above, that one.
pub(super) fn relation(step: &Step) -> Option<&str> {
    match step.kind {
        StepKind::Data => Some(step.filled_table()),
        StepKind::Carry => step.object.strip_prefix("SEQUENCE "),
        _ => None,
    }
}

fn is_done(journal: &TargetJournal, id: &StepId) -> bool {
    journal.steps.get(id).is_some_and(|status| matches!(status, crate::journal::Status::Done { .. }))
}

/// The relations that are unlogged on the target, and partitioned tables of which a partition is.
#[derive(Debug, Default)]
struct Emptied(HashMap<String, Vec<Part>>);

impl Emptied {
    async fn find(control: &Control, filled: &[&Step]) -> Result<Self> {
        let names = filled.iter().filter_map(|step| relation(step));
        let mut relations = parts::read(control, names).await?;
        relations.retain(|_, parts| parts.iter().any(|part| part.is_unlogged));
        Ok(Self(relations))
    }

    /// Whether rows of the step may be gone.
    fn has(&self, step: &Step) -> bool {
        relation(step).is_some_and(|name| self.0.contains_key(name))
    }

    /// Statements, each with its semicolon, that fail if there are rows where some were lost: once the database was usable, they can
    /// be clients'.
    fn refuse_rows(&self, lost: &[&Step]) -> String {
        let filled = lost.iter().filter_map(|step| self.0.get(relation(step)?));
        let tables: BTreeSet<&str> =
            filled.flatten().filter(|part| part.is_table).map(|part| part.name.as_str()).collect();
        let refuse = |table: &str| {
            let message = format!(
                "rows of unlogged tables were lost when the target crashed, and {table} has rows: clients may have put them there"
            );
            format!(
                "LOCK TABLE ONLY {table} IN ACCESS EXCLUSIVE MODE; SELECT {} FROM (SELECT FROM ONLY {table} LIMIT 1) x; ",
                refuse_with(&quote_literal(&message))
            )
        };
        tables.into_iter().map(refuse).collect()
    }

    /// Empties what lost rows: a run that went on after the crash has put rows into it, and logged partitions still hold
    /// theirs, which would come twice.
    fn truncate(&self, plan: &Plan, lost: &[&Step]) -> Result<String> {
        let filled = lost.iter().filter_map(|step| self.0.get(relation(step)?));
        let tables: Vec<&Part> = filled.flatten().filter(|part| part.is_table).collect();
        if plan.meta.appends()
            && let Some(part) = tables.iter().find(|part| !part.is_unlogged)
        {
            let message = format!(
                "the target crashed, and with it went rows that were appended to partitions beside {}, which may hold others",
                part.name
            );
            return Err(Error::new(ErrorKind::Refused, message)
                .hint("rows that were there before cannot be told from those that were copied: begin anew with a target as it was"));
        }
        Ok(parts::empty(tables))
    }
}
