//! Dropping the journal of a run that nobody will resume: only when the user asks for it, and never under a run that is at work.
use serde::Serialize;

use super::{Control, Recorded};
use crate::{
    config::Endpoint,
    error::{Context as _, ErrorKind, Result},
    journal::{Status, table},
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
    let done = journal.steps.values().filter(|status| matches!(status, Status::Done { .. })).count();
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
    Ok(Some(DroppedJournal { database: target.database.clone(), run_id: journal.run_id, steps_done: done }))
}
