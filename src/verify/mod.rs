//! Checks after the copy: is the target what the settings say it should be?
//!
//! Definitions, roles, rows and sequences are compared on both servers, each side under one snapshot of its own. Nothing is
//! changed anywhere. A difference is a verdict in the report, not an error of this room; what cannot be compared is named with
//! its reason. Both catalogs go through the same reader, the same selection and the same renderer, so what a selection leaves
//! out or loosens on purpose is no difference.
//!
//! ```text
//! source ─▶ snapshot ─▶ catalog ─▶ select ─▶ script ─┐              ┌─ definitions, roles (no server needed)
//!                                                    ├─▶ compare ───┼─ rows: N connections a side, any order, sums added up
//! target ─▶ snapshot ─▶ catalog ─▶ select ─▶ script ─┘              └─ sequences
//! ```
//! `cli` calls it; it knows neither plan nor journal of a run, so it can judge any pair of databases.
mod database;
mod definition;
mod difference;
mod gate;
mod permitted;
mod report;
mod role;
mod rows;
mod sequence;
mod several;
mod side;
mod spelling;
mod state;

use std::{fmt, sync::Arc, time::Instant};

use crate::{
    config::{Settings, VerifyMode},
    error::{NOTICE, Result},
    observe::Metrics,
};

pub use difference::{KeyPart, RowDifference, RowKind};
pub use gate::Gate;
pub use report::{Check, CheckTotals, Outcome, Verdict, VerifyReport};
pub use several::{Compared, SeveralReport};
pub use state::StateFile;

use rows::Tools;
use side::Side;
use state::State;

/// Connections to each side where nobody says otherwise: enough to keep a few processors of each server busy, few
/// enough not to hurt a production source.
const DEFAULT_JOBS: u32 = 4;

/// Hears what is being done, line by line.
pub type Listener = Arc<dyn Fn(&str) + Send + Sync>;

/// How to compare.
#[derive(Clone, Default)]
pub struct VerifyOptions {
    /// At most so many connections to each side; `None` takes the settings'.
    pub jobs: Option<u32>,
    /// Turns that are shared with other comparisons; `None`: as many as connections.
    pub gate: Option<Arc<Gate>>,
    /// The file of what was found so far; other comparisons may share it.
    pub state: Option<Arc<StateFile>>,
    /// Who wants to hear what is done.
    pub listener: Option<Listener>,
    /// Who counts it.
    pub metrics: Option<Arc<Metrics>>,
}

impl fmt::Debug for VerifyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyOptions").field("jobs", &self.jobs).finish_non_exhaustive()
    }
}

/// Compares the definitions alone, both ways: what only the target has is a difference too.
pub async fn compare_definitions(settings: &Settings) -> Result<VerifyReport> {
    let started = Instant::now();
    let (mut source, target) = Side::open_both(settings).await?;
    // A difference is one whoever may or may not mend it.
    source.fitted = None;
    let verdicts = of_catalogs(&source, &target, settings);
    let report = VerifyReport::exact([source.report(), target.report()], verdicts, started.elapsed());
    Ok(report.between(databases(settings)))
}

/// What the catalogs alone tell.
fn of_catalogs(source: &Side, target: &Side, settings: &Settings) -> Vec<Verdict> {
    let mut verdicts = definition::compare(source, target);
    verdicts.extend(database::compare(source, target, settings));
    verdicts.extend(definition::left_out(&source.left_out));
    verdicts.extend(role::compare(settings.roles, &source.selected.catalog, &target.selected.catalog));
    verdicts
}

/// Connections to each side that compare at a time.
pub fn concurrency(settings: &Settings) -> u32 {
    settings.verify.concurrency.or(settings.max_jobs).unwrap_or(DEFAULT_JOBS)
}

/// Compares source and target. An error means that it could not be compared; differences are in the report.
pub async fn verify(settings: &Settings, options: &VerifyOptions) -> Result<VerifyReport> {
    let started = Instant::now();
    let tell = |line: &str| {
        tracing::info!("{line}");
        if let Some(listener) = &options.listener {
            listener(line);
        }
    };
    let metrics = options.metrics.as_ref();
    let begin = |phase: &str| metrics.map(|metrics| metrics.phase_begins(phase));
    begin("catalog");
    tell("reading both catalogs");
    let (source, target) = Side::open_both(settings).await?;
    let verify = &settings.verify;
    let jobs = options.jobs.unwrap_or_else(|| concurrency(settings)).max(1);
    let mut verdicts = of_catalogs(&source, &target, settings);
    let sides = [source, target].map(Arc::new);
    let state = match &options.state {
        Some(file) if verify.mode != VerifyMode::Fast => {
            begin_state(file, &settings.source.database, &sides).await?.map(Arc::new)
        }
        _ => None,
    };
    if let Some(state) = state.as_ref().filter(|state| state.parts() > 0) {
        tell(&format!("{} parts of tables were compared by an earlier attempt", state.parts()));
    }
    begin("rows");
    let gate = options.gate.clone().unwrap_or_else(|| Arc::new(Gate::new(jobs)));
    let tools = Tools { gate, jobs, state, metrics, tell: &tell };
    let mut values = Box::pin(rows::compare(&sides, settings, tools)).await?;
    begin("sequences");
    tell("comparing sequences");
    values.extend(Box::pin(sequence::compare(&sides)).await?);
    verdicts.extend(match &sides[0].fitted {
        Some((fitted, _)) => permitted::rows(values, fitted),
        None => values,
    });
    let ends = sides.each_ref().map(|side| side.report());
    let report = VerifyReport::new(ends, verdicts, started.elapsed());
    let report = report.between(databases(settings)).in_mode(verify);
    if let Some(metrics) = metrics {
        for totals in &report.totals {
            metrics.differences(totals.check.plural(), totals.differences());
        }
    }
    Ok(report)
}

fn databases(settings: &Settings) -> [String; 2] {
    [&settings.source, &settings.target].map(|endpoint| endpoint.database.clone())
}

/// What the file says of this database; nothing if a server does not tell what it needs.
async fn begin_state(file: &Arc<StateFile>, database: &str, sides: &[Arc<Side>; 2]) -> Result<Option<State>> {
    let marks = tokio::try_join!(sides[0].mark(), sides[1].mark());
    match marks {
        Ok((source, target)) => State::begin(file, database, [source, target]).map(Some),
        Err(error) => {
            let report = error.report();
            tracing::warn!(target: NOTICE, "this comparison cannot be resumed: {report}");
            Ok(None)
        }
    }
}
