//! Sockets: from an address to a connected socket with libpq's options set.
//!
//! It speaks no protocol; that begins in `wire` and `session`. Called by `net::connect` and by cancel requests.
use std::{
    fmt, io,
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpStream, ToSocketAddrs as _},
    os::unix::net::UnixStream,
    path::PathBuf,
    time::Duration,
};

use socket2::{Domain, Protocol, SockAddr, SockRef, TcpKeepalive, Type};

use crate::config::{Address, Endpoint, Keepalive};

/// Where a socket goes: one resolved address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// TCP.
    Tcp(SocketAddr),
    /// A unix socket's path; `@` in front marks an abstract one.
    Unix(PathBuf),
}

impl Peer {
    /// All addresses of a host, in the resolver's order.
    pub fn resolve(address: &Address) -> io::Result<Vec<Self>> {
        match address {
            Address::Unix { directory, port } => {
                Ok(vec![Self::Unix(directory.join(format!(".s.PGSQL.{port}")))])
            }
            Address::Tcp { ip: Some(ip), port, .. } => Ok(vec![Self::Tcp(SocketAddr::new(*ip, *port))]),
            Address::Tcp { name, ip: None, port } => resolve_name(name, *port),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => path.display().fmt(f),
        }
    }
}

/// Without a hosts file (an empty chroot, a minimal container) `localhost` still has its meaning.
fn resolve_name(name: &str, port: u16) -> io::Result<Vec<Peer>> {
    match (name, port).to_socket_addrs() {
        Ok(found) => Ok(found.map(Peer::Tcp).collect()),
        Err(_) if name == "localhost" => {
            let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
            Ok(loopback.map(|ip| Peer::Tcp(SocketAddr::new(ip, port))).into())
        }
        Err(error) => Err(error),
    }
}

/// A connected socket, TCP or unix.
#[derive(Debug)]
pub enum Socket {
    /// TCP.
    Tcp(TcpStream),
    /// Unix.
    Unix(UnixStream),
}

/// Connects; `timeout` bounds the TCP handshake.
pub fn dial(peer: &Peer, endpoint: &Endpoint, timeout: Option<Duration>) -> io::Result<Socket> {
    match peer {
        Peer::Tcp(address) => dial_tcp(*address, endpoint, timeout),
        Peer::Unix(path) => dial_unix(path),
    }
}

fn dial_tcp(address: SocketAddr, endpoint: &Endpoint, timeout: Option<Duration>) -> io::Result<Socket> {
    let socket = socket2::Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Every message is written whole, so waiting for more to send only costs time.
    socket.set_tcp_nodelay(true)?;
    if let Some(keepalive) = endpoint.keepalive {
        socket.set_keepalive(true)?;
        set_keepalive(&socket, keepalive)?;
    }
    #[cfg(target_os = "linux")]
    if endpoint.tcp_user_timeout.is_some() {
        socket.set_tcp_user_timeout(endpoint.tcp_user_timeout)?;
    }
    match timeout {
        Some(timeout) => socket.connect_timeout(&address.into(), timeout)?,
        None => socket.connect(&address.into())?,
    }
    Ok(Socket::Tcp(socket.into()))
}

fn set_keepalive(socket: &socket2::Socket, keepalive: Keepalive) -> io::Result<()> {
    if keepalive == Keepalive::default() {
        return Ok(());
    }
    let mut parameters = TcpKeepalive::new();
    if let Some(idle) = keepalive.idle {
        parameters = parameters.with_time(idle);
    }
    if let Some(interval) = keepalive.interval {
        parameters = parameters.with_interval(interval);
    }
    if let Some(count) = keepalive.count {
        parameters = parameters.with_retries(count);
    }
    socket.set_tcp_keepalive(&parameters)
}

fn dial_unix(path: &std::path::Path) -> io::Result<Socket> {
    let address = match path.to_str().and_then(|text| text.strip_prefix('@')) {
        // The kernel knows an abstract socket by a leading NUL.
        Some(name) => SockAddr::unix(format!("\0{name}"))?,
        None => SockAddr::unix(path)?,
    };
    let socket = socket2::Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.connect(&address)?;
    Ok(Socket::Unix(socket.into()))
}

impl Socket {
    /// A second handle on the same socket, for shutting it down from another thread.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Tcp(stream) => Self::Tcp(stream.try_clone()?),
            Self::Unix(stream) => Self::Unix(stream.try_clone()?),
        })
    }

    /// Bounds every single read and write; `None` waits without limit.
    pub fn set_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        // Zero is refused by the system; a deadline that has just passed still has to be waited for.
        let timeout = timeout.map(|timeout| timeout.max(Duration::from_millis(1)));
        let socket = self.as_ref();
        socket.set_read_timeout(timeout)?;
        socket.set_write_timeout(timeout)
    }

    /// Ends both directions: whoever is blocked on the socket returns.
    pub fn shut_down(&self) -> io::Result<()> {
        self.as_ref().shutdown(Shutdown::Both)
    }

    /// Whether a read would return at once (bytes, an error, or the end of the stream). It consumes nothing.
    pub fn has_input(&self) -> io::Result<bool> {
        let mut byte = [std::mem::MaybeUninit::uninit()];
        match self.as_ref().recv_with_flags(&mut byte, libc::MSG_PEEK | libc::MSG_DONTWAIT) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether the bytes leave this machine in clear: TCP, as opposed to a unix socket.
    pub fn is_tcp(&self) -> bool {
        matches!(self, Self::Tcp(_))
    }

    fn as_ref(&self) -> SockRef<'_> {
        match self {
            Self::Tcp(stream) => SockRef::from(stream),
            Self::Unix(stream) => SockRef::from(stream),
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buffer),
            Self::Unix(stream) => stream.read(buffer),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(bytes),
            Self::Unix(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unix_host_is_a_socket_in_its_directory() {
        let address = Address::Unix { directory: "/run/pg".into(), port: 5433 };
        assert_eq!(Peer::resolve(&address).unwrap(), [Peer::Unix("/run/pg/.s.PGSQL.5433".into())]);
    }

    #[test]
    fn hostaddr_spares_the_look_up() {
        let address = Address::Tcp {
            name: "no.such.host.invalid".into(),
            ip: Some(Ipv4Addr::LOCALHOST.into()),
            port: 5432,
        };
        assert_eq!(Peer::resolve(&address).unwrap()[0].to_string(), "127.0.0.1:5432");
    }

    #[test]
    fn input_is_seen_without_being_consumed() {
        let (one, mut other) = UnixStream::pair().unwrap();
        let mut one = Socket::Unix(one);
        assert!(!one.has_input().unwrap());
        other.write_all(b"x").unwrap();
        assert!(one.has_input().unwrap());
        let mut byte = [0];
        one.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"x");
        drop(other);
        assert!(one.has_input().unwrap(), "the end of the stream is readable");
    }
}
