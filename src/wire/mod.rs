//! Data connections: blocking, raw frames of the wire protocol, made for COPY.
//!
//! ```text
//! source ─▶ Connection ─▶ CopyOut::fill(Block) ─▶ … queue … ─▶ CopyIn::send(&Block) ─▶ Connection ─▶ target
//!                │                                                                        │
//!             Scanner (headers stripped, payload compacted in place, other messages collected)
//! ```
//! It knows frames, not tables: what is copied is the caller's SQL. Payload is never decoded and never allocated by the row.
//! A [`Connection`] that met an I/O error or a breach of protocol is broken and says so; after an error that the
//! server reported it can be used again. Called by `run`.
mod auth;
mod cancel;
mod connection;
mod copy_in;
mod copy_in_many;
mod copy_out;
mod frame;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
mod simple;
mod startup;
mod transport;

pub use cancel::CancelHandle;
pub use connection::{Connection, TransactionStatus};
pub use copy_in::CopyIn;
pub use copy_in_many::CopyInMany;
pub use copy_out::{CopyOut, Fill};
pub use frame::{BLOCK_CAPACITY, Block, FRAME_TARGET, FrameError, Message, Replay, Scanner, replay};
