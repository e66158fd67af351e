//! How often and after how long a step is tried again. Whether, the policy says.
use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    time::Duration,
};

use crate::{
    error::{Error, Result},
    journal::table::DONE_ONCE,
    policy,
};

/// Attempts of a step in all. With the pauses below they bridge a restart of a server of 12 to 15 seconds.
const ATTEMPTS: u32 = 6;

/// The first pause; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// What comes after an attempt.
#[derive(Debug)]
pub(super) enum After<T> {
    /// It is done; `None`: an earlier attempt had committed, and its answer was lost.
    Done(Option<T>),
    /// Try again after a pause.
    Again(Duration, Error),
    /// It failed for good.
    Failed(Error),
}

/// Judges an attempt; `attempt` counts from 1.
pub(super) fn after<T>(result: Result<T>, attempt: u32) -> After<T> {
    match result {
        Ok(value) => After::Done(Some(value)),
        Err(error) if is_done_already(&error) => After::Done(None),
        Err(error) if attempt < ATTEMPTS && policy::of(&error).retry => {
            After::Again(jittered(FIRST_PAUSE * 2u32.pow(attempt - 1)), error)
        }
        Err(error) => After::Failed(hinted(error)),
    }
}

/// The report of a step knows the error's own hint only.
fn hinted(error: Error) -> Error {
    match (error.own_hint(), policy::of(&error).hint) {
        (None, Some(hint)) => error.hint(hint),
        _ => error,
    }
}

/// From three quarters of a pause to all of it: lanes that failed together do not come back together.
#[expect(clippy::cast_precision_loss, reason = "below 256")]
fn jittered(pause: Duration) -> Duration {
    // Every hasher of the standard library is keyed anew.
    let random = RandomState::new().build_hasher().finish() % 256;
    pause.mul_f64(1.0 - random as f64 / 1024.0)
}

/// The journal refused a second DONE: the COMMIT whose answer was lost had taken effect.
fn is_done_already(error: &Error) -> bool {
    error.code().is_some_and(|code| code.as_str() == "23514")
        && error.violated().is_some_and(|constraint| {
            (constraint.schema.as_str(), constraint.table.as_str(), constraint.name.as_str()) == DONE_ONCE
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorKind, error::Constraint, pg::SqlState};

    fn server(code: &str, message: &str) -> Result<()> {
        Err(Error::new(ErrorKind::Server, message).sqlstate(SqlState::new(code)))
    }

    #[test]
    fn what_passes_is_tried_again_and_not_for_ever() {
        assert!(
            matches!(after(server("40P01", "deadlock"), 1), After::Again(pause, _) if pause <= FIRST_PAUSE && pause > FIRST_PAUSE / 2)
        );
        assert!(matches!(after(server("40P01", "deadlock"), ATTEMPTS), After::Failed(_)));
        assert!(matches!(after(server("23505", "duplicate"), 1), After::Failed(_)));
    }

    #[test]
    fn a_lost_answer_to_commit_is_no_failure() {
        let violates = |schema: &str, name: &str| {
            let message = format!("violates check constraint \"{name}\" of step_done_once");
            let constraint = Constraint { schema: schema.into(), table: "step".into(), name: name.into() };
            after(server("23514", &message).map_err(|error| error.violates(constraint)), 2)
        };
        assert!(matches!(violates("pgmigrate", "step_done_once"), After::Done(None)));
        assert!(matches!(violates("public", "step_done_once"), After::Failed(_)));
        assert!(matches!(violates("pgmigrate", "price_check"), After::Failed(_)));
    }
}
