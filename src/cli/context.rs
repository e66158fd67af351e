//! What the commands share: settings from arguments, the runtime.
use std::{fs::File, io, path::PathBuf, sync::Arc, thread, time::Duration};

use tokio::runtime::{Builder, Runtime};

use super::args::{self, ConnectionArgs, ShareArgs};
use crate::{
    blocking,
    config::{self, Environment, Overrides, Settings},
    error::{Error, ErrorKind, Result},
    failpoint,
    observe::{self, live::Messages},
    policy,
    run::Shutdown,
    session,
};

/// Threads of the control connections' runtime: they wait for servers, and the lanes have threads of their own.
const CONTROL_THREADS: usize = 2;

/// Files that the runtime opens for itself and for signals (6 by strace), and some.
const RUNTIME_FILES: usize = 8;

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
        connections: [args.source_connections, args.target_connections],
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
    observe::start_notices(None);
    drive(work)
}

/// The same for a command that can be watched: its last messages are kept.
pub(super) fn block_on_watched<T>(
    messages: &Arc<Messages>,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    observe::start_notices(Some(messages));
    drive(work)
}

fn drive<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
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

/// The runtime of the control connections. For want of files or threads it would panic, so these are sought first.
pub(super) fn runtime() -> Result<Runtime> {
    check_files()?;
    check_threads()?;
    Builder::new_multi_thread()
        .worker_threads(CONTROL_THREADS)
        .enable_all()
        .build()
        .map_err(|error| Error::new(ErrorKind::Internal, "cannot start the runtime").caused_by(error))
}

/// Whether [`RUNTIME_FILES`] can be opened.
fn check_files() -> Result<()> {
    let files: io::Result<Vec<File>> = (0..RUNTIME_FILES).map(|_| File::open("/dev/null")).collect();
    match files {
        Err(error) if policy::is_out_of_files(&error) => {
            Err(Error::new(ErrorKind::Io, "cannot start").caused_by(error))
        }
        _ => Ok(()),
    }
}

/// Whether the runtime's threads can be started, all at a time.
fn check_threads() -> Result<()> {
    let (hold, held) = crossbeam_channel::bounded::<()>(0);
    let start = |_| {
        let held = held.clone();
        thread::Builder::new().spawn(move || _ = held.recv())
    };
    let threads: io::Result<Vec<_>> = (0..CONTROL_THREADS).map(start).collect();
    drop(hold);
    for thread in threads.map_err(blocking::no_thread)? {
        _ = thread.join();
    }
    // The system counts a thread for a moment after it was joined.
    thread::sleep(Duration::from_millis(1));
    Ok(())
}

impl From<args::VerifyModeName> for config::VerifyMode {
    fn from(name: args::VerifyModeName) -> Self {
        match name {
            args::VerifyModeName::Fast => Self::Fast,
            args::VerifyModeName::Counts => Self::Counts,
            args::VerifyModeName::Checksum => Self::Checksum,
            args::VerifyModeName::Sample => Self::Sample,
        }
    }
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
