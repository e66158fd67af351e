//! Cancel requests: from any thread, over a connection of their own.
use std::{
    io::{Read as _, Write as _},
    sync::Arc,
    time::Duration,
};

use bytes::BytesMut;
use postgres_protocol::message::frontend;

use super::{connection::Identity, transport::Transport};
use crate::{
    config::Endpoint,
    error::{Error, ErrorKind, Result},
    net::{Encryption, Peer, TlsClient, dial},
};

/// A cancel request is a courtesy: whoever sends it must not hang on a dead network.
const PATIENCE: Duration = Duration::from_secs(5);

/// Cancels the statement of one backend.
#[derive(Clone)]
pub struct CancelHandle {
    endpoint: Arc<Endpoint>,
    peer: Peer,
    tls: Option<TlsClient>,
    process_id: i32,
    secret_key: i32,
}

impl CancelHandle {
    pub(super) fn new(identity: &Identity) -> Self {
        Self {
            endpoint: Arc::clone(&identity.endpoint),
            peer: identity.peer.clone(),
            tls: identity.tls.clone(),
            process_id: identity.process_id,
            secret_key: identity.secret_key,
        }
    }

    /// Sends the request to the same address, encrypted if the connection is, and waits until the server has passed it on: the
    /// next statement of that backend is not hit by it.
    pub fn cancel(&self) -> Result<()> {
        let patience = self.endpoint.connect_timeout.map_or(PATIENCE, |timeout| timeout.min(PATIENCE));
        let failed = |e| Error::new(ErrorKind::Connection, "cancel request not sent").caused_by(e);
        let socket = dial(&self.peer, &self.endpoint, Some(patience)).map_err(failed)?;
        socket.set_timeout(Some(patience)).map_err(failed)?;
        let encryption = self.tls.clone().map_or(Encryption::Plain, Encryption::Required);
        let mut transport = Transport::open(socket, &encryption)?;
        let mut request = BytesMut::new();
        frontend::cancel_request(self.process_id, self.secret_key, &mut request);
        transport.write_all(&request).and_then(|()| transport.flush()).map_err(failed)?;
        // The server says nothing; it closes once the signal is sent. An error means the same.
        _ = transport.read(&mut [0]);
        Ok(())
    }
}
