//! What a crash of the target took although its journal remembers it: the rows of unlogged tables and the places of unlogged
//! sequences.
use std::collections::{BTreeSet, HashSet};

use super::{Control, Recorded};
use crate::{
    error::{Context as _, Result},
    journal::{TargetJournal, table},
    pg::quote_literal,
    plan::{Plan, Step, StepId, StepKind},
};

/// If the target crashed, takes back that the steps are done which filled its unlogged relations.
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
    tracing::warn!(steps = lost.len(), "the target crashed: its unlogged tables are filled again");
    if !lost.is_empty() {
        let forget = table::forget_sql(&journal.run_id, &lost);
        let sql = format!("BEGIN; {}{forget}; COMMIT", truncate(&filled, &emptied));
        control.execute(&sql).await.context(|| "journal on the target")?;
    }
    journal.steps.retain(|id, _| !lost.contains(&id));
    Ok(Recorded::Run(journal))
}

/// A run that went on after the crash has put rows into them, which would come twice.
fn truncate(filled: &[&Step], emptied: &HashSet<String>) -> String {
    let data = filled.iter().filter(|step| step.kind == StepKind::Data && emptied.contains(&step.object));
    let tables: BTreeSet<String> = data.map(|step| format!("ONLY {}", step.object)).collect();
    if tables.is_empty() {
        return String::new();
    }
    format!("TRUNCATE {}; ", tables.into_iter().collect::<Vec<_>>().join(", "))
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
