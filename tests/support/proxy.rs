//! A TCP proxy between the program and a server, that lets so many bytes of the server through and then cuts the
//! line or lets nothing through any more.
use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use super::PATIENCE;

/// What happens when the bytes are used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The connection that used up the last one is closed; all others, and later ones, go on freely.
    Cut,
    /// No byte of the server gets through any more, on any connection.
    Stall,
    /// No byte gets through any more on the connection that used up the last one, which stays open; all others go on freely.
    Swallow,
}

/// The proxy; it ends with the test.
#[derive(Debug)]
pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    left: u64,
    end: End,
    reached: bool,
}

impl Proxy {
    /// A proxy to a server on this machine that lets `bytes` of the server's bytes through.
    pub(crate) fn after(bytes: u64, end: End, server: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared {
            state: Mutex::new(State { left: bytes, end, reached: false }),
            changed: Condvar::new(),
        });
        let for_lines = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                connect(client, server, &for_lines);
            }
        });
        Self { port, shared }
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Waits until the bytes are used up.
    pub(crate) fn wait_until_reached(&self) {
        let waited =
            self.shared.changed.wait_timeout_while(self.shared.lock(), PATIENCE, |state| !state.reached);
        assert!(!waited.expect("a lock").1.timed_out(), "so many bytes were never sent");
    }

    /// Lets not a byte through any more.
    pub(crate) fn end_now(&self) {
        self.shared.lock().left = 0;
    }

    /// Whether the bytes are used up.
    pub(crate) fn reached(&self) -> bool {
        self.shared.lock().reached
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("a lock")
    }

    /// Whether a connection may pass on this many bytes; does not come back on a stalled proxy.
    fn admit(&self, bytes: usize) -> bool {
        let mut state = self.lock();
        if state.reached && state.end != End::Stall {
            return true;
        }
        state.left = state.left.saturating_sub(bytes as u64);
        if state.left > 0 {
            return true;
        }
        state.reached = true;
        self.changed.notify_all();
        while state.end != End::Cut {
            state = self.changed.wait(state).expect("a lock");
        }
        false
    }
}

/// A proxy that closes the first connection that has sent a COPY and ends it with COMMIT, once the server has answered
/// that: the client never learns that it committed. Gives the port, and whether it happened.
pub(crate) fn hiding_a_commit(server: u16) -> (u16, Arc<AtomicBool>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let hidden = Arc::new(AtomicBool::new(false));
    let shared = Arc::clone(&hidden);
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else { return };
            let (from_client, to_client) = (client.try_clone().expect("a socket"), client);
            let (from_server, to_server) = (server.try_clone().expect("a socket"), server);
            let hidden = Arc::clone(&shared);
            let (copied, committing) = (AtomicBool::new(false), Arc::new(AtomicBool::new(false)));
            let committed = Arc::clone(&committing);
            thread::spawn(move || {
                pump(from_client, to_server, |bytes| {
                    let copies = copied.fetch_or(bytes.windows(11).any(|at| at == b" FROM STDIN"), SeqCst);
                    if copies && bytes.ends_with(b"\nCOMMIT\0") && !hidden.swap(true, SeqCst) {
                        committing.store(true, SeqCst);
                    }
                    true
                });
            });
            thread::spawn(move || pump(from_server, to_client, |_| !committed.load(SeqCst)));
        }
    });
    (port, hidden)
}

/// A proxy that lets a server send rows of a COPY only so fast, on each connection; all else goes on freely. Gives the port.
pub(crate) fn slowing_copies(bytes_per_second: u32, server: u16) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else { return };
            let (from_client, to_client) = (client.try_clone().expect("a socket"), client);
            let (from_server, to_server) = (server.try_clone().expect("a socket"), server);
            let copies = Arc::new(AtomicBool::new(false));
            let is_copying = Arc::clone(&copies);
            thread::spawn(move || {
                pump(from_client, to_server, |bytes| {
                    copies.fetch_or(bytes.windows(10).any(|at| at == b" TO STDOUT"), SeqCst);
                    true
                });
            });
            thread::spawn(move || {
                pump(from_server, to_client, |bytes| {
                    if is_copying.load(SeqCst) {
                        let bytes = u32::try_from(bytes.len()).expect("a buffer");
                        thread::sleep(Duration::from_secs(1) * bytes / bytes_per_second);
                    }
                    true
                });
            });
        }
    });
    port
}

fn connect(client: TcpStream, server: u16, shared: &Arc<Shared>) {
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else { return };
    let (from_client, to_client) = (client.try_clone().expect("a socket"), client);
    let (from_server, to_server) = (server.try_clone().expect("a socket"), server);
    let shared = Arc::clone(shared);
    thread::spawn(move || pump(from_client, to_server, |_| true));
    thread::spawn(move || pump(from_server, to_client, |bytes| shared.admit(bytes.len())));
}

/// Carries bytes until one side closes or no more are admitted, then closes both.
fn pump(mut from: TcpStream, mut to: TcpStream, admit: impl Fn(&[u8]) -> bool) {
    let mut buffer = [0; 8192];
    while let Ok(bytes @ 1..) = from.read(&mut buffer) {
        if !admit(&buffer[..bytes]) || to.write_all(&buffer[..bytes]).is_err() {
            break;
        }
    }
    for line in [&from, &to] {
        // Closed already: that is what we want.
        drop(line.shutdown(Shutdown::Both));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo_server() -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for mut line in listener.incoming().flatten() {
                thread::spawn(move || {
                    let mut back = line.try_clone().unwrap();
                    drop(std::io::copy(&mut line, &mut back));
                });
            }
        });
        port
    }

    #[test]
    fn it_cuts_once_and_only_the_connection_that_used_up_the_bytes() {
        let proxy = Proxy::after(10, End::Cut, echo_server());
        let open = || TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).unwrap();
        let (mut first, mut second) = (open(), open());
        let mut byte = [0];
        second.write_all(b"x").unwrap();
        second.read_exact(&mut byte).unwrap();
        first.write_all(&[b'y'; 20]).unwrap();
        let mut rest = Vec::new();
        // Closed or reset: nothing came through either way.
        drop(first.read_to_end(&mut rest));
        proxy.wait_until_reached();
        assert!(rest.is_empty() && proxy.reached());
        for mut line in [second, open()] {
            line.write_all(&[b'z'; 20]).unwrap();
            line.read_exact(&mut [0; 20]).unwrap();
        }
    }
}
