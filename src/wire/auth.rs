//! The login: trust and peer (nothing to do), password in clear, MD5, SCRAM-SHA-256 with or without channel binding.
//!
//! A password in clear leaves only over TLS or a unix socket: who sits on the way would keep it. `channel_binding=require`
//! accepts no login without it, so nobody who lacks the server's private key can stand in between.
use postgres_protocol::{
    authentication::{
        md5_hash,
        sasl::{self, ScramSha256},
    },
    message::frontend,
};

use super::connection::Connection;
use crate::{
    config::{ChannelBinding, Secret},
    error::{Error, ErrorKind, Result},
};

const OK: u32 = 0;
const CLEARTEXT: u32 = 3;
const MD5: u32 = 5;
const SASL: u32 = 10;
const SASL_CONTINUE: u32 = 11;
const SASL_FINAL: u32 = 12;

/// Answers the server's authentication request until it lets us in.
pub(super) fn log_in(connection: &mut Connection, password: Option<&Secret>) -> Result<()> {
    let (request, data) = recv_request(connection)?;
    let binding = connection.identity.endpoint.tls.channel_binding;
    if binding == ChannelBinding::Require && request != SASL {
        return Err(denied(connection, "the server did not ask for a login with channel binding"));
    }
    match request {
        OK => return Ok(()),
        CLEARTEXT if connection.transport.is_exposed() => return Err(in_clear(connection)),
        CLEARTEXT => {
            let password = known(connection, password)?.expose().to_owned();
            connection.send(|out| frontend::password_message(password.as_bytes(), out))?;
        }
        MD5 => {
            let password = known(connection, password)?.expose().to_owned();
            let Ok(salt) = <[u8; 4]>::try_from(data.as_slice()) else { return Err(garbled(connection)) };
            let hash = md5_hash(connection.identity.endpoint.user.as_bytes(), password.as_bytes(), salt);
            connection.send(|out| frontend::password_message(hash.as_bytes(), out))?;
        }
        SASL => scram(connection, &data, password)?,
        other => {
            let text = format!("the server asks for a login that is not supported ({})", method(other));
            return Err(denied(connection, &text));
        }
    }
    match recv_request(connection)? {
        (OK, _) => Ok(()),
        _ => Err(garbled(connection)),
    }
}

/// SCRAM-SHA-256 (RFC 5802, RFC 7677); the server proves itself too.
fn scram(connection: &mut Connection, offered: &[u8], password: Option<&Secret>) -> Result<()> {
    let (mechanism, binding) = choose(connection, offered)?;
    let password = known(connection, password)?;
    let mut scram = ScramSha256::new(password.expose().as_bytes(), binding);
    connection.send(|out| frontend::sasl_initial_response(mechanism, scram.message(), out))?;
    let (SASL_CONTINUE, challenge) = recv_request(connection)? else { return Err(garbled(connection)) };
    scram.update(&challenge).map_err(|e| unproven(connection, e))?;
    connection.send(|out| frontend::sasl_response(scram.message(), out))?;
    let (SASL_FINAL, proof) = recv_request(connection)? else { return Err(garbled(connection)) };
    scram.finish(&proof).map_err(|e| unproven(connection, e))
}

fn choose(connection: &Connection, offered: &[u8]) -> Result<(&'static str, sasl::ChannelBinding)> {
    let wanted = connection.identity.endpoint.tls.channel_binding;
    let has = |name: &str| offered.split(|byte| *byte == 0).any(|offer| offer == name.as_bytes());
    let hash = connection.transport.end_point_hash().filter(|_| wanted != ChannelBinding::Disable);
    match hash {
        Some(hash) if has(sasl::SCRAM_SHA_256_PLUS) => {
            Ok((sasl::SCRAM_SHA_256_PLUS, sasl::ChannelBinding::tls_server_end_point(hash)))
        }
        _ if wanted == ChannelBinding::Require => {
            let reason = if connection.is_tls() {
                "the server does not offer channel binding"
            } else {
                "channel binding needs TLS, and this connection has none"
            };
            Err(denied(connection, reason))
        }
        // Saying that we could have bound lets the server notice if its offer was struck out on the way.
        Some(_) if has(sasl::SCRAM_SHA_256) => Ok((sasl::SCRAM_SHA_256, sasl::ChannelBinding::unrequested())),
        None if has(sasl::SCRAM_SHA_256) => Ok((sasl::SCRAM_SHA_256, sasl::ChannelBinding::unsupported())),
        _ => Err(denied(connection, "the server offers no SASL mechanism that is supported")),
    }
}

/// The number of an authentication request and its data.
fn recv_request(connection: &mut Connection) -> Result<(u32, Vec<u8>)> {
    let message = connection.recv()?;
    match (message.tag, message.body.split_first_chunk::<4>()) {
        (b'R', Some((number, data))) => Ok((u32::from_be_bytes(*number), data.to_vec())),
        (b'E', _) => Err(connection.refused(&message.body)),
        // The server understands less of the protocol than we asked for; we ask for nothing optional.
        (b'v', _) => recv_request(connection),
        _ => Err(connection.unexpected(&message)),
    }
}

fn known<'s>(connection: &Connection, password: Option<&'s Secret>) -> Result<&'s Secret> {
    password.ok_or_else(|| {
        denied(connection, "the server asks for a password and none is known")
            .hint("give it in `~/.pgpass`, `PGPASSWORD`, a service file or the connection string")
    })
}

fn in_clear(connection: &Connection) -> Error {
    denied(
        connection,
        "the server wants the password in clear over a connection without TLS, which is refused",
    )
    .hint("use `sslmode=require`, or let pg_hba.conf ask for scram-sha-256")
}

fn unproven(connection: &Connection, error: std::io::Error) -> Error {
    denied(connection, "SCRAM failed: wrong password, or the server cannot prove that it knows it")
        .caused_by(error)
}

fn garbled(connection: &Connection) -> Error {
    denied(connection, "the server's login messages come out of order")
}

fn denied(connection: &Connection, message: &str) -> Error {
    let endpoint = &connection.identity.endpoint;
    Error::new(ErrorKind::Authentication, message)
        .context(format!("login as `{}` to database `{}`", endpoint.user, endpoint.database))
}

fn method(number: u32) -> &'static str {
    match number {
        2 => "Kerberos V5",
        7 | 8 => "GSSAPI",
        9 => "SSPI",
        _ => "of an unknown kind",
    }
}
