//! Look-up of one parameter along its chain of places, and reading of its value.
use std::time::Duration;

use crate::{
    config::{Conninfo, Environment, keyword},
    error::{Error, ErrorKind, Result},
};

/// The places a parameter is looked up in, first to last.
pub(super) struct Values<'a> {
    conninfo: &'a Conninfo,
    service: &'a Conninfo,
    environment: &'a Environment,
}

impl<'a> Values<'a> {
    /// Looks in the connection string, then the service, then the environment.
    pub(super) fn new(conninfo: &'a Conninfo, service: &'a Conninfo, environment: &'a Environment) -> Self {
        Self { conninfo, service, environment }
    }

    /// The value, if there is one and it is not empty. An empty one in the connection string asks for the
    /// built-in default: the places after it are not looked at.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        let variable = keyword::find(name).and_then(|keyword| keyword.variable);
        let written = self.conninfo.value(name).or_else(|| self.service.value(name));
        let by_variable = || variable.and_then(|variable| self.environment.non_empty(variable));
        written.or_else(by_variable).filter(|value| !value.is_empty())
    }

    /// As [`Self::text`], without the environment.
    pub(super) fn named(&self, name: &str) -> Option<&'a str> {
        self.conninfo.value(name).or_else(|| self.service.value(name)).filter(|value| !value.is_empty())
    }

    /// Whether libpq's old variable asks for TLS.
    pub(super) fn requires_tls(&self) -> bool {
        self.environment.value("PGREQUIRESSL").is_some_and(|value| value.starts_with('1'))
    }

    /// A whole number.
    pub(super) fn number(&self, name: &str) -> Result<Option<i32>> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.trim().parse() {
            Ok(number) => Ok(Some(number)),
            Err(error) => Err(invalid(format!("`{name}` must be a whole number")).caused_by(error)),
        }
    }

    /// A number above zero; zero and less stand for the default.
    pub(super) fn positive(&self, name: &str) -> Result<Option<u32>> {
        Ok(self.number(name)?.and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0))
    }

    /// A time in seconds; zero and less stand for none.
    pub(super) fn seconds(&self, name: &str) -> Result<Option<Duration>> {
        Ok(self.positive(name)?.map(|seconds| Duration::from_secs(seconds.into())))
    }

    /// A time in milliseconds; zero and less stand for none.
    pub(super) fn milliseconds(&self, name: &str) -> Result<Option<Duration>> {
        Ok(self.positive(name)?.map(|milliseconds| Duration::from_millis(milliseconds.into())))
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
        let words = || choices.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        found.map(Some).ok_or_else(|| invalid(format!("`{name}` must be one of {}", words())))
    }
}

/// An error about a parameter. The value is left out: a badly quoted password may have slipped into it.
pub(super) fn invalid(why: String) -> Error {
    Error::new(ErrorKind::Config, why)
}
