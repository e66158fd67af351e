//! A session that is opened anew when it was lost: a server that restarts does not end the run.
use std::sync::Arc;

use tokio::sync::Mutex;

use super::control;
use crate::{
    config::Endpoint,
    error::{Context as _, Result},
    net::gucs::APPLICATION_NAME,
    session::Session,
};

/// A session and what it takes to have another one like it.
#[derive(Debug)]
pub(super) struct Link {
    endpoint: Endpoint,
    /// What a new session runs first.
    setup: String,
    /// Whether it is the one that holds the run's lock.
    holds_run_lock: bool,
    session: Mutex<Arc<Session>>,
    /// Held by who reads.
    turn: Mutex<()>,
}

impl Link {
    /// Takes over a session that is set up.
    pub(super) fn new(session: Session, endpoint: &Endpoint, setup: String) -> Self {
        Self {
            endpoint: endpoint.clone(),
            setup,
            holds_run_lock: false,
            session: Mutex::new(Arc::new(session)),
            turn: Mutex::new(()),
        }
    }

    /// The same for the session that holds the run's lock.
    pub(super) fn with_run_lock(session: Session, endpoint: &Endpoint, setup: String) -> Self {
        Self { holds_run_lock: true, ..Self::new(session, endpoint, setup) }
    }

    /// The session, or another one if it was lost; one attempt.
    pub(super) async fn session(&self) -> Result<Arc<Session>> {
        let mut held = self.session.lock().await;
        if held.is_closed() {
            let session = Session::connect(&self.endpoint, held.name(), APPLICATION_NAME).await?;
            if self.holds_run_lock {
                control::take_run_lock(&session, Some(held.backend_pid())).await?;
            }
            if !self.setup.is_empty() {
                session.execute(&self.setup).await.context(|| "setup of a session")?;
            }
            tracing::warn!(session = held.name(), "connected again");
            *held = Arc::new(session);
        }
        Ok(Arc::clone(&held))
    }

    /// Whether the session is closed. One that is just being opened is not.
    pub(super) fn is_lost(&self) -> bool {
        self.session.try_lock().is_ok_and(|held| held.is_closed())
    }

    /// Sets the place in the session's transaction that [`Link::read`] goes back to.
    pub(super) async fn begin_reading(&self) -> Result<()> {
        self.execute("SAVEPOINT reading").await
    }

    /// The first column of every row, one reader at a time: within a transaction a query that fails would take those of the
    /// others with it.
    pub(super) async fn read(&self, sql: &str) -> Result<Vec<String>> {
        let _turn = self.turn.lock().await;
        let session = self.session().await?;
        let rows = session.texts(sql).await;
        // In a session that was opened anew there is no such place; what it was to hold still is then compared.
        if rows.is_err() && session.execute("ROLLBACK TO SAVEPOINT reading").await.is_err() {
            _ = session.execute("ROLLBACK").await;
        }
        rows
    }

    /// Runs statements, separated by semicolons.
    pub(super) async fn execute(&self, sql: &str) -> Result<()> {
        self.session().await?.execute(sql).await
    }
}
