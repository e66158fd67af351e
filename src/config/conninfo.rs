//! Connection strings: libpq's `key=value` list and its URI, read into a list of parameters.
//!
//! Reading resolves nothing (see `resolve`). Neither the string nor a value of it is ever part of an error:
//! a password can stand anywhere in it, most of all where it was quoted wrongly.
mod key_value;
mod uri;

use std::fmt;

use super::keyword;
use crate::error::{Error, ErrorKind, Result};

/// The parameters of a connection string, in the order written.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Conninfo {
    parameters: Vec<(&'static str, String)>,
}

impl Conninfo {
    /// Reads a connection string of either form.
    pub fn parse(text: &str) -> Result<Self> {
        let mut conninfo = Self::default();
        if text.contains('\0') {
            return Err(Error::new(ErrorKind::Config, "connection string contains a NUL character"));
        }
        match text.strip_prefix("postgresql://").or_else(|| text.strip_prefix("postgres://")) {
            Some(rest) => uri::parse(rest, &mut conninfo)?,
            None => key_value::parse(text, &mut conninfo)?,
        }
        Ok(conninfo)
    }

    /// The value of a parameter; of several, the last.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.parameters.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Name and value of each parameter, in the order written.
    pub fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.parameters.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Adds a parameter, if its name is known and its value one that is honoured.
    pub(super) fn push(&mut self, name: &str, value: String) -> Result<()> {
        let Some(keyword) = keyword::find(name) else {
            return Err(self.unknown(name));
        };
        keyword.check(&value)?;
        self.parameters.push((keyword.name, value));
        Ok(())
    }

    /// What follows a password may be the rest of it, written without quotes, and is not shown.
    fn unknown(&self, name: &str) -> Error {
        match self.parameters.last() {
            Some(("password", _)) => Error::new(
                ErrorKind::Config,
                "unknown connection parameter after `password`; a value with spaces needs single quotes",
            ),
            _ => keyword::unknown(name),
        }
    }
}

/// Shows the parameters' names alone.
impl fmt::Debug for Conninfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.parameters.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests;
