//! What a check found: how bad, what, which objects, what to do.
use std::fmt;

use serde::Serialize;

use super::Check;
use crate::{error::Error, pg::SqlState};

/// Objects that a finding names; more would not be read. The inventory has all of them.
const NAMED_AT_MOST: usize = 100;

/// How bad it is, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A migration would be refused, or fail.
    Error,
    /// It can go wrong, or the copy behaves otherwise.
    Warning,
    /// Good to know.
    Note,
}

impl Severity {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a judgement gives; the check adds what is the same for all of its findings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Found {
    /// The check's own, unless this one is milder.
    pub(super) severity: Option<Severity>,
    pub(super) text: String,
    pub(super) objects: Vec<String>,
    /// The check's own, unless this one fits better.
    pub(super) advice: Option<String>,
}

impl Found {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(super) fn objects(self, objects: Vec<String>) -> Self {
        Self { objects, ..self }
    }

    pub(super) fn severity(self, severity: Severity) -> Self {
        Self { severity: Some(severity), ..self }
    }

    pub(super) fn advice(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check.
    pub check: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What was found.
    pub found: String,
    /// Objects, as SQL names them, some with a word about each.
    pub objects: Vec<String>,
    /// How many there are; `objects` names the first hundred.
    pub count: usize,
    /// What to do.
    pub advice: String,
}

impl Finding {
    pub(super) fn new(check: &Check, found: Found) -> Self {
        let Found { severity, text, mut objects, advice } = found;
        let count = objects.len();
        objects.truncate(NAMED_AT_MOST);
        Self {
            check: check.id,
            severity: severity.unwrap_or(check.severity),
            found: text,
            objects,
            count,
            advice: advice.unwrap_or_else(|| check.advice.to_owned()),
        }
    }

    /// The server did not answer; what the check looks for stays unknown.
    pub(super) fn not_made(check: &Check, error: &Error) -> Self {
        // 42501: insufficient_privilege
        let is_denied = error.code().as_ref().map(SqlState::as_str) == Some("42501");
        let advice = if is_denied {
            "check as a role that may read it, or look by hand".to_owned()
        } else {
            error.own_hint().unwrap_or("look by hand").to_owned()
        };
        let found = Found::new(format!("could not be looked at: {}", error.report()));
        Self::new(check, found.severity(Severity::Note).advice(advice))
    }
}
