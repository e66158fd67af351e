//! What stands between us and a server: a pooler with numbers of its own, a line that is cut in the middle of a handshake.
use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    thread,
};

use pgmigrate::{
    ErrorKind,
    config::{Address, Endpoint, SslMode},
    session::Session,
    wire::Connection,
};

use super::{auth::Cluster, dribble::relayed, lane::Pair};

/// What a pooler tells in `BackendKeyData`.
const OF_POOLER: i32 = 77;

/// The same endpoint behind a pooler in session mode, as far as that shows in the login.
fn pooled(endpoint: &Endpoint) -> Endpoint {
    relayed(endpoint, |client, server| {
        let (answers, to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
        thread::spawn(move || carry(answers, to, true));
        thread::spawn(move || carry(client, server, false));
    })
}

fn carry(mut from: TcpStream, mut to: TcpStream, mut in_login: bool) {
    let mut buffer = [0; 8192];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let bytes = &mut buffer[..read];
        let key = bytes.windows(5).position(|at| at == b"K\0\0\0\x0c").filter(|_| in_login);
        if let Some(at) = key {
            bytes[at + 5..at + 9].copy_from_slice(&OF_POOLER.to_be_bytes());
            in_login = false;
        }
        if to.write_all(bytes).is_err() {
            return;
        }
    }
}

#[test]
fn a_backend_is_known_by_its_own_number() {
    let Some(cluster) = Cluster::start() else { return };
    let endpoint = cluster.tcp("notls", "localhost", SslMode::Disable, None);
    let mut connection = Connection::connect(&pooled(&endpoint), "test").unwrap();
    let pid = connection.backend_pid();
    assert_ne!(pid, OF_POOLER);
    let rows = connection.query("SELECT pg_catalog.pg_backend_pid()").unwrap();
    assert_eq!(rows[0][0].as_deref(), Some(pid.to_string().as_str()));
}

#[test]
fn sessions_of_a_client_that_is_gone_do_not_stay() {
    let Some(pair) = Pair::start(true) else { return };
    let settings = ["tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count"];
    let mut connection = Connection::connect(&pair.source, "test").unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let session = runtime.block_on(Session::connect(&pair.source, "test", "test")).unwrap();
    for (setting, expected) in settings.into_iter().zip(["60", "10", "6"]) {
        let show = format!("SELECT pg_catalog.current_setting('{setting}')");
        assert_eq!(connection.query(&show).unwrap()[0][0].as_deref(), Some(expected), "{setting}");
        assert_eq!(runtime.block_on(session.one_text(&show)).unwrap(), expected, "{setting}");
    }
}

/// It passes, so it is tried again; what the two ends cannot agree on does not pass.
#[test]
fn a_cut_in_a_handshake_is_a_lost_connection() {
    let Some(cluster) = Cluster::start() else { return };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let own = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut request = [0; 8];
            client.read_exact(&mut request).unwrap();
            client.write_all(b"S").unwrap();
            // The beginning of the handshake; then the line is cut.
            client.read_exact(&mut [0; 16]).unwrap();
        }
    });
    let mut endpoint = cluster.tcp("onlytls", "localhost", SslMode::Require, None);
    let Address::Tcp { port, .. } = &mut endpoint.hosts[0].address else { panic!("not TCP") };
    *port = own;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let of_lane = Connection::connect(&endpoint, "test").err().unwrap();
    let of_session = runtime.block_on(Session::connect(&endpoint, "test", "test")).err().unwrap();
    for error in [of_lane, of_session] {
        assert_eq!(error.kind(), ErrorKind::Connection, "{}", error.report());
        assert!(error.report().contains("TLS handshake"), "{}", error.report());
    }
}
