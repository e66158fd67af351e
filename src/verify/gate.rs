//! How many connections compare at a time, whichever database they are in.
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Turns to compare, for either side apart. One value may serve the comparisons of several databases at once.
#[derive(Debug)]
pub struct Gate([Arc<Semaphore>; 2]);

impl Gate {
    /// So many connections to each side.
    pub fn new(connections: u32) -> Self {
        let turns = || Arc::new(Semaphore::new(connections.max(1) as usize));
        Self([turns(), turns()])
    }

    /// A turn on source (0) or target (1), for as long as it is kept.
    pub(super) async fn turn(&self, side: usize) -> Option<OwnedSemaphorePermit> {
        // Never closed.
        Arc::clone(&self.0[side]).acquire_owned().await.ok()
    }
}
