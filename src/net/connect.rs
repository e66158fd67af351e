//! The search for a server to use: each host in order, each of its addresses, with and without TLS as `sslmode` says,
//! until one logs us in and suits `target_session_attrs`.
//!
//! How to log in is the caller's: `wire` and `session` pass it as a closure, so both search alike. The rules are libpq's:
//! a refused login ends the search, an unreachable or starting server does not.
use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::{ClientConfig, pki_types::ServerName};

use super::{
    dial::{Peer, Socket, dial},
    tls,
};
use crate::{
    config::{Address, Endpoint, Host, SessionAttrs, SslMode},
    error::{Context as _, Error, ErrorKind, Result},
};

/// A connected socket and how to go on with it.
pub struct Link<'e> {
    /// The socket; nothing was sent yet.
    pub socket: Socket,
    /// The side that is dialled.
    pub endpoint: &'e Endpoint,
    /// The host, for its password.
    pub host: &'e Host,
    /// The address, for cancel requests.
    pub peer: Peer,
    /// Whether TLS has to be asked for.
    pub encryption: Encryption,
    /// When the login must have ended (`connect_timeout`).
    pub deadline: Option<Instant>,
}

impl Link<'_> {
    /// The time left to log in.
    pub fn remaining(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

/// Whether a connection is to be encrypted.
#[derive(Clone)]
pub enum Encryption {
    /// In clear.
    Plain,
    /// TLS if the server has it.
    IfOffered(TlsClient),
    /// TLS or nothing.
    Required(TlsClient),
}

impl Encryption {
    /// The TLS parameters, if any.
    pub fn client(&self) -> Option<&TlsClient> {
        match self {
            Self::Plain => None,
            Self::IfOffered(client) | Self::Required(client) => Some(client),
        }
    }
}

/// What a TLS handshake needs.
#[derive(Clone)]
pub struct TlsClient {
    /// Roots, client certificate, verifier.
    pub config: Arc<ClientConfig>,
    /// The name sent as SNI.
    pub name: ServerName<'static>,
}

/// What `target_session_attrs` asks about a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// In hot standby.
    pub standby: bool,
    /// New transactions are read-only.
    pub read_only: bool,
}

/// One way of trying an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Plain,
    IfOffered,
    Required,
}

/// Connects to the first server that logs us in and suits the endpoint.
pub fn connect<T>(
    endpoint: &Endpoint,
    mut log_in: impl FnMut(Link<'_>) -> Result<(T, Standing)>,
) -> Result<T> {
    let mut failures = Vec::new();
    for wanted in passes(endpoint.target_session_attrs) {
        failures.clear();
        for host in &endpoint.hosts {
            let place = || format!("{} {}", endpoint.side, host.address);
            let peers = match Peer::resolve(&host.address) {
                Ok(peers) => peers,
                Err(error) => {
                    failures.push(no_address(error).context(place()));
                    continue;
                }
            };
            for peer in peers {
                match try_peer(endpoint, host, &peer, &mut log_in) {
                    Ok((connection, standing)) if suits(*wanted, standing) => return Ok(connection),
                    Ok(_) => failures.push(unsuitable(*wanted).context(place())),
                    Err(error) => {
                        let last = !may_try_next(&error);
                        failures.push(error.context(place()));
                        if last {
                            return Err(join(endpoint, failures));
                        }
                    }
                }
            }
        }
    }
    Err(join(endpoint, failures))
}

/// Every attempt at one address, until one works or fails for good.
fn try_peer<T>(
    endpoint: &Endpoint,
    host: &Host,
    peer: &Peer,
    log_in: &mut impl FnMut(Link<'_>) -> Result<(T, Standing)>,
) -> Result<(T, Standing)> {
    let attempts = attempts(endpoint.tls.mode, peer);
    let mut first = None;
    for attempt in attempts {
        let encryption = encryption(*attempt, endpoint, host)?;
        let deadline = endpoint.connect_timeout.map(|timeout| Instant::now() + timeout);
        let socket = dial(peer, endpoint, endpoint.connect_timeout).map_err(|e| unreachable(peer, e))?;
        let link = Link { socket, endpoint, host, peer: peer.clone(), encryption, deadline };
        match log_in(link) {
            Ok(found) => return Ok(found),
            Err(error) if may_change_encryption(&error) => first = first.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    Err(first.unwrap_or_else(|| Error::new(ErrorKind::Internal, "no way to connect was tried")))
}

fn attempts(mode: SslMode, peer: &Peer) -> &'static [Attempt] {
    match (mode, peer) {
        (SslMode::Disable, _) | (_, Peer::Unix(_)) => &[Attempt::Plain],
        (SslMode::Allow, _) => &[Attempt::Plain, Attempt::Required],
        (SslMode::Prefer, _) => &[Attempt::IfOffered, Attempt::Plain],
        (SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull, _) => &[Attempt::Required],
    }
}

fn encryption(attempt: Attempt, endpoint: &Endpoint, host: &Host) -> Result<Encryption> {
    if attempt == Attempt::Plain {
        return Ok(Encryption::Plain);
    }
    let name = match &host.address {
        Address::Tcp { name, .. } => name,
        Address::Unix { .. } => return Ok(Encryption::Plain),
    };
    let client = tls::client(&endpoint.tls, name).context(|| format!("TLS for {name}"))?;
    Ok(if attempt == Attempt::Required {
        Encryption::Required(client)
    } else {
        Encryption::IfOffered(client)
    })
}

/// `prefer-standby` goes round twice.
fn passes(attrs: SessionAttrs) -> &'static [SessionAttrs] {
    match attrs {
        SessionAttrs::Any => &[SessionAttrs::Any],
        SessionAttrs::ReadWrite => &[SessionAttrs::ReadWrite],
        SessionAttrs::ReadOnly => &[SessionAttrs::ReadOnly],
        SessionAttrs::Primary => &[SessionAttrs::Primary],
        SessionAttrs::Standby => &[SessionAttrs::Standby],
        SessionAttrs::PreferStandby => &[SessionAttrs::Standby, SessionAttrs::Any],
    }
}

fn suits(wanted: SessionAttrs, standing: Standing) -> bool {
    match wanted {
        SessionAttrs::Any | SessionAttrs::PreferStandby => true,
        SessionAttrs::ReadWrite => !standing.read_only && !standing.standby,
        SessionAttrs::ReadOnly => standing.read_only || standing.standby,
        SessionAttrs::Primary => !standing.standby,
        SessionAttrs::Standby => standing.standby,
    }
}

fn unsuitable(wanted: SessionAttrs) -> Error {
    let reason = match wanted {
        SessionAttrs::ReadWrite => "sessions of this server cannot write",
        SessionAttrs::ReadOnly => "sessions of this server can write",
        SessionAttrs::Primary => "this server is a standby",
        _ => "this server is not a standby",
    };
    Error::new(ErrorKind::Connection, reason).hint("`target_session_attrs` says which servers may be used")
}

/// A login that the server refuses with or without TLS may be welcome the other way; a wrong password is wrong in both. A line that is
/// cut in a handshake is none of these: whoever cuts it must not get to read what follows.
fn may_change_encryption(error: &Error) -> bool {
    error.kind() == ErrorKind::Tls || error.code().is_some_and(|code| code.as_str() == "28000")
}

fn may_try_next(error: &Error) -> bool {
    error.kind() == ErrorKind::Connection
}

fn no_address(error: io::Error) -> Error {
    Error::new(ErrorKind::Connection, "the host name cannot be resolved").caused_by(error)
}

fn unreachable(peer: &Peer, error: io::Error) -> Error {
    Error::new(ErrorKind::Connection, format!("no connection to {peer}")).caused_by(error)
}

/// One failure is the error; of several, all are told, and the last that is not mere silence gives the class.
fn join(endpoint: &Endpoint, mut failures: Vec<Error>) -> Error {
    if failures.len() <= 1 {
        return failures.pop().unwrap_or_else(|| {
            Error::new(ErrorKind::Config, "no host to connect to").context(endpoint.side.to_string())
        });
    }
    let telling = failures.iter().rfind(|e| !may_try_next(e)).or(failures.last());
    let kind = telling.map_or(ErrorKind::Connection, Error::kind);
    let code = telling.and_then(Error::code);
    let all: Vec<String> = failures.iter().map(Error::report).collect();
    let message =
        format!("none of {} addresses of {} could be used: {}", all.len(), endpoint.side, all.join("; "));
    let error = Error::new(kind, message);
    match code {
        Some(code) => error.sqlstate(code),
        None => error,
    }
}

#[cfg(test)]
mod tests;
