//! The settings of the target's server around the steps of a run: changed when it is known what will be done, put back whatever
//! becomes of it.
use crate::{
    config::{Settings, TuningLevel},
    error::{Error, ErrorKind, Result},
    run::Shutdown,
    tuning::{self, Tuned},
};

/// Who is told a line.
pub(super) type Tell<'t> = dyn FnMut(&str) -> Result<()> + Send + 't;

/// Puts back what a dead run has left, and changes what is wished for. An error: nothing is changed, or what is could not be
/// put back, which is told.
pub(super) async fn tune(
    settings: &Settings,
    shutdown: &mut Shutdown,
    tell: &mut Tell<'_>,
) -> Result<Option<Tuned>> {
    let tuned = tokio::select! {
        tuned = Box::pin(tuning::tune(&settings.target, &settings.tuning)) => tuned,
        () = shutdown.asked() => Err(Shutdown::error()),
    };
    let tuned = match tuned {
        Ok(tuned) => tuned,
        Err(error) if settings.tuning.level == TuningLevel::Session && !is_interrupt(&error) => {
            // A run that changes nothing does not fail for what another one has left.
            tell(&format!(
                "warning: what an earlier run changed of the target's settings: {}",
                error.report()
            ))?;
            return Ok(None);
        }
        Err(error) => {
            if settings.tuning.level == TuningLevel::Server {
                give_up(settings, shutdown, tell).await?;
            }
            return Err(error);
        }
    };
    let lines: Vec<_> = tuned.leftovers.lines().into_iter().chain(tuned.choice.lines("is tuned")).collect();
    if let Err(error) = tell_all(&lines, tell) {
        tuned.put_back().await?;
        return Err(error);
    }
    Ok(Some(tuned))
}

/// Puts back what [`tune`] has changed, unless another run still works with it. What went wrong before goes before what goes wrong
/// here.
pub(super) async fn put_back<T>(
    result: Result<T>,
    tuned: Option<Tuned>,
    shutdown: &mut Shutdown,
    tell: &mut Tell<'_>,
) -> Result<T> {
    let Some(tuned) = tuned else { return result };
    // What stopped the run is why we are here; only another signal stops this too.
    while shutdown.has_unheard() {
        shutdown.asked().await;
    }
    let done = tokio::select! {
        done = Box::pin(tuned.put_back()) => done,
        () = shutdown.asked() => Err(left_tuned()),
    };
    let told = done.and_then(|done| tell_all(&done.lines(), tell));
    match (result, told) {
        (Ok(value), told) => told.map(|()| value),
        (Err(error), Ok(())) => Err(error),
        (Err(error), Err(also)) => {
            _ = tell(&format!("warning: {}", also.report()));
            Err(error)
        }
    }
}

/// [`tuning::tune`] was cut off.
async fn give_up(settings: &Settings, shutdown: &mut Shutdown, tell: &mut Tell<'_>) -> Result<()> {
    let done = tokio::select! {
        done = Box::pin(tuning::put_back_leftovers(&settings.target)) => done,
        () = shutdown.asked() => Err(left_tuned()),
    };
    match done {
        Ok(done) => tell_all(&done.lines(), tell),
        Err(error) => tell(&format!("warning: {}", error.report())),
    }
}

fn is_interrupt(error: &Error) -> bool {
    error.kind() == ErrorKind::Interrupted
}

fn left_tuned() -> Error {
    Error::new(
        ErrorKind::Interrupted,
        "stopped on request, with settings of the target's server still changed",
    )
    .hint("`pgmigrate cleanup` puts them back, and so does the next run")
}

fn tell_all(lines: &[String], tell: &mut Tell<'_>) -> Result<()> {
    for line in lines {
        tracing::info!("{line}");
        tell(line)?;
    }
    Ok(())
}
