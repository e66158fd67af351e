//! The byte stream below a connection: a socket, or TLS over one.
use std::io::{self, Read, Write};

use rustls::{ClientConnection, StreamOwned};

use crate::{
    error::{Error, ErrorKind, Result},
    net::{Encryption, Socket, TlsClient, end_point_hash, handshake_error},
};

/// `SSLRequest`: length, then the magic number in place of a protocol version.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// A socket in clear or under TLS.
pub(super) enum Transport {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
}

impl Transport {
    /// Asks for TLS if `encryption` says so.
    pub(super) fn open(socket: Socket, encryption: &Encryption) -> Result<Self> {
        match encryption {
            Encryption::Plain => Ok(Self::Plain(socket)),
            Encryption::IfOffered(client) => Self::negotiate(socket, client, false),
            Encryption::Required(client) => Self::negotiate(socket, client, true),
        }
    }

    fn negotiate(mut socket: Socket, client: &TlsClient, required: bool) -> Result<Self> {
        // One byte and no more: whatever came behind it in clear must not be taken for the encrypted stream.
        let mut answer = [0];
        socket.write_all(&SSL_REQUEST).and_then(|()| socket.read_exact(&mut answer)).map_err(|e| {
            Error::new(ErrorKind::Connection, "connection lost while asking for TLS").caused_by(e)
        })?;
        match answer[0] {
            b'S' => Self::shake_hands(socket, client),
            b'N' if !required => Ok(Self::Plain(socket)),
            b'N' => {
                Err(Error::new(ErrorKind::Tls, "the server does not offer TLS, and `sslmode` asks for it"))
            }
            _ => Err(Error::new(ErrorKind::Protocol, "what listens here does not answer as PostgreSQL does")),
        }
    }

    fn shake_hands(socket: Socket, client: &TlsClient) -> Result<Self> {
        let connection = ClientConnection::new(client.config.clone(), client.name.clone())
            .map_err(|e| Error::new(ErrorKind::Tls, "TLS cannot start").caused_by(e))?;
        let failed = |error: io::Error| {
            let (kind, message) = handshake_error(&error);
            Error::new(kind, message).caused_by(error)
        };
        let mut stream = StreamOwned::new(connection, socket);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).map_err(failed)?;
        }
        Ok(Self::Tls(Box::new(stream)))
    }

    /// Whether what is sent can be read on the way.
    pub(super) fn is_exposed(&self) -> bool {
        matches!(self, Self::Plain(socket) if socket.is_tcp())
    }

    pub(super) fn is_tls(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    pub(super) fn socket(&self) -> &Socket {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => &stream.sock,
        }
    }

    /// Channel-binding data of the server's certificate.
    pub(super) fn end_point_hash(&self) -> Option<Vec<u8>> {
        match self {
            Self::Plain(_) => None,
            Self::Tls(stream) => end_point_hash(stream.conn.peer_certificates()),
        }
    }

    /// Whether a read would not wait. Under TLS a record without data (a session ticket) is taken in here.
    pub(super) fn has_input(&mut self) -> io::Result<bool> {
        let Self::Tls(stream) = self else { return self.socket().has_input() };
        loop {
            let state = stream.conn.process_new_packets().map_err(io::Error::other)?;
            if state.plaintext_bytes_to_read() > 0 || state.peer_has_closed() {
                return Ok(true);
            }
            // The end of the stream shows as zero bytes.
            if !stream.sock.has_input()? {
                return Ok(false);
            }
            if stream.conn.read_tls(&mut stream.sock)? == 0 {
                return Ok(true);
            }
        }
    }
}

impl Read for Transport {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match self {
                Self::Plain(socket) => socket.read(buffer),
                Self::Tls(stream) => stream.read(buffer),
            };
            match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }
}

impl Write for Transport {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
