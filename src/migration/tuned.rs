//! The settings of the target's server around the steps of a run: changed when it is known what will be done, put back whatever
//! becomes of it.
use crate::{
    catalog::Note,
    config::Settings,
    error::{Error, ErrorKind, Result},
    observe::{TunedSetting, TuningReport},
    run::Shutdown,
    tuning::{self, Change, Choice, PutBack, Tuned},
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
        Err(error)
            if !settings.tuning.tunes_server() && !settings.tuning.has_clients && !is_interrupt(&error) =>
        {
            // A run that changes nothing, and whose clients commit nothing meanwhile, does not fail for what another one has left.
            tell(&format!(
                "warning: what an earlier run changed of the target's settings: {}",
                error.report()
            ))?;
            return Ok(None);
        }
        Err(error) => {
            // What was refused was not begun.
            if settings.tuning.tunes_server() && error.kind() != ErrorKind::Refused {
                give_up(settings, shutdown, tell).await?;
            }
            return Err(error);
        }
    };
    let lines: Vec<_> = tuned.leftovers.lines().into_iter().chain(tuned.choice.lines()).collect();
    if let Err(error) = tell_all(&lines, tell) {
        tuned.put_back().await?;
        return Err(error);
    }
    Ok(Some(tuned))
}

/// Puts back what [`tune`] has changed, unless another run still works with it. What went wrong before goes before what goes wrong
/// here. The report is of a run that was to change the server.
pub(super) async fn put_back<T>(
    result: Result<T>,
    tuned: Option<Tuned>,
    shutdown: &mut Shutdown,
    tell: &mut Tell<'_>,
) -> (Result<T>, Option<TuningReport>) {
    let Some(tuned) = tuned else { return (result, None) };
    let choice = tuned.choice.clone();
    // What stopped the run is why we are here; only another signal stops this too.
    while shutdown.has_unheard() {
        shutdown.asked().await;
    }
    let done = tokio::select! {
        done = Box::pin(tuned.put_back()) => done,
        () = shutdown.asked() => Err(left_tuned()),
    };
    let report = report_of(choice, &done);
    let told = done.and_then(|done| tell_all(&done.lines(), tell));
    let result = match (result, told) {
        (Ok(value), told) => told.map(|()| value),
        (Err(error), Ok(())) => Err(error),
        (Err(error), Err(also)) => {
            _ = tell(&format!("warning: {}", also.report()));
            Err(error)
        }
    };
    (result, report)
}

/// Nothing if nothing was to be changed.
fn report_of(Choice { changes, left_out }: Choice, done: &Result<PutBack>) -> Option<TuningReport> {
    if changes.is_empty() && left_out.is_empty() {
        return None;
    }
    // What is written down no more, since the lease was lost in a restart and somebody has cleaned up meanwhile, is back too.
    let is_back = |name: &String| {
        done.as_ref().is_ok_and(|done| {
            done.put_back.contains(name)
                || !done.is_in_use && done.left.iter().all(|note| note.object != *name)
        })
    };
    let settings: Vec<_> = changes
        .into_iter()
        .map(|Change { name, value, before, .. }| TunedSetting {
            put_back: is_back(&name),
            name,
            before,
            during: value,
        })
        .collect();
    let of_all = |reason: String| Note { object: "settings of the target's server".to_owned(), reason };
    let not_put_back = match done {
        Ok(done) if done.is_in_use => {
            let users = done.used_by.join("; ");
            let reason = format!("another run works with them, and puts them back ({users})");
            done.left.iter().cloned().chain([of_all(reason)]).collect()
        }
        Ok(done) => done.left.clone(),
        Err(error) => vec![of_all(error.report())],
    };
    Some(TuningReport { settings, left_out, not_put_back })
}

/// [`tuning::tune`] was cut off.
async fn give_up(settings: &Settings, shutdown: &mut Shutdown, tell: &mut Tell<'_>) -> Result<()> {
    let done = tokio::select! {
        done = Box::pin(tuning::put_back_own(&settings.target)) => done,
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
