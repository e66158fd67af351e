//! A few sessions on one side that work off a list of queries.
//!
//! All of them see the side's snapshot. A query that fails is an answer, not the end: its session is replaced, since its
//! transaction is lost with it.
//!
//! ```text
//! tasks (largest first) ─┬▶ session 1 ─┐
//!                        ├▶ session 2 ─┼▶ answers
//!                        └▶ session N ─┘
//! ```
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::task::JoinSet;

use super::{Sum, form::Tally};
use crate::{
    error::{Error, ErrorKind, Result},
    observe::Metrics,
    session::Session,
    verify::side::Side,
};

/// A query that gives a tally.
#[derive(Debug)]
pub(super) struct Task {
    /// What it belongs to; several tasks may have the same.
    pub(super) relation: usize,
    /// What it reads, about.
    pub(super) bytes: u64,
    pub(super) sql: String,
}

/// What each task gave, in any order, with its [`Task::relation`].
pub(super) type Answers = Vec<(usize, Sum)>;

struct Queue {
    tasks: Vec<Task>,
    next: AtomicUsize,
    metrics: Option<Arc<Metrics>>,
}

/// Runs all tasks in at most `jobs` sessions. Fewer are fine where the server has no more to give.
pub(super) async fn run(
    side: &Arc<Side>,
    jobs: u32,
    tasks: Vec<Task>,
    settings: &str,
    metrics: Option<Arc<Metrics>>,
) -> Result<Answers> {
    let sessions = tasks.len().min(jobs as usize);
    if let Some(metrics) = &metrics {
        let bytes = tasks.iter().map(|task| task.bytes).sum();
        metrics.verify_begins(side.name(), tasks.len() as u64, bytes);
    }
    let queue = Arc::new(Queue { tasks, next: AtomicUsize::new(0), metrics });
    let mut workers = JoinSet::new();
    for _ in 0..sessions {
        workers.spawn(work(Arc::clone(side), Arc::clone(&queue), settings.to_owned()));
    }
    let (mut answers, mut trouble) = (Answers::new(), None);
    while let Some(ended) = workers.join_next().await {
        let (given, error) = ended
            .map_err(|cause| Error::new(ErrorKind::Internal, "a comparison did not end").caused_by(cause))?;
        answers.extend(given);
        trouble = trouble.or(error);
    }
    match trouble {
        Some(error) if answers.len() < queue.tasks.len() => Err(error),
        Some(error) => {
            tracing::warn!(side = %side.name(), "compared with fewer sessions: {}", error.report());
            Ok(answers)
        }
        None => Ok(answers),
    }
}

/// Takes tasks until there are none, or until no session can be had.
async fn work(side: Arc<Side>, queue: Arc<Queue>, settings: String) -> (Answers, Option<Error>) {
    let mut answers = Answers::new();
    let mut session = match side.worker(&settings).await {
        Ok(session) => session,
        Err(error) => return (answers, Some(error)),
    };
    while let Some(task) = queue.tasks.get(queue.next.fetch_add(1, Ordering::Relaxed)) {
        let answer = ask(&session, &task.sql).await;
        if let Some(metrics) = &queue.metrics {
            metrics.verified(side.name(), task.bytes);
        }
        let failed = answer.is_err();
        answers.push((task.relation, answer.map_err(|error| error.report())));
        if failed {
            session = match side.worker(&settings).await {
                Ok(session) => session,
                Err(error) => return (answers, Some(error)),
            };
        }
    }
    (answers, None)
}

async fn ask(session: &Session, sql: &str) -> Result<Tally> {
    let text = session.one_text(sql).await?;
    Tally::parse(&text).ok_or_else(|| Error::new(ErrorKind::Internal, "a tally is not two numbers"))
}
