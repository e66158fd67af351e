//! Migrations from their beginning to their report: of one database ([`Migration`]).
mod one;

pub use one::{Finished, Hear, Migration, Shared, Told};
