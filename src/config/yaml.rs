//! YAML for the configuration file: what serde cannot do by itself.
//!
//! ```text
//! text ─▶ Node (keys unique) ─▶ Tree (serde deserializer: `${ENV}` expanded, keys checked) ─▶ Config
//!                                 └─ Misfit (path, message) ─▶ locate (line of the path in the text)
//! ```
//! Variables are expanded after parsing, so that no value can bring YAML of its own into the file. Messages
//! name keys and places and never show a value, for any value may be (part of) a connection string.
mod expand;
mod locate;
mod misfit;
mod node;
mod tree;

use serde::de::DeserializeOwned;

pub(super) use self::{
    locate::line_of,
    misfit::{Misfit, Step},
};
use self::{node::Node, tree::Tree};
use super::Environment;

/// Why a text could not be read.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It is no YAML, or gives a key twice.
    Syntax(serde_yaml::Error),
    /// It doesn't fit what is expected.
    Misfit(Misfit),
}

/// Reads a value. An empty text is an empty mapping.
pub(super) fn read<T: DeserializeOwned>(text: &str, environment: &Environment) -> Result<T, Trouble> {
    let blank = text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'));
    let node = if blank { Node::Null } else { serde_yaml::from_str(text).map_err(Trouble::Syntax)? };
    T::deserialize(Tree::new(&node, environment)).map_err(Trouble::Misfit)
}
