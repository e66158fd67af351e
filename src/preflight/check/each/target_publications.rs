//! Publications that would send the copy on.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-publications",
    severity: Severity::Warning,
    looks_for: "Publications of the target for all of its tables",
    advice: "drop them until the copy is done: subscribers would get every row, and tables \
        without a replica identity refuse UPDATE and DELETE",
    asks: Asks::database(
        "SELECT quote_ident(pubname) AS object FROM pg_catalog.pg_publication WHERE puballtables \
        ORDER BY 1",
    ),
    judge: |facts| facts.list(Side::Target, "publications FOR ALL TABLES on the target"),
};
