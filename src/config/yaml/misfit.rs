//! An error with the path of keys to the value it is about.
use std::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::config::nearest;

/// One step on the way from the root of the file to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::config) enum Step {
    /// The value of a key.
    Key(String),
    /// An element of a list, from 0.
    Index(usize),
}

/// A value that cannot be used, where it stands and why. The value itself is not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::config) struct Misfit {
    path: Vec<Step>,
    message: String,
}

impl Misfit {
    /// A misfit at the root; [`Self::within`] moves it down.
    pub(in crate::config) fn new(message: impl Into<String>) -> Self {
        Self { path: Vec::new(), message: message.into() }
    }

    /// Says that the place it is about lies at this step of an outer value.
    pub(in crate::config) fn within(mut self, step: Step) -> Self {
        self.path.insert(0, step);
        self
    }

    /// [`Self::within`] for keys, outermost first.
    pub(in crate::config) fn at(self, keys: &[&str]) -> Self {
        keys.iter().rev().fold(self, |misfit, key| misfit.within(Step::Key((*key).to_owned())))
    }

    /// Where it stands.
    pub(in crate::config) fn path(&self) -> &[Step] {
        &self.path
    }
}

/// `tables.include[0].limit: message`
impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.path.iter().enumerate() {
            match step {
                Step::Key(key) if index == 0 => write!(f, "{}", key.escape_debug())?,
                Step::Key(key) => write!(f, ".{}", key.escape_debug())?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        let separator = if self.path.is_empty() { "" } else { ": " };
        write!(f, "{separator}{}", self.message)
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("out of range: expected {expected}"))
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self::new(format!("unknown key{}", nearest::suggestion(field, known.iter().copied())))
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        let suggestion = nearest::suggestion(variant, known.iter().copied());
        Self::new(format!("must be one of {}{suggestion}", known.join(", ")))
    }
}
