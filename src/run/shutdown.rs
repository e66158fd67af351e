//! Signals that ask the run to stop.
use std::io;

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

use crate::error::{Error, ErrorKind, Result};

/// Waits for SIGINT, SIGTERM or SIGHUP. Once one came, the program no longer dies of them by itself. Each clone hears of every
/// signal that comes after those that the original heard of.
#[derive(Debug, Clone)]
pub struct Shutdown {
    /// How many came.
    signals: watch::Receiver<u32>,
    heard: u32,
}

impl Shutdown {
    /// Listens from now on. Needs to be called within the runtime.
    pub fn listen() -> Result<Self> {
        let open = |kind| signal(kind);
        let opened = || -> io::Result<[Signal; 3]> {
            Ok([open(SignalKind::interrupt())?, open(SignalKind::terminate())?, open(SignalKind::hangup())?])
        };
        let opened = opened()
            .map_err(|error| Error::new(ErrorKind::Internal, "cannot listen for signals").caused_by(error))?;
        let (came, signals) = watch::channel(0);
        tokio::spawn(count(opened, came));
        Ok(Self { signals, heard: 0 })
    }

    /// Returns when a signal comes. Cancel-safe.
    pub async fn asked(&mut self) {
        let heard = self.heard;
        match self.signals.wait_for(|came| *came > heard).await {
            Ok(_) => self.heard += 1,
            // The runtime ends.
            Err(_) => std::future::pending().await,
        }
    }

    /// Whether one came.
    pub fn was_asked(&self) -> bool {
        *self.signals.borrow() > 0
    }

    /// Whether one came that [`Self::asked`] has not told of.
    pub fn has_unheard(&self) -> bool {
        *self.signals.borrow() > self.heard
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

async fn count([mut interrupt, mut terminate, mut hangup]: [Signal; 3], came: watch::Sender<u32>) {
    // Until nobody waits any more.
    while !came.is_closed() {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        came.send_modify(|count| *count += 1);
    }
}
