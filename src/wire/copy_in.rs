//! `COPY … FROM STDIN`: sends blocks, one frame each.
//!
//! A server that fails in the middle reads on and ignores the rest, so between two frames we look whether it has something to
//! say; otherwise the whole table would be sent to a server that no longer listens.
use postgres_protocol::message::frontend;

use super::{
    connection::Connection,
    frame::Block,
    simple::{read_count, read_tag},
};
use crate::error::{Error, ErrorKind, Result};

/// A COPY that is being written. It ends by [`CopyIn::finish`] or [`CopyIn::fail`]; dropped without, the connection is broken.
pub struct CopyIn<'c> {
    connection: &'c mut Connection,
    ended: bool,
}

impl Connection {
    /// Runs statements of which the last is a COPY FROM STDIN, in one round trip.
    pub fn copy_in(&mut self, sql: &str) -> Result<CopyIn<'_>> {
        self.send(|out| frontend::query(sql, out))?;
        loop {
            let message = self.recv()?;
            match message.tag {
                b'G' => return Ok(CopyIn { connection: self, ended: false }),
                // The statements before it.
                b'C' | b'T' | b'D' | b'I' => {}
                b'E' => return Err(self.recover(&message.body)),
                b'Z' => {
                    self.ready(&message.body);
                    let error = Error::new(ErrorKind::Internal, "the target's statement is no COPY");
                    return Err(self.name(error));
                }
                _ => return Err(self.unexpected(&message)),
            }
        }
    }
}

impl CopyIn<'_> {
    /// Sends a block's rows as one frame. After an error of the server the COPY has ended and the connection is ready.
    pub fn send(&mut self, block: &mut Block) -> Result<()> {
        let sent = self.try_send(block);
        self.ended |= sent.is_err();
        sent
    }

    /// Ends the COPY and gives the server's count of rows.
    pub fn finish(mut self) -> Result<u64> {
        self.ended = true;
        let connection = &mut *self.connection;
        frontend::copy_done(&mut connection.outbox);
        connection.flush()?;
        let mut rows = None;
        loop {
            let message = connection.recv()?;
            match message.tag {
                b'C' => rows = read_count(&read_tag(&message)),
                b'Z' => {
                    connection.ready(&message.body);
                    let none =
                        || Error::new(ErrorKind::Protocol, "the target did not count the rows of a COPY");
                    return rows.ok_or_else(|| connection.name(none()));
                }
                b'E' => return Err(connection.recover(&message.body)),
                _ => return Err(connection.unexpected(&message)),
            }
        }
    }

    /// Makes the server give the COPY up. The error that it answers with is what was asked for.
    pub fn fail(mut self, reason: &str) -> Result<()> {
        self.ended = true;
        let connection = &mut *self.connection;
        connection.send(|out| frontend::copy_fail(reason, out))?;
        match connection.drain() {
            Err(error) if connection.is_broken() => Err(error),
            _ => Ok(()),
        }
    }

    fn try_send(&mut self, block: &mut Block) -> Result<()> {
        self.listen()?;
        if block.payload().is_empty() {
            return Ok(());
        }
        self.connection.write(block.seal())
    }

    /// Whether the server has given up by itself.
    fn listen(&mut self) -> Result<()> {
        let connection = &mut *self.connection;
        loop {
            if let Some(message) = connection.next_queued() {
                return Err(match message.tag {
                    b'E' => connection.recover(&message.body),
                    _ => connection.unexpected(&message),
                });
            }
            match connection.transport.has_input() {
                Ok(false) => return Ok(()),
                Ok(true) => connection.read_some()?,
                Err(error) => return Err(connection.lost_while_sending(error)),
            }
        }
    }
}

impl Drop for CopyIn<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.break_off();
        }
    }
}
