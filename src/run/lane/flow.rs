//! A lane's queue, seen from the writer.
use std::{cell::Cell, sync::atomic::Ordering};

use crossbeam_channel::{Receiver, Sender};

use super::{Copied, LaneCounters, StopHandle, lost_reader, reader::Part};
use crate::{
    error::{Error, ErrorKind, Result},
    wire::{Block, CopyIn},
};

/// The queue, seen from the writer.
pub(super) struct Flow<'l> {
    pub(super) parts: &'l Receiver<Part>,
    pub(super) free: &'l Sender<Block>,
    pub(super) counters: &'l LaneCounters,
    pub(super) stop: &'l StopHandle,
    pub(super) reading: &'l Cell<bool>,
}

impl Flow<'_> {
    /// Moves blocks until the source has ended, ends the target's COPY, and compares.
    pub(super) fn pump(&self, mut copy: CopyIn<'_>) -> Result<Copied> {
        let mut bytes = 0;
        let rows = loop {
            match self.next() {
                Some(Part::Rows(mut block)) => {
                    let size = block.payload().len() as u64;
                    let sent = copy.send(&mut block);
                    _ = self.free.send(block);
                    if let Err(error) = sent {
                        self.abandon();
                        return Err(error);
                    }
                    bytes += size;
                    self.counters.bytes.fetch_add(size, Ordering::Relaxed);
                }
                Some(Part::End(Ok(rows))) => break rows.iter().sum(),
                Some(Part::End(Err(error))) => {
                    // The source's error is what matters; a target that cannot even give up is dialled anew.
                    _ = copy.fail("the source failed");
                    return Err(error);
                }
                None => return Err(lost_reader()),
            }
        };
        let written = copy.finish()?;
        compare(rows, written)?;
        Ok(Copied { rows, bytes })
    }

    /// The next part; waiting is booked to the source.
    pub(super) fn next(&self) -> Option<Part> {
        let part = self.parts.try_recv().ok().or_else(|| {
            let _waiting = self.counters.source_wait.begin();
            self.parts.recv().ok()
        });
        let is_block = matches!(part, Some(Part::Rows(_)));
        if is_block {
            self.counters.taken();
        }
        self.reading.set(is_block);
        part
    }

    /// The target failed: stops the source and waits until it is at rest.
    pub(super) fn abandon(&self) {
        self.stop.cancel_source();
        while let Ok(Part::Rows(block)) = self.parts.recv() {
            self.counters.taken();
            _ = self.free.send(block);
        }
        self.reading.set(false);
    }
}

/// Both servers must have counted the same.
pub(super) fn compare(sent: u64, written: u64) -> Result<()> {
    if sent == written {
        return Ok(());
    }
    let message = format!("the source sent {sent} rows, the target took {written}");
    Err(Error::new(ErrorKind::Differs, message).hint("a trigger or a rule of the target swallows rows"))
}
