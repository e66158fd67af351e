//! Several `COPY … FROM STDIN` of one query: sends the rows of all of them without waiting in between.
//!
//! ```text
//! client  Q(BEGIN; COPY a …; COPY b …)  d… c   d… c
//! server                              C G    C G    C Z
//! ```
//! The server takes rows from the stream when it comes to their COPY, so nobody has to wait for its `CopyInResponse`: all
//! tables together cost one round trip. A server that fails ends the whole query; the rows that are still under way, or
//! yet to be sent, it passes over, as the protocol says. Made for small tables: rows are gathered in a buffer here, where
//! [`super::CopyIn`] sends blocks as they are.
use bytes::BufMut as _;
use postgres_protocol::message::frontend;

use super::{
    connection::Connection,
    frame::FRAME_TARGET,
    simple::{read_count, read_tag},
};
use crate::error::{Error, ErrorKind, Result};

/// COPYs that are being written. They end by [`CopyInMany::finish`] or [`CopyInMany::fail`]; dropped without, the
/// connection is broken.
pub struct CopyInMany<'c> {
    connection: &'c mut Connection,
    /// What the server counted, of each COPY that has ended.
    rows: Vec<u64>,
    ended: bool,
}

impl Connection {
    /// Runs statements of which those from the first COPY FROM STDIN on are such; waits for nothing.
    pub fn copy_in_many(&mut self, sql: &str) -> Result<CopyInMany<'_>> {
        self.send(|out| frontend::query(sql, out))?;
        Ok(CopyInMany { connection: self, rows: Vec::new(), ended: false })
    }
}

impl CopyInMany<'_> {
    /// Rows of the current COPY; it may keep them a while. After an error of the server all COPYs have ended and the
    /// connection is ready.
    pub fn write(&mut self, payload: &[u8]) -> Result<()> {
        if payload.is_empty() {
            return Ok(());
        }
        let length = u32::try_from(payload.len() + 4)
            .map_err(|_| Error::new(ErrorKind::Internal, "a block is longer than a message may be"))?;
        let out = &mut self.connection.outbox;
        out.put_u8(b'd');
        out.put_u32(length);
        out.put_slice(payload);
        if self.connection.outbox.len() < FRAME_TARGET {
            return Ok(());
        }
        // Rows are no round trip: nothing is waited for.
        let rows = self.connection.outbox.split();
        let sent = self.listen().and_then(|()| self.connection.write(&rows));
        if sent.is_err() {
            self.connection.outbox.clear();
            self.ended = true;
        }
        sent
    }

    /// Ends the current COPY; what is written from now on belongs to the next one.
    pub fn next(&mut self) {
        frontend::copy_done(&mut self.connection.outbox);
    }

    /// Waits for the end of all COPYs (each was ended by [`Self::next`]) and gives the server's counts, in the order of the
    /// statements.
    pub fn finish(mut self) -> Result<Vec<u64>> {
        self.ended = true;
        self.connection.flush()?;
        loop {
            let message = self.connection.recv()?;
            if message.tag == b'Z' {
                self.connection.ready(&message.body);
                return Ok(std::mem::take(&mut self.rows));
            }
            self.take_in(&message)?;
        }
    }

    /// Makes the server give up. The error that it answers with is what was asked for; if it was done with every COPY it
    /// passes the request over. Either way it gets ready.
    pub fn fail(mut self, reason: &str) -> Result<()> {
        self.ended = true;
        // Whole messages all of them: the server lives without.
        self.connection.outbox.clear();
        self.connection.send(|out| frontend::copy_fail(reason, out))?;
        match self.connection.drain() {
            Err(error) if self.connection.is_broken() => Err(error),
            _ => Ok(()),
        }
    }

    /// Whether the server has given up by itself; what it counted meanwhile is kept.
    fn listen(&mut self) -> Result<()> {
        loop {
            while let Some(message) = self.connection.next_queued() {
                if message.tag == b'Z' {
                    self.connection.ready(&message.body);
                    let error = Error::new(ErrorKind::Internal, "the target has fewer COPYs than the source");
                    return Err(self.connection.name(error));
                }
                self.take_in(&message)?;
            }
            match self.connection.transport.has_input() {
                Ok(false) => return Ok(()),
                Ok(true) => self.connection.read_some()?,
                Err(error) => return Err(self.connection.lost_while_sending(error)),
            }
        }
    }

    fn take_in(&mut self, message: &super::Message) -> Result<()> {
        match message.tag {
            // The last three: of what stands before a COPY.
            b'G' | b'T' | b'D' | b'I' => Ok(()),
            // Without a count: what stands before a COPY.
            b'C' => {
                self.rows.extend(read_count(&read_tag(message)));
                Ok(())
            }
            b'E' => Err(self.connection.recover(&message.body)),
            _ => Err(self.connection.unexpected(message)),
        }
    }
}

impl Drop for CopyInMany<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.break_off();
        }
    }
}
