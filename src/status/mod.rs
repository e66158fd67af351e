//! What a run is at, seen from outside: from the target's journal, the sessions there, and the plan and state files if they are at
//! hand. It changes nothing, and a run does not notice it.
mod steps;

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{
    config::Endpoint,
    error::{Context as _, Result},
    journal::{StateFile, table},
    net::gucs::APPLICATION_NAME,
    object::{Queries, query_for},
    plan::PlanFile,
    session::Session,
    tuning::{self, UndoRow},
};

pub use steps::{KindStatus, Steps};

const SESSION_QUERIES: Queries = &[
    (u32::MAX, include_str!("sql/session.sql")),
    (13, include_str!("sql/session.pg13.sql")),
    (11, include_str!("sql/session.pg11.sql")),
];

/// What is known of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// What it is at.
    pub state: State,
    /// The target database.
    pub target: String,
    /// What its journal says of the run.
    pub run: Option<RunStatus>,
    /// Its steps; `None` without a journal.
    pub steps: Option<Steps>,
    /// Its sessions on the target.
    pub sessions: Vec<SessionStatus>,
    /// Settings of the target's server that are changed and will be put back, as far as the role may see them.
    pub tuned: Vec<UndoRow>,
}

/// What a run is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// There is no journal, and the state file tells of no run that ended.
    None,
    /// A session on the target holds the run's lock.
    Running,
    /// There is a journal, and nobody at work: the run failed or was stopped, and `--resume` goes on with it.
    Stopped,
    /// All is done, and the journal is gone.
    Ended,
}

/// A run, as its journal has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunStatus {
    /// [`crate::plan::Plan::run_id`].
    pub run_id: String,
    /// Version of the program that worked at it last.
    pub tool_version: String,
    /// The source's database.
    pub source_database: String,
    /// When it began, as the target prints it.
    pub started_at: String,
    /// Since then.
    pub seconds: f64,
    /// Since a step of it ended, if any did.
    pub idle_seconds: Option<f64>,
    /// Under how many snapshots of the source its rows were read: one, and one more for each resume with rows to read.
    pub snapshots: u64,
}

/// A session of the run on the target. What it works at is `None` for who may not see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionStatus {
    /// Its backend.
    pub pid: i32,
    /// Whether it is the one that leads the run: it waits for the others.
    pub leads: bool,
    /// `active`, `idle in transaction`… (`pg_stat_activity.state`).
    pub state: Option<String>,
    /// What it waits for: `Lock`, `IO`, `Client`…
    pub wait_event_type: Option<String>,
    /// The same, in detail.
    pub wait_event: Option<String>,
    /// Since its statement began.
    pub seconds: Option<f64>,
    /// Its statement. It holds no value of a row.
    pub query: Option<String>,
    /// Of an index: the phase of its build.
    pub phase: Option<String>,
    /// Of an index: blocks or tuples of the phase that are done.
    pub done: Option<u64>,
    /// Of an index: blocks or tuples of the phase in all.
    pub total: Option<u64>,
    /// Of a COPY: the table.
    pub copied: Option<String>,
    /// Of a COPY: bytes so far.
    pub bytes: Option<u64>,
    /// Of a COPY: rows so far.
    pub rows: Option<u64>,
}

/// Reads it. A `plan` or a `state` that is not there, or belongs to another run, tells nothing.
pub async fn read(target: &Endpoint, plan: &Path, state: &Path) -> Result<Status> {
    let status = of_run(target, plan, state).await?;
    let tuned = tuning::read_of_server(target).await.unwrap_or_default();
    Ok(Status { tuned, ..status })
}

async fn of_run(target: &Endpoint, plan: &Path, state: &Path) -> Result<Status> {
    let session = match Session::connect(target, "status", APPLICATION_NAME).await {
        // 3D000: invalid_catalog_name; a run that creates the database has not come to it.
        Err(error) if error.code().is_some_and(|code| code.as_str() == "3D000") => {
            return Ok(without_journal(target, state));
        }
        session => session?,
    };
    // Somebody else's schema of this name could run code of his in our name.
    session.execute(&table::guard_sql()).await?;
    if session.one_text(table::exists_sql()).await? != "t" {
        return Ok(without_journal(target, state));
    }
    let sessions = query_for(SESSION_QUERIES, session.version().major());
    let sessions: Vec<SessionStatus> =
        session.query_json(sessions).await.context(|| "sessions of the run")?;
    let runs: Vec<RunStatus> =
        session.query_json(include_str!("sql/run.sql")).await.context(|| "the journal")?;
    let Some(run) = runs.into_iter().next() else { return Ok(without_journal(target, state)) };
    let ended = session.query_json(&table::read_sql(&run.run_id)).await.context(|| "the journal")?;
    let leads = sessions.iter().any(|session| session.leads);
    Ok(Status {
        state: if leads { State::Running } else { State::Stopped },
        target: target.to_string(),
        // A plan of one database is a part too.
        steps: Some(Steps::of(&ended, &run.run_id, &PlanFile::whole(plan).part(&target.database))),
        run: Some(run),
        sessions,
        tuned: Vec::new(),
    })
}

fn without_journal(target: &Endpoint, state: &Path) -> Status {
    let state = if StateFile::is_ended(state, Some(&target.database)) { State::Ended } else { State::None };
    Status {
        state,
        target: target.to_string(),
        run: None,
        steps: None,
        sessions: Vec::new(),
        tuned: Vec::new(),
    }
}
