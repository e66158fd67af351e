//! Runs a difference on the target: all that a transaction can hold in one; if that fails, each step in its own, so that the
//! culprit is named and nothing else is kept back.
use serde::Serialize;

use super::{Difference, GlobalStep};
use crate::{
    error::{Error, ErrorKind, Result},
    session::Session,
};

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// Steps that were done.
    pub done: usize,
    /// Those that the target refused.
    pub failed: Vec<Failure>,
}

/// A step that the target refused. Nothing of it was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The step.
    pub id: String,
    /// The object.
    pub object: String,
    /// What the server said.
    pub reason: String,
}

impl Applied {
    /// An error that names each step that failed, if any did.
    pub fn into_result(self) -> Result<()> {
        if self.failed.is_empty() {
            return Ok(());
        }
        let list: Vec<String> =
            self.failed.iter().map(|failed| format!("{}: {}", failed.object, failed.reason)).collect();
        let message = format!("the target refused {} of the globals: {}", list.len(), list.join("; "));
        Err(Error::new(ErrorKind::StepsFailed, message)
            .hint("mend the cause and run it again: what was done is not done twice"))
    }
}

/// Runs the steps. An error means that a connection was lost; what the target refuses is in the result.
pub async fn apply(difference: &Difference, source: &Session, target: &Session) -> Result<Applied> {
    let mut applied = Applied::default();
    let steps: Vec<&GlobalStep> = difference.steps.iter().collect();
    // What needs no transaction stands between those that do, and what comes after may need it.
    for run in steps.chunk_by(|one, other| one.in_transaction && other.in_transaction) {
        match try_all(run, source, target).await {
            Ok(()) => applied.done += run.len(),
            Err(error) if error.kind() == ErrorKind::Connection => return Err(error),
            Err(error) if run.len() == 1 => applied.fail(run[0], &error),
            Err(error) => {
                tracing::debug!("all in one failed, the steps follow one by one: {}", error.report());
                for step in run {
                    match try_all(&[step], source, target).await {
                        Ok(()) => applied.done += 1,
                        Err(error) if error.kind() == ErrorKind::Connection => return Err(error),
                        Err(error) => applied.fail(step, &error),
                    }
                }
            }
        }
    }
    Ok(applied)
}

impl Applied {
    fn fail(&mut self, step: &GlobalStep, error: &Error) {
        tracing::error!(step = %step.id, "{}", error.report());
        let (id, object) = (step.id.clone(), step.object.clone());
        self.failed.push(Failure { id, object, reason: error.report() });
    }
}

/// Runs the steps in one transaction; of one that no transaction holds it is the only one.
async fn try_all(steps: &[&GlobalStep], source: &Session, target: &Session) -> Result<()> {
    if let [step] = steps
        && !step.in_transaction
    {
        return target.execute(&step.sql).await;
    }
    let mut sql = "BEGIN;\n".to_owned();
    let queries: Vec<&str> =
        steps.iter().map(|step| step.source_sql.as_str()).filter(|query| !query.is_empty()).collect();
    for step in steps {
        sql += &step.sql;
        sql.push('\n');
    }
    if queries.is_empty() {
        sql += "COMMIT";
        let result = target.execute(&sql).await;
        if result.is_err() {
            // The statement's own error is the one to tell; a lost connection has rolled back by itself.
            _ = target.execute("ROLLBACK").await;
        }
        return result;
    }
    for statement in source.texts(&queries.join(";\n")).await? {
        sql += &statement;
        sql += ";\n";
    }
    sql += "COMMIT";
    target.execute_quietly(&sql).await
}
