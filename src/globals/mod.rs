//! The globals of a server: roles, their memberships and settings, tablespaces, privileges on parameters.
//!
//! ```text
//! source ─▶ read (catalog, or pg_dumpall) ─▶ Globals ─┐
//!                                                     ├─▶ difference (pure) ─▶ steps, notes ─▶ apply ─▶ target
//! target ─▶ read ─▶ Globals, what its role may ───────┘
//! ```
//! What is computed is what the target lacks, so a second difference is empty. Nothing is ever taken away, and two roles of the
//! target are never touched: the one that migrates, and the one that initdb made. Password verifiers go from server to
//! server when a step is applied and stand in none. It knows nothing of the databases of a server, nor of plan and journal.
//! `cli` calls it, and whoever migrates a whole server.
mod apply;
mod difference;
mod dumpall;
mod grantor;
mod migrate;
mod model;
mod parameter;
mod read;
mod rename;
mod role;
mod script;
mod tablespace;
mod target;

pub use apply::{Applied, Failure, apply};
pub use difference::{Difference, GlobalStep, difference};
pub use migrate::{Migrated, migrate_globals};
pub use model::{Globals, ParameterPrivilege, SharedLabel, Tablespace, Wish};
pub use read::read_source;
pub use target::{Target, read_target};
