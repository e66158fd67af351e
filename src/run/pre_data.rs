//! Steps before the data: many in one transaction and one round trip, and what does not depend on each other on several
//! sessions.
mod batches;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use futures_util::future;
use tokio::sync::Notify;

use self::batches::{Batches, Next};
use super::{
    Control, Run,
    halt::Halt,
    link::Link,
    pool::{Member, Slot},
    retry, setup,
};
use crate::{
    error::{Context as _, Error, ErrorKind, Result},
    failpoint::Failpoint,
    journal::table::{self, DoneStep},
    net::gucs::APPLICATION_NAME,
    observe::{Attempted, Resource},
    plan::{Step, StepKind},
    policy,
    session::Session,
};

/// A further session is worth its connection from so many batches on: one takes 20 ms and more.
const BATCHES_A_SESSION: usize = 4;

/// Runs what is left of the pre-data steps.
pub(super) async fn run(run: &Run, control: &Control, halt: &mut Halt<'_>) -> Result<()> {
    let open = |step: &&Step| is_pre_data(step.kind) && !run.done.contains(&step.id);
    let steps: Vec<&Step> = run.plan.steps.iter().filter(open).collect();
    let work = async {
        let batches = Batches::new(&steps);
        let pool = run.pool.join();
        let sessions = sessions(run, &pool, batches.len()).await?;
        let board = Board { run, control, batches: Mutex::new(batches), changed: Notify::new() };
        let all = std::iter::once(control.link()).chain(sessions.iter().map(|(link, _)| link));
        future::join_all(all.map(|link| board.work(link))).await.into_iter().collect()
    };
    tokio::select! {
        done = work => done,
        error = halt.asked() => Err(error),
    }
}

/// Whether steps of this kind run here.
pub(super) fn is_pre_data(kind: StepKind) -> bool {
    matches!(kind, StepKind::Role | StepKind::SchemaPre | StepKind::Truncate)
}

/// Sessions beside the control session, if there is enough to do for them and room.
async fn sessions(run: &Run, pool: &Member, batches: usize) -> Result<Vec<(Link, Slot)>> {
    let wanted = (batches / BATCHES_A_SESSION).min(run.index_jobs as usize);
    let mut sessions = Vec::new();
    for number in 2..=wanted {
        let Some(slot) = pool.take(Resource::Worker, 0) else { break };
        let name = format!("definitions {number}");
        let session = match Session::connect(&run.target, &name, APPLICATION_NAME).await {
            Err(error) if policy::is_full(&error) => break,
            opened => opened?,
        };
        let first = setup::of_target(&run.plan, run.power.tunes_sessions);
        session.execute(&first).await.context(|| "setup of a session")?;
        sessions.push((Link::new(session, &run.target, first), slot));
    }
    Ok(sessions)
}

/// What the sessions share.
struct Board<'r> {
    run: &'r Run,
    control: &'r Control,
    batches: Mutex<Batches<'r>>,
    /// A batch was done, or failed.
    changed: Notify,
}

impl<'r> Board<'r> {
    fn batches(&self) -> MutexGuard<'_, Batches<'r>> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs batches in a session until none is left, or one failed.
    async fn work(&self, link: &Link) -> Result<()> {
        loop {
            // Before the look, so that no change after it is missed.
            let changed = self.changed.notified();
            let next = self.batches().take();
            match next {
                Next::Batch(at, steps) => {
                    let done = self.run_batch(link, &steps).await;
                    match &done {
                        Ok(()) => self.batches().done(at),
                        Err(_) => self.batches().stop(),
                    }
                    self.changed.notify_waiters();
                    done?;
                }
                Next::Wait => changed.await,
                Next::End => return Ok(()),
            }
        }
    }

    /// Tries all at once; if that fails, one by one, so that the culprit is named and what comes before it is kept.
    async fn run_batch(&self, link: &Link, batch: &[&Step]) -> Result<()> {
        if batch.len() > 1 {
            match attempt(self.run, link, batch).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    self.run.metrics().retried(&error);
                    tracing::debug!("a batch failed, its steps follow one by one: {}", error.report());
                }
            }
        }
        for step in batch {
            let (started, mut number) = (Instant::now(), 1);
            loop {
                match retry::after(attempt(self.run, link, &[step]).await, number) {
                    retry::After::Done(Some(())) => break,
                    // An earlier attempt had committed, and its answer was lost.
                    retry::After::Done(None) => {
                        self.run.progress.step_done(step.kind);
                        self.run.steps_done([(*step, Attempted { started, rows: 0, bytes: 0 })])?;
                        break;
                    }
                    retry::After::Again(pause, error) => {
                        self.run.metrics().retried(&error);
                        tracing::warn!(step = %step.id, "trying again: {}", error.report());
                        self.run.progress.step_retried(step.kind);
                        tokio::time::sleep(pause).await;
                        number += 1;
                    }
                    retry::After::Failed(error) => return Err(self.failed(step, error).await),
                }
            }
        }
        Ok(())
    }

    async fn failed(&self, step: &Step, error: Error) -> Error {
        let error = error.context(format!("step `{}`", step.id));
        self.run.progress.step_failed(step.kind);
        if let Err(error) = self.run.step_failed(step, &error) {
            return error;
        }
        self.control.steps_failed(&self.run.run_id, std::slice::from_ref(&step.id)).await;
        let message = "nothing can be copied before the definitions stand";
        Error::new(ErrorKind::StepsFailed, message).caused_by(error)
    }
}

fn waits(steps: &[&Step]) -> String {
    match steps {
        [step] => format!("step {}", step.id),
        [first, ..] => format!("step {} or one of the {} after it", first.id, steps.len() - 1),
        [] => String::new(),
    }
}

async fn attempt(run: &Run, link: &Link, steps: &[&Step]) -> Result<()> {
    let started = Instant::now();
    for step in steps {
        run.progress.step_started(step.kind);
    }
    let text: Vec<&str> = steps.iter().map(|step| step.sql.as_str()).collect();
    let done: Vec<DoneStep<'_>> =
        steps.iter().map(|step| DoneStep { id: &step.id, rows: 0, bytes: 0 }).collect();
    let sql = format!("BEGIN;\n{};\n{}\nCOMMIT", table::steps_done_sql(&run.run_id, &done), text.join("\n"));
    let session = link.session().await?;
    if let Err(error) = session.execute_patiently(&sql, &waits(steps)).await {
        for step in steps {
            run.progress.step_retried(step.kind);
        }
        // A lost connection has rolled back by itself.
        _ = session.execute("ROLLBACK").await;
        return Err(error);
    }
    Failpoint::DefinitionsCommitted.reach();
    for step in steps {
        run.progress.step_done(step.kind);
    }
    run.steps_done(steps.iter().map(|step| (*step, Attempted { started, rows: 0, bytes: 0 })))
        .context(|| "state file")
}
