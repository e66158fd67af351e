//! `pgmigrate.log`: every event of this program at every level, always; and on stderr where the user asks for it.
//!
//! Only our own events are written, never those of libraries: what we log is known to hold no secret and no row
//! value. The file is appended to, so the attempts of a resumed run stand one after the other.
use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::{Arc, OnceLock},
};

use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer as _, Registry,
    filter::Targets,
    fmt::{self, MakeWriter},
    layer::SubscriberExt as _,
    registry::LookupSpan,
};

use super::{
    live::{Messages, TakesMessages},
    visible::visible_line,
};
use crate::{
    durable,
    error::{Error, ErrorKind, NOTICE, Result},
};

/// The target of all our events: the name of the crate.
const OURS: &str = env!("CARGO_CRATE_NAME");

/// Opens the log for the rest of the process. With `verbose`, events from `DEBUG` up also go to stderr. The last from `WARN`
/// up are kept in `messages`.
pub fn start_log(path: &Path, verbose: bool, messages: &Arc<Messages>) -> Result<()> {
    let file = open(path)?;
    let stderr = verbose.then_some(std::io::stderr);
    let notices = (!verbose).then(notices);
    tracing::subscriber::set_global_default(subscriber(file, stderr).with(notices).with(kept(messages)))
        .map_err(|cause| Error::new(ErrorKind::Internal, "the log was started twice").caused_by(cause))
}

fn open(path: &Path) -> Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(durable::PRIVATE)
        .open(path)
        .map_err(|cause| durable::cannot("open", path).caused_by(cause))
}

/// One event is one `write` to a file opened for appending: lines of several threads do not mix. Time is UTC.
fn subscriber<W>(file: File, stderr: Option<W>) -> impl Subscriber + for<'s> LookupSpan<'s> + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let ours = |level: LevelFilter| Targets::new().with_target(OURS, level);
    let file = Visibly(Arc::new(LogFile(file)));
    let stderr = stderr.map(Visibly);
    let to_file = fmt::layer().with_writer(file).with_ansi(false).with_filter(ours(LevelFilter::TRACE));
    let to_stderr = stderr.map(|writer| {
        fmt::layer()
            .with_writer(writer)
            .with_ansi(false)
            .with_target(false)
            .with_filter(ours(LevelFilter::DEBUG))
    });
    Registry::default().with(to_file).with(to_stderr)
}

/// Shows the user what holds a command up; for commands without a log. The last events from `WARN` up are kept in
/// `messages`, if anybody can see these.
pub fn start_notices(messages: Option<&Arc<Messages>>) {
    // A second one would say the same.
    _ = tracing::subscriber::set_global_default(Registry::default().with(notices()).with(messages.map(kept)));
}

/// The time and the level of an event are kept beside its text.
fn kept<S: Subscriber + for<'s> LookupSpan<'s>>(
    messages: &Arc<Messages>,
) -> impl tracing_subscriber::Layer<S> + Send + Sync + use<S> {
    fmt::layer()
        .with_writer(TakesMessages(Arc::clone(messages)))
        .with_ansi(false)
        .with_target(false)
        .with_level(false)
        .without_time()
        .with_filter(Targets::new().with_target(OURS, LevelFilter::WARN))
}

fn notices<S: Subscriber + for<'s> LookupSpan<'s>>() -> impl tracing_subscriber::Layer<S> + Send + Sync {
    fmt::layer()
        .with_writer(Visibly(std::io::stderr))
        .with_ansi(false)
        .with_target(false)
        .with_level(false)
        .without_time()
        .with_filter(Targets::new().with_target(NOTICE, LevelFilter::WARN))
}

/// What the first event that could not be written to the log met with.
static LOST: OnceLock<io::ErrorKind> = OnceLock::new();

/// Why the log lacks events, if it does: a full disk under it is no reason to stop a migration.
pub fn log_lost() -> Option<io::ErrorKind> {
    LOST.get().copied()
}

/// A log that remembers that it lacks events.
struct LogFile(File);

impl Write for &LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&self.0).write(bytes).inspect_err(|error| _ = LOST.set(error.kind()))
    }

    fn flush(&mut self) -> io::Result<()> {
        (&self.0).flush()
    }
}

/// Writes events, one a call, without what a terminal would act on: names in them come from the servers.
struct Visible<W>(W);

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        self.0.write_all(visible_line(&text).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Makes [`Visible`] writers.
struct Visibly<M>(M);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Visibly<M> {
    type Writer = Visible<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Visible(self.0.make_writer())
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;
    use crate::durable::tests::Scratch;

    #[test]
    fn the_file_has_our_events_of_all_levels_in_utc_and_no_others() {
        let scratch = Scratch::new("log");
        let path = scratch.file("pgmigrate.log");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        for _ in 0..2 {
            let none: Option<fn() -> std::io::Sink> = None;
            tracing::subscriber::with_default(subscriber(open(&path).unwrap(), none), || {
                tracing::trace!(step = "data:a", "step begins");
                tracing::error!(target: "rustls", "not ours");
            });
        }
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
        let line = text.lines().next().unwrap();
        let (time, rest) = line.split_once(' ').unwrap();
        assert!(time.ends_with('Z'), "{time}");
        assert_eq!(rest.trim_start(), r#"TRACE pgmigrate::observe::log::tests: step begins step="data:a""#);
    }

    #[test]
    fn a_new_log_is_private() {
        let scratch = Scratch::new("log-mode");
        let path = scratch.file("pgmigrate.log");
        open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn verbose_shows_debug_but_not_trace() {
        let scratch = Scratch::new("log-verbose");
        let shown = Arc::new(open(&scratch.file("shown")).unwrap());
        let log = open(&scratch.file("log")).unwrap();
        tracing::subscriber::with_default(subscriber(log, Some(shown)), || {
            tracing::debug!("seen");
            tracing::trace!("unseen");
        });
        let text = fs::read_to_string(scratch.file("shown")).unwrap();
        assert!(text.ends_with("DEBUG seen\n") && !text.contains("unseen"), "{text}");
    }
}
