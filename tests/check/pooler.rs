//! Poolers and load balancers as far as they show: a proxy that lends server connections for a transaction, and one that
//! sends each connection to another server.
use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    thread,
};

use super::Findings;
use crate::support::{cli::Workspace, server::Server};

/// Each client has two connections to the server, and every query goes to the other one. Gives the port.
fn lending(server: u16) -> u16 {
    let (listener, port) = listen();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            thread::spawn(move || drop(lend(client, server)));
        }
    });
    port
}

fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

fn lend(mut client: TcpStream, server: u16) -> std::io::Result<()> {
    let mut startup = read_body(&mut client)?;
    // 80877103: SSLRequest
    while startup[4..8] == 80_877_103_i32.to_be_bytes() {
        client.write_all(b"N")?;
        startup = read_body(&mut client)?;
    }
    let mut lent = Vec::new();
    for _ in 0..2 {
        let mut line = TcpStream::connect((Ipv4Addr::LOCALHOST, server))?;
        line.write_all(&startup)?;
        let greeting = read_until_ready(&mut line)?;
        if lent.is_empty() {
            client.write_all(&greeting)?;
        }
        lent.push(line);
    }
    for turn in 0.. {
        let mut tag = [0];
        client.read_exact(&mut tag)?;
        let body = read_body(&mut client)?;
        let line = &mut lent[turn % 2];
        line.write_all(&tag)?;
        line.write_all(&body)?;
        if tag == *b"X" {
            break;
        }
        client.write_all(&read_until_ready(line)?)?;
    }
    Ok(())
}

/// A length and what it counts.
fn read_body(from: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut body = vec![0; u32::from_be_bytes(length) as usize];
    body[..4].copy_from_slice(&length);
    from.read_exact(&mut body[4..])?;
    Ok(body)
}

/// Messages of the server, until it waits for the next query.
fn read_until_ready(from: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let mut tag = [0];
        from.read_exact(&mut tag)?;
        all.extend(tag);
        all.extend(read_body(from)?);
        if tag == *b"Z" {
            return Ok(all);
        }
    }
}

/// Sends connections to two servers by turns.
fn balancing(servers: [u16; 2]) -> u16 {
    let (listener, port) = listen();
    thread::spawn(move || {
        for (turn, client) in listener.incoming().flatten().enumerate() {
            let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, servers[turn % 2])) else { return };
            for (mut from, mut to) in [
                (client.try_clone().expect("a socket"), server.try_clone().expect("a socket")),
                (server, client),
            ] {
                thread::spawn(move || drop(std::io::copy(&mut from, &mut to)));
            }
        }
    });
    port
}

#[test]
fn poolers_and_balancers_are_seen() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let workspace = Workspace::new();
    let only = "pooled-endpoint,load-balanced-endpoint";
    let run = |source: &str| {
        let ends = super::ends(source, &target.uri("postgres"));
        Findings::of(&workspace.pgmigrate(ends).args(["--only", only]).run())
    };
    let through = |port: u16| source.uri("postgres").replace(&source.port.to_string(), &port.to_string());
    assert!(run(&source.uri("postgres")).0.is_empty());
    let pooled = run(&through(lending(source.port)));
    assert!(pooled.tells("pooled-endpoint", "the source is reached through a pooler"), "{pooled:?}");
    assert_eq!(pooled.worse_than_notes().len(), 1, "{pooled:?}");
    let balanced = run(&through(balancing([source.port, target.port])));
    assert!(balanced.tells("load-balanced-endpoint", "different servers"), "{balanced:?}");
}
