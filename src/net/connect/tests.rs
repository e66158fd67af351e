//! The search, on listeners of our own: what is tried, in which order, and what ends it.
use std::net::TcpListener;

use super::*;
use crate::{
    config::{Keepalive, RoundTrips, Side, Tls},
    pg::SqlState,
};

fn endpoint(ports: &[u16]) -> Endpoint {
    let host = |port: &u16| Host {
        address: Address::Tcp { name: "127.0.0.1".into(), ip: None, port: *port },
        password: None,
    };
    Endpoint {
        side: Side::Source,
        hosts: ports.iter().map(host).collect(),
        database: "d".into(),
        user: "u".into(),
        application_name: None,
        options: None,
        tls: Tls::default(),
        connect_timeout: Some(Duration::from_secs(5)),
        keepalive: Some(Keepalive { idle: Some(Duration::from_secs(60)), ..Keepalive::default() }),
        tcp_user_timeout: Some(Duration::from_secs(30)),
        target_session_attrs: SessionAttrs::Any,
        passfile: None,
        round_trips: RoundTrips::default(),
    }
}

fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn standby() -> Standing {
    Standing { standby: true, read_only: true }
}

#[test]
fn a_dead_host_is_passed_over_and_a_refusal_ends_the_search() {
    let (_one, first) = listen();
    let (_two, second) = listen();
    let closed = listen().1;
    let mut seen = Vec::new();
    let error = connect::<()>(&endpoint(&[closed, first, second]), |link| {
        seen.push(link.peer.to_string());
        Err(Error::new(ErrorKind::Authentication, "no").sqlstate(SqlState::new("28P01")))
    })
    .unwrap_err();
    assert_eq!(seen, [format!("127.0.0.1:{first}")]);
    assert_eq!(error.kind(), ErrorKind::Authentication);
    let report = error.report();
    assert!(
        report.contains("none of 2 addresses of source") && report.contains(&closed.to_string()),
        "{report}"
    );
}

#[test]
fn prefer_falls_back_to_clear_and_allow_to_tls() {
    let (_listener, port) = listen();
    for (mode, expected) in [(SslMode::Prefer, [true, false]), (SslMode::Allow, [false, true])] {
        let mut endpoint = endpoint(&[port]);
        endpoint.tls.mode = mode;
        let mut tried = Vec::new();
        let error = connect::<()>(&endpoint, |link| {
            tried.push(link.encryption.client().is_some());
            Err(Error::new(ErrorKind::Authentication, "no entry").sqlstate(SqlState::new("28000")))
        });
        assert!(error.is_err());
        assert_eq!(tried, expected, "{mode:?}");
    }
}

#[test]
fn prefer_standby_takes_a_primary_only_in_the_second_pass() {
    let (_one, first) = listen();
    let (_two, second) = listen();
    let mut endpoint = endpoint(&[first, second]);
    endpoint.target_session_attrs = SessionAttrs::PreferStandby;
    let find = |standby_port: u16| {
        connect(&endpoint, |link| {
            let port = link.peer.to_string();
            let is_standby = port.ends_with(&standby_port.to_string());
            Ok((port, if is_standby { standby() } else { Standing::default() }))
        })
        .unwrap()
    };
    assert!(find(second).ends_with(&second.to_string()));
    assert!(find(0).ends_with(&first.to_string()), "no standby: the first host");
}

#[test]
fn session_attributes_follow_libpq() {
    let primary = Standing::default();
    let locked = Standing { standby: false, read_only: true };
    assert!(suits(SessionAttrs::ReadWrite, primary) && !suits(SessionAttrs::ReadWrite, locked));
    assert!(suits(SessionAttrs::ReadOnly, locked) && suits(SessionAttrs::ReadOnly, standby()));
    assert!(suits(SessionAttrs::Primary, locked) && !suits(SessionAttrs::Primary, standby()));
    assert!(suits(SessionAttrs::Standby, standby()) && !suits(SessionAttrs::Standby, primary));
}
