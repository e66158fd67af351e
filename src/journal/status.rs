//! The status of a step, and the events that change it. A status is never set, only reached.
use crate::error::{Error, ErrorKind, Result};

/// Where a step is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Status {
    /// Not done: never tried, or a crash cut the try short.
    #[default]
    Pending,
    /// Done, and committed on the target.
    Done {
        /// Rows copied; 0 for steps that copy none.
        rows: u64,
        /// Bytes copied.
        bytes: u64,
    },
    /// Tried and failed; the target is as before the try.
    Failed {
        /// The error's report; empty if only the fact is known.
        message: String,
    },
}

/// What happened to a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Its work and its journal row have committed.
    Done {
        /// Rows copied.
        rows: u64,
        /// Bytes copied.
        bytes: u64,
    },
    /// It failed for good, retries included.
    Failed {
        /// The error's report.
        message: String,
    },
}

impl Status {
    /// The status after an event. What is done stays done: whatever else arrives is a fault of ours.
    pub fn after(self, event: Event) -> Result<Self> {
        match (self, event) {
            (Self::Pending | Self::Failed { .. }, Event::Done { rows, bytes }) => {
                Ok(Self::Done { rows, bytes })
            }
            (Self::Pending | Self::Failed { .. }, Event::Failed { message }) => Ok(Self::Failed { message }),
            (Self::Done { .. }, Event::Done { .. }) => {
                Err(Error::new(ErrorKind::Internal, "a step was done twice"))
            }
            (Self::Done { .. }, Event::Failed { message }) => {
                Err(Error::new(ErrorKind::Internal, "a step failed after it was done").caused_by(message))
            }
        }
    }

    /// Whether it is done.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DONE: Event = Event::Done { rows: 1, bytes: 2 };

    fn failed() -> Event {
        Event::Failed { message: "x".to_owned() }
    }

    fn fold(events: impl IntoIterator<Item = Event>) -> Result<Status> {
        events.into_iter().try_fold(Status::Pending, Status::after)
    }

    #[test]
    fn a_step_may_fail_before_it_is_done_but_not_after() {
        assert_eq!(fold([]).unwrap(), Status::Pending);
        assert_eq!(fold([failed(), failed(), DONE]).unwrap(), Status::Done { rows: 1, bytes: 2 });
        assert_eq!(fold([failed()]).unwrap(), Status::Failed { message: "x".to_owned() });
        assert_eq!(fold([DONE, failed()]).unwrap_err().kind(), ErrorKind::Internal);
        assert_eq!(fold([DONE, DONE]).unwrap_err().kind(), ErrorKind::Internal);
    }
}
