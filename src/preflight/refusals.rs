//! What stands against a run, as both sides are read: the first refusal ends it, or, for `check`, all are kept.
use super::check::log_early;
use crate::{
    config::Settings,
    error::{Error, ErrorKind, Result},
    session::Session,
};

/// The check for what has none of its own.
pub(super) const ANY: &str = "plan";

/// Refusals, each with the id of the check that tells it.
#[derive(Debug)]
pub(super) struct Refusals {
    keeps: bool,
    /// The check that tells what ends it all at this stage.
    pub(super) stage: &'static str,
    pub(super) found: Vec<(&'static str, Error)>,
}

impl Refusals {
    /// The first ends it.
    pub(super) fn first() -> Self {
        Self { keeps: false, stage: ANY, found: Vec::new() }
    }

    /// All are kept.
    pub(super) fn kept() -> Self {
        Self { keeps: true, stage: ANY, found: Vec::new() }
    }

    /// What is no refusal, but good to know: `check` makes these checks by itself.
    pub(super) async fn log(
        &self,
        settings: &Settings,
        [source, target]: [&Session; 2],
        exists: bool,
    ) -> Result<()> {
        if self.keeps {
            return Ok(());
        }
        log_early(settings, source, target, exists).await
    }

    /// Passes a value on; without one it goes on only where refusals are kept.
    pub(super) fn pass<T>(&mut self, id: &'static str, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) => self.keep(id, error).map(|()| None),
        }
    }

    /// Keeps a refusal. What is none, a lost connection or a fault of our own, ends it all.
    pub(super) fn keep(&mut self, id: &'static str, error: Error) -> Result<()> {
        if !self.keeps || !is_refusal(&error) {
            return Err(error);
        }
        self.found.push((id, error));
        Ok(())
    }
}

/// Whether an error is an answer to the question whether a run can be begun.
fn is_refusal(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Refused
            | ErrorKind::Privilege
            | ErrorKind::Config
            | ErrorKind::Unsupported
            | ErrorKind::Server
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_refusals_are_kept() {
        let refused = || Err::<(), _>(Error::new(ErrorKind::Refused, "no"));
        assert!(Refusals::first().pass("a", refused()).is_err());
        let mut kept = Refusals::kept();
        assert_eq!(kept.pass("a", refused()).ok(), Some(None));
        assert_eq!(kept.pass("b", Ok(7)).ok(), Some(Some(7)));
        assert!(kept.pass::<()>("c", Err(Error::new(ErrorKind::Connection, "lost"))).is_err());
        assert_eq!(kept.found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["a"]);
    }
}
