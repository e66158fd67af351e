//! The run's own session on the target: one run at a time, no leftovers of an earlier one, the journal.
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::Duration,
};

use serde::Deserialize;

use super::{
    link::Link,
    retry::{self, After},
    setup,
};
use crate::{
    config::Endpoint,
    error::{Context as _, Error, ErrorKind, Result},
    journal::{SourceMark, Status, Taken, TargetJournal, begin_snapshot_sql, read_snapshots_sql, table},
    net::gucs::APPLICATION_NAME,
    plan::StepId,
    session::Session,
};

/// Key of the advisory lock that a run holds for its whole life ("pgmi" and a number).
const RUN_LOCK: &str = "1885826409, 1";

/// Key of the lock that every session of a run that writes shares. Who gets it alone knows that no statement of a dead
/// run is still at work: a client that is killed leaves its backend in the middle of an index build.
const WORK_LOCK: &str = "1885826409, 2";

/// Ends the backends that hold the work lock, other than our own.
const END_LEFTOVERS: &str = "SELECT pg_catalog.pg_terminate_backend(l.pid)::text \
     FROM pg_catalog.pg_locks l \
     WHERE l.locktype = 'advisory' AND l.classid = 1885826409 AND l.objid = 2 AND l.objsubid = 2 AND l.granted \
     AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()) \
     AND l.pid <> pg_catalog.pg_backend_pid()";

/// How long a leftover may take to roll back what it did.
const LEFTOVER_TIMEOUT: &str = "60s";

/// How often a lock that a dead run still holds is asked for again, and the pause between: its backend notices
/// within moments that its client is gone.
const LOCK_ATTEMPTS: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(250);

/// How often the control session is looked at: until it is there again, another run could begin.
const KEEP_EVERY: Duration = Duration::from_secs(1);

/// The control session of a run.
#[derive(Debug)]
pub struct Control {
    link: Link,
}

/// What the target's journal holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// No journal.
    Nothing,
    /// A run, with what became of its steps.
    Run(TargetJournal),
}

#[derive(Deserialize)]
struct RunRow {
    run_id: String,
}

#[derive(Deserialize)]
struct StepRow {
    step_id: String,
    status: String,
    rows: u64,
    bytes: u64,
    snapshot: u32,
}

#[derive(Deserialize)]
struct SnapshotRow {
    number: u32,
    at: String,
    mark: String,
}

impl Control {
    /// Connects, takes the run's lock, and ends what an earlier run left behind. `is_tuned`: the session need not wait for the
    /// disk at each commit.
    pub async fn open(target: &Endpoint, is_tuned: bool) -> Result<Self> {
        let session = Session::connect(target, "control", APPLICATION_NAME).await?;
        take_run_lock(&session, None).await?;
        let ended = session.texts(END_LEFTOVERS).await?;
        if !ended.is_empty() {
            tracing::warn!(backends = ended.len(), "ended what an earlier run left at work on the target");
        }
        let wait = format!(
            "SET lock_timeout = '{LEFTOVER_TIMEOUT}'; SELECT pg_catalog.pg_advisory_lock({WORK_LOCK}); \
             SELECT pg_catalog.pg_advisory_unlock({WORK_LOCK}); SET lock_timeout = 0"
        );
        session.execute(&wait).await.context(|| "waiting for the end of an earlier run's backends")?;
        let setup = setup::of_writer(is_tuned);
        session.execute(&setup).await?;
        Ok(Self { link: Link::with_run_lock(session, target, setup) })
    }

    /// The session; another one, with the run's lock again, if it was lost.
    pub async fn session(&self) -> Result<Arc<Session>> {
        self.link.session().await
    }

    /// Runs statements, separated by semicolons.
    pub(super) async fn execute(&self, sql: &str) -> Result<()> {
        self.link.execute(sql).await
    }

    /// The session, for work of several attempts.
    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    /// Sees to it that the run's lock is held, and that the target did not crash: what it lost would be missed by all that
    /// follows. An error if either cannot be helped.
    pub(super) async fn keep(&self, run_id: &str) -> Error {
        let backend = AtomicI32::new(0);
        loop {
            tokio::time::sleep(KEEP_EVERY).await;
            let look = async |session: &Session| {
                let before = backend.swap(session.backend_pid(), Ordering::Relaxed);
                if before == 0 || before == session.backend_pid() {
                    return Ok(());
                }
                if session.one_text(&table::crashed_sql(run_id)).await? == "t" {
                    return Err(crash("what it had not written yet is lost, and what unlogged tables held"));
                }
                Ok(())
            };
            if let Err(error) = self.persist(look).await {
                return error.context("the run's session on the target");
            }
        }
    }

    /// Tries again as a step would; `work` must bear to be done twice.
    pub(super) async fn persist(&self, work: impl AsyncFn(&Session) -> Result<()>) -> Result<()> {
        for attempt in 1.. {
            let done = match self.link.session().await {
                Ok(session) => work(&session).await,
                Err(error) => Err(error),
            };
            match retry::after(done, attempt) {
                After::Done(_) => break,
                After::Again(pause, error) => {
                    tracing::warn!("trying again: {}", error.report());
                    tokio::time::sleep(pause).await;
                }
                After::Failed(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What the journal says; of several runs, of the one named.
    pub async fn read_journal(&self, run_id: &str) -> Result<Recorded> {
        let session = self.session().await?;
        let asked = format!("{};\nSELECT ({})::text", table::guard_sql(), table::exists_sql());
        let there = session.texts(&asked).await.map_err(untrusted)?;
        if there.first().is_none_or(|answer| answer != "true") {
            return Ok(Recorded::Nothing);
        }
        let runs: Vec<RunRow> = session.query_json(table::read_runs_sql()).await?;
        let ours = runs.iter().find(|run| run.run_id == run_id).or(runs.first());
        let Some(run) = ours else { return Ok(Recorded::Nothing) };
        let rows: Vec<StepRow> = session.query_json(&table::read_sql(&run.run_id)).await?;
        let status = |row: &StepRow| match row.status.as_str() {
            "DONE" => Status::Done { rows: row.rows, bytes: row.bytes },
            _ => Status::Failed,
        };
        let steps: HashMap<StepId, Status> =
            rows.iter().map(|row| (StepId(row.step_id.clone()), status(row))).collect();
        let crashed = session.one_text(&table::crashed_sql(&run.run_id)).await? == "t";
        let read_under = rows
            .iter()
            .filter(|row| row.status == "DONE")
            .map(|row| (StepId(row.step_id.clone()), row.snapshot));
        let read_under = read_under.collect();
        let snapshots: Vec<SnapshotRow> = session.query_json(&read_snapshots_sql(&run.run_id)).await?;
        let taken = snapshots.into_iter().map(|SnapshotRow { number, at, mark }| {
            Ok(Taken { number, at, mark: SourceMark::parse(&mark)? })
        });
        let taken = taken.collect::<Result<_>>()?;
        Ok(Recorded::Run(TargetJournal { run_id: run.run_id.clone(), steps, crashed, read_under, taken }))
    }

    /// Makes the journal's tables, and writes down that the run begins.
    /// `mark` is how far the source had come before the run's snapshot.
    pub async fn begin(&self, run: &table::RunRow, mark: &str) -> Result<()> {
        let sql = format!(
            "BEGIN; SET LOCAL synchronous_commit = on;\n{}\n{};\n{};\nCOMMIT",
            table::create_sql(),
            table::begin_run_sql(run),
            begin_snapshot_sql(&run.run_id, &run.snapshot, mark)
        );
        self.link.execute(&sql).await.context(|| "journal on the target").map_err(|error| {
            let is_foreign = error.code().is_some_and(|code| code.class() == "42");
            match error.kind() {
                ErrorKind::Privilege => {
                    error.hint("the target's role needs CREATE on the database, for the schema `pgmigrate`")
                }
                // Tables of these names that have not our columns.
                ErrorKind::Server if is_foreign => {
                    let message = "the target has a schema `pgmigrate` that is no journal of this program";
                    Error::new(ErrorKind::Refused, message)
                        .caused_by(error)
                        .hint("rename or drop that schema on the target")
                }
                _ => untrusted(error),
            }
        })
    }

    /// Writes down failures; what cannot be written is in `state.tsv` all the same.
    pub async fn steps_failed(&self, run_id: &str, ids: &[StepId]) {
        for id in ids {
            if let Err(error) = self.link.execute(&table::step_failed_sql(run_id, id)).await {
                tracing::warn!("journal: {}", error.report());
                return;
            }
        }
    }
}

/// What to do about a schema that [`table::guard_sql`] refuses.
fn untrusted(error: Error) -> Error {
    if error.kind() != ErrorKind::Refused {
        return error;
    }
    error.hint("a run is resumed by the role that began it; what else made that schema: drop it on the target, or rename it")
}

pub(super) fn crash(what: &str) -> Error {
    Error::new(ErrorKind::StepsFailed, format!("the target crashed during the run: {what}"))
        .hint("run the same command with `--resume`: it repeats what was lost")
}

/// Takes the run's lock. `previous`: the backend of ours that held it, which may not have noticed that its client is gone.
pub(super) async fn take_run_lock(session: &Session, previous: Option<i32>) -> Result<()> {
    for attempt in 1.. {
        let got =
            session.one_text(&format!("SELECT pg_catalog.pg_try_advisory_lock({RUN_LOCK})::text")).await?;
        if got == "true" {
            break;
        }
        if let Some(pid) = previous.filter(|_| attempt == 1) {
            session.execute(&end_holder(pid)).await?;
        }
        if attempt == LOCK_ATTEMPTS {
            let message = format!("another pgmigrate works on the target database {}", session.database());
            return Err(Error::new(ErrorKind::Refused, message)
                .hint("wait for it, or end it: pg_locks shows who holds the advisory lock 1885826409"));
        }
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    Ok(())
}

/// Ends this backend, if it is the one that holds the run's lock.
fn end_holder(pid: i32) -> String {
    format!(
        "SELECT pg_catalog.pg_terminate_backend(l.pid) FROM pg_catalog.pg_locks l WHERE l.pid = {pid} \
         AND l.locktype = 'advisory' AND l.classid = 1885826409 AND l.objid = 1 AND l.objsubid = 2 AND l.granted"
    )
}
