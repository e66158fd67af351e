//! The driver's errors as ours, by the same mapping as those of data connections.
use std::{error::Error as _, io};

use tokio_postgres::error::ErrorPosition;

use crate::{
    error::{Error, ErrorKind},
    net::{About, ServerReport, handshake_error},
};

/// An error of tokio-postgres.
pub(super) fn map_error(error: &tokio_postgres::Error) -> Error {
    report(error).map_or_else(|| of_driver(error), ServerReport::into_error)
}

/// An error of tokio-postgres during the login.
pub(super) fn map_login_error(error: &tokio_postgres::Error) -> Error {
    report(error).map_or_else(|| of_driver(error), ServerReport::into_login_error)
}

/// What the server said, if it was the server.
fn report(error: &tokio_postgres::Error) -> Option<ServerReport> {
    error.as_db_error().map(|db| ServerReport {
        severity: db.severity().to_owned(),
        code: db.code().code().to_owned(),
        message: db.message().to_owned(),
        detail: db.detail().map(str::to_owned),
        hint: db.hint().map(str::to_owned),
        place: db.where_().map(str::to_owned),
        position: match db.position() {
            Some(ErrorPosition::Original(position)) => Some(*position),
            _ => None,
        },
        about: About {
            schema: db.schema().map(str::to_owned),
            table: db.table().map(str::to_owned),
            column: db.column().map(str::to_owned),
            constraint: db.constraint().map(str::to_owned),
        },
    })
}

/// What the driver makes of the rest.
fn of_driver(error: &tokio_postgres::Error) -> Error {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    // The driver keeps the class of its errors to itself; their texts are all there is.
    let (kind, message) = match error.to_string().as_str() {
        text if text.starts_with("error performing TLS handshake") => {
            let of_network = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
            of_network.map_or((ErrorKind::Tls, "TLS handshake failed"), handshake_error)
        }
        text if text.starts_with("invalid configuration") && cause == "password missing" => {
            return Error::new(ErrorKind::Authentication, "the server asks for a password and none is known")
                .hint("give it in `~/.pgpass`, `PGPASSWORD`, a service file or the connection string");
        }
        text if text.starts_with("authentication error") => (ErrorKind::Authentication, "login failed"),
        text if text.starts_with("unexpected message") || text.starts_with("error parsing response") => {
            (ErrorKind::Protocol, "the server does not speak the protocol")
        }
        _ if cause.contains(super::stream::STRANGER) => {
            return Error::new(ErrorKind::Connection, super::stream::STRANGER).hint("check host and port");
        }
        _ if cause.contains(super::stream::REFUSED) => {
            return Error::new(ErrorKind::Authentication, super::stream::REFUSED)
                .hint("use `sslmode=require`, or let pg_hba.conf ask for scram-sha-256");
        }
        _ => (ErrorKind::Connection, "the connection was lost"),
    };
    let told = Error::new(kind, message);
    if cause.is_empty() { told.caused_by(error.to_string()) } else { told.caused_by(cause) }
}

/// The login took longer than `connect_timeout`.
pub(super) fn timed_out() -> Error {
    Error::new(ErrorKind::Connection, "no answer in time").hint("`connect_timeout` bounds the login")
}
