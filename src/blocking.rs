//! Work that blocks, on a thread of its own.
//!
//! The runtime's pool would panic for want of its first thread, and for want of a further one let the work wait for ever.
//! Here a system that gives no thread is an error like any other.
use std::{io, thread};

use tokio::sync::oneshot;

use crate::error::{Error, ErrorKind, Result};

/// Work under way.
#[derive(Debug)]
#[must_use]
pub(crate) struct Blocking<T>(oneshot::Receiver<T>);

/// Starts the work. It goes on if nobody waits for it.
pub(crate) fn start<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Blocking<T>> {
    let (ended, waiting) = oneshot::channel();
    let run = move || {
        // Nobody may be left to be told.
        _ = ended.send(work());
    };
    thread::Builder::new().name(name.to_owned()).spawn(run).map_err(no_thread)?;
    Ok(Blocking(waiting))
}

impl<T> Blocking<T> {
    /// Waits for its end.
    pub(crate) async fn end(self) -> Result<T> {
        self.0.await.map_err(|_| Error::new(ErrorKind::Internal, "a thread panicked"))
    }
}

/// The error for a thread that the system does not give.
pub(crate) fn no_thread(cause: io::Error) -> Error {
    Error::new(ErrorKind::Io, "cannot start a thread")
        .caused_by(cause)
        .hint("raise the limit of processes and threads (`ulimit -u`, or the container's), or lower `--jobs`")
}
