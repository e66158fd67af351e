//! Which steps' statements hold a secret: the target's server is to write none of their text down
//! ([`Session::execute_quietly`](crate::session::Session::execute_quietly)).
use crate::plan::{Step, StepKind};

/// Whether a step's statement may hold a secret: all that is carried but the values of sequences.
pub(super) fn holds_secret(step: &Step) -> bool {
    step.kind == StepKind::Carry && !step.object.starts_with("SEQUENCE ")
}
