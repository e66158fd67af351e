//! The SQL of the target's journal: schema `pgmigrate` with the tables `run`, `step`, `snapshot` and `no_crash`.
//!
//! Text only; the run executes it. All names are qualified, so no `search_path` matters, and it is the same on every
//! supported server. A step's `DONE` row is written by the transaction that does the step's work: both commit or
//! neither does. [`DONE_ONCE`] makes a second `DONE` fail, whoever tries it, so that no chunk is copied twice even
//! when the connection was lost while the first COMMIT was under way.
use std::fmt::Write as _;

use crate::{
    pg::{quote_literal, refuse_with},
    plan::StepId,
};

/// Schema, table and name of the constraint (SQLSTATE 23514) that refuses a second `DONE` of a step. Meeting it means: the step
/// is done already.
pub const DONE_ONCE: (&str, &str, &str) = ("pgmigrate", "step", "step_done_once");

/// What the table `run` says of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// [`crate::plan::Plan::run_id`].
    pub run_id: String,
    /// [`crate::plan::PLAN_FORMAT`].
    pub plan_format: u32,
    /// Version of the program.
    pub tool_version: String,
    /// `system_identifier` of the source.
    pub source_system: String,
    /// The source's database.
    pub source_database: String,
    /// Name of the exported snapshot that the rows come from; of the last attempt.
    pub snapshot: String,
}

/// A step that ended well, with what it copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoneStep<'a> {
    /// The step.
    pub id: &'a StepId,
    /// Rows copied; 0 for steps that copy none.
    pub rows: u64,
    /// Bytes copied.
    pub bytes: u64,
}

/// One statement that fails with the reasons if the schema, or what the journal uses of it, could run code of another than us or a
/// superuser; no row otherwise. Once it has passed, only they can change that: whoever owns the database owns no schema in it.
pub fn guard_sql() -> String {
    guard_of("pgmigrate", &["run", "step", "no_crash", "snapshot"])
}

/// The same for another schema that holds tables of ours.
pub fn guard_of(schema: &str, tables: &[&str]) -> String {
    let tables: Vec<_> = tables.iter().map(|table| quote_literal(table)).collect();
    let beginning = quote_literal(&format!("the schema `{schema}` of the target cannot hold the journal: "));
    let reason = format!("{beginning} || pg_catalog.string_agg(x.what, ', ' ORDER BY x.what)");
    let reasons = include_str!("guard.sql")
        .replace("'pgmigrate'", &quote_literal(schema))
        .replace("('run', 'step', 'no_crash', 'snapshot')", &format!("({})", tables.join(", ")));
    format!("SELECT {} FROM (\n{reasons}) x HAVING pg_catalog.count(*) > 0", refuse_with(&reason))
}

/// Creates what is missing of the journal, if the schema passes [`guard_sql`]. Several statements; run them in one transaction with
/// [`begin_run_sql`].
pub fn create_sql() -> String {
    format!("CREATE SCHEMA IF NOT EXISTS pgmigrate;\n{};\n{}", guard_sql(), include_str!("create.sql"))
}

/// One row, one boolean: whether the journal's tables exist. Ask [`guard_sql`] before.
pub fn exists_sql() -> &'static str {
    "SELECT pg_catalog.to_regclass('pgmigrate.run') IS NOT NULL \
     AND pg_catalog.to_regclass('pgmigrate.step') IS NOT NULL"
}

/// Writes down that a run begins, or that it is resumed (with another snapshot).
pub fn begin_run_sql(run: &RunRow) -> String {
    format!(
        "INSERT INTO pgmigrate.run AS r \
         (run_id, plan_format, tool_version, source_system, source_database, snapshot) \
         VALUES ({}, {}, {}, {}, {}, {}) \
         ON CONFLICT (run_id) DO UPDATE SET tool_version = excluded.tool_version, \
         snapshot = excluded.snapshot; \
         INSERT INTO pgmigrate.no_crash (run_id) VALUES ({}) ON CONFLICT DO NOTHING",
        quote_literal(&run.run_id),
        run.plan_format,
        quote_literal(&run.tool_version),
        quote_literal(&run.source_system),
        quote_literal(&run.source_database),
        quote_literal(&run.snapshot),
        quote_literal(&run.run_id),
    )
}

/// Writes down that a step is done: one statement, for the end of the step's own transaction.
pub fn step_done_sql(run_id: &str, id: &StepId, rows: u64, bytes: u64) -> String {
    steps_done_sql(run_id, &[DoneStep { id, rows, bytes }])
}

/// As [`step_done_sql`], for steps that share a transaction; at least one. Their seconds are those of the transaction.
pub fn steps_done_sql(run_id: &str, steps: &[DoneStep<'_>]) -> String {
    let mut sql = "INSERT INTO pgmigrate.step AS s \
         (run_id, step_id, status, rows, bytes, seconds, snapshot, times_done) VALUES "
        .to_owned();
    for (i, step) in steps.iter().enumerate() {
        // Writing to a String does not fail.
        _ = write!(
            sql,
            "{}({}, {}, 'DONE', {}, {}, \
             pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.now()), \
             (SELECT pg_catalog.max(number) FROM pgmigrate.snapshot WHERE run_id = {}), 1)",
            if i > 0 { ", " } else { "" },
            quote_literal(run_id),
            quote_literal(&step.id.0),
            step.rows,
            step.bytes,
            quote_literal(run_id),
        );
    }
    sql.push_str(
        " ON CONFLICT (run_id, step_id) DO UPDATE SET status = excluded.status, rows = excluded.rows, \
         bytes = excluded.bytes, seconds = excluded.seconds, finished_at = excluded.finished_at, \
         snapshot = excluded.snapshot, times_done = s.times_done + 1",
    );
    sql
}

/// Writes down that a step failed, in a transaction of its own. A step that is done stays done.
pub fn step_failed_sql(run_id: &str, id: &StepId) -> String {
    format!(
        "INSERT INTO pgmigrate.step AS s (run_id, step_id, status, times_done) VALUES ({}, {}, 'FAILED', 0) \
         ON CONFLICT (run_id, step_id) DO UPDATE SET finished_at = excluded.finished_at \
         WHERE s.status = 'FAILED'",
        quote_literal(run_id),
        quote_literal(&id.0),
    )
}

/// Rows `run_id text`, newest first.
pub fn read_runs_sql() -> &'static str {
    "SELECT run_id FROM pgmigrate.run ORDER BY started_at DESC, run_id"
}

/// Rows `step_id text, status text ('DONE' or 'FAILED'), rows bigint, bytes bigint, snapshot integer` of a run; the last is
/// the number of the snapshot that was the run's when the step ended.
pub fn read_sql(run_id: &str) -> String {
    format!(
        "SELECT s.step_id, s.status, s.rows, s.bytes, coalesce(s.snapshot, 0) AS snapshot \
           FROM pgmigrate.step s WHERE s.run_id = {} ORDER BY s.step_id",
        quote_literal(run_id)
    )
}

/// One row, one boolean: whether the target crashed since the run began, and so emptied its unlogged tables.
pub fn crashed_sql(run_id: &str) -> String {
    format!(
        "SELECT NOT EXISTS (SELECT FROM pgmigrate.no_crash WHERE run_id = {}) AS crashed",
        quote_literal(run_id)
    )
}

/// One row, one bigint: how many steps are done.
pub fn count_done_sql(run_id: &str) -> String {
    format!(
        "SELECT pg_catalog.count(*) FROM pgmigrate.step WHERE run_id = {} AND status = 'DONE'",
        quote_literal(run_id)
    )
}

/// Takes back that these steps are done; at least one.
pub fn forget_sql(run_id: &str, ids: &[&StepId]) -> String {
    let list: Vec<String> = ids.iter().map(|id| quote_literal(&id.0)).collect();
    format!(
        "DELETE FROM pgmigrate.step WHERE run_id = {} AND step_id IN ({})",
        quote_literal(run_id),
        list.join(", ")
    )
}

/// Drops the journal, and nothing that somebody else put into its schema: then it fails.
/// Several statements; run them in one transaction.
///
/// The copy's event triggers stand by now. Where we may, they are kept from firing: one that writes down what is dropped
/// would make the copy differ from its source, one that forbids it would keep the journal there.
pub fn drop_sql() -> &'static str {
    "SELECT pg_catalog.set_config(s.name, CASE s.name WHEN 'event_triggers' THEN 'off' ELSE 'replica' END, true) \
       FROM pg_catalog.pg_settings s, pg_catalog.pg_roles r \
      WHERE s.name IN ('event_triggers', 'session_replication_role') AND r.rolname = current_user AND r.rolsuper; \
     DROP TABLE IF EXISTS pgmigrate.step, pgmigrate.run, pgmigrate.no_crash, pgmigrate.snapshot; DROP SCHEMA IF EXISTS pgmigrate"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_quote_what_they_hold() {
        let run = RunRow {
            run_id: "0123456789abcdef".to_owned(),
            plan_format: 1,
            tool_version: "0.1.0".to_owned(),
            source_system: "73".to_owned(),
            source_database: "it's".to_owned(),
            snapshot: "00000003-0000001B-1".to_owned(),
        };
        let (a, b) = (StepId("data:public.o'brien".to_owned()), StepId("b\\".to_owned()));
        let done = [DoneStep { id: &a, rows: 10, bytes: 20 }, DoneStep { id: &b, rows: 0, bytes: 0 }];
        let statements =
            [begin_run_sql(&run), steps_done_sql("r", &done), step_failed_sql("r", &b), read_sql("r")];
        insta::assert_snapshot!(statements.join(";\n"), @r#"
        INSERT INTO pgmigrate.run AS r (run_id, plan_format, tool_version, source_system, source_database, snapshot) VALUES ('0123456789abcdef', 1, '0.1.0', '73', 'it''s', '00000003-0000001B-1') ON CONFLICT (run_id) DO UPDATE SET tool_version = excluded.tool_version, snapshot = excluded.snapshot; INSERT INTO pgmigrate.no_crash (run_id) VALUES ('0123456789abcdef') ON CONFLICT DO NOTHING;
        INSERT INTO pgmigrate.step AS s (run_id, step_id, status, rows, bytes, seconds, snapshot, times_done) VALUES ('r', 'data:public.o''brien', 'DONE', 10, 20, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.now()), (SELECT pg_catalog.max(number) FROM pgmigrate.snapshot WHERE run_id = 'r'), 1), ('r', E'b\\', 'DONE', 0, 0, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.now()), (SELECT pg_catalog.max(number) FROM pgmigrate.snapshot WHERE run_id = 'r'), 1) ON CONFLICT (run_id, step_id) DO UPDATE SET status = excluded.status, rows = excluded.rows, bytes = excluded.bytes, seconds = excluded.seconds, finished_at = excluded.finished_at, snapshot = excluded.snapshot, times_done = s.times_done + 1;
        INSERT INTO pgmigrate.step AS s (run_id, step_id, status, times_done) VALUES ('r', E'b\\', 'FAILED', 0) ON CONFLICT (run_id, step_id) DO UPDATE SET finished_at = excluded.finished_at WHERE s.status = 'FAILED';
        SELECT s.step_id, s.status, s.rows, s.bytes, coalesce(s.snapshot, 0) AS snapshot FROM pgmigrate.step s WHERE s.run_id = 'r' ORDER BY s.step_id
        "#);
        assert_eq!(step_done_sql("r", &a, 10, 20), steps_done_sql("r", &done[..1]));
    }
}
