//! What the migration of a server did: the report of each of its databases, and their sum.
use std::{
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use serde::Serialize;

use super::Database;
use crate::{
    catalog::Note,
    error::{Error, ErrorKind, Result},
    globals::{Applied, Migrated},
    observe::{EndpointReport, Outcome, Report, StepTotals, Totals, TuningReport, save_report, utc},
    pg::Ident,
    policy,
};

/// What was done.
#[derive(Debug, Serialize)]
pub struct ServerReport {
    /// Version of the program.
    pub tool_version: String,
    /// How it ended: done if the globals and every database are.
    pub outcome: Outcome,
    /// The source.
    pub source: EndpointReport,
    /// The target.
    pub target: EndpointReport,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// RFC 3339, UTC.
    pub finished_at: String,
    /// From start to finish.
    pub seconds: f64,
    /// What was copied, in all; the times are those of the longest.
    pub totals: Totals,
    /// Steps of all databases by how they ended.
    pub steps: StepTotals,
    /// What belongs to the server itself; nothing if roles are left out.
    pub globals: Option<Migrated>,
    /// The databases in the order in which they ended.
    pub databases: Vec<DatabaseReport>,
    /// Databases that were left out, and why.
    pub notes: Vec<Note>,
    /// What was changed of the target's server for the time of the run; nothing if it was not to be.
    pub tuning: Option<TuningReport>,
    /// Why settings of the target's server could not be put back.
    pub left_tuned: Option<DatabaseError>,
    #[serde(skip)]
    pub(super) left_tuned_kind: Option<ErrorKind>,
}

/// What became of a database.
#[derive(Debug, Serialize)]
pub struct DatabaseReport {
    /// Its name on the source.
    pub database: String,
    /// Its name on the target.
    pub target_database: String,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it waited for its turn while others were under way or planned.
    pub waited_seconds: f64,
    /// How long it took from then on.
    pub seconds: f64,
    /// Why it did not end well.
    pub error: Option<DatabaseError>,
    /// What its run did; nothing if it did not come to one, or if all was done before.
    pub report: Option<Report>,
    #[serde(skip)]
    kind: Option<ErrorKind>,
}

/// The time of a database since the first one was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Took {
    waited: Duration,
    own: Duration,
}

/// Why a database did not end well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DatabaseError {
    /// The error with its causes.
    pub message: String,
    /// What can be done about it.
    pub hint: Option<String>,
    /// The exit code that it has alone.
    pub exit_code: u8,
}

impl DatabaseError {
    fn of(error: &Error) -> Self {
        let policy = policy::of(error);
        Self {
            message: error.report(),
            hint: error.own_hint().or(policy.hint).map(str::to_owned),
            exit_code: policy.exit_code,
        }
    }
}

impl DatabaseReport {
    /// Of a database whose migration ended.
    pub(super) fn new(
        database: &Database,
        outcome: Outcome,
        report: Option<Report>,
        result: Result<()>,
        took: Took,
    ) -> Self {
        let error = result.err();
        let kind = error.as_ref().map(Error::kind);
        let error = error.as_ref().map(DatabaseError::of);
        Self {
            database: database.source.clone(),
            target_database: database.target.clone(),
            outcome,
            waited_seconds: took.waited.as_secs_f64(),
            seconds: took.own.as_secs_f64(),
            error,
            report,
            kind,
        }
    }

    /// Why it did not end well; empty if it did.
    pub(super) fn message(&self) -> &str {
        self.error.as_ref().map_or("", |error| &error.message)
    }

    /// Of a database that was not begun, since the user stopped the others before.
    pub(super) fn not_begun(database: &Database, took: Took) -> Self {
        let error = Error::new(ErrorKind::Interrupted, "stopped before it was begun");
        Self::new(database, Outcome::Interrupted, None, Err(error), took)
    }
}

impl Took {
    /// Up to now. `turn`: when its turn came, if it did.
    pub(super) fn new(started: Instant, turn: Option<Instant>) -> Self {
        let now = Instant::now();
        let turn = turn.unwrap_or(now);
        Self { waited: turn.duration_since(started), own: now.duration_since(turn) }
    }
}

impl ServerReport {
    /// Sums up. `time`: when it began, and how long it took.
    pub(super) fn new(
        addresses: [String; 2],
        versions: [String; 2],
        time: (SystemTime, Duration),
        globals: Option<Migrated>,
        databases: Vec<DatabaseReport>,
    ) -> Self {
        let mut ends = addresses
            .into_iter()
            .zip(versions)
            .map(|(address, server_version)| EndpointReport { address, server_version });
        let mut next = || {
            ends.next()
                .unwrap_or_else(|| EndpointReport { address: String::new(), server_version: String::new() })
        };
        let (source, target) = (next(), next());
        let has = |outcome| databases.iter().any(|one| one.outcome == outcome);
        let outcome = if has(Outcome::Interrupted) {
            Outcome::Interrupted
        } else if has(Outcome::Failed) || failed_globals(globals.as_ref()) > 0 {
            Outcome::Failed
        } else {
            Outcome::Done
        };
        let reports: Vec<&Report> = databases.iter().filter_map(|one| one.report.as_ref()).collect();
        Self {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            outcome,
            source,
            target,
            started_at: utc(time.0),
            finished_at: utc(time.0 + time.1),
            seconds: time.1.as_secs_f64(),
            totals: totals(&reports, time.1),
            steps: steps(&reports),
            globals,
            databases,
            notes: Vec::new(),
            tuning: None,
            left_tuned: None,
            left_tuned_kind: None,
        }
    }

    /// With the reason for which settings of the target's server could not be put back, if there is one.
    #[must_use]
    pub(super) fn left_tuned(mut self, error: Option<Error>) -> Self {
        let Some(error) = error else { return self };
        if self.outcome == Outcome::Done {
            self.outcome = Outcome::Failed;
        }
        self.left_tuned = Some(DatabaseError::of(&error));
        self.left_tuned_kind = Some(error.kind());
        self
    }

    /// Writes `report.json`, whole, readable by its owner only.
    pub fn save(&self, path: &Path) -> Result<()> {
        save_report(self, path)
    }

    /// An error if something did not end well. Where all databases that failed did for the same reason, it is of that kind.
    pub fn result(&self) -> Result<()> {
        let applied = self.globals.as_ref().and_then(|globals| globals.applied.clone());
        self.of_databases().and(applied.map_or(Ok(()), Applied::into_result)).and(self.of_tuning())
    }

    fn of_tuning(&self) -> Result<()> {
        let (Some(error), Some(kind)) = (&self.left_tuned, self.left_tuned_kind) else { return Ok(()) };
        let told = Error::new(kind, error.message.clone());
        Err(error.hint.iter().fold(told, |told, hint| told.hint(hint.clone())))
    }

    fn of_databases(&self) -> Result<()> {
        let bad: Vec<&DatabaseReport> = self.databases.iter().filter(|one| one.kind.is_some()).collect();
        let Some(first) = bad.first().and_then(|one| one.kind) else { return Ok(()) };
        let names: Vec<String> = bad.iter().map(|one| Ident(one.database.clone()).to_string()).collect();
        if bad.iter().any(|one| one.kind == Some(ErrorKind::Interrupted)) {
            let message = format!("stopped on request; not done: {}", names.join(", "));
            return Err(Error::new(ErrorKind::Interrupted, message));
        }
        let kind = if bad.iter().all(|one| one.kind == Some(first)) { first } else { ErrorKind::StepsFailed };
        let all = self.databases.len();
        let message = format!("{} of {all} databases failed: {}", bad.len(), names.join(", "));
        Err(Error::new(kind, message).hint("the report names the cause of each; the others are done"))
    }
}

/// How many of them the target refused.
fn failed_globals(globals: Option<&Migrated>) -> usize {
    globals.and_then(|globals| globals.applied.as_ref()).map_or(0, |applied| applied.failed.len())
}

fn totals(reports: &[&Report], took: Duration) -> Totals {
    let mut totals = Totals { copy_seconds: took.as_secs_f64(), ..Totals::default() };
    for report in reports {
        totals.tables += report.totals.tables;
        totals.rows += report.totals.rows;
        totals.bytes += report.totals.bytes;
    }
    totals.rows_per_second = per_second(totals.rows, totals.copy_seconds);
    totals.bytes_per_second = per_second(totals.bytes, totals.copy_seconds);
    totals
}

fn steps(reports: &[&Report]) -> StepTotals {
    reports.iter().fold(StepTotals::default(), |sum, Report { steps, .. }| StepTotals {
        total: sum.total + steps.total,
        done: sum.done + steps.done,
        failed: sum.failed + steps.failed,
        skipped: sum.skipped + steps.skipped,
        not_run: sum.not_run + steps.not_run,
    })
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people; exact up to 2^53")]
fn per_second(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::globals::{Difference, Failure};

    fn report(failed: usize, results: [Result<()>; 2]) -> ServerReport {
        let of = |result: Result<()>| {
            let outcome = super::super::one::outcome(&result);
            let database = Database { source: "d".into(), target: "d".into(), bytes: None };
            DatabaseReport::new(&database, outcome, None, result, Took::default())
        };
        let failure = Failure { id: "role:r".into(), object: "ROLE r".into(), reason: "no".into() };
        let applied = Some(Applied { done: 1, failed: vec![failure; failed] });
        let globals = Migrated { difference: Difference::default(), applied };
        let time = (SystemTime::now(), Duration::from_secs(1));
        ServerReport::new(Default::default(), Default::default(), time, Some(globals), results.map(of).into())
    }

    fn error(kind: ErrorKind) -> Result<()> {
        Err(Error::new(kind, "x"))
    }

    #[test]
    fn the_outcome_and_the_exit_code_tell_the_same() {
        use ErrorKind::{Connection, Interrupted, Refused, StepsFailed};
        let of = |failed, results| {
            let report = report(failed, results);
            (report.outcome, report.result().err().map(|error| error.kind()))
        };
        assert_eq!(of(0, [Ok(()), Ok(())]), (Outcome::Done, None));
        assert_eq!(of(1, [Ok(()), Ok(())]), (Outcome::Failed, Some(StepsFailed)));
        assert_eq!(of(0, [Ok(()), error(Refused)]), (Outcome::Failed, Some(Refused)));
        assert_eq!(of(0, [error(Connection), error(Refused)]), (Outcome::Failed, Some(StepsFailed)));
        assert_eq!(of(1, [error(Interrupted), error(Refused)]), (Outcome::Interrupted, Some(Interrupted)));
    }
}
