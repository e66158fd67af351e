//! Subscriptions that write to the target.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-subscriptions",
    severity: Severity::Warning,
    looks_for: "Subscriptions of the target's database that are enabled, whose changes arrive among \
        the copied rows",
    advice: "disable them until the copy is verified",
    asks: Asks::database(
        "SELECT quote_ident(s.subname) AS object, CASE WHEN s.subenabled THEN 'enabled' ELSE \
        'disabled' END AS detail FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON \
        d.oid = s.subdbid WHERE d.datname = pg_catalog.current_database() AND s.subenabled ORDER BY 1",
    ),
    judge: |facts| facts.list(Side::Target, "enabled subscriptions on the target"),
};
