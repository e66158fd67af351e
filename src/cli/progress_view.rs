//! Shows the progress of a run on stderr while it lasts.
//!
//! ```text
//! run ──atomic adds──▶ Progress ◀──snapshot, a few times a second── thread ──▶ bars (terminal) or lines (pipe)
//! ```
//! The run never waits for the display. The thread ends when the view is dropped; it draws the last state
//! before it does.
mod bars;
mod layout;
mod meter;
mod text;

use std::{
    io::{self, IsTerminal as _},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use self::{bars::Bars, meter::Meter};
use super::output;
use crate::observe::{Progress, Snapshot};

/// Often enough to look alive, seldom enough to cost nothing.
const BARS_EVERY: Duration = Duration::from_millis(200);
/// A line is for a log: one every few seconds.
const LINES_EVERY: Duration = Duration::from_secs(5);

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Bars that are redrawn, on a terminal.
    Bars,
    /// A line every few seconds, for a pipe or beside a verbose log.
    Lines,
}

impl Style {
    /// What fits stderr. Log lines would tear bars apart, so `verbose` means lines.
    pub fn for_stderr(verbose: bool) -> Self {
        if io::stderr().is_terminal() && !verbose { Self::Bars } else { Self::Lines }
    }
}

/// A display that runs until it is dropped; it draws the last state before it ends.
#[derive(Debug)]
pub struct ProgressView {
    /// Dropped to end the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ProgressView {
    /// Starts to show the counters.
    pub fn start(progress: Arc<Progress>, style: Style) -> Self {
        Self::of(move || progress.snapshot(), style)
    }

    /// Starts to show what is counted, whatever it is made of.
    pub fn of(count: impl Fn() -> Snapshot + Send + 'static, style: Style) -> Self {
        // Nothing is ever sent: that the sender is gone is the message.
        let (stop, stopped) = crossbeam_channel::bounded(0);
        let name = "progress".to_owned();
        let spawned = thread::Builder::new().name(name).spawn(move || show(&count, style, &stopped));
        // Without a thread there is no display; that is no reason to stop a migration.
        Self { stop: Some(stop), thread: spawned.ok() }
    }
}

impl Drop for ProgressView {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the display was printed by its thread and concerns nobody else.
            _ = thread.join();
        }
    }
}

fn show(count: &impl Fn() -> Snapshot, style: Style, stopped: &Receiver<()>) {
    match style {
        Style::Bars => {
            let mut bars = Bars::new();
            each_tick(count, BARS_EVERY, stopped, |snapshot| bars.draw(snapshot));
            bars.finish();
        }
        Style::Lines => {
            let mut meter = Meter::default();
            each_tick(count, LINES_EVERY, stopped, |snapshot| {
                output::print_line(&text::line(snapshot, meter.rates(&snapshot.into())));
            });
        }
    }
}

fn each_tick(
    count: &impl Fn() -> Snapshot,
    every: Duration,
    stopped: &Receiver<()>,
    mut draw: impl FnMut(&Snapshot),
) {
    loop {
        let goes_on = stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout);
        draw(&count());
        if !goes_on {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, time::Instant};

    use super::*;

    #[test]
    fn a_view_stops_at_once() {
        for style in [Style::Bars, Style::Lines] {
            let began = Instant::now();
            drop(ProgressView::start(Progress::new(&[], &HashSet::new()), style));
            assert!(began.elapsed() < LINES_EVERY);
        }
    }
}
