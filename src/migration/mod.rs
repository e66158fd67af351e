//! Migrations from their beginning to their report: of one database ([`Migration`]), or of several of a server side by side
//! ([`Several`]).
//!
//! ```text
//! Several ─ chooses databases, budget ─┬─▶ Migration (plan, journal, run of its own) ─┐
//!                                      ├─▶ Migration                                  ├─▶ ServerReport
//!                                      └─▶ Migration     lanes and workers of a Pool ─┘
//! ```
//! It prints nothing: who wants to hear what goes on passes a listener. Called by `cli`.
mod databases;
mod left_behind;
mod one;
mod planning;
mod server_report;
mod several;
mod tuned;

use databases::choose;
pub use databases::{Chosen, Database};
pub use one::{Finished, Hear, Migration, Shared, Told};
pub use planning::{Limits, PlanOf, Plans, chosen, plan};
pub use server_report::{DatabaseError, DatabaseReport, ServerReport};
pub use several::{Event, Listen, Several};
