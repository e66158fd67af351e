//! What makes a run stop before its steps are done: a signal, or the loss of what it must not go on without.
use std::{
    future::{Future, pending},
    pin::Pin,
};

use super::Shutdown;
use crate::error::Error;

/// Waits for either.
pub(super) struct Halt<'h> {
    shutdown: &'h mut Shutdown,
    /// Until it came.
    lost: Option<Pin<Box<dyn Future<Output = Error> + 'h>>>,
}

impl<'h> Halt<'h> {
    /// `lost` ends when the run must not go on.
    pub(super) fn new(shutdown: &'h mut Shutdown, lost: impl Future<Output = Error> + 'h) -> Self {
        Self { shutdown, lost: Some(Box::pin(lost)) }
    }

    /// Returns when the run has to stop, with the reason. Cancel-safe.
    pub(super) async fn asked(&mut self) -> Error {
        let lost = async {
            match &mut self.lost {
                Some(lost) => lost.await,
                None => pending().await,
            }
        };
        let error = tokio::select! {
            () = self.shutdown.asked() => return Shutdown::error(),
            error = lost => error,
        };
        self.lost = None;
        error
    }
}
