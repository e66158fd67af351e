//! A data connection: sends messages, receives them, and knows whether it can still be used.
//!
//! One [`Scanner`] reads everything the server sends, so a read that takes in more than was asked for loses nothing. Notices
//! and parameter changes are taken out here; whoever waits for an answer never sees them.
use std::{
    collections::VecDeque,
    io::{self, Read as _, Write as _},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::BytesMut;

use super::{
    cancel::CancelHandle,
    frame::{Block, FrameError, Message, Scanner},
    transport::Transport,
};
use crate::{
    config::{Endpoint, Side},
    error::{Error, ErrorKind, Result},
    net::{Peer, ServerReport, Socket, TlsClient},
    pg::ServerVersion,
};

/// Answers that are no rows are short.
const ANSWER_CAPACITY: usize = 16 * 1024;

/// What `ReadyForQuery` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionStatus {
    /// In no transaction.
    Idle,
    /// In a transaction.
    Active,
    /// In a transaction that failed and waits for ROLLBACK.
    Failed,
}

/// A data connection.
pub struct Connection {
    pub(super) transport: Transport,
    pub(super) scanner: Scanner,
    pub(super) messages: VecDeque<Message>,
    pub(super) outbox: BytesMut,
    answers: Block,
    status: TransactionStatus,
    broken: bool,
    waited: Duration,
    /// Until then whoever dials names the server in errors.
    pub(super) logged_in: bool,
    pub(super) identity: Identity,
}

/// Who is at the other end.
pub(super) struct Identity {
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) peer: Peer,
    pub(super) tls: Option<TlsClient>,
    pub(super) version: ServerVersion,
    /// With the key, what a cancel request names; a pooler has numbers of its own.
    pub(super) process_id: i32,
    pub(super) secret_key: i32,
    /// `pg_backend_pid()`
    pub(super) backend_pid: i32,
}

impl Connection {
    pub(super) fn new(transport: Transport, identity: Identity) -> Self {
        Self {
            transport,
            scanner: Scanner::new(),
            messages: VecDeque::new(),
            outbox: BytesMut::with_capacity(1024),
            answers: Block::with_capacity(ANSWER_CAPACITY),
            status: TransactionStatus::Idle,
            broken: false,
            waited: Duration::ZERO,
            logged_in: false,
            identity,
        }
    }

    /// The side it belongs to.
    pub fn side(&self) -> Side {
        self.identity.endpoint.side
    }

    /// The server's version.
    pub fn version(&self) -> ServerVersion {
        self.identity.version
    }

    /// The backend's process id, as the server itself says: behind a pooler the login tells the pooler's number.
    pub fn backend_pid(&self) -> i32 {
        self.identity.backend_pid
    }

    /// The process id that the login gave for cancelling; behind a pooler it is none of the server's.
    pub fn login_pid(&self) -> i32 {
        self.identity.process_id
    }

    /// Where the last statement left the transaction.
    pub fn status(&self) -> TransactionStatus {
        self.status
    }

    /// Whether it has to be given up.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether it is encrypted.
    pub fn is_tls(&self) -> bool {
        self.transport.is_tls()
    }

    /// A second handle on its socket, to end it from another thread.
    pub fn socket(&self) -> Result<Socket> {
        self.transport
            .socket()
            .try_clone()
            .map_err(|e| self.name(Error::new(ErrorKind::Io, "cannot share a socket").caused_by(e)))
    }

    /// What another thread needs to cancel the statement that runs here.
    pub fn cancel_handle(&self) -> CancelHandle {
        CancelHandle::new(&self.identity)
    }

    /// Adds which server an error is about.
    pub(super) fn name(&self, error: Error) -> Error {
        if !self.logged_in {
            return error;
        }
        let endpoint = &self.identity.endpoint;
        error.context(format!("{} {}/{}", endpoint.side, self.identity.peer, endpoint.database))
    }

    /// Gives the connection up.
    pub(super) fn break_off(&mut self) {
        self.broken = true;
    }

    /// The time spent in reads and writes of the socket since this was last asked: the server or the network was waited for.
    pub fn take_waited(&mut self) -> Duration {
        std::mem::take(&mut self.waited)
    }

    /// Sends what is in the outbox, something that the server answers: one round trip (a login is counted as a whole).
    pub(super) fn flush(&mut self) -> Result<()> {
        if self.logged_in {
            self.identity.endpoint.round_trips.add(1);
        }
        let outbox = self.outbox.split();
        self.write(&outbox)
    }

    /// Sends bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let start = Instant::now();
        let sent = self.transport.write_all(bytes).and_then(|()| self.transport.flush());
        self.waited += start.elapsed();
        sent.map_err(|error| self.lost_while_sending(error))
    }

    /// A message that `postgres_protocol` encodes; it refuses one thing, a NUL inside of text.
    pub(super) fn send(&mut self, encode: impl FnOnce(&mut BytesMut) -> io::Result<()>) -> Result<()> {
        if let Err(error) = encode(&mut self.outbox) {
            self.outbox.clear();
            return Err(self.name(Error::new(ErrorKind::Internal, "cannot send this text").caused_by(error)));
        }
        self.flush()
    }

    /// The next message that answers something.
    pub(super) fn recv(&mut self) -> Result<Message> {
        loop {
            if let Some(message) = self.next_queued() {
                return Ok(message);
            }
            self.read_some()?;
        }
    }

    /// Reads once and queues the messages. Rows have no place in an answer: those of a COPY that was given up are passed over.
    pub(super) fn read_some(&mut self) -> Result<()> {
        self.answers.clear();
        let start = Instant::now();
        let read = self.transport.read(self.answers.space());
        self.waited += start.elapsed();
        let read = self.arrived(read)?;
        let scanned = self.scanner.scan(&mut self.answers, read, &mut self.messages);
        scanned.map_err(|error| self.no_protocol(error))
    }

    /// Reads into a block; rows stay there, messages are queued. Gives the number of bytes that came.
    pub(super) fn read_into(&mut self, block: &mut Block) -> Result<usize> {
        let start = Instant::now();
        let read = self.transport.read(block.space());
        self.waited += start.elapsed();
        let read = self.arrived(read)?;
        let scanned = self.scanner.scan(block, read, &mut self.messages);
        scanned.map_err(|error| self.no_protocol(error))?;
        Ok(read)
    }

    /// Lets bytes gather in the socket.
    pub(super) fn pause(&mut self, pause: Duration) {
        let start = Instant::now();
        std::thread::sleep(pause);
        self.waited += start.elapsed();
    }

    /// The next message already read, notices and the like taken out.
    pub(super) fn next_queued(&mut self) -> Option<Message> {
        while let Some(message) = self.messages.pop_front() {
            match message.tag {
                b'N' => {
                    let notice = ServerReport::parse(&message.body);
                    tracing::debug!(side = %self.side(), severity = notice.severity, "{}", notice.message);
                }
                b'S' | b'A' => {}
                _ => return Some(message),
            }
        }
        None
    }

    /// The server reported an error: reads on until it is ready again, and gives the error.
    pub(super) fn recover(&mut self, body: &[u8]) -> Error {
        let report = ServerReport::parse(body);
        if report.is_fatal() || self.drain().is_err() {
            self.broken = true;
        }
        self.name(report.into_error())
    }

    /// Reads until the server is ready for the next statement; the first error on the way is the result.
    pub(super) fn drain(&mut self) -> Result<()> {
        let mut failed = None;
        loop {
            let message = self.recv()?;
            match message.tag {
                b'Z' => {
                    self.ready(&message.body);
                    return failed.map_or(Ok(()), Err);
                }
                b'E' => {
                    let report = ServerReport::parse(&message.body);
                    self.broken |= report.is_fatal();
                    let error = self.name(report.into_error());
                    if self.broken {
                        return Err(error);
                    }
                    failed = failed.or(Some(error));
                }
                _ => {}
            }
        }
    }

    /// Takes the transaction status from `ReadyForQuery`.
    pub(super) fn ready(&mut self, body: &[u8]) {
        self.status = match body.first() {
            Some(b'T') => TransactionStatus::Active,
            Some(b'E') => TransactionStatus::Failed,
            _ => TransactionStatus::Idle,
        };
    }

    /// A message that has no place here.
    pub(super) fn unexpected(&mut self, message: &Message) -> Error {
        self.broken = true;
        let letter = char::from(message.tag);
        self.name(Error::new(
            ErrorKind::Protocol,
            format!("the server sent an unexpected `{letter}` message"),
        ))
    }

    fn arrived(&mut self, read: io::Result<usize>) -> Result<usize> {
        let lost = match read {
            Ok(0) => Error::new(ErrorKind::Connection, "the server closed the connection"),
            Ok(read) => return Ok(read),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Error::new(ErrorKind::Connection, "no answer in time")
                    .hint("`connect_timeout` bounds the login")
            }
            Err(error) => Error::new(ErrorKind::Connection, "the connection was lost").caused_by(error),
        };
        self.broken = true;
        Err(self.name(lost))
    }

    fn no_protocol(&mut self, error: FrameError) -> Error {
        self.broken = true;
        self.name(Error::new(ErrorKind::Protocol, "the server does not speak the protocol").caused_by(error))
    }

    /// A server that ends a connection often says why before: that is worth more than a broken pipe.
    pub(super) fn lost_while_sending(&mut self, error: io::Error) -> Error {
        self.broken = true;
        while let Ok(message) = self.recv() {
            if message.tag == b'E' {
                return self.name(ServerReport::parse(&message.body).into_error());
            }
        }
        self.name(Error::new(ErrorKind::Connection, "the connection was lost").caused_by(error))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if !self.broken {
            self.outbox.clear();
            postgres_protocol::message::frontend::terminate(&mut self.outbox);
            // The server notices the closed socket anyway.
            _ = self.transport.write_all(&self.outbox).and_then(|()| self.transport.flush());
        }
    }
}
