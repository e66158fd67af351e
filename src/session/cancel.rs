//! Cancelling what nobody waits for any more.
//!
//! A server goes on with a statement whose client is gone: with a build for hours, with the wait for a lock for ever. So a
//! statement whose future is dropped before its answer came is cancelled.
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{runtime::Handle, task::JoinHandle};
use tokio_postgres::CancelToken;

use super::{
    Session,
    failure::map_error,
    stream::{Connector, ControlSocket},
};
use crate::{
    blocking,
    config::Endpoint,
    error::{Error, ErrorKind, Result},
    net::{Peer, TlsClient, dial},
};

/// Nobody waits longer for a cancel request.
const PATIENCE: Duration = Duration::from_secs(5);

/// Cancel requests under way.
static ABANDONED: Mutex<Vec<JoinHandle<()>>> = Mutex::new(Vec::new());

/// Cancels the statement of one session.
struct SessionCancel {
    token: CancelToken,
    endpoint: Arc<Endpoint>,
    peer: Peer,
    tls: Option<TlsClient>,
}

impl Session {
    /// Cancels the statement that runs here, without waiting for it.
    pub(super) fn abandon(&self) {
        let Ok(runtime) = Handle::try_current() else { return };
        if self.is_closed() {
            return;
        }
        let cancel = SessionCancel {
            token: self.client.cancel_token(),
            endpoint: Arc::clone(&self.endpoint),
            peer: self.peer.clone(),
            tls: self.tls.clone(),
        };
        let request = runtime.spawn(async move {
            if let Err(error) = cancel.cancel().await {
                tracing::debug!("{}", error.report());
            }
        });
        ABANDONED.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    }
}

/// Waits until the servers were told of every statement that was given up so far.
pub async fn settle() {
    let requests = std::mem::take(&mut *ABANDONED.lock().unwrap_or_else(PoisonError::into_inner));
    for request in requests {
        _ = request.await;
    }
}

impl SessionCancel {
    /// Sends the request, over TLS if the session has it.
    async fn cancel(&self) -> Result<()> {
        tokio::time::timeout(PATIENCE, self.send())
            .await
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::Connection, "cancel request not sent in time")))
    }

    async fn send(&self) -> Result<()> {
        let (peer, endpoint) = (self.peer.clone(), Arc::clone(&self.endpoint));
        let failed = || Error::new(ErrorKind::Connection, "cancel request not sent");
        let socket = blocking::start("cancel", move || dial(&peer, &endpoint, Some(PATIENCE)))?
            .end()
            .await?
            .map_err(|error| failed().caused_by(error))?;
        let connector = Connector::new(self.tls.clone());
        let socket = ControlSocket::new(socket)?;
        self.token.cancel_query_raw(socket, connector).await.map_err(|error| map_error(&error))
    }
}
