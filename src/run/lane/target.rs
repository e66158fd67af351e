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
}

impl Target {
    pub(super) fn open(endpoint: &Endpoint, options: &LaneOptions, stop: &StopHandle) -> Result<Self> {
        let mut target = Self {
            endpoint: endpoint.clone(),
            application_name: options.application_name.clone(),
            sql: options.target_sql.clone(),
            connection: None,
        };
        target.ensure(stop)?;
        Ok(target)
    }

    /// Makes sure that there is a connection.
    pub(super) fn ensure(&mut self, stop: &StopHandle) -> Result<()> {
        if self.connection.as_ref().is_some_and(|connection| !connection.is_broken()) {
            return Ok(());
        }
        let mut connection = Connection::connect(&self.endpoint, &self.application_name)?;
        stop.hold(&connection)?;
        if !self.sql.is_empty() {
            connection.execute(&self.sql)?;
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
            self.connection = None;
        }
    }
}
