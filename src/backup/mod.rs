//! Backup and restore of a database in the directory format of `pg_dump`, without it.
//!
//! ```text
//! snapshot ─▶ catalog ─▶ script ─▶ entries ─┐
//!     └─▶ COPY … TO STDOUT ─▶ gzip ─▶ files ─┴▶ read back ─▶ manifest.json, toc.dat ─▶ rename
//!
//! manifest ─▶ every file ─▶ empty database ─▶ pre-data ─▶ rows ─▶ post-data ─▶ privileges, refreshes
//! ```
//! `pg_restore` of version 15 and newer restores what is written here, and what `pg_dump -Fd` writes is restored here. A
//! directory has its name, and a `toc.dat`, only when all of it was read back and found as it was sent. Called by `cli`.
mod contents;
mod copy;
mod desc;
mod directory;
mod dump;
mod entry;
mod file;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
mod manifest;
mod place;
mod restore;
mod target;
mod toc;
mod workers;

pub use dump::{Backup, BackupWish, back_up};
pub use manifest::{FileRecord, Manifest};
pub use restore::{RestoreWish, Restored, restore};
pub use target::holds_anything;
pub use toc::{Compression, Created, DumpId, TOC_NAME, Toc, TocEntry, TocSection};
