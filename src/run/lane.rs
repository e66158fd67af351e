//! A lane: one source connection, one target connection, and a bounded queue of recycled blocks between them.
//!
//! ```text
//!            tasks (1)                    parts (blocks)
//! copy() ───────────────▶ reader thread ─────────────────▶ copy(): writer ──▶ target
//!                              ▲   ▲ source                     │
//!                              └───┴──── free blocks         ◀─┘
//! ```
//! The reader is a thread that lives as long as the lane and owns the source connection; the writer is whoever calls
//! [`Lane::copy`], so closures of a task need not be sent anywhere. The lane's promise: a chunk's rows and the statements of
//! `target_end` (the journal's row) commit in one transaction, and only if both servers counted the same rows. After an error
//! the target's transaction is rolled back; a connection that is still healthy is used again, a broken one is dialled anew at
//! the next copy. If the connection breaks during COMMIT nobody here knows whether it took effect: the journal does.
//! Several small tables share all of this ([`Lane::copy_batch`]): one query on either side, one transaction.
//! It knows no tables and decides no retry. Called by the scheduler.
mod batch;
mod flow;
mod reader;
mod stop;
mod target;

use std::{cell::Cell, sync::Arc, thread::JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};

pub use self::{batch::BatchTask, stop::StopHandle};
use self::{
    flow::Flow,
    reader::{Part, Reader},
    target::Target,
};
pub use crate::observe::LaneCounters;
use crate::{
    blocking,
    config::Endpoint,
    error::{Context as _, Error, ErrorKind, Result},
    failpoint::Failpoint,
    wire::{BLOCK_CAPACITY, Block, Connection, TransactionStatus},
};

/// The blocks that go round in a lane, each as large as one read can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buffers {
    /// How many.
    pub blocks: usize,
    /// Bytes of each.
    pub capacity: usize,
}

impl Default for Buffers {
    /// 10 x 256 kB. The writer sends 64 kB or more at once, so that many bridge a stall of either side (a WAL flush, a busy
    /// network) of some 5 ms at 300 MB/s, in less than 3 MB a lane. `make bench` tries others (docs/benchmarks.md).
    fn default() -> Self {
        Self { blocks: 10, capacity: BLOCK_CAPACITY }
    }
}

/// How a lane connects.
#[derive(Debug, Clone)]
pub struct LaneOptions {
    /// The exported snapshot that the source is read under; without one every COPY has its own.
    pub snapshot: Option<String>,
    /// Statements for the source after connecting, beyond the pinned settings; may be empty.
    pub source_sql: String,
    /// The same for the target (`synchronous_commit`, compression …).
    pub target_sql: String,
    /// `application_name`, unless the user gave one.
    pub application_name: String,
    /// What goes round in the lane.
    pub buffers: Buffers,
    /// Where the lane counts.
    pub counters: Arc<LaneCounters>,
    /// What ends it from another thread, while it is being opened too.
    pub stop: StopHandle,
}

/// One COPY through a lane.
pub struct CopyTask<'a> {
    /// `COPY … TO STDOUT`
    pub source_sql: &'a str,
    /// What opens the target's transaction: `BEGIN`, or `BEGIN; TRUNCATE ONLY t`.
    pub target_begin: &'a str,
    /// `COPY … FROM STDIN`
    pub target_sql: &'a str,
    /// From rows and bytes, what ends the target's transaction: the journal's row and COMMIT.
    pub target_end: &'a (dyn Fn(u64, u64) -> String + 'a),
}

/// What was copied and committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// As both servers counted.
    pub rows: u64,
    /// Payload.
    pub bytes: u64,
}

/// A lane, open.
pub struct Lane {
    target: Target,
    stop: StopHandle,
    counters: Arc<LaneCounters>,
    tasks: Option<Sender<String>>,
    parts: Receiver<Part>,
    free: Sender<Block>,
    reader: Option<JoinHandle<()>>,
    /// Whether the reader is at a task whose end nobody took in yet.
    reading: Cell<bool>,
    /// Whether a task was begun and never came back: a panic went through it.
    in_task: bool,
}

impl Lane {
    /// Connects both sides and starts the reader.
    pub fn open(source: &Endpoint, target: &Endpoint, options: LaneOptions) -> Result<Self> {
        let stop = options.stop.clone();
        let target = Target::open(target, &options, &stop)?;
        let (tasks, task_queue) = bounded(1);
        let Buffers { blocks, capacity } = options.buffers;
        let (part_queue, parts) = bounded(blocks);
        let (free, free_blocks) = bounded(blocks);
        for _ in 0..blocks {
            // The channel holds them all.
            _ = free.try_send(Block::with_capacity(capacity));
        }
        let counters = Arc::clone(&options.counters);
        let reader = Reader::open(source.clone(), options, stop.clone(), free_blocks, part_queue)?;
        let reader = std::thread::Builder::new()
            .name("lane-reader".to_owned())
            .spawn(move || reader.run(&task_queue))
            .map_err(blocking::no_thread)?;
        Ok(Self {
            target,
            stop,
            counters,
            tasks: Some(tasks),
            parts,
            free,
            reader: Some(reader),
            reading: Cell::new(false),
            in_task: false,
        })
    }

    /// Ends the lane from another thread.
    pub fn stop_handle(&self) -> StopHandle {
        self.stop.clone()
    }

    /// Copies and commits.
    pub fn copy(&mut self, task: &CopyTask<'_>) -> Result<Copied> {
        self.run(task.source_sql.to_owned(), |lane| lane.transfer(task))
    }

    /// A task from its begin to its end: sets the reader to work, lets `transfer` do the rest, rolls back what failed.
    fn run<T>(&mut self, source_sql: String, transfer: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.stop.check()?;
        let counters = Arc::clone(&self.counters);
        let _busy = counters.task.begin();
        let done = self.begin(source_sql).and_then(|()| {
            let done = transfer(self);
            if done.is_err() {
                self.target.roll_back();
            }
            done
        });
        self.in_task = false;
        LaneCounters::add(&self.counters.target_io_ns, self.target.take_waited());
        done.map_err(|error| match self.stop.check() {
            Ok(()) => error,
            Err(stopped) => stopped.caused_by(error),
        })
    }

    /// Sets the reader to work.
    fn begin(&mut self, source_sql: String) -> Result<()> {
        if std::mem::replace(&mut self.in_task, true) {
            // Both ends are in the middle of the task that the panic went through.
            self.target.give_up();
            if self.reading.get() {
                self.split().1.abandon();
            }
        }
        // A dead target is found before the source begins to work.
        self.target.ensure(&self.stop)?;
        let tasks = self.tasks.as_ref().ok_or_else(lost_reader)?;
        tasks.send(source_sql).map_err(|_| lost_reader())?;
        self.reading.set(true);
        Ok(())
    }

    /// The target and the queue.
    fn split(&mut self) -> (&mut Target, Flow<'_>) {
        let Self { target, parts, free, counters, stop, reading, .. } = self;
        (target, Flow { parts, free, counters, stop, reading })
    }

    /// Everything up to COMMIT; the source is at rest again when it returns.
    fn transfer(&mut self, task: &CopyTask<'_>) -> Result<Copied> {
        let (target, flow) = self.split();
        let connection = target.connection()?;
        let sql = join(task.target_begin, task.target_sql);
        let copy = match connection.copy_in(&sql) {
            Ok(copy) => copy,
            Err(error) => {
                flow.abandon();
                return Err(error);
            }
        };
        let copied = flow.pump(copy)?;
        commit(connection, &(task.target_end)(copied.rows, copied.bytes))?;
        Ok(copied)
    }
}

/// Ends the target's transaction, and makes sure that it committed.
fn commit(connection: &mut Connection, end: &str) -> Result<()> {
    Failpoint::RowsSent.reach();
    let tags = connection.execute(end).context(|| "end of the transaction")?;
    if tags.last().is_some_and(|tag| tag == "ROLLBACK") {
        return Err(Error::new(ErrorKind::Server, "the target rolled back instead of committing"));
    }
    if connection.status() != TransactionStatus::Idle {
        return Err(Error::new(ErrorKind::Internal, "the task left its transaction open"));
    }
    Ok(())
}

impl Drop for Lane {
    fn drop(&mut self) {
        // Between two copies the reader waits for a task; if a panic left it in one, for a block or for room in the queue.
        self.tasks = None;
        self.free = bounded(0).0;
        self.parts = bounded(0).1;
        if let Some(reader) = self.reader.take() {
            _ = reader.join();
        }
    }
}

fn join(begin: &str, copy: &str) -> String {
    let begin = begin.trim().trim_end_matches(';');
    if begin.is_empty() { copy.to_owned() } else { format!("{begin};\n{copy}") }
}

fn lost_reader() -> Error {
    Error::new(ErrorKind::Internal, "the lane's reader has ended")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begin_and_copy_are_one_query() {
        assert_eq!(join("BEGIN;\n", "COPY t FROM STDIN"), "BEGIN;\nCOPY t FROM STDIN");
        assert_eq!(join("", "COPY t FROM STDIN"), "COPY t FROM STDIN");
    }

    #[test]
    fn a_lane_stays_below_four_megabytes() {
        let Buffers { blocks, capacity } = Buffers::default();
        assert!(blocks * capacity <= 4 << 20);
    }
}
