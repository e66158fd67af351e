//! What sessions of a run send first, beyond the settings that are pinned on every connection.
use crate::plan::{Plan, guard};

/// Key of the lock that every session of a run that writes shares: see [`super::control`].
const WORK: &str = "SELECT pg_catalog.pg_advisory_lock_shared(1885826409, 2)";

/// `synchronous_commit` may be off: a step's work and its `DONE` row are lost together in a crash of the target, and
/// the run ends with a commit that waits for all before it.
const UNSYNCED: &str = "SET synchronous_commit = off";

/// What every writing session runs first; `is_tuned`: whether it may be tuned for that.
pub(super) fn of_writer(is_tuned: bool) -> String {
    if is_tuned { format!("{UNSYNCED}; {WORK}") } else { WORK.to_owned() }
}

/// What a session runs first that writes rows: [`of_writer`], and how their large values are compressed.
pub(super) fn of_target(plan: &Plan, is_tuned: bool) -> String {
    let lz4 = if plan.meta.compresses_by_lz4() { "; SET default_toast_compression = 'lz4'" } else { "" };
    of_writer(is_tuned) + lz4
}

/// For a lane's connection to the target, the same in the encoding of its rows, and with what it asks before each COPY.
pub(super) fn of_target_lane(plan: &Plan, is_tuned: bool) -> String {
    format!("{}{}; {}", of_target(plan, is_tuned), encoding(plan), guard::prepare())
}

/// For a lane's connection to the source.
pub(super) fn of_source_lane(plan: &Plan) -> String {
    of_source_rows(plan).to_owned() + encoding(plan)
}

/// For a session that reads rows of the source. What the plan calls a table must not have become a view, whose query would run
/// as us, or a foreign table; only a condition that the user wrote may name such. The setting came with the minor releases
/// of August 2024.
pub(super) fn of_source_rows(plan: &Plan) -> &'static str {
    if plan.meta.reads_by_condition() {
        return "SELECT";
    }
    "SELECT pg_catalog.set_config(name, 'view, foreign-table', false) FROM pg_catalog.pg_settings \
     WHERE name = 'restrict_nonsystem_relation_kind'"
}

fn encoding(plan: &Plan) -> &'static str {
    if plan.meta.moves_bytes() { "; SET client_encoding = 'SQL_ASCII'" } else { "" }
}
