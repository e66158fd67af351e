//! Whether a command is well: whether it goes on, whether its servers answer, whether a step has failed.
use std::time::{Duration, Instant};

use super::Metrics;
use crate::{config::Side, observe::Outcome};

/// A server that has not answered for so long counts as down. It is asked four times a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is known.
#[derive(Debug, Default)]
pub(in crate::observe) struct Health {
    /// How it ended, once it did.
    pub(in crate::observe) outcome: Option<Outcome>,
    /// Whether a step failed for good.
    pub(super) failed: bool,
    /// Of source and target.
    pub(in crate::observe) sides: [Answers; 2],
}

/// How a server that is asked again and again answers.
#[derive(Debug, Default)]
pub(in crate::observe) struct Answers {
    /// The last time; never: it is not asked.
    last: Option<Instant>,
    /// Whether the connection was lost since.
    lost: bool,
}

impl Answers {
    fn answered(&mut self) {
        *self = Self { last: Some(Instant::now()), lost: false };
    }

    /// `None` if it was never asked.
    pub(in crate::observe) fn is_up(&self) -> Option<bool> {
        match self.last {
            None => self.lost.then_some(false),
            Some(last) => Some(!self.lost && last.elapsed() < PATIENCE),
        }
    }
}

impl Health {
    /// Why a command is not ready.
    fn trouble(&self) -> Option<&'static str> {
        if self.outcome.is_some() {
            return Some("the command has ended");
        }
        if self.failed {
            return Some("a step failed");
        }
        let [source, target] = self.sides.each_ref().map(|side| side.is_up() == Some(false));
        match (source, target) {
            (true, _) => Some("the source does not answer"),
            (_, true) => Some("the target does not answer"),
            _ => None,
        }
    }
}

impl Metrics {
    /// Whether the command goes on, its servers answer and no step has failed; else why not.
    pub fn ready(&self) -> Result<(), &'static str> {
        self.state().health.trouble().map_or(Ok(()), Err)
    }

    /// Whether it ended, and well.
    pub(in crate::observe) fn has_ended_well(&self) -> bool {
        self.state().health.outcome == Some(Outcome::Done)
    }

    /// A server answered.
    pub fn answered(&self, side: Side) {
        self.state().health.sides[side as usize].answered();
    }

    /// A server does not answer: it cannot be reached, or the connection was lost.
    pub fn silent(&self, side: Side) {
        self.state().health.sides[side as usize].lost = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_ready_while_it_goes_on_and_all_is_well() {
        let mut health = Health::default();
        assert_eq!(health.trouble(), None, "nobody was asked yet");
        health.sides[0].answered();
        assert_eq!(health.trouble(), None);
        health.sides[1].lost = true;
        assert_eq!(health.trouble(), Some("the target does not answer"));
        health.sides[1].answered();
        health.sides[0].last = Instant::now().checked_sub(PATIENCE);
        assert_eq!(health.trouble(), Some("the source does not answer"));
        health.failed = true;
        assert_eq!(health.trouble(), Some("a step failed"));
        health.outcome = Some(Outcome::Failed);
        assert_eq!(health.trouble(), Some("the command has ended"));
    }
}
