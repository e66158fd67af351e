//! The configuration file, read: its keys, and the text to find the line of a mistake in.
use std::{fs, path::Path};

use super::{
    Config, Environment,
    check::check,
    yaml::{self, Misfit, Trouble},
};
use crate::error::{Error, ErrorKind, Result};

/// A configuration file whose form and values were checked.
#[derive(Clone)]
pub struct ConfigFile {
    /// What it says.
    pub config: Config,
    /// What can hardly be meant, but is no error.
    pub warnings: Vec<String>,
    name: String,
    text: String,
}

/// Shows the name alone: the text may hold a password.
impl std::fmt::Debug for ConfigFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ConfigFile({:?})", self.name)
    }
}

impl ConfigFile {
    /// Reads a file.
    pub fn load(path: &Path, environment: &Environment) -> Result<Self> {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| {
            Error::new(ErrorKind::Config, format!("cannot read the configuration file `{name}`"))
                .caused_by(error)
        })?;
        Self::parse(&name, &text, environment)
    }

    /// Reads the text of a file; `name` is for messages.
    pub fn parse(name: &str, text: &str, environment: &Environment) -> Result<Self> {
        let config: Config = yaml::read(text, environment).map_err(|trouble| match trouble {
            Trouble::Syntax(error) => syntax_error(name, error),
            Trouble::Misfit(misfit) => misfit_error(name, text, &misfit),
        })?;
        let warnings = check(&config).map_err(|misfit| misfit_error(name, text, &misfit))?;
        Ok(Self { config, warnings, name: name.to_owned(), text: text.to_owned() })
    }

    /// `file:line: key`, for an error about the value of these keys (outermost first).
    pub(super) fn place(&self, keys: &[&str]) -> String {
        let line = yaml::line_of(Misfit::new("").at(keys).path(), &self.text);
        format!("{}:{line}: {}", self.name, keys.join("."))
    }
}

fn misfit_error(name: &str, text: &str, misfit: &Misfit) -> Error {
    let line = yaml::line_of(misfit.path(), text);
    Error::new(ErrorKind::Config, format!("{name}:{line}: {misfit}"))
}

fn syntax_error(name: &str, cause: serde_yaml::Error) -> Error {
    let place = cause.location().map_or_else(String::new, |place| format!(":{}", place.line()));
    let error = Error::new(ErrorKind::Config, format!("{name}{place}: not a valid configuration file"));
    let text = cause.to_string();
    let is_of_form = ["given twice", "more than one document", "recursion limit"];
    let error = if is_of_form.iter().any(|what| text.contains(what)) {
        error
    } else {
        error.hint("YAML wants quotes around a value that starts with * & ! { [ % @ or `")
    };
    error.caused_by(cause)
}

#[cfg(test)]
mod tests;
