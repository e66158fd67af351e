//! PostgreSQL's vocabulary: identifiers, literals, OIDs, LSNs, versions, privileges, SQLSTATEs.
//!
//! Values only: nothing here does I/O, and nothing here imports another room. Quoting lives here and nowhere else.
mod acl;
mod conninfo;
mod ident;
mod keywords;
mod literal;
mod lsn;
mod oid;
mod refusal;
mod sqlstate;
mod version;

pub use acl::{AclDelta, AclItem, handed_over};
pub use conninfo::RedactedConninfo;
pub(crate) use conninfo::is_blank;
pub use ident::{Ident, QualifiedName, quote_ident};
pub use literal::{quote_dollars, quote_literal};
pub use lsn::Lsn;
pub use oid::{Oid, catalog};
pub use refusal::{refusal_in, refuse_with};
pub use sqlstate::SqlState;
pub use version::{SUPPORTED, ServerVersion};
