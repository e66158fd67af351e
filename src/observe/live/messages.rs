//! The last events of the log that somebody should see, kept for whoever looks.
//!
//! What is here stands in the log too, in the same words: our own events, which hold no secret and no row value. A bound
//! on their number and on the length of each keeps it small whatever a server says.
use std::{
    collections::VecDeque,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

use super::status::Message;
use crate::observe::{clock::utc, visible::visible_line};

/// So many are kept.
const KEPT: usize = 50;

/// Characters of each: more than a server's message of some lines, less than a statement.
const LENGTH: usize = 1000;

/// The last events from `WARN` up.
#[derive(Debug, Default)]
pub struct Messages(Mutex<VecDeque<Message>>);

impl Messages {
    /// Oldest first.
    pub(super) fn last(&self) -> Vec<Message> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn push(&self, level: Level, text: &str) {
        let text = visible_line(text);
        let text = text.trim();
        let mut kept: String = text.chars().take(LENGTH).collect();
        if kept.len() < text.len() {
            kept.push('…');
        }
        let message = Message { at: utc(SystemTime::now()), level: level.to_string(), text: kept };
        let mut messages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if messages.len() == KEPT {
            messages.pop_front();
        }
        messages.push_back(message);
    }
}

/// Takes in events, one a call.
#[derive(Debug)]
pub(in crate::observe) struct Taker {
    messages: Arc<Messages>,
    level: Level,
}

impl Write for Taker {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.messages.push(self.level, &String::from_utf8_lossy(event));
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// For a layer of `tracing`.
#[derive(Debug, Clone)]
pub(in crate::observe) struct TakesMessages(pub(in crate::observe) Arc<Messages>);

impl MakeWriter<'_> for TakesMessages {
    type Writer = Taker;

    fn make_writer(&self) -> Taker {
        Taker { messages: Arc::clone(&self.0), level: Level::WARN }
    }

    fn make_writer_for(&self, event: &Metadata<'_>) -> Taker {
        Taker { messages: Arc::clone(&self.0), level: *event.level() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_are_kept_and_none_is_long_or_two_lines() {
        let messages = Messages::default();
        for number in 0..=KEPT {
            messages.push(Level::WARN, &format!("number {number}\n"));
        }
        messages.push(Level::ERROR, &format!("a\nb \u{1b} {}", "é".repeat(2 * LENGTH)));
        let last = messages.last();
        assert_eq!((last.len(), last[0].text.as_str()), (KEPT, "number 2"));
        let end = &last[KEPT - 1];
        assert_eq!((end.level.as_str(), end.text.chars().count()), ("ERROR", LENGTH + 1));
        assert!(end.text.starts_with("a\\u{a}b \\u{1b} éé") && end.text.ends_with("é…"), "{}", end.text);
    }
}
