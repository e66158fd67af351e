//! A worker: a session on the target (and, for what is carried over, the run's on the source) that runs steps.
use std::{sync::Arc, time::Instant};

use tokio::sync::mpsc;

use super::{
    Run, late,
    link::Link,
    pool::Slot,
    quiet,
    retry::{self, After},
    schedule::Ended,
    setup,
};
use crate::{
    config::Endpoint,
    error::{Context as _, Error, ErrorKind, Result},
    journal::table::{self, DoneStep},
    net::gucs::APPLICATION_NAME,
    observe::{Attempted, Metrics, Progress},
    plan::{Plan, Step, StepKind},
    policy,
    session::Session,
};

/// What a worker needs of the run; it lives on its own task.
pub(super) struct Worker {
    number: usize,
    plan: Arc<Plan>,
    run_id: String,
    target: Endpoint,
    /// What a session of its runs first.
    setup: String,
    /// Opened with the first step, and again after a loss.
    session: Option<Session>,
    source: Arc<Link>,
    progress: Arc<Progress>,
    metrics: Arc<Metrics>,
    ended: mpsc::Sender<Ended>,
}

/// What a worker runs at a time.
#[derive(Debug)]
pub(super) struct Batch {
    /// The places of the steps in the plan.
    pub(super) steps: Vec<usize>,
    /// Settings of their transaction, as statements.
    pub(super) settings: String,
    /// A server that has no room for the worker's connection is asked again.
    pub(super) persistent: bool,
}

/// What a worker is told.
#[derive(Debug)]
pub(super) enum Order {
    /// To run this.
    Run(Batch),
    /// To close its connection; the slot goes back then.
    Rest(Arc<Slot>),
}

impl Worker {
    pub(super) fn new(run: &Run, number: usize, source: Arc<Link>, ended: mpsc::Sender<Ended>) -> Self {
        Self {
            number,
            plan: Arc::clone(&run.plan),
            run_id: run.run_id.clone(),
            target: run.target.clone(),
            setup: setup::of_target(&run.plan, run.power.tunes_sessions),
            session: None,
            source,
            progress: Arc::clone(&run.progress),
            metrics: Arc::clone(run.metrics()),
            ended,
        }
    }

    /// Follows orders until the queue closes.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Order>) {
        while let Some(order) = queue.recv().await {
            let batch = match order {
                Order::Run(batch) => batch,
                Order::Rest(slot) => {
                    self.session = None;
                    drop(slot);
                    continue;
                }
            };
            let ended = match self.room(&batch).await {
                Ok(()) => Ended::Worker { worker: self.number, results: self.batch(&batch).await },
                Err(error) => Ended::NoRoom { worker: self.number, steps: batch.steps, error },
            };
            if self.ended.send(ended).await.is_err() {
                return;
            }
        }
    }

    /// Whether the target has room for the worker's connection; whatever else is in the way is seen by the steps.
    async fn room(&mut self, batch: &Batch) -> Result<()> {
        match self.session().await {
            Err(error) if !batch.persistent && policy::is_full(&error) => Err(error),
            _ => Ok(()),
        }
    }

    /// Several small steps share a transaction; if it fails they are run one by one.
    async fn batch(
        &mut self,
        Batch { steps: batch, settings, .. }: &Batch,
    ) -> Vec<(usize, Result<Attempted>)> {
        let plan = Arc::clone(&self.plan);
        let started = Instant::now();
        let steps: Vec<&Step> = batch.iter().map(|at| &plan.steps[*at]).collect();
        if steps.len() > 1 {
            match self.attempt(&steps, settings).await {
                Ok(()) => {
                    for step in &steps {
                        self.progress.step_done(step.kind);
                    }
                    return batch
                        .iter()
                        .map(|at| (*at, Ok(Attempted { started, rows: 0, bytes: 0 })))
                        .collect();
                }
                Err(error) => {
                    self.metrics.retried(&error);
                    tracing::debug!("a batch failed, its steps follow one by one: {}", error.report());
                }
            }
        }
        let mut results = Vec::new();
        for (at, step) in batch.iter().zip(steps) {
            results.push((*at, self.single(step, settings).await));
        }
        results
    }

    async fn single(&mut self, step: &Step, settings: &str) -> Result<Attempted> {
        let started = Instant::now();
        for attempt in 1.. {
            match retry::after(self.attempt(&[step], settings).await, attempt) {
                After::Done(_) => {
                    self.progress.step_done(step.kind);
                    return Ok(Attempted { started, rows: 0, bytes: 0 });
                }
                After::Again(pause, error) => {
                    self.metrics.retried(&error);
                    tracing::warn!(step = %step.id, "trying again: {}", error.report());
                    tokio::time::sleep(pause).await;
                }
                After::Failed(error) => {
                    self.progress.step_failed(step.kind);
                    let error = late::explained(&self.plan, step, error);
                    return Err(error.context(format!("step `{}`", step.id)));
                }
            }
        }
        Err(Error::new(ErrorKind::Internal, "attempts ran out"))
    }

    async fn attempt(&mut self, steps: &[&Step], settings: &str) -> Result<()> {
        for step in steps {
            self.progress.step_started(step.kind);
        }
        let result = self.transaction(steps, settings).await;
        if let Err(error) = &result {
            for step in steps {
                self.progress.step_retried(step.kind);
            }
            let lost = match &self.session {
                Some(session) => session.execute("ROLLBACK").await.is_err(),
                None => true,
            };
            if lost || error.kind() == ErrorKind::Connection {
                self.session = None;
            }
        }
        result
    }

    /// The steps' work and their `DONE` rows, in one transaction and one round trip. The rows come first: if an earlier
    /// attempt had committed and its answer was lost, they fail before the work does.
    async fn transaction(&mut self, steps: &[&Step], settings: &str) -> Result<()> {
        let mut text: Vec<String> = steps.iter().map(|step| step.sql.clone()).collect();
        let carried: Vec<&str> = steps
            .iter()
            .filter(|step| step.kind == StepKind::Carry)
            .map(|step| step.source_sql.as_str())
            .collect();
        if !carried.is_empty() {
            let statements = self.source.read(&carried.join(";\n")).await?;
            text.extend(statements.iter().map(|statement| format!("{statement};")));
        }
        let done: Vec<DoneStep<'_>> =
            steps.iter().map(|step| DoneStep { id: &step.id, rows: 0, bytes: 0 }).collect();
        let sql = format!(
            "BEGIN;\n{settings}{};\n{}\nCOMMIT",
            table::steps_done_sql(&self.run_id, &done),
            text.join("\n")
        );
        let session = self.session().await?;
        if steps.iter().any(|step| quiet::holds_secret(step)) {
            return session.execute_quietly(&sql).await;
        }
        let what = steps.first().map(|step| format!("step {}", step.id)).unwrap_or_default();
        session.execute_patiently(&sql, &what).await
    }

    async fn session(&mut self) -> Result<&Session> {
        if self.session.is_none() {
            let session =
                Session::connect(&self.target, &format!("worker {}", self.number + 1), APPLICATION_NAME)
                    .await?;
            session.execute(&self.setup).await.context(|| "setup of a session")?;
            self.session = Some(session);
        }
        self.session.as_ref().ok_or_else(|| Error::new(ErrorKind::Internal, "no session"))
    }
}
