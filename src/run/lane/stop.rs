//! Ending a lane from another thread.
use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    config::Side,
    error::{Error, ErrorKind, Result},
    net::Socket,
    wire::{CancelHandle, Connection},
};

/// How long a pause is slept at a time, between looks whether to stop.
const NAP: Duration = Duration::from_millis(50);

/// Stops a lane: the copy in flight returns at once with [`ErrorKind::Interrupted`], and so does every later one. A dial in flight
/// is not cut short (`connect_timeout` bounds it).
#[derive(Clone)]
pub struct StopHandle(Arc<Shared>);

struct Shared {
    stopped: AtomicBool,
    source: Mutex<Option<Grip>>,
    target: Mutex<Option<Grip>>,
}

/// A hold on a connection that its own thread is using.
struct Grip {
    socket: Socket,
    cancel: CancelHandle,
    backend_pid: i32,
}

impl fmt::Debug for StopHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StopHandle").field("is_stopped", &self.is_stopped()).finish_non_exhaustive()
    }
}

impl Default for StopHandle {
    fn default() -> Self {
        Self(Arc::new(Shared {
            stopped: AtomicBool::new(false),
            source: Mutex::new(None),
            target: Mutex::new(None),
        }))
    }
}

impl StopHandle {
    /// Stops the lane: ends both sockets, then tells both servers not to go on.
    pub fn stop(&self) {
        self.0.stopped.store(true, Ordering::SeqCst);
        self.cut();
    }

    /// Ends both connections and their backends; the lane may dial again.
    pub fn cut(&self) {
        let grips = [Side::Source, Side::Target].map(|side| self.lock(side).take());
        for grip in grips.iter().flatten() {
            // It may have ended by itself.
            _ = grip.socket.shut_down();
        }
        for grip in grips.iter().flatten() {
            // A backend in a long sort does not look at its socket.
            if let Err(error) = grip.cancel.cancel() {
                tracing::debug!("{}", error.report());
            }
        }
    }

    /// The backend of a connection, if there is one.
    pub fn backend_pid(&self, side: Side) -> Option<i32> {
        self.lock(side).as_ref().map(|grip| grip.backend_pid)
    }

    /// Whether [`StopHandle::stop`] was called.
    pub fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::SeqCst)
    }

    /// Sleeps, but not when asked to stop.
    pub(in crate::run) fn nap(&self, pause: Duration) {
        let until = Instant::now() + pause;
        while Instant::now() < until && !self.is_stopped() {
            thread::sleep(NAP.min(pause));
        }
    }

    /// An error once the lane is stopped.
    pub(super) fn check(&self) -> Result<()> {
        if self.is_stopped() {
            Err(Error::new(ErrorKind::Interrupted, "the copy was stopped"))
        } else {
            Ok(())
        }
    }

    /// Takes hold of a connection that was just made.
    pub(super) fn hold(&self, connection: &Connection) -> Result<()> {
        let grip = Grip {
            socket: connection.socket()?,
            cancel: connection.cancel_handle(),
            backend_pid: connection.backend_pid(),
        };
        *self.lock(connection.side()) = Some(grip);
        // A stop that came in between did not see it.
        self.check()
    }

    /// Cancels the source's statement; if that cannot be done, ends its socket.
    pub(super) fn cancel_source(&self) {
        let source = self.lock(Side::Source);
        let Some(grip) = source.as_ref() else { return };
        if let Err(error) = grip.cancel.cancel() {
            tracing::debug!("{}", error.report());
            _ = grip.socket.shut_down();
        }
    }

    fn lock(&self, side: Side) -> std::sync::MutexGuard<'_, Option<Grip>> {
        let slot = match side {
            Side::Source => &self.0.source,
            Side::Target => &self.0.target,
        };
        slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
