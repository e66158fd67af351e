//! Signals that ask the run to stop.
use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::{Error, ErrorKind, Result};

/// Waits for SIGINT, SIGTERM or SIGHUP. Once one came, the program no longer dies of them by itself.
#[derive(Debug)]
pub struct Shutdown {
    signals: [Signal; 3],
    asked: bool,
}

impl Shutdown {
    /// Listens from now on. Needs to be called within the runtime.
    pub fn listen() -> Result<Self> {
        let open = |kind| signal(kind);
        let signals = || -> io::Result<[Signal; 3]> {
            Ok([open(SignalKind::interrupt())?, open(SignalKind::terminate())?, open(SignalKind::hangup())?])
        };
        let signals = signals()
            .map_err(|error| Error::new(ErrorKind::Internal, "cannot listen for signals").caused_by(error))?;
        Ok(Self { signals, asked: false })
    }

    /// Returns when a signal comes. Cancel-safe.
    pub async fn asked(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        self.asked = true;
    }

    /// Whether one came.
    pub fn was_asked(&self) -> bool {
        self.asked
    }

    /// The error of a command that changes nothing and was asked to stop.
    pub fn stopped() -> Error {
        Error::new(ErrorKind::Interrupted, "stopped on request").hint("nothing was changed")
    }

    /// The error of a run that was asked to stop.
    pub fn error() -> Error {
        Error::new(ErrorKind::Interrupted, "stopped on request; what was in flight is rolled back")
    }
}
