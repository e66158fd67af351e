//! `COPY … TO STDOUT`: fills blocks with rows.
use postgres_protocol::message::frontend;

use super::{
    connection::Connection,
    frame::Block,
    simple::{read_count, read_tag},
};
use crate::error::{Error, ErrorKind, Result};

/// A COPY that is being read. It has to be filled to its end, or the connection is broken.
pub struct CopyOut<'c> {
    connection: &'c mut Connection,
    frames_before: u64,
    ended: bool,
}

/// What [`CopyOut::fill`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// The block is to be sent, and more will come.
    More,
    /// The COPY is over (the block may still hold rows): the server's count.
    Done {
        /// `COPY n`
        rows: u64,
    },
}

impl Connection {
    /// Starts a COPY TO STDOUT.
    pub fn copy_out(&mut self, sql: &str) -> Result<CopyOut<'_>> {
        self.send(|out| frontend::query(sql, out))?;
        let frames_before = self.scanner.frames();
        Ok(CopyOut { connection: self, frames_before, ended: false })
    }
}

impl CopyOut<'_> {
    /// Reads until the block is ready to be sent, or the COPY ends. After an error nothing more comes.
    pub fn fill(&mut self, block: &mut Block) -> Result<Fill> {
        let filled = self.try_fill(block);
        self.ended |= !matches!(filled, Ok(Fill::More));
        filled
    }

    /// Rows that arrived so far, give or take the header and trailer of the binary format.
    pub fn rows_so_far(&self) -> u64 {
        self.connection.scanner.frames() - self.frames_before
    }

    fn try_fill(&mut self, block: &mut Block) -> Result<Fill> {
        loop {
            if let Some(rows) = self.read_messages()? {
                return Ok(Fill::Done { rows });
            }
            if block.is_ready() {
                return Ok(Fill::More);
            }
            self.connection.read_into(block)?;
        }
    }

    /// Messages between and after the rows; the count once the server is done.
    fn read_messages(&mut self) -> Result<Option<u64>> {
        while let Some(message) = self.connection.next_queued() {
            match message.tag {
                // CopyOutResponse and CopyDone
                b'H' | b'c' => {}
                b'C' => {
                    let rows = read_count(&read_tag(&message));
                    self.connection.drain()?;
                    let not_a_copy = || Error::new(ErrorKind::Internal, "the source's statement is no COPY");
                    return rows.map(Some).ok_or_else(|| self.connection.name(not_a_copy()));
                }
                b'E' => return Err(self.connection.recover(&message.body)),
                _ => return Err(self.connection.unexpected(&message)),
            }
        }
        Ok(None)
    }
}

impl Drop for CopyOut<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.break_off();
        }
    }
}
