//! `COPY … TO STDOUT`, one or several in one query: fills blocks with rows.
use std::time::Duration;

use postgres_protocol::message::frontend;

use super::{
    connection::Connection,
    frame::Block,
    simple::{read_count, read_tag},
};
use crate::error::{Error, ErrorKind, Result};

/// A server sends 8 kB at a time (`PQ_SEND_BUFFER_SIZE`, libpq/pqcomm.c). Who reads each at once is woken for each, and the
/// server's backend does the waking. So after a read below `GATHER_BELOW` a large COPY is left alone for a moment, in which
/// at 100 MB/s 40 kB gather: less than half of the client's CPU, and less of the server's. The kernel's buffers hold more
/// than a moment's bytes, so nobody waits.
const GATHER: Duration = Duration::from_micros(400);

/// A read of so many bytes is worth its system call.
const GATHER_BELOW: usize = 32 * 1024;

/// A COPY below this is over before it pays.
const GATHER_AFTER: u64 = 1 << 20;

/// A COPY that is being read. It has to be filled to its end, or the connection is broken.
pub struct CopyOut<'c> {
    connection: &'c mut Connection,
    frames_before: u64,
    bytes: u64,
    /// What the server counted, of each COPY that has ended.
    rows: Vec<u64>,
    ended: bool,
}

/// What [`CopyOut::fill`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// The block is to be sent, and more will come.
    More,
    /// All is over (the block may still hold rows): [`CopyOut::rows`] has every count.
    Done,
}

impl Connection {
    /// Starts a COPY TO STDOUT, or several, separated by semicolons: their rows follow each other, cut in the blocks.
    pub fn copy_out(&mut self, sql: &str) -> Result<CopyOut<'_>> {
        self.send(|out| frontend::query(sql, out))?;
        let frames_before = self.scanner.frames();
        Ok(CopyOut { connection: self, frames_before, bytes: 0, rows: Vec::new(), ended: false })
    }
}

impl CopyOut<'_> {
    /// Reads until the block is ready to be sent, or the last COPY has ended. After an error nothing more comes.
    pub fn fill(&mut self, block: &mut Block) -> Result<Fill> {
        let filled = self.try_fill(block);
        self.ended |= !matches!(filled, Ok(Fill::More));
        filled
    }

    /// Rows that arrived so far, give or take the header and trailer of the binary format.
    pub fn rows_so_far(&self) -> u64 {
        self.connection.scanner.frames() - self.frames_before
    }

    /// The server's counts (`COPY n`), in the order of the statements.
    pub fn rows(&self) -> &[u64] {
        &self.rows
    }

    fn try_fill(&mut self, block: &mut Block) -> Result<Fill> {
        loop {
            if self.read_messages()? {
                return Ok(Fill::Done);
            }
            if block.is_ready() {
                return Ok(Fill::More);
            }
            let read = self.connection.read_into(block)?;
            self.bytes += read as u64;
            // Under TLS a read brings a record at most, however many wait.
            let is_short = read < GATHER_BELOW && !self.connection.is_tls();
            if is_short && self.bytes > GATHER_AFTER && !block.is_ready() {
                self.connection.pause(GATHER);
            }
        }
    }

    /// Messages between and after the rows; whether the server is done.
    fn read_messages(&mut self) -> Result<bool> {
        while let Some(message) = self.connection.next_queued() {
            match message.tag {
                // CopyOutResponse and CopyDone
                b'H' | b'c' => {}
                b'C' => {
                    let Some(rows) = read_count(&read_tag(&message)) else {
                        self.connection.drain()?;
                        return Err(self.no_copy());
                    };
                    self.rows.push(rows);
                }
                b'Z' => {
                    self.connection.ready(&message.body);
                    return if self.rows.is_empty() { Err(self.no_copy()) } else { Ok(true) };
                }
                b'E' => return Err(self.connection.recover(&message.body)),
                _ => return Err(self.connection.unexpected(&message)),
            }
        }
        Ok(false)
    }

    fn no_copy(&self) -> Error {
        self.connection.name(Error::new(ErrorKind::Internal, "the source's statement is no COPY"))
    }
}

impl Drop for CopyOut<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.break_off();
        }
    }
}
