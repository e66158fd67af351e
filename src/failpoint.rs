//! Moments that no signal can be timed to hit, by name: a test lets the program die at one of them.
//!
//! `PGMIGRATE_FAILPOINT=chunk_committed:3` ends a debug build, as `kill -9` would, when it gets there for the third time.
//! Releases know the names and nothing else: the variable means nothing to them.
use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering},
};

use crate::error::{Error, ErrorKind, Result};

/// A moment between two things that belong together and cannot be done at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failpoint {
    /// A file of ours is written beside its place, and not renamed yet.
    FileWritten,
    /// A file of ours has taken its place, and its directory is not synced yet.
    FileRenamed,
    /// Half of a line stands in `state.tsv`.
    StateTorn,
    /// The target database is created, and `state.tsv` does not say so yet.
    DatabaseCreated,
    /// The journal says that the run begins; nothing is done yet.
    JournalBegun,
    /// Definitions before the data are committed, and not in `state.tsv`.
    DefinitionsCommitted,
    /// The target has taken all rows of a chunk, which are not committed.
    RowsSent,
    /// A chunk is committed, and not in `state.tsv`.
    ChunkCommitted,
    /// A statement after the data is committed, and not in `state.tsv`.
    StepCommitted,
    /// The database is usable, late rows are to come, and `state.tsv` does not say so yet.
    Usable,
    /// All rows are read, and the source's snapshot is let go.
    SnapshotReleased,
    /// Every step is done, and the journal still there.
    RunEnded,
    /// The journal is dropped, and the report not written.
    JournalDropped,
    /// The tally of a part is in the file of `verify`.
    PartCompared,
    /// What the target's settings were is written down, and none is changed.
    UndoWritten,
    /// A setting of the target stands in its file, and the server has not read it.
    SettingWritten,
    /// The target is tuned.
    TargetTuned,
    /// A setting of the target is put back in its file, and the server has not read it.
    SettingPutBack,
    /// The server works with what it had, and what was written down is still there.
    TargetPutBack,
}

impl Failpoint {
    /// All of them, with their names.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::FileWritten, "file_written"),
        (Self::FileRenamed, "file_renamed"),
        (Self::StateTorn, "state_torn"),
        (Self::DatabaseCreated, "database_created"),
        (Self::JournalBegun, "journal_begun"),
        (Self::DefinitionsCommitted, "definitions_committed"),
        (Self::RowsSent, "rows_sent"),
        (Self::ChunkCommitted, "chunk_committed"),
        (Self::StepCommitted, "step_committed"),
        (Self::Usable, "usable"),
        (Self::SnapshotReleased, "snapshot_released"),
        (Self::RunEnded, "run_ended"),
        (Self::JournalDropped, "journal_dropped"),
        (Self::PartCompared, "part_compared"),
        (Self::UndoWritten, "undo_written"),
        (Self::SettingWritten, "setting_written"),
        (Self::TargetTuned, "target_tuned"),
        (Self::SettingPutBack, "setting_put_back"),
        (Self::TargetPutBack, "target_put_back"),
    ];

    /// Here it is: ends the program if this is the moment that was asked for.
    pub fn reach(self) {
        if self.is_due() {
            std::process::abort();
        }
    }

    /// Whether this is the moment that was asked for, where the caller has something to do before the end.
    pub fn is_due(self) -> bool {
        if cfg!(not(debug_assertions)) {
            return false;
        }
        let Some((point, left)) = ARMED.get() else { return false };
        *point == self && left.fetch_sub(1, Ordering::SeqCst) == 1
    }
}

/// The moment that was asked for, and how often it is still to be reached.
static ARMED: OnceLock<(Failpoint, AtomicU32)> = OnceLock::new();

/// Asks for an end at `name`, or at the n-th time of it (`name:n`). Only debug builds obey.
pub fn arm(wanted: &str) -> Result<()> {
    let (name, count) = wanted.split_once(':').unwrap_or((wanted, "1"));
    let point = Failpoint::ALL.iter().find(|(_, known)| *known == name).map(|(point, _)| *point);
    let count = count.parse().ok().filter(|count| *count > 0);
    let (Some(point), Some(count)) = (point, count) else {
        let message = format!("PGMIGRATE_FAILPOINT is `{wanted}`, which is no failpoint");
        return Err(Error::new(ErrorKind::Usage, message));
    };
    _ = ARMED.set((point, AtomicU32::new(count)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_and_counts_are_numbers() {
        for wanted in ["", "nowhere", "rows_sent:0", "rows_sent:x", "rows_sent:"] {
            assert_eq!(arm(wanted).unwrap_err().kind(), ErrorKind::Usage, "{wanted}");
        }
    }
}
