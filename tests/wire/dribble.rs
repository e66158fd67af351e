//! A TCP proxy that hands on a few bytes at a time, so that messages and TLS records are cut everywhere.
use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    thread,
};

use pgmigrate::config::{Address, Endpoint};

/// The same endpoint through a proxy that writes at most `size` bytes at once in both directions; it ends with the test.
pub(super) fn through(endpoint: &Endpoint, size: usize) -> Endpoint {
    relayed(endpoint, move |client, server| {
        for (from, to) in [(&client, &server), (&server, &client)] {
            let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
            thread::spawn(move || pump(from, to, size));
        }
    })
}

/// The same endpoint behind a listener that gives each client and its connection to the server to `relay`, which does not wait.
pub(super) fn relayed(
    endpoint: &Endpoint,
    relay: impl Fn(TcpStream, TcpStream) + Send + 'static,
) -> Endpoint {
    let mut endpoint = endpoint.clone();
    let Address::Tcp { port, .. } = &mut endpoint.hosts[0].address else { panic!("not TCP") };
    let server = std::mem::replace(port, 0);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    *port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else { return };
            relay(client, server);
        }
    });
    endpoint
}

fn pump(mut from: TcpStream, mut to: TcpStream, size: usize) {
    to.set_nodelay(true).unwrap();
    let mut buffer = [0; 8192];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        // The reader is to wake up between two pieces.
        let cut = buffer[..read].chunks(size).all(|piece| {
            thread::yield_now();
            to.write_all(piece).is_ok()
        });
        if !cut {
            break;
        }
    }
    for line in [&from, &to] {
        // Closed already: that is what we want.
        drop(line.shutdown(Shutdown::Both));
    }
}
