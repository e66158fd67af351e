//! Reaching a server: addresses, sockets, TLS, and what is common to every kind of connection.
//!
//! Shared by `session` (control connections) and `wire` (data connections), which know nothing of each other. It knows
//! no SQL but settings ([`gucs`], [`quiet`]), and it never sees a row. Everything here blocks:
//! a session does its dialling on a thread where that is allowed.
mod certificate;
mod connect;
mod der;
mod dial;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
pub mod gucs;
pub mod quiet;
mod report;
mod tls;
mod verify;

pub use connect::{Encryption, Link, Standing, TlsClient, connect};
pub use dial::{Peer, Socket, dial};
pub use report::{About, ServerReport};
pub use tls::{end_point_hash, handshake_error};
