//! A TCP proxy that loses one end of a connection: the client sees it end, the server never hears of it.
use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    thread,
};

use pgmigrate::config::{Address, Endpoint};

/// The same endpoint through a proxy that loses the first connection after so many bytes of the client's.
pub(super) fn after(endpoint: &Endpoint, bytes: usize) -> Endpoint {
    let mut endpoint = endpoint.clone();
    let Address::Tcp { port, .. } = &mut endpoint.hosts[0].address else { panic!("not TCP") };
    let server = std::mem::replace(port, 0);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    *port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut kept = Vec::new();
        for (number, client) in listener.incoming().flatten().enumerate() {
            let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else { return };
            kept.push(server.try_clone().unwrap());
            let most = if number == 0 { bytes } else { usize::MAX };
            let (answers, to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || pump(answers, to, usize::MAX));
            thread::spawn(move || pump(client, server, most));
        }
    });
    endpoint
}

fn pump(mut from: TcpStream, mut to: TcpStream, most: usize) {
    let (mut buffer, mut sent) = ([0; 8192], 0);
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        sent += read;
        if to.write_all(&buffer[..read]).is_err() || sent > most {
            break;
        }
    }
    drop(from.shutdown(Shutdown::Both));
    if most == usize::MAX {
        drop(to.shutdown(Shutdown::Both));
    }
}
