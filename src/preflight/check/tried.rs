//! How the plan fares: made as `plan` makes it, but every refusal is kept, in place of the first.
use crate::{
    catalog::Note,
    config::Settings,
    error::{Error, Result},
    policy,
    preflight::{Expected, Refusals, read_both, refusals::ANY},
};

use super::finding::{Found, Severity};

/// How the reasons of notes begin that say so.
const LEFT_OUT: &str = "left out";

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Tried {
    refused: Vec<(&'static str, Error)>,
    /// What is left out or done differently.
    notes: Vec<Note>,
    /// Why it was not tried.
    pub(super) put_off: Option<String>,
}

impl Tried {
    pub(super) fn put_off(reason: &str) -> Self {
        Self { put_off: Some(reason.to_owned()), ..Self::default() }
    }

    /// What a check has to say of the refusals that are its own.
    pub(super) fn of(&self, id: &str) -> Vec<Found> {
        let own = self.refused.iter().filter(|(at, _)| *at == id);
        own.map(|(_, error)| {
            let found = Found::new(error.report()).severity(Severity::Error);
            match error.own_hint().or(policy::of(error).hint) {
                Some(hint) => found.advice(hint),
                None => found,
            }
        })
        .collect()
    }

    /// What the plan says of single objects: those that are left out, or the others.
    pub(super) fn notes(&self, left_out: bool) -> Vec<String> {
        let notes = self.notes.iter().filter(|note| note.reason.starts_with(LEFT_OUT) == left_out);
        let text = |note: &Note| {
            format!("{}: {}", note.object, note.reason.trim_start_matches(LEFT_OUT).trim_start_matches(": "))
        };
        notes.map(text).collect()
    }
}

/// Reads both sides and builds the plan. A connection that fails ends it all, and so does a fault of our own.
pub(super) async fn try_plan(settings: &Settings) -> Result<Tried> {
    let mut refusals = Refusals::kept();
    let sides = match read_both(settings, &Expected::default(), &mut refusals).await {
        Ok(sides) => sides,
        Err(error) => {
            refusals.keep(refusals.stage, error)?;
            return Ok(Tried { refused: refusals.found, ..Tried::default() });
        }
    };
    let noted = sides.source.selected.notes.clone();
    refusals.found.extend(sides.refusals(settings));
    let notes = match sides.plan(settings) {
        Ok((plan, _)) => plan.meta.notes,
        Err(error) => {
            if refusals.found.is_empty() {
                refusals.keep(ANY, error)?;
            }
            noted
        }
    };
    Ok(Tried { refused: refusals.found, notes, put_off: None })
}
