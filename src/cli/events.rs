//! `--json-events`: what happens, for programs: a JSON object a line on stdout (docs/reference/live.md).
//!
//! A status comes at once, then every second, and a last one at the end: it is the document of the live page.
use std::{
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use serde::Serialize;

use super::output;
use crate::{
    error::Result,
    observe::{Watched, live::Live},
};

/// How often a status comes.
const EVERY: Duration = Duration::from_secs(1);

/// Statuses, until it is ended or dropped.
#[derive(Debug)]
pub(super) struct Events {
    live: Arc<Live>,
    /// Dropped to end the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Events {
    /// Begins to tell of what the metrics hold. The run never waits for who reads.
    pub(super) fn start(watched: &Arc<Watched>) -> Self {
        let live = Live::new(Arc::clone(watched));
        // Nothing is ever sent: that the sender is gone is the message.
        let (stop, stopped) = crossbeam_channel::bounded(0);
        let shown = Arc::clone(&live);
        let spawned = thread::Builder::new().name("events".to_owned()).spawn(move || tell(&shown, &stopped));
        Self { live, stop: Some(stop), thread: spawned.ok() }
    }

    /// The command has ended, as the last status tells.
    pub(super) fn end(mut self) -> Result<()> {
        self.stop_thread();
        status(&self.live)
    }

    fn stop_thread(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was printed by its thread and concerns nobody else.
            _ = thread.join();
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.stop_thread();
    }
}

fn tell(live: &Live, stopped: &Receiver<()>) {
    // If nobody can be told any more, that is no reason to stop a migration; its end says so.
    while status(live).is_ok() && stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {}
}

fn status(live: &Live) -> Result<()> {
    output::print_json_line(&format!(r#"{{"event":"status","status":{}}}"#, live.next_document()))
}

/// Tells of something else: `{"event": name, name: value}`.
pub(super) fn emit(name: &str, value: &impl Serialize) -> Result<()> {
    output::print_json_line(&serde_json::json!({ "event": name, name: value }).to_string())
}

/// Tells people, or programs, that clients can work on a database of the target.
pub(super) fn usable(as_json: bool, database: &str) -> Result<()> {
    if as_json {
        return emit("usable", &serde_json::json!({ "database": database }));
    }
    output::print_line(&format!("{database}: clients can work on it; rows of late tables follow"));
    Ok(())
}
