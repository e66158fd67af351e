//! A few sessions on one side that work off a list of queries.
//!
//! All of them see the side's snapshot. A query that fails is an answer, not the end: its session is replaced, since its
//! transaction is lost with it; a connection that was lost is made anew, and its query tried again.
//!
//! ```text
//! tasks (largest first) ─┬▶ session 1 ─┐
//!                        ├▶ session 2 ─┼▶ answers, told as they come
//!                        └▶ session N ─┘
//! ```
//! Each session takes a turn of the [`Gate`], which may be shared with comparisons of other databases. The queue of answers
//! holds as many as there may be sessions: whoever listens is never behind by more.
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{sync::mpsc, task::JoinSet};

use super::{
    Sum,
    form::Tally,
    memo::{self, Memo},
};
use crate::{
    error::{Error, ErrorKind, Result},
    observe::Metrics,
    policy,
    session::Session,
    verify::{gate::Gate, side::Side},
};

/// How often a query is tried whose connection is lost, with a pause that is doubled each time.
const ATTEMPTS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// A query that gives a tally.
#[derive(Debug)]
pub(super) struct Task {
    /// What it belongs to; several tasks may have the same.
    pub(super) relation: usize,
    /// What it reads, about.
    pub(super) bytes: u64,
    pub(super) sql: String,
    /// What is remembered of it.
    pub(super) memo: Option<Memo>,
}

impl Task {
    /// One of which nothing is remembered.
    pub(super) fn new(relation: usize, bytes: u64, sql: String) -> Self {
        Self { relation, bytes, sql, memo: None }
    }
}

/// What each task gave, in any order, with its [`Task::relation`].
pub(super) type Answers = Vec<(usize, Sum)>;

/// What the sessions of one side have in common.
pub(super) struct Pool {
    /// 0: source, 1: target.
    pub(super) place: usize,
    pub(super) side: Arc<Side>,
    pub(super) gate: Arc<Gate>,
    pub(super) jobs: u32,
    /// Statements for each session.
    pub(super) settings: String,
    pub(super) metrics: Option<Arc<Metrics>>,
}

struct Queue {
    pool: Pool,
    tasks: Vec<Task>,
    next: AtomicUsize,
}

/// Runs all tasks in at most `jobs` sessions. Fewer are fine where the server has no more to give. `hear` is told each answer as
/// it comes.
pub(super) async fn run(
    pool: Pool,
    tasks: Vec<Task>,
    mut hear: impl FnMut(usize, &Sum) + Send,
) -> Result<Answers> {
    let sessions = tasks.len().min(pool.jobs as usize);
    let name = pool.side.name();
    if let Some(metrics) = &pool.metrics {
        let bytes = tasks.iter().map(|task| task.bytes).sum();
        metrics.verify_begins(name, tasks.len() as u64, bytes);
    }
    let queue = Arc::new(Queue { pool, tasks, next: AtomicUsize::new(0) });
    let (tell, mut told) = mpsc::channel(sessions.max(1));
    let mut workers = JoinSet::new();
    for _ in 0..sessions {
        workers.spawn(work(Arc::clone(&queue), tell.clone()));
    }
    drop(tell);
    let (mut answers, mut trouble) = (Answers::new(), None);
    while let Some((relation, answer)) = told.recv().await {
        hear(relation, &answer);
        answers.push((relation, answer));
    }
    while let Some(ended) = workers.join_next().await {
        let error = ended
            .map_err(|cause| Error::new(ErrorKind::Internal, "a comparison did not end").caused_by(cause))?;
        trouble = trouble.or(error);
    }
    match trouble {
        Some(error) if answers.len() < queue.tasks.len() => Err(error),
        Some(error) => {
            tracing::warn!(side = %name, "compared with fewer sessions: {}", error.report());
            Ok(answers)
        }
        None => Ok(answers),
    }
}

/// Takes tasks until there are none, or until no session can be had, which is the error it gives.
async fn work(queue: Arc<Queue>, tell: mpsc::Sender<(usize, Sum)>) -> Option<Error> {
    let pool = &queue.pool;
    let _turn = pool.gate.turn(pool.place).await;
    let mut session = match pool.side.worker(&pool.settings).await {
        Ok(session) => Some(session),
        Err(error) => return Some(error),
    };
    while let Some(task) = queue.tasks.get(queue.next.fetch_add(1, Ordering::Relaxed)) {
        let answer = match persist(pool, &mut session, task).await {
            Ok(answer) => answer,
            Err(error) => {
                // Nobody else takes this task.
                _ = tell.send((task.relation, Err(error.report()))).await;
                return Some(error);
            }
        };
        if let Some(metrics) = &pool.metrics {
            metrics.verified(pool.side.name(), task.bytes);
        }
        // Whoever listens is there until all have ended.
        _ = tell.send((task.relation, answer)).await;
    }
    None
}

/// The answer to a task, from as many sessions as it takes; an error means that there is none to be had any more.
async fn persist(pool: &Pool, session: &mut Option<Session>, task: &Task) -> Result<Sum> {
    let mut pause = FIRST_PAUSE;
    for attempt in 1.. {
        // The old one is gone by then, so that there is never one too many.
        let open = match session.take() {
            Some(open) => open,
            None => match pool.side.worker(&pool.settings).await {
                Err(error) if attempt < ATTEMPTS && policy::of(&error).retry => {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                    continue;
                }
                opened => opened?,
            },
        };
        match answer(&open, task).await {
            Ok(tally) => {
                *session = Some(open);
                return Ok(Ok(tally));
            }
            Err(error) if attempt < ATTEMPTS && policy::of(&error).retry => {
                tracing::warn!("compared once more: {}", error.report());
                drop(open);
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            Err(error) => return Ok(Err(error.report())),
        }
    }
    Err(Error::new(ErrorKind::Internal, "attempts ran out"))
}

/// What is remembered of a task, if it holds still, or what the server says.
async fn answer(session: &Session, task: &Task) -> Result<Tally> {
    let Some(memo) = &task.memo else { return Ok(ask(session, &task.sql).await?.0) };
    if let Some(tally) = memo::recall(session, memo).await? {
        return Ok(tally);
    }
    let (tally, file) = ask(session, &task.sql).await?;
    memo.record(file, tally);
    Ok(tally)
}

/// The tally that a query gives, and the file, if it asks for that.
pub(super) async fn ask(session: &Session, sql: &str) -> Result<(Tally, Option<String>)> {
    let text = session.one_text(sql).await?;
    Tally::parse(&text).ok_or_else(|| Error::new(ErrorKind::Internal, "a tally is not two numbers"))
}
