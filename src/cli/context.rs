//! What the commands share: settings from arguments, the runtime.
use std::path::PathBuf;

use tokio::runtime::{Builder, Runtime};

use super::args::{self, ConnectionArgs, ShareArgs};
use crate::{
    config::{self, Environment, Overrides, Settings},
    error::{Error, ErrorKind, Result},
    failpoint, observe,
    run::Shutdown,
    session,
};

/// Threads of the control connections' runtime: they wait for servers, and the lanes have threads of their own.
const CONTROL_THREADS: usize = 2;

/// The settings of a command with both sides.
pub(super) fn settings(connection: &ConnectionArgs, more: &Overrides) -> Result<Settings> {
    load(connection.config.clone(), connection.source.clone(), connection.target.clone(), more)
}

/// What the command line says of how the rows are shared out.
pub(super) fn share(args: &ShareArgs) -> Overrides {
    Overrides {
        jobs: args.jobs,
        split_larger_than: args.split_larger_than.clone(),
        chunk_bytes: args.chunk_bytes.clone(),
        ..Overrides::default()
    }
}

/// Settings from the file, the command line and the environment; warnings go to stderr.
pub(super) fn load(
    config: Option<PathBuf>,
    source: Option<String>,
    target: Option<String>,
    more: &Overrides,
) -> Result<Settings> {
    let overrides = Overrides { config, source, target, ..more.clone() };
    let settings = Settings::load(&overrides, &Environment::of_process())?;
    for warning in &settings.warnings {
        super::output::print_line(&format!("warning: {warning}"));
    }
    Ok(settings)
}

/// Tests of a debug build say where it is to die.
pub(super) fn arm_failpoint() -> Result<()> {
    match Environment::of_process().non_empty("PGMIGRATE_FAILPOINT") {
        Some(wanted) => failpoint::arm(wanted),
        None => Ok(()),
    }
}

/// Drives a command to its end, or to a signal's: what runs on the servers then is cancelled first.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    observe::start_notices();
    let runtime = runtime()?;
    let result = runtime.block_on(async {
        let mut shutdown = Shutdown::listen()?;
        let mut work = Box::pin(work);
        let result = tokio::select! {
            result = &mut work => return result,
            () = shutdown.asked() => Err(Shutdown::stopped()),
        };
        drop(work);
        settle(&mut shutdown).await;
        result
    });
    runtime.shutdown_background();
    result
}

/// Waits until the servers know what they need not go on with; a second signal ends that too.
pub(super) async fn settle(shutdown: &mut Shutdown) {
    tokio::select! {
        () = session::settle() => {}
        () = shutdown.asked() => {}
    }
}

/// The runtime of the control connections.
pub(super) fn runtime() -> Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(CONTROL_THREADS)
        .enable_all()
        .build()
        .map_err(|error| Error::new(ErrorKind::Internal, "cannot start the runtime").caused_by(error))
}

impl From<args::Consistent> for config::Consistent {
    fn from(choice: args::Consistent) -> Self {
        match choice {
            args::Consistent::None => Self::None,
            args::Consistent::Torn => Self::Torn,
            args::Consistent::Table => Self::Table,
            args::Consistent::Changed => Self::Changed,
            args::Consistent::All => Self::All,
        }
    }
}

impl From<args::OnExisting> for config::OnExisting {
    fn from(choice: args::OnExisting) -> Self {
        match choice {
            args::OnExisting::Fail => Self::Fail,
            args::OnExisting::Skip => Self::Skip,
            args::OnExisting::Truncate => Self::Truncate,
            args::OnExisting::Append => Self::Append,
        }
    }
}
