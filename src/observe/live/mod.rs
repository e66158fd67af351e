//! A command as somebody sees who looks while it works: one document, made once and shared by all who look.
//!
//! ```text
//! run, lanes ─▶ Metrics (counters, board, messages) ◀─ once a second, if anybody looks ─ Live ─▶ Arc<str> ─▶ /events, each client
//!                                                                                         └────▶ /status.json
//! ```
//! It lives on the listener's thread and only reads: nothing waits for it. With nobody there it reads a few counters a
//! second, for the chart of the last minutes. A document of a run of 1000 tables has 9 kB and takes 3 ms of a processor in an
//! unoptimised build, sent over HTTP (n=20). Migrations of 85 MB that one client followed took 0.52 s of our processor time,
//! others 0.50 s (n=4, in pairs, the same build), and as long.
mod assemble;
mod board;
mod history;
mod messages;
mod page;
mod several;
mod status;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::watch;

use self::history::History;
pub(super) use self::{board::Board, messages::TakesMessages, page::PAGE};
pub use self::{messages::Messages, status::*};
use super::Watched;

/// How often a document is made.
const EVERY: Duration = Duration::from_secs(1);

/// A document that is older is not shown to somebody who comes between two ticks. Who asks in a hurry gets the same again.
const FRESH: Duration = Duration::from_millis(500);

/// What is shown to those who follow.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) document: Arc<str>,
    /// The program ends: no other follows.
    pub(super) is_last: bool,
}

/// Makes the documents.
#[derive(Debug)]
pub struct Live {
    watched: Arc<Watched>,
    history: Mutex<History>,
    latest: Mutex<Option<(Instant, Arc<str>)>>,
    shown: watch::Sender<Shown>,
}

impl Live {
    /// For a command with these metrics.
    pub fn new(watched: Arc<Watched>) -> Arc<Self> {
        let shown = watch::Sender::new(Shown { document: Arc::from(""), is_last: false });
        Arc::new(Self { watched, history: Mutex::default(), latest: Mutex::default(), shown })
    }

    /// The document, of this moment or one just before it.
    pub(super) fn document(&self) -> Arc<str> {
        let latest = self.latest().clone();
        match latest {
            Some((at, document)) if at.elapsed() < FRESH => document,
            _ => self.made_now(),
        }
    }

    /// For who asks by itself, once a second: takes a reading, and gives the document of this moment.
    pub fn next_document(&self) -> Arc<str> {
        self.tick();
        self.made_now()
    }

    /// Hears of the next documents, one a second.
    pub(super) fn follow(&self) -> watch::Receiver<Shown> {
        self.shown.subscribe()
    }

    /// Shows a document every second to those who follow, and a last one when it is told to stop.
    pub(super) async fn run(&self, stop: impl Future<Output = ()>) {
        let mut ticks = tokio::time::interval(EVERY);
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                _ = ticks.tick() => self.tick(),
                () = &mut stop => return self.show(true),
            }
            if self.shown.receiver_count() > 0 {
                self.show(false);
            }
        }
    }

    fn show(&self, is_last: bool) {
        self.shown.send_replace(Shown { document: self.made_now(), is_last });
    }

    fn tick(&self) {
        if let Some(reading) = several::reading(&self.watched) {
            self.history().push(reading);
        }
    }

    fn made_now(&self) -> Arc<str> {
        let status = several::status(&self.watched, &self.history());
        // A value of plain fields has a JSON form.
        let document: Arc<str> = serde_json::to_string(&status).unwrap_or_default().into();
        *self.latest() = Some((Instant::now(), Arc::clone(&document)));
        document
    }

    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn latest(&self) -> MutexGuard<'_, Option<(Instant, Arc<str>)>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
