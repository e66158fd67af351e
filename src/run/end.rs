//! The end of a run: the target still has what it committed, and the journal goes.
use std::sync::{Mutex, PoisonError};

use super::{Control, control::crash};
use crate::{
    error::{Context as _, Error, ErrorKind, Result},
    journal::table,
    session::Session,
};

/// Unlogged tables that have rows. Those of the journal go with it.
const FILLED_UNLOGGED: &str = "SELECT c.oid::text FROM pg_catalog.pg_class c \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE c.relpersistence = 'u' AND c.relkind = 'r' AND n.nspname <> 'pgmigrate' \
     AND pg_catalog.pg_relation_size(c.oid) > 0";

/// What the transaction that drops the journal can be known by when the answer to its COMMIT is lost.
#[derive(Debug, Clone)]
struct Dropping {
    transaction: String,
    unlogged: Vec<String>,
}

impl Control {
    /// Makes sure that the target still has what it committed, and drops the journal. It may have crashed on the way, with
    /// commits that were not on disk yet (see [`super::setup::of_writer`]) or with rows in unlogged tables; so look and drop belong
    /// to one session. The drop waits until it, and so all before it, is on disk.
    pub(super) async fn end(&self, run_id: &str, steps: usize) -> Result<()> {
        let begun = Mutex::new(None);
        self.persist(async |session| {
            let before: Option<Dropping> = begun.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(before) = before
                && session.one_text(&format!("SELECT ({})::text", table::exists_sql())).await? != "true"
            {
                return before.confirm(session).await;
            }
            check_whole(session, run_id, steps).await?;
            let unlogged = session.texts(FILLED_UNLOGGED).await?;
            let begin = "BEGIN; SET LOCAL synchronous_commit = on; SELECT pg_catalog.txid_current()::text";
            let transaction = session.one_text(begin).await?;
            *begun.lock().unwrap_or_else(PoisonError::into_inner) = Some(Dropping { transaction, unlogged });
            let sql = format!("{};\nCOMMIT", table::drop_sql());
            let dropped = session.execute_patiently(&sql, "dropping the journal").await;
            if dropped.is_err() {
                // The statement's own error is the one to tell.
                _ = session.execute("ROLLBACK").await;
            }
            dropped
        })
        .await
        .context(|| "end of the run")
    }
}

impl Dropping {
    /// The journal is gone: whether it was this transaction that dropped it, and whether the target lost anything since. Whose
    /// commit can be seen was on disk before.
    async fn confirm(&self, session: &Session) -> Result<()> {
        let status = format!("SELECT pg_catalog.txid_status({})", self.transaction);
        if session.one_text(&status).await? != "committed" {
            let message = "the journal vanished before the run had dropped it: nobody knows what else did";
            return Err(Error::new(ErrorKind::StepsFailed, message)
                .hint("look what became of the target; `pgmigrate verify` tells what it lacks"));
        }
        let filled = session.texts(FILLED_UNLOGGED).await?;
        if self.unlogged.iter().all(|table| filled.contains(table)) {
            return Ok(());
        }
        let message = "the target crashed at the end of the run, when all else was done: it emptied the unlogged tables";
        Err(Error::new(ErrorKind::StepsFailed, message)
            .hint("`pgmigrate verify` names them; copy them by a run of their own (`tables.include`, `--on-existing`)"))
    }
}

/// Every step is done, as far as the target knows, and it did not crash.
async fn check_whole(session: &Session, run_id: &str, steps: usize) -> Result<()> {
    let done = session.one_text(&table::count_done_sql(run_id)).await?;
    let crashed = session.one_text(&table::crashed_sql(run_id)).await? == "t";
    let lost = steps.saturating_sub(done.parse().unwrap_or_default());
    match (lost, crashed) {
        (0, false) => Ok(()),
        (0, true) => Err(crash("it emptied the unlogged tables")),
        (lost, _) => Err(crash(&format!("{lost} steps that had been committed are lost"))),
    }
}
