//! A lane's target connection, dialled anew when it is broken.
use std::time::Duration;

use super::{LaneOptions, StopHandle};
use crate::{
    config::Endpoint,
    error::{Error, ErrorKind, Result},
    wire::Connection,
};

pub(super) struct Target {
    endpoint: Endpoint,
    application_name: String,
    sql: String,
    connection: Option<Connection>,
    /// The backend of a connection that was given up.
    lost: Option<i32>,
}

impl Target {
    pub(super) fn open(endpoint: &Endpoint, options: &LaneOptions, stop: &StopHandle) -> Result<Self> {
        let mut target = Self {
            endpoint: endpoint.clone(),
            application_name: options.application_name.clone(),
            sql: options.target_sql.clone(),
            connection: None,
            lost: None,
        };
        target.ensure(stop)?;
        Ok(target)
    }

    /// Makes sure that there is a connection.
    pub(super) fn ensure(&mut self, stop: &StopHandle) -> Result<()> {
        if self.connection.as_ref().is_some_and(|connection| !connection.is_broken()) {
            return Ok(());
        }
        self.give_up();
        let mut connection = Connection::connect(&self.endpoint, &self.application_name)?;
        stop.hold(&connection)?;
        if !self.sql.is_empty() {
            connection.execute(&self.sql)?;
        }
        if let Some(lost) = self.lost.take() {
            end_backend(&mut connection, lost);
        }
        // The login is no part of a task.
        _ = connection.take_waited();
        self.connection = Some(connection);
        Ok(())
    }

    pub(super) fn connection(&mut self) -> Result<&mut Connection> {
        self.connection.as_mut().ok_or_else(|| Error::new(ErrorKind::Internal, "the lane has no target"))
    }

    /// [`Connection::take_waited`]; nothing if the connection was given up.
    pub(super) fn take_waited(&mut self) -> Duration {
        self.connection.as_mut().map(Connection::take_waited).unwrap_or_default()
    }

    /// Ends the transaction if the connection still works; gives the connection up otherwise.
    pub(super) fn roll_back(&mut self) {
        let healthy = |connection: &mut Connection| !connection.is_broken() && connection.roll_back().is_ok();
        if !self.connection.as_mut().is_some_and(healthy) {
            self.give_up();
        }
    }

    /// Leaves the connection, whatever it is at.
    pub(super) fn give_up(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.lost = Some(connection.backend_pid());
        }
    }
}

/// Ends the backend of a connection that was given up. If only this end of it broke, the backend waits for rows until
/// the server's keepalive notices, hours by default, and holds its table's lock against the next attempt.
fn end_backend(connection: &mut Connection, pid: i32) {
    let sql = format!(
        "SELECT pg_catalog.pg_terminate_backend(a.pid) \
           FROM pg_catalog.pg_stat_activity a, pg_catalog.pg_stat_activity me \
          WHERE a.pid = {pid} AND me.pid = pg_catalog.pg_backend_pid() AND a.usesysid = me.usesysid \
            AND a.datid = me.datid AND a.backend_start < me.backend_start"
    );
    if let Err(error) = connection.execute(&sql) {
        tracing::debug!("{}", error.report());
    }
}
