//! Control connections: catalog queries, DDL, snapshots.
//!
//! tokio-postgres over our own dialling (`net`), so that hosts, TLS and passwords follow the same rules as those of the data
//! connections. Everything goes through the simple query protocol: one round trip a call, no prepared statements, and poolers
//! in front of a server do no harm. It knows no kind of object; whoever calls brings SQL and gets texts or values back.
mod cancel;
mod connect;
mod failure;
mod maintenance;
mod patience;
mod query;
mod quiet;
mod settings;
mod snapshot;
mod stream;

use std::sync::{Arc, atomic::AtomicU32};

use tokio_postgres::Client;

pub use cancel::settle;
pub use snapshot::{SnapshotId, lock_for_snapshot};

use crate::{
    config::{Endpoint, Side},
    error::Error,
    net::{Peer, TlsClient},
    pg::ServerVersion,
};

/// A control connection. It ends when dropped.
pub struct Session {
    client: Client,
    name: String,
    endpoint: Arc<Endpoint>,
    peer: Peer,
    tls: Option<TlsClient>,
    version: ServerVersion,
    in_hot_standby: bool,
    backend_pid: i32,
    /// Statements that were sent and are not answered.
    under_way: AtomicU32,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("name", &self.name)
            .field("peer", &self.peer.to_string())
            .finish_non_exhaustive()
    }
}

impl Session {
    /// What it is for, in logs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The side it belongs to.
    pub fn side(&self) -> Side {
        self.endpoint.side
    }

    /// The database.
    pub fn database(&self) -> &str {
        &self.endpoint.database
    }

    /// The server's version.
    pub fn version(&self) -> ServerVersion {
        self.version
    }

    /// Whether the server was in recovery when we connected.
    pub fn in_hot_standby(&self) -> bool {
        self.in_hot_standby
    }

    /// The backend's process id.
    pub fn backend_pid(&self) -> i32 {
        self.backend_pid
    }

    /// Whether the server is on this machine: reached over a unix socket or a loopback address.
    pub fn is_local(&self) -> bool {
        match &self.peer {
            Peer::Unix(_) => true,
            Peer::Tcp(address) => address.ip().is_loopback(),
        }
    }

    /// Whether it is encrypted.
    pub fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Whether the connection is gone.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Adds which server an error is about.
    fn place(&self, error: Error) -> Error {
        error.context(format!("{} {}/{}", self.endpoint.side, self.peer, self.endpoint.database))
    }
}
