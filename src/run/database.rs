//! Creates the target database.
use crate::{
    config::Endpoint,
    error::{Context as _, Error, Result},
    net::gucs::APPLICATION_NAME,
    plan::Step,
    session::Session,
};

/// Runs a `DATABASE` step, from another database of the server, unless the database is there by now.
pub async fn create_database(target: &Endpoint, step: &Step) -> Result<()> {
    let missing = match Session::connect(target, "control", APPLICATION_NAME).await {
        Ok(_) => return Ok(()),
        Err(error) if error.code().is_some_and(|code| code.as_str() == "3D000") => error,
        Err(error) => return Err(error),
    };
    let session = Session::connect_maintenance(target, missing).await?;
    tracing::info!(step = %step.id, "create");
    match session.execute(&step.sql).await {
        Err(error) if is_there_by_now(&error) => {
            tracing::info!(step = %step.id, "created meanwhile");
            Ok(())
        }
        result => result.context(|| format!("step `{}`", step.id)),
    }
}

/// The server goes on creating it for a run that was killed, and whoever is second is told that it exists: by a check,
/// or by the catalog's unique index.
fn is_there_by_now(error: &Error) -> bool {
    error.code().is_some_and(|code| matches!(code.as_str(), "42P04" | "23505"))
}
