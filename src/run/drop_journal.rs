//! Dropping the journal of a run that nobody will resume: only when the user asks for it, and never under a run that is at work.
use serde::Serialize;

use super::{Control, Recorded};
use crate::{
    config::Endpoint,
    error::{Context as _, ErrorKind, Result},
    journal::{Status, table},
    plan::{DROP_PREFIX, StepId},
};

/// A journal that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DroppedJournal {
    /// The database that held it.
    pub database: String,
    /// The run that can be resumed no more.
    pub run_id: String,
    /// How many of its steps were done; what they did stays.
    pub steps_done: usize,
    /// Indexes and keys that it had dropped for the load (`--rebuild-indexes`) and not built again, as its plan names them.
    pub not_rebuilt: Vec<String>,
}

/// Drops the journal of the target's database; `None` if there is none. It is refused while a run holds it.
pub async fn drop_journal(target: &Endpoint) -> Result<Option<DroppedJournal>> {
    // It has the run's lock, and has ended what a dead run left at work.
    let control = match Control::open(target, false).await {
        // 3D000: invalid_catalog_name; a run that was to create the database has not come to it.
        Err(error) if error.code().is_some_and(|code| code.as_str() == "3D000") => return Ok(None),
        opened => opened?,
    };
    let Recorded::Run(journal) = control.read_journal("").await? else { return Ok(None) };
    let is_done = |id: &StepId| matches!(journal.steps.get(id), Some(Status::Done { .. }));
    let steps_done = journal.steps.keys().filter(|id| is_done(id)).count();
    let not_rebuilt = not_rebuilt(journal.steps.keys().filter(|id| is_done(id)), is_done);
    let session = control.session().await?;
    let sql = format!("BEGIN; SET LOCAL synchronous_commit = on; {}; COMMIT", table::drop_sql());
    let dropped = session.execute(&sql).await;
    if dropped.is_err() {
        // The statement's own error is the one to tell.
        _ = session.execute("ROLLBACK").await;
    }
    dropped.context(|| "dropping the journal").map_err(|error| match error.kind() {
        ErrorKind::Privilege => error.hint("run it as the role of the migration, or as a superuser"),
        ErrorKind::Server => error.hint(
            "what else the schema `pgmigrate` holds is not ours: move it away, or drop the schema by hand",
        ),
        _ => error,
    })?;
    Ok(Some(DroppedJournal {
        database: target.database.clone(),
        run_id: journal.run_id,
        steps_done,
        not_rebuilt,
    }))
}

/// What was dropped, and whose own step is not done.
fn not_rebuilt<'s>(done: impl Iterator<Item = &'s StepId>, is_done: impl Fn(&StepId) -> bool) -> Vec<String> {
    let dropped = done.filter_map(|id| id.0.strip_prefix(DROP_PREFIX));
    // The schema `public` of a new database is dropped for good.
    let left = dropped
        .filter(|id| ["index:", "key:"].iter().any(|kind| id.starts_with(kind)))
        .filter(|id| !is_done(&StepId((*id).to_owned())));
    let mut names: Vec<String> = left.map(str::to_owned).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn what_was_dropped_and_is_not_built_is_named() {
        let done: HashSet<StepId> =
            ["drop_index:a.x", "drop_index:a.y", "index:a.y", "drop_key:a.t.k", "drop_schema:public"]
                .map(|id| StepId(id.to_owned()))
                .into();
        assert_eq!(not_rebuilt(done.iter(), |id| done.contains(id)), ["index:a.x", "key:a.t.k"]);
    }
}
