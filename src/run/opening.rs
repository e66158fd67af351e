//! Opening a lane, in the lane's own thread.
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use crossbeam_channel::Receiver;

use super::{
    Lane, LaneOptions,
    copier::{Copier, panicked},
    pool::Slot,
    retry::{self, After},
    schedule::Ended,
};
use crate::{
    config::Endpoint,
    error::{Context as _, Error, ErrorKind, Result},
};

/// A lane that is yet to be opened.
pub(super) struct Opening {
    pub(super) source: Endpoint,
    pub(super) target: Endpoint,
    pub(super) options: LaneOptions,
    /// What may pass is waited for.
    pub(super) persistent: bool,
    pub(super) copier: Copier,
}

impl Opening {
    /// Opens the lane and lets it copy until its queue closes. The slot is held till the connections are closed.
    pub(super) fn run(self, queue: &Receiver<Vec<usize>>, slot: Arc<Slot>) {
        let (number, ended) = (self.copier.number, self.copier.ended.clone());
        // A panic must not leave the scheduler waiting for a lane that never opens.
        let opened = catch_unwind(AssertUnwindSafe(|| self.open())).unwrap_or_else(|_| Err(panicked()));
        match opened.context(|| format!("lane {}", number + 1)) {
            Ok(lane) => {
                if ended.blocking_send(Ended::Opened { lane: number }).is_ok() {
                    self.copier.run(lane, queue);
                }
            }
            Err(error) => {
                let tried = self.persistent;
                // With nobody left to be told, the slot goes back by itself.
                _ = ended.blocking_send(Ended::NotOpened { lane: number, slot, tried, error });
            }
        }
    }

    fn open(&self) -> Result<Lane> {
        let stop = self.options.stop.clone();
        for attempt in 1.. {
            let opened = Lane::open(&self.source, &self.target, self.options.clone());
            match retry::after(opened, attempt) {
                After::Done(Some(lane)) => return Ok(lane),
                After::Again(pause, error) if self.persistent && !stop.is_stopped() => {
                    self.copier.metrics.retried(&error);
                    tracing::warn!("trying again: {}", error.report());
                    stop.nap(pause);
                }
                After::Again(_, error) | After::Failed(error) => return Err(error),
                After::Done(None) => break,
            }
        }
        Err(Error::new(ErrorKind::Internal, "attempts ran out"))
    }
}
