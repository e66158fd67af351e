//! The byte stream below a session: our dialled socket made asynchronous, and TLS over it.
//!
//! The driver would send a password in clear to whoever asks. [`ControlSocket`] looks at the first message of a server that is
//! reached by TCP without TLS and ends the connection there if it asks for that.
use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpStream, UnixStream},
};
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

use crate::{
    error::{Error, ErrorKind, Result},
    net::{Socket, TlsClient, end_point_hash},
};

/// What the user is told of such a server.
pub(super) const REFUSED: &str =
    "the server wants the password in clear over a connection without TLS, which is refused";

/// What the user is told of a peer that is no server of PostgreSQL's. Without a look at its first byte a few bytes of text
/// would count as the header of a message of a gigabyte, and be waited for.
pub(super) const STRANGER: &str = "what listens here does not answer as PostgreSQL does";

/// With what a server begins: a request to log in, an error, a notice or `N` and `S` for TLS, a protocol version.
const BEGINNINGS: &[u8] = b"RENSv";

/// `AuthenticationCleartextPassword`
const CLEARTEXT_REQUEST: [u8; 9] = [b'R', 0, 0, 0, 8, 0, 0, 0, 3];

/// A socket, asynchronous.
pub(super) struct ControlSocket {
    socket: AsyncSocket,
    guard: Guard,
}

enum AsyncSocket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl ControlSocket {
    /// Takes over a dialled socket; needs the runtime.
    pub(super) fn new(socket: Socket) -> Result<Self> {
        let guard = if socket.is_tcp() { Guard::watching() } else { Guard::off() };
        let socket = match socket {
            Socket::Tcp(stream) => {
                stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream)).map(AsyncSocket::Tcp)
            }
            Socket::Unix(stream) => stream
                .set_nonblocking(true)
                .and_then(|()| UnixStream::from_std(stream))
                .map(AsyncSocket::Unix),
        };
        let socket = socket.map_err(|e| Error::new(ErrorKind::Io, "cannot use a socket").caused_by(e))?;
        Ok(Self { socket, guard })
    }
}

/// Watches the first bytes of a server: the very first, and in clear the first message.
struct Guard {
    begun: bool,
    seen: usize,
    watches: bool,
}

impl Guard {
    fn watching() -> Self {
        Self { begun: false, seen: 0, watches: true }
    }

    /// Under TLS bytes mean nothing here, and behind a unix socket nobody else listens.
    fn off() -> Self {
        Self { begun: true, seen: 0, watches: false }
    }

    /// What speaks against going on after these bytes.
    fn objection(&mut self, fresh: &[u8]) -> Option<io::Error> {
        let first = fresh.first()?;
        if !self.begun && !BEGINNINGS.contains(first) {
            return Some(io::Error::new(io::ErrorKind::InvalidData, STRANGER));
        }
        // The answer to our question for TLS comes on its own.
        self.begun |= fresh.len() > 1 || *first != b'N';
        let refuses = self.watches && self.refuses(fresh);
        refuses.then(|| io::Error::new(io::ErrorKind::PermissionDenied, REFUSED))
    }

    /// Whether these bytes complete a request for the password in clear.
    fn refuses(&mut self, fresh: &[u8]) -> bool {
        for byte in fresh {
            // The answer to our question for TLS comes first, on its own.
            if self.seen == 0 && *byte == b'N' && fresh.len() == 1 {
                return false;
            }
            if !self.watches {
                return false;
            }
            self.watches = CLEARTEXT_REQUEST.get(self.seen) == Some(byte);
            self.seen += 1;
            if self.watches && self.seen == CLEARTEXT_REQUEST.len() {
                return true;
            }
        }
        false
    }
}

impl AsyncRead for ControlSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = match &mut self.socket {
            AsyncSocket::Tcp(stream) => Pin::new(stream).poll_read(cx, buffer),
            AsyncSocket::Unix(stream) => Pin::new(stream).poll_read(cx, buffer),
        };
        if let Some(error) = self.guard.objection(&buffer.filled()[before..]) {
            return Poll::Ready(Err(error));
        }
        polled
    }
}

impl AsyncWrite for ControlSocket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.socket {
            AsyncSocket::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            AsyncSocket::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.socket {
            AsyncSocket::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            AsyncSocket::Unix(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.socket {
            AsyncSocket::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            AsyncSocket::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

/// Whether TLS came about.
#[derive(Clone, Default)]
pub(super) struct EncryptedFlag(Arc<AtomicBool>);

impl EncryptedFlag {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Makes a TLS stream of a socket, for the driver.
pub(super) struct Connector {
    client: Option<TlsClient>,
    encrypted: EncryptedFlag,
}

impl Connector {
    pub(super) fn new(client: Option<TlsClient>) -> Self {
        Self { client, encrypted: EncryptedFlag::default() }
    }

    pub(super) fn flag(&self) -> EncryptedFlag {
        self.encrypted.clone()
    }
}

impl TlsConnect<ControlSocket> for Connector {
    type Stream = ControlTls;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<ControlTls>> + Send>>;

    fn connect(self, mut socket: ControlSocket) -> Self::Future {
        Box::pin(async move {
            let Some(client) = self.client else { return Err(io::Error::other("no TLS parameters")) };
            socket.guard = Guard::off();
            let stream = TlsConnector::from(client.config).connect(client.name, socket).await?;
            self.encrypted.0.store(true, Ordering::Relaxed);
            Ok(ControlTls(stream))
        })
    }
}

/// A TLS stream that tells the driver what to bind a login to.
pub(super) struct ControlTls(tokio_rustls::client::TlsStream<ControlSocket>);

impl TlsStream for ControlTls {
    fn channel_binding(&self) -> ChannelBinding {
        let chain = self.0.get_ref().1.peer_certificates();
        end_point_hash(chain).map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

impl AsyncRead for ControlTls {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for ControlTls {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_in_clear_is_seen_however_it_is_cut() {
        for cut in 0..CLEARTEXT_REQUEST.len() {
            let mut guard = Guard::watching();
            assert!(!guard.refuses(b"N"), "no TLS is no request");
            let (one, two) = CLEARTEXT_REQUEST.split_at(cut);
            assert!(!guard.refuses(one) && guard.refuses(two), "cut at {cut}");
        }
    }

    #[test]
    fn what_begins_as_no_server_does_is_no_server() {
        let objects = |answers: &[&[u8]]| {
            let mut guard = Guard::watching();
            answers.iter().find_map(|answer| guard.objection(answer)).is_some()
        };
        assert!(objects(&[b"HTTP/1.1 400"]) && objects(&[b"N", b"", b"220 smtp"]));
        assert!(!objects(&[b"N", b"R\0\0\0\x08\0\0\0\0", b"anything"]) && !objects(&[b"S", b"\x16\x03"]));
        assert!(!objects(&[b"E\0\0", b"H"]));
    }

    #[test]
    fn other_logins_and_later_bytes_are_let_through() {
        let mut guard = Guard::watching();
        assert!(!guard.refuses(&[b'R', 0, 0, 0, 8, 0, 0, 0, 0]));
        assert!(!guard.refuses(&CLEARTEXT_REQUEST), "only the first message asks for a login");
    }
}
