//! Cancelling what a session runs, from another task.
use std::{sync::Arc, time::Duration};

use tokio_postgres::CancelToken;

use super::{
    Session,
    failure::map_error,
    stream::{Connector, ControlSocket},
};
use crate::{
    config::Endpoint,
    error::{Error, ErrorKind, Result},
    net::{Peer, TlsClient, dial},
};

/// Nobody waits longer for a cancel request.
const PATIENCE: Duration = Duration::from_secs(5);

/// Cancels the statement of one session.
#[derive(Clone)]
pub struct SessionCancel {
    token: CancelToken,
    endpoint: Arc<Endpoint>,
    peer: Peer,
    tls: Option<TlsClient>,
}

impl Session {
    /// What another task needs to cancel the statement that runs here.
    pub fn cancel_token(&self) -> SessionCancel {
        SessionCancel {
            token: self.client.cancel_token(),
            endpoint: Arc::clone(&self.endpoint),
            peer: self.peer.clone(),
            tls: self.tls.clone(),
        }
    }
}

impl SessionCancel {
    /// Sends the request, over TLS if the session has it.
    pub async fn cancel(&self) -> Result<()> {
        tokio::time::timeout(PATIENCE, self.send())
            .await
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::Connection, "cancel request not sent in time")))
    }

    async fn send(&self) -> Result<()> {
        let (peer, endpoint) = (self.peer.clone(), Arc::clone(&self.endpoint));
        let failed = || Error::new(ErrorKind::Connection, "cancel request not sent");
        let socket = tokio::task::spawn_blocking(move || dial(&peer, &endpoint, Some(PATIENCE)))
            .await
            .map_err(|error| failed().caused_by(error))?
            .map_err(|error| failed().caused_by(error))?;
        let connector = Connector::new(self.tls.clone());
        let socket = ControlSocket::new(socket)?;
        self.token.cancel_query_raw(socket, connector).await.map_err(|error| map_error(&error))
    }
}
