//! Changes that go on arriving.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "subscriptions",
    severity: Severity::Warning,
    looks_for: "Logical replication subscriptions of the source",
    advice: "they are carried disabled; stop them on the source before they are enabled on the \
        target, each needs a slot of its own",
    asks: Asks::source(
        "SELECT quote_ident(s.subname) AS object, CASE WHEN s.subenabled THEN 'enabled' ELSE \
        'disabled' END AS detail FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON \
        d.oid = s.subdbid WHERE d.datname = pg_catalog.current_database()  ORDER BY 1",
    ),
    judge: |facts| facts.list(Side::Source, "subscriptions of the source"),
};
