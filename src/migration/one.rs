//! The migration of one database, from its plan to its report.
use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::tuned;
use crate::{
    config::{Consistent, Endpoint, Settings, TuningOptions},
    error::{ErrorKind, Result},
    journal::{StateFile, StatePlace},
    observe::{EndpointReport, Metrics, Outcome, Progress, Recorder, Report},
    plan::{Plan, PlanFile, StepId},
    preflight::{self, Budget},
    run::{Begun, Planned, Pool, Power, Run, Shutdown, Start},
    session::Session,
};

/// What is to be migrated, and where its files are.
#[derive(Debug)]
pub struct Migration {
    /// What the user wants of this database.
    pub settings: Arc<Settings>,
    /// `plan.tsv`, or this database's part of it.
    pub plan: PlanFile,
    /// `state.tsv`, likewise.
    pub state: StatePlace,
    /// Go on with the plan that there is.
    pub resume: bool,
    /// Which tables a resumed run copies again.
    pub consistent: Consistent,
    /// Who counts it.
    pub metrics: Arc<Metrics>,
    /// What it has in common with other migrations.
    pub shared: Option<Shared>,
}

/// What the migrations of several databases have in common.
#[derive(Debug, Clone)]
pub struct Shared {
    /// What all of them may use together.
    pub budget: Budget,
    /// Lanes and workers.
    pub pool: Pool,
    /// Held while catalogs are read: their sessions are part of the budget.
    pub planning: Arc<Semaphore>,
}

/// What is told while it goes on.
#[derive(Debug, Clone, Copy)]
pub enum Told<'t> {
    /// Its turn has come; before, it waited for others.
    Begins,
    /// Something that the user should read.
    Notice(&'t str),
    /// The plan stands and the run begins.
    Planned {
        /// What will be done.
        plan: &'t Plan,
        /// [`Plan::run_id`].
        run_id: &'t str,
        /// With what.
        budget: &'t Budget,
    },
    /// The steps begin; these counters follow them.
    Runs(&'t Arc<Progress>),
    /// Clients can work on this database of the target; late rows follow.
    Usable(&'t str),
    /// The steps have ended.
    Ran,
}

/// Who is told.
pub type Hear<'h> = dyn FnMut(Told<'_>) -> Result<()> + Send + 'h;

/// A run that came to its end, well or not.
#[derive(Debug)]
pub struct Finished {
    /// What it did.
    pub report: Report,
    /// How it ended.
    pub result: Result<()>,
}

impl Migration {
    /// Runs it. `None`: everything was done already. An error: it did not come to a run.
    pub async fn run(&self, shutdown: &mut Shutdown, hear: &mut Hear<'_>) -> Result<Option<Finished>> {
        let settings = &*self.settings;
        let turn = tokio::select! {
            turn = self.turn() => turn,
            () = shutdown.asked() => return Err(Shutdown::error()),
        };
        hear(Told::Begins)?;
        let trips = [&settings.source, &settings.target].map(|endpoint| endpoint.round_trips.clone());
        let recorder = Arc::new(Recorder::new(trips, Arc::clone(&self.metrics)));
        let begun = tokio::select! {
            begun = self.begin(&recorder) => begun?,
            () = shutdown.asked() => return Err(Shutdown::error()),
        };
        drop(turn);
        let Some(begun) = begun else {
            if self.shared.is_none() {
                self.put_back_leftovers(shutdown, hear).await?;
            }
            return Ok(None);
        };
        let Begun { plan, run_id, done, state, source, snapshot, mark, control, notice } = begun;
        if let Some(notice) = notice {
            hear(Told::Notice(&notice))?;
        }
        let look = async {
            let target = control.session().await?;
            let budget = match &self.shared {
                Some(shared) => shared.budget.clone(),
                None => preflight::budget(&plan, settings, &source, &target).await?,
            };
            Ok((budget, report_of(&settings.target, &target)))
        };
        let (budget, target) = tokio::select! {
            known = look => known?,
            () = shutdown.asked() => return Err(Shutdown::error()),
        };
        hear(Told::Planned { plan: &plan, run_id: &run_id, budget: &budget })?;
        let ends = [report_of(&settings.source, &source), target];
        self.metrics.identify(&run_id, &ends);
        let run = self.assemble(&budget, Parts { plan, run_id, done, state, snapshot, mark, recorder });
        let tuned = match self.shared {
            Some(_) => None,
            None => tuned::tune(settings, shutdown, &mut |text: &str| hear(Told::Notice(text))).await?,
        };
        let mut told = Ok(());
        let mut result = hear(Told::Runs(&run.progress));
        if result.is_ok() {
            let usable = Arc::clone(&run.usable);
            let mut running = Box::pin(run.run(&control, source, shutdown));
            result = loop {
                tokio::select! {
                    // In this order: it is told before the end.
                    biased;
                    () = usable.notified() => told = told.and(hear(Told::Usable(&settings.target.database))),
                    result = &mut running => break result,
                }
            };
        }
        told = told.and(hear(Told::Ran));
        if result.is_ok() {
            result = run.end(&control, shutdown).await;
        }
        let (result, tuning) =
            tuned::put_back(result, tuned, shutdown, &mut |text: &str| hear(Told::Notice(text))).await;
        self.metrics.ended(&result);
        let report = run.recorder.report(&run.plan, &run.run_id, ends, outcome(&result));
        let report = Report { tuning, ..report };
        Ok(Some(Finished { report, result: result.and(told) }))
    }

    /// There is nothing to do, but a run that was killed at its very end may have left the target tuned.
    async fn put_back_leftovers(&self, shutdown: &mut Shutdown, hear: &mut Hear<'_>) -> Result<()> {
        let mut settings = Settings::clone(&self.settings);
        settings.tuning = TuningOptions::default();
        tuned::tune(&settings, shutdown, &mut |text: &str| hear(Told::Notice(text))).await.map(|_| ())
    }

    /// The right to read catalogs, where it is shared.
    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.shared.as_ref()?.planning.acquire().await.ok()
    }

    async fn begin(&self, recorder: &Recorder) -> Result<Option<Begun>> {
        recorder.begin_phase("preflight");
        let start = Start {
            settings: &self.settings,
            plan: self.plan.clone(),
            state: self.state.clone(),
            consistent: self.consistent,
        };
        let build = async || {
            recorder.begin_phase("catalog");
            let sides = preflight::read_sides(&self.settings).await?;
            recorder.begin_phase("plan");
            let (plan, source) = sides.plan(&self.settings)?;
            recorder.begin_phase("prepare");
            Ok(Planned {
                plan,
                snapshot: source.snapshot.to_string(),
                mark: source.mark,
                source: source.session,
            })
        };
        if self.resume { start.resume(build).await } else { start.fresh(build).await }
    }

    fn assemble(&self, budget: &Budget, parts: Parts) -> Run {
        let pool = match &self.shared {
            Some(shared) => shared.pool.clone(),
            None => Pool::new(budget.lanes, budget.index_jobs),
        };
        Run {
            progress: Progress::new(&parts.plan.steps, &parts.done),
            recorder: parts.recorder,
            usable: Arc::default(),
            plan: parts.plan,
            run_id: parts.run_id,
            done: parts.done,
            source: self.settings.source.clone(),
            target: self.settings.target.clone(),
            snapshot: parts.snapshot,
            mark: parts.mark,
            pool,
            lanes: budget.lanes,
            index_jobs: budget.index_jobs,
            stall_timeout: self.settings.options.stall_timeout,
            sampled: budget.sampled,
            power: Power {
                machine: budget.target_machine.clone(),
                source_is_here: budget.source_machine.is_same(&budget.target_machine),
                maintenance_work_mem: budget.maintenance_work_mem,
                parallel_workers: budget.parallel_workers,
                parallel_builds: budget.parallel_builds,
                tunes_sessions: self.settings.tuning.tunes_sessions(),
            },
            state: Mutex::new(parts.state),
        }
    }
}

/// What [`Run`] takes over from the beginning.
struct Parts {
    plan: Arc<Plan>,
    run_id: String,
    done: HashSet<StepId>,
    state: StateFile,
    snapshot: String,
    mark: String,
    recorder: Arc<Recorder>,
}

fn report_of(endpoint: &Endpoint, session: &Session) -> EndpointReport {
    EndpointReport { address: endpoint.to_string(), server_version: session.version().to_string() }
}

/// How something with this result ended.
pub(super) fn outcome<T>(result: &Result<T>) -> Outcome {
    match result {
        Ok(_) => Outcome::Done,
        Err(error) if error.kind() == ErrorKind::Interrupted => Outcome::Interrupted,
        Err(_) => Outcome::Failed,
    }
}
