//! Steps before the data, in the order of the plan: many in one transaction and one round trip.
use std::time::Instant;

use super::{Control, Run, Shutdown, retry};
use crate::{
    error::{Context as _, Error, ErrorKind, Result},
    journal::table::{self, DoneStep},
    observe::Attempted,
    plan::{Step, StepKind},
};

/// Steps of a batch. More save no time (a statement costs more than its share of a round trip), and the locks of a
/// batch must fit the target's lock table, which holds 64 for each of its connections.
const BATCH: usize = 50;

/// Runs what is left of the pre-data steps.
pub(super) async fn run(run: &Run, control: &Control, shutdown: &mut Shutdown) -> Result<()> {
    let open = |step: &&Step| is_pre_data(step.kind) && !run.done.contains(&step.id);
    let steps: Vec<&Step> = run.plan.steps.iter().filter(open).collect();
    for batch in steps.chunks(BATCH) {
        let done = tokio::select! {
            done = run_batch(run, control, batch) => done,
            () = shutdown.asked() => Err(Shutdown::error()),
        };
        done?;
    }
    Ok(())
}

/// Whether steps of this kind run here.
pub(super) fn is_pre_data(kind: StepKind) -> bool {
    matches!(kind, StepKind::Role | StepKind::SchemaPre | StepKind::Truncate)
}

/// Tries all at once; if that fails, one by one, so that the culprit is named and what comes before it is kept.
async fn run_batch(run: &Run, control: &Control, batch: &[&Step]) -> Result<()> {
    if batch.len() > 1 {
        match attempt(run, control, batch).await {
            Ok(()) => return Ok(()),
            Err(error) => tracing::debug!("a batch failed, its steps follow one by one: {}", error.report()),
        }
    }
    for step in batch {
        let mut number = 1;
        loop {
            match retry::after(attempt(run, control, &[step]).await, number) {
                retry::After::Done(_) => break,
                retry::After::Again(pause, error) => {
                    tracing::warn!(step = %step.id, "trying again: {}", error.report());
                    run.progress.step_retried(step.kind);
                    tokio::time::sleep(pause).await;
                    number += 1;
                }
                retry::After::Failed(error) => return Err(failed(run, control, step, error).await),
            }
        }
    }
    Ok(())
}

async fn failed(run: &Run, control: &Control, step: &Step, error: Error) -> Error {
    let error = error.context(format!("step `{}`", step.id));
    run.progress.step_failed(step.kind);
    if let Err(error) = run.step_failed(step, &error) {
        return error;
    }
    control.steps_failed(&run.run_id, std::slice::from_ref(&step.id)).await;
    let message = "nothing can be copied before the definitions stand";
    Error::new(ErrorKind::StepsFailed, message).caused_by(error)
}

async fn attempt(run: &Run, control: &Control, steps: &[&Step]) -> Result<()> {
    let started = Instant::now();
    for step in steps {
        run.progress.step_started(step.kind);
    }
    let text: Vec<&str> = steps.iter().map(|step| step.sql.as_str()).collect();
    let done: Vec<DoneStep<'_>> =
        steps.iter().map(|step| DoneStep { id: &step.id, rows: 0, bytes: 0 }).collect();
    let sql = format!("BEGIN;\n{};\n{}\nCOMMIT", table::steps_done_sql(&run.run_id, &done), text.join("\n"));
    if let Err(error) = control.session().execute(&sql).await {
        for step in steps {
            run.progress.step_retried(step.kind);
        }
        // A lost connection has rolled back by itself.
        _ = control.session().execute("ROLLBACK").await;
        return Err(error);
    }
    for step in steps {
        run.progress.step_done(step.kind);
    }
    run.steps_done(steps.iter().map(|step| (*step, Attempted { started, rows: 0, bytes: 0 })))
        .context(|| "state file")
}
