//! The thread that reads the source: one query of COPYs a task, blocks out, end or error last.
use std::sync::atomic::Ordering;

use crossbeam_channel::{Receiver, Sender};

use super::{LaneCounters, LaneOptions, StopHandle};
use crate::{
    config::Endpoint,
    error::{Error, ErrorKind, Result},
    pg::quote_literal,
    wire::{Block, Connection, Fill, TransactionStatus},
};

/// What the writer gets.
pub(super) enum Part {
    /// Rows to send.
    Rows(Block),
    /// The task is over: the source's count of each COPY, or why not.
    End(Result<Vec<u64>>),
}

pub(super) struct Reader {
    endpoint: Endpoint,
    options: LaneOptions,
    connection: Option<Connection>,
    stop: StopHandle,
    free: Receiver<Block>,
    /// A block that was taken and not needed.
    spare: Option<Block>,
    parts: Sender<Part>,
}

impl Reader {
    pub(super) fn open(
        endpoint: Endpoint,
        options: LaneOptions,
        stop: StopHandle,
        free: Receiver<Block>,
        parts: Sender<Part>,
    ) -> Result<Self> {
        let mut reader = Self { endpoint, options, connection: None, stop, free, spare: None, parts };
        reader.ensure()?;
        Ok(reader)
    }

    /// Serves tasks until the lane is dropped.
    pub(super) fn run(mut self, tasks: &Receiver<String>) {
        for sql in tasks {
            let end = self.copy(&sql);
            if let Some(connection) = &mut self.connection {
                LaneCounters::add(&self.options.counters.source_io_ns, connection.take_waited());
            }
            if self.parts.send(Part::End(end)).is_err() {
                return;
            }
        }
    }

    fn copy(&mut self, sql: &str) -> Result<Vec<u64>> {
        self.ensure()?;
        let Self { connection, options, free, spare, parts, .. } = self;
        let connection = connection.as_mut().ok_or_else(writer_gone)?;
        let mut copy = connection.copy_out(sql)?;
        let mut counted = 0;
        loop {
            let mut block = match spare.take() {
                Some(block) => block,
                None => next_free(free, &options.counters)?,
            };
            block.clear();
            let filled = copy.fill(&mut block);
            let rows = match &filled {
                Ok(Fill::Done) => copy.rows().iter().sum(),
                _ => copy.rows_so_far(),
            };
            // The last step may go down: the binary format's trailer was taken for a row.
            options.counters.rows.fetch_add(rows.wrapping_sub(counted), Ordering::Relaxed);
            counted = rows;
            if filled.is_err() || block.is_empty() {
                *spare = Some(block);
            } else {
                // Before it is there for the writer to take.
                options.counters.put(block.payload().len() as u64);
                parts.send(Part::Rows(block)).map_err(|_| writer_gone())?;
            }
            if filled? == Fill::Done {
                return Ok(copy.rows().to_vec());
            }
        }
    }

    /// A connection in a transaction that sees the snapshot.
    fn ensure(&mut self) -> Result<()> {
        if self.connection.as_ref().is_none_or(Connection::is_broken) {
            self.connection = None;
            let mut connection = Connection::connect(&self.endpoint, &self.options.application_name)?;
            self.stop.hold(&connection)?;
            if !self.options.source_sql.is_empty() {
                connection.execute(&self.options.source_sql)?;
            }
            // The login is no part of a task.
            _ = connection.take_waited();
            self.connection = Some(connection);
        }
        let Some(connection) = &mut self.connection else { return Ok(()) };
        let Some(snapshot) = &self.options.snapshot else { return connection.roll_back() };
        if connection.status() == TransactionStatus::Active {
            return Ok(());
        }
        connection.roll_back()?;
        let begin = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT {}",
            quote_literal(snapshot)
        );
        connection.execute(&begin).map(|_| ()).map_err(|error| match error.code() {
            // No such snapshot, or: its session is not running any more (`ImportSnapshot` in snapmgr.c).
            Some(code) if matches!(code.as_str(), "22023" | "55000" | "42704") => {
                Error::new(ErrorKind::SnapshotLost, "the snapshot is gone with the session that held it")
                    .caused_by(error)
            }
            _ => error,
        })
    }
}

/// A block to fill; waiting is booked to the target.
fn next_free(free: &Receiver<Block>, counters: &LaneCounters) -> Result<Block> {
    if let Ok(block) = free.try_recv() {
        return Ok(block);
    }
    let _waiting = counters.target_wait.begin();
    free.recv().map_err(|_| writer_gone())
}

fn writer_gone() -> Error {
    Error::new(ErrorKind::Internal, "the lane's writer has ended")
}
