//! A bad network: a TCP proxy to a server that delays, narrows, cuts, truncates, resets, swallows or freezes what goes through it,
//! from a byte or a moment on, and heals when told to.
//!
//! Each connection is a [`Line`] with a thread for each way. The threads look for trouble every [`TICK`], also while nothing comes.
use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, Weak,
        atomic::{AtomicU8, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use socket2::SockRef;

/// How often a thread that waits for bytes looks for trouble.
const TICK: Duration = Duration::from_millis(15);

/// What can be wrong with a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Every read takes so much longer.
    Latency(Duration),
    /// So many bytes a second, each way of each connection.
    Bandwidth(u64),
    /// The connection is closed in the middle of a message, with a FIN or with a RST; the others too, or not.
    Cut { reset: bool, all: bool },
    /// No byte arrives, and no end either; they are swallowed, or not even taken from the sender.
    Hole { to_client: bool, to_server: bool, swallows: bool },
    /// The server sees the end of its connections, the program doesn't.
    HalfOpen,
}

/// The proxy; it ends with the test.
#[derive(Debug)]
pub(super) struct Network {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    weather: Mutex<Weather>,
    lines: Mutex<Vec<Weak<Line>>>,
}

#[derive(Debug, Clone, Copy)]
enum Weather {
    Fair,
    /// Trouble begins with the byte after so many, of both ways together.
    Brewing(u64, Trouble),
    Foul(Trouble),
}

/// A connection of the program and the one to the server behind it.
#[derive(Debug)]
struct Line {
    client: TcpStream,
    server: TcpStream,
    fate: AtomicU8,
}

/// [`Line::fate`]: nothing happened to it.
const SOUND: u8 = 0;
/// It has lost bytes: closed when the trouble is over.
const HURT: u8 = 1;
/// To be closed now.
const CLOSED: u8 = 2;
/// To be reset now.
const RESET: u8 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    ToClient,
    ToServer,
}

impl Network {
    /// A fair network to a server on this machine.
    pub(super) fn to(server: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared { weather: Mutex::new(Weather::Fair), lines: Mutex::default() });
        let for_lines = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A server that is down: the program finds its connection closed.
                if let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) {
                    for_lines.carry(client, server);
                }
            }
        });
        Self { port, shared }
    }

    /// Where it listens.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Trouble begins now.
    pub(super) fn begin(&self, trouble: Trouble) {
        *self.shared.weather() = Weather::Foul(trouble);
        if let Trouble::Cut { reset, all } = trouble {
            let lines = self.shared.lines.lock().expect("a lock");
            let alive = lines.iter().filter_map(Weak::upgrade);
            for line in alive.take(if all { usize::MAX } else { 1 }) {
                line.fate.store(if reset { RESET } else { CLOSED }, SeqCst);
            }
        }
    }

    /// Trouble begins when so many bytes have gone through.
    pub(super) fn begin_after(&self, bytes: u64, trouble: Trouble) {
        *self.shared.weather() = Weather::Brewing(bytes, trouble);
    }

    /// Whether it has begun.
    pub(super) fn has_trouble(&self) -> bool {
        matches!(*self.shared.weather(), Weather::Foul(_))
    }

    /// All is well again; connections that lost bytes meanwhile are closed.
    pub(super) fn heal(&self) {
        *self.shared.weather() = Weather::Fair;
    }
}

impl Shared {
    fn weather(&self) -> MutexGuard<'_, Weather> {
        self.weather.lock().expect("a lock")
    }

    fn carry(self: &Arc<Self>, client: TcpStream, server: TcpStream) {
        for socket in [&client, &server] {
            socket.set_read_timeout(Some(TICK)).expect("a timeout");
            socket.set_nodelay(true).expect("an option");
        }
        let line = Arc::new(Line { client, server, fate: AtomicU8::new(SOUND) });
        let mut lines = self.lines.lock().expect("a lock");
        lines.retain(|line| line.strong_count() > 0);
        lines.push(Arc::downgrade(&line));
        drop(lines);
        for way in [Way::ToClient, Way::ToServer] {
            let (shared, line) = (Arc::clone(self), Arc::clone(&line));
            thread::spawn(move || pump(&shared, &line, way));
        }
    }

    /// What the weather does to a line before its next byte: whether it is still read, and how many bytes at most.
    fn weather_on(&self, line: &Line, way: Way) -> bool {
        let weather = *self.weather();
        match weather {
            Weather::Foul(Trouble::Hole { to_client, to_server, swallows }) => {
                let blocked = if way == Way::ToClient { to_client } else { to_server };
                !blocked || swallows
            }
            Weather::Foul(Trouble::HalfOpen) => {
                // Closed already: that is what we want.
                drop(line.server.shutdown(Shutdown::Both));
                line.fate.store(HURT, SeqCst);
                false
            }
            Weather::Fair | Weather::Brewing(..) if line.fate.load(SeqCst) == HURT => {
                line.fate.store(CLOSED, SeqCst);
                true
            }
            _ => true,
        }
    }

    /// How many of these bytes go through, and after which pause.
    fn admit(&self, line: &Line, way: Way, bytes: usize) -> (usize, Duration) {
        let mut weather = self.weather();
        let mut admitted = bytes;
        if let Weather::Brewing(left, trouble) = *weather {
            if left > bytes as u64 {
                *weather = Weather::Brewing(left - bytes as u64, trouble);
                return (bytes, Duration::ZERO);
            }
            admitted = usize::try_from(left).expect("less than a buffer");
            *weather = Weather::Foul(trouble);
            if let Trouble::Cut { reset, .. } = trouble {
                line.fate.store(if reset { RESET } else { CLOSED }, SeqCst);
                return (admitted, Duration::ZERO);
            }
        }
        let Weather::Foul(trouble) = *weather else { return (admitted, Duration::ZERO) };
        match trouble {
            Trouble::Latency(pause) => (bytes, pause),
            Trouble::Bandwidth(rate) => (bytes, Duration::from_micros(bytes as u64 * 1_000_000 / rate)),
            Trouble::Cut { .. } => (bytes, Duration::ZERO),
            Trouble::Hole { to_client, to_server, .. } => {
                let blocked = if way == Way::ToClient { to_client } else { to_server };
                if blocked {
                    line.fate.store(HURT, SeqCst);
                }
                (if blocked { 0 } else { bytes }, Duration::ZERO)
            }
            Trouble::HalfOpen => (0, Duration::ZERO),
        }
    }
}

/// Carries bytes one way until either side closes or the weather ends the line.
fn pump(shared: &Shared, line: &Line, way: Way) {
    let (mut from, mut to) =
        if way == Way::ToClient { (&line.server, &line.client) } else { (&line.client, &line.server) };
    let mut buffer = [0; 8192];
    loop {
        let may_read = shared.weather_on(line, way);
        match line.fate.load(SeqCst) {
            RESET => {
                // Nobody shuts it down: the last thread that lets go of the sockets sends the RST.
                for socket in [&line.client, &line.server] {
                    drop(SockRef::from(socket).set_linger(Some(Duration::ZERO)));
                }
                return;
            }
            CLOSED => break,
            _ if !may_read => {
                thread::sleep(TICK);
                continue;
            }
            _ => {}
        }
        let bytes = match from.read(&mut buffer) {
            Ok(0) if shared.weather_on(line, way) => break,
            // The end is the weather's, and not to be passed on.
            Ok(0) => {
                thread::sleep(TICK);
                continue;
            }
            Ok(bytes) => bytes,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
            Err(_) => break,
        };
        let (admitted, pause) = shared.admit(line, way, bytes);
        thread::sleep(pause);
        if to.write_all(&buffer[..admitted]).is_err() {
            break;
        }
    }
    for socket in [&line.client, &line.server] {
        // Closed already: that is what we want.
        drop(socket.shutdown(Shutdown::Both));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use crate::support::PATIENCE;

    use super::*;

    fn through(network: &Network) -> TcpStream {
        let line = TcpStream::connect((Ipv4Addr::LOCALHOST, network.port())).unwrap();
        line.set_read_timeout(Some(PATIENCE)).unwrap();
        line
    }

    fn echo() -> Network {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for mut line in listener.incoming().flatten() {
                thread::spawn(move || drop(std::io::copy(&mut line.try_clone().unwrap(), &mut line)));
            }
        });
        Network::to(port)
    }

    fn answers(line: &mut TcpStream) -> std::io::Result<()> {
        line.write_all(b"1234567890")?;
        line.read_exact(&mut [0; 10])
    }

    #[test]
    fn each_trouble_is_what_it_says_and_passes() {
        let network = echo();
        let (mut first, mut second) = (through(&network), through(&network));
        answers(&mut first).and_then(|()| answers(&mut second)).unwrap();
        // In the middle of a message: five bytes are all that arrives.
        network.begin_after(15, Trouble::Cut { reset: false, all: false });
        first.write_all(b"1234567890").unwrap();
        let mut rest = Vec::new();
        first.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, b"12345");
        answers(&mut second).unwrap();
        network.begin(Trouble::Cut { reset: true, all: true });
        assert_eq!(second.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
        for trouble in [Trouble::Hole { to_client: true, to_server: true, swallows: true }, Trouble::HalfOpen]
        {
            network.heal();
            let mut line = through(&network);
            answers(&mut line).unwrap();
            network.begin(trouble);
            line.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
            assert_eq!(answers(&mut line).unwrap_err().kind(), ErrorKind::WouldBlock);
            network.heal();
            assert!(matches!(line.read(&mut [0]), Ok(0) | Err(_)));
        }
        network.begin(Trouble::Latency(Duration::from_millis(30)));
        let began = Instant::now();
        answers(&mut through(&network)).unwrap();
        assert!(began.elapsed() >= Duration::from_millis(60));
    }
}
