//! `pgmigrate` moves PostgreSQL databases to PostgreSQL: one native program, no libpq, no psql, no `pg_dump`.
//!
//! ```text
//! config ─▶ settings ─▶ preflight ─▶ snapshot ─▶ catalog ─▶ ddl script ─▶ plan ─▶ run ─▶ verify ─▶ report
//!                                                                          ├─ lanes (source COPY OUT ▶ queue ▶ target COPY IN)
//!                                                                          ├─ target workers (indexes, constraints, analyze)
//!                                                                          └─ journal (target tables + state.tsv)
//! ```
//! Each arrow is one plain value passed on. Only [`cli`] prints; only `config` reads files of the user and the environment.
pub mod backup;
mod blocking;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod ddl;
mod durable;
mod error;
pub mod failpoint;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
pub mod globals;
pub mod journal;
pub mod migration;
pub mod net;
pub mod object;
pub mod observe;
pub mod pg;
pub mod plan;
pub mod policy;
pub mod preflight;
pub mod run;
pub mod session;
pub mod status;
pub mod tuning;
pub mod verify;
pub mod wire;

pub use error::{Context, Error, ErrorKind, NOTICE, Result};
