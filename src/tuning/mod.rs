//! What is changed of the target's server while rows are loaded, and its undo.
//!
//! ```text
//! tune:      gate ─▶ lease ─▶ undo written, on disk ─▶ ALTER SYSTEM … ─▶ reload
//! put back:  gate ─▶ lease given up; the last one: ALTER SYSTEM … as it was ─▶ reload ─▶ checkpoint, sync ─▶ undo dropped
//! ```
//! Settings belong to the server, so their undo stands in one place of it, the schema `pgmigrate_undo` of the database
//! `postgres`, whichever databases a run fills. Every run that has tuned shares an advisory lock, the lease. Who finds an
//! undo and nobody who holds the lease puts back: the last of several runs at its end, the next run after a `kill -9`, or
//! `pgmigrate cleanup`. The server lets go of a lock by itself when its holder dies.
//!
//! `choice` and `told` are pure; `undo` is the table; `server` reads; `lease` connects; `apply` and `put_back` change.
mod apply;
mod choice;
mod lease;
mod put_back;
mod server;
mod told;
mod undo;

pub use apply::{Tuned, preview, tune};
pub use choice::{Change, Choice};
pub use put_back::{PutBack, put_back_leftovers, put_back_own};
pub use undo::{UndoRow, read_of_server};
