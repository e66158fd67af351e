//! What a foreign table has beyond a table: `CREATE FOREIGN TABLE … SERVER … OPTIONS`. It is read and made as a
//! [`Table`](super::Table), since it can be a partition, a parent and a child of plain ones; its rows stay where they are.
use serde::Deserialize;

use super::fdw_option::{FdwOption, options_clause};
use crate::pg::Ident;

/// A row of `pg_foreign_table`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Elsewhere {
    server: Ident,
    options: Vec<FdwOption>,
}

impl Elsewhere {
    /// ` SERVER s OPTIONS (…)`
    pub(super) fn clause(&self) -> String {
        format!(" SERVER {}{}", self.server, options_clause(&self.options))
    }
}
