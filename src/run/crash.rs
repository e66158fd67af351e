//! What a crash of the target took although its journal remembers it (the rows of unlogged tables, the places of unlogged
//! sequences), and what was done too early because of it.
use std::collections::{BTreeSet, HashSet};

use super::{Control, Recorded};
use crate::{
    error::{Context as _, Result},
    journal::{TargetJournal, table},
    pg::quote_literal,
    plan::{Dependency, Plan, Step, StepId, StepKind, guard},
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
    let emptied = emptied(control, &filled).await?;
    let lost: Vec<&StepId> = filled
        .iter()
        .filter(|step| relation(step).is_some_and(|name| emptied.contains(name)))
        .map(|step| &step.id)
        .collect();
    journal.steps.retain(|id, _| !lost.contains(&id));
    let hasty = hasty(plan, &journal);
    tracing::warn!(steps = lost.len(), hasty = hasty.len(), "the target crashed: what it lost is repeated");
    if !(lost.is_empty() && hasty.is_empty()) {
        let drops: String = hasty.iter().filter_map(|step| drop_trigger(step)).collect();
        let ids: Vec<&StepId> = lost.into_iter().chain(hasty.iter().map(|step| &step.id)).collect();
        let forget = table::forget_sql(&journal.run_id, &ids);
        let sql = format!("BEGIN; {drops}{}{forget}; COMMIT", truncate(&filled, &emptied));
        control.execute(&sql).await.context(|| "journal on the target")?;
    }
    journal.steps.retain(|id, _| !hasty.iter().any(|step| step.id == *id));
    journal.read_under.retain(|id, _| journal.steps.contains_key(id));
    Ok(Recorded::Run(journal))
}

/// What a run that went on after the crash has done with rows that were lost: a trigger would fire for them when they are
/// copied again, a materialized view and statistics lack them.
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

fn can_be_repeated(step: &Step) -> bool {
    matches!(step.kind, StepKind::Refresh | StepKind::Analyze) || drop_trigger(step).is_some()
}

/// A clone on a partition goes with its parent, so it may be gone.
fn drop_trigger(step: &Step) -> Option<String> {
    let is_trigger = step.kind == StepKind::SchemaPost && step.object.starts_with("TRIGGER ");
    is_trigger.then(|| format!("DROP {}; ", step.object.replacen("TRIGGER ", "TRIGGER IF EXISTS ", 1)))
}

/// A run that went on after the crash has put rows into them, which would come twice.
fn truncate(filled: &[&Step], emptied: &HashSet<String>) -> String {
    let data = filled.iter().filter(|step| step.kind == StepKind::Data && emptied.contains(&step.object));
    let tables: BTreeSet<String> = data.map(|step| format!("ONLY {}", step.object)).collect();
    if tables.is_empty() {
        return String::new();
    }
    format!("{}; ", guard::truncate(&tables.into_iter().collect::<Vec<_>>()))
}

/// The relation that a step fills.
fn relation(step: &Step) -> Option<&str> {
    match step.kind {
        StepKind::Data => Some(&step.object),
        StepKind::Carry => step.object.strip_prefix("SEQUENCE "),
        _ => None,
    }
}

fn is_done(journal: &TargetJournal, id: &StepId) -> bool {
    journal.steps.get(id).is_some_and(|status| matches!(status, crate::journal::Status::Done { .. }))
}

/// Those of the relations that are unlogged on the target.
async fn emptied(control: &Control, filled: &[&Step]) -> Result<HashSet<String>> {
    let names: HashSet<&str> = filled.iter().filter_map(|step| relation(step)).collect();
    if names.is_empty() {
        return Ok(HashSet::new());
    }
    let list: Vec<String> = names.into_iter().map(quote_literal).collect();
    let unlogged = format!(
        "SELECT x.name FROM pg_catalog.unnest(ARRAY[{}]) x(name) \
         JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(x.name) WHERE c.relpersistence = 'u'",
        list.join(", ")
    );
    Ok(control.session().await?.texts(&unlogged).await?.into_iter().collect())
}
