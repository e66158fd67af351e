//! What a comparison found out so far, in a file: so that one that was interrupted goes on where it ended.
//!
//! A line holds the tally of one part of a table on one side. It counts again only where the server proves that the part holds the
//! same rows still ([`proof`]); a part that is not proven is read again. So a line can save work, and cannot hide a difference.
//! Tallies of a side hang on nothing of the other. Verdicts are not kept: they follow from the tallies.
//!
//! ```text
//! State of shop ─┐
//! State of air  ─┴▶ StateFile (verify.tsv) ◀▶ lines
//! ```
//! The file is written as parts are done and synced now and then: what a crash takes away is read again. `rows` calls it.
mod file;
mod lines;
mod proof;

use std::sync::Arc;

use super::rows::Tally;
use crate::error::Result;

pub use file::StateFile;
pub(super) use proof::{Mark, Seen};

use lines::Sides;

/// What is known of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// What could be seen when it was read.
    pub(super) seen: Seen,
    /// The file that its rows are in; empty if they are in several.
    pub(super) file: String,
    pub(super) tally: Tally,
}

/// What the file said of a database, and its place there.
#[derive(Debug)]
pub(super) struct State {
    file: Arc<StateFile>,
    database: String,
    marks: [Mark; 2],
    known: Sides,
}

impl State {
    /// Begins the comparison of the source's database of this name.
    pub(super) fn begin(file: &Arc<StateFile>, database: &str, marks: [Mark; 2]) -> Result<Self> {
        let known = file.begin(database, marks.each_ref().map(Mark::identity))?;
        Ok(Self { file: Arc::clone(file), database: database.to_owned(), marks, known })
    }

    /// How many parts an earlier attempt has read.
    pub(super) fn parts(&self) -> usize {
        self.known.iter().map(|side| side.parts.len()).sum()
    }

    /// What is known of a part.
    pub(super) fn known(&self, side: usize, digest: &str) -> Option<&Entry> {
        self.known[side].parts.get(digest)
    }

    /// The side as it is seen now.
    pub(super) fn mark(&self, side: usize) -> &Mark {
        &self.marks[side]
    }

    /// Writes down a part that was read, or proven.
    pub(super) fn record(&self, side: usize, digest: &str, file: String, tally: Tally) {
        let entry = Entry { seen: self.marks[side].seen.clone(), file, tally };
        self.file.record(&self.database, side, digest, &entry);
    }

    /// All is done.
    pub(super) fn close(&self) {
        self.file.sync();
    }
}

#[cfg(test)]
mod tests;
