//! The migrations of several databases of a server, side by side: one pool of lanes and workers, one budget of connections, each
//! database with a plan, a journal and an end of its own. One that fails does not stop the others.
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Instant, SystemTime},
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::sync::Semaphore;

use super::{
    Chosen, Database, Finished, Migration, Shared, Told, left_behind,
    left_behind::LeftBehind,
    one::outcome,
    planning::{Look, look},
    server_report::{DatabaseReport, ServerReport, Took},
    tuned,
};
use crate::{
    backup::{self, Backup, BackupWish},
    config::{Consistent, RolesMode, Settings},
    error::{Context as _, Result},
    globals::{self, Migrated},
    journal::StatePlace,
    observe::{Metrics, TuningReport, Watched},
    plan::PlanFile,
    preflight::{Budget, PLANNED_AT_A_TIME},
    run::{Pool, Shutdown},
};

/// What is to be migrated, and where the files are that the databases share.
#[derive(Debug)]
pub struct Several {
    /// What the user wants of the server, and of each of its databases.
    pub settings: Settings,
    /// `plan.tsv`
    pub plan: PathBuf,
    /// `state.tsv`
    pub state: PathBuf,
    /// Go on with the plans that there are.
    pub resume: bool,
    /// Which tables a resumed run copies again.
    pub consistent: Consistent,
    /// Where those databases of the target that hold anything are backed up before anything is changed, and how.
    pub backup: Option<BackupWish>,
    /// Who counts it all.
    pub watched: Arc<Watched>,
}

/// What is told while it goes on.
#[derive(Debug)]
pub enum Event<'t> {
    /// It is known what will be migrated, and with what.
    Chosen(&'t Chosen, &'t Budget),
    /// Something that the user should read.
    Notice(&'t str),
    /// A database of the target was backed up.
    BackedUp(&'t Database, &'t Backup),
    /// Roles, tablespaces and what else belongs to the server.
    Globals(&'t Migrated),
    /// Something happens with a database.
    Of(&'t Database, Told<'t>),
    /// A database has ended.
    Ended(&'t DatabaseReport),
}

/// What came of the databases, and of the settings of the target's server.
struct Loaded {
    reports: Vec<DatabaseReport>,
    tuning: Option<TuningReport>,
    /// An error: they could not be put back.
    put_back: Result<()>,
}

/// Who is told.
pub type Listen<'h> = dyn FnMut(Event<'_>) -> Result<()> + Send + 'h;

impl Several {
    /// Runs them all. An error: it did not come to a run. What became of the databases is in the report.
    pub async fn run(&self, shutdown: &mut Shutdown, listen: &mut Listen<'_>) -> Result<ServerReport> {
        let (started_at, started) = (SystemTime::now(), Instant::now());
        let metrics = self.watched.command();
        metrics.phase_begins("preflight");
        let looked = tokio::select! {
            looked = look(&self.settings) => looked?,
            () = shutdown.asked() => return Err(Shutdown::error()),
        };
        let Look { mut chosen, budget, at_a_time, versions } = looked;
        let left = if self.resume {
            left_behind::find(&self.plan, &self.state, &chosen, &self.settings.databases)?
        } else {
            LeftBehind::default()
        };
        chosen.notes.extend(left.notes);
        listen(Event::Chosen(&chosen, &budget))?;
        tokio::select! {
            made = self.back_up(&chosen, listen) => made?,
            () = shutdown.asked() => return Err(Shutdown::error()),
        }
        let globals = tokio::select! {
            globals = self.globals() => globals?,
            () = shutdown.asked() => return Err(Shutdown::error()),
        };
        if let Some(globals) = &globals {
            listen(Event::Globals(globals))?;
        }
        metrics.phase_begins("databases");
        let Loaded { mut reports, tuning, put_back } =
            self.load(&chosen, budget, at_a_time, shutdown, listen).await?;
        for report in left.failed {
            tracing::error!(database = report.database, "{}", report.message());
            listen(Event::Ended(&report))?;
            reports.push(report);
        }
        let report = ServerReport::new(
            [self.settings.source.to_string(), self.settings.target.to_string()],
            versions,
            (started_at, started.elapsed()),
            globals,
            reports,
        );
        Ok(ServerReport { notes: chosen.notes, tuning, ..report }.left_tuned(put_back.err()))
    }

    /// All databases, with the target's server tuned meanwhile.
    async fn load(
        &self,
        chosen: &Chosen,
        budget: Budget,
        at_a_time: usize,
        shutdown: &mut Shutdown,
        listen: &mut Listen<'_>,
    ) -> Result<Loaded> {
        let shared = Shared {
            pool: Pool::new(budget.lanes, budget.index_jobs),
            budget,
            planning: Arc::new(Semaphore::new(PLANNED_AT_A_TIME as usize)),
        };
        let settings = &self.settings;
        let tuned = tuned::tune(settings, shutdown, &mut |text: &str| listen(Event::Notice(text))).await?;
        let reports = self.migrate(chosen, &shared, at_a_time, shutdown, listen).await;
        let tell = &mut |text: &str| listen(Event::Notice(text));
        match reports {
            Ok(reports) => {
                let (put_back, tuning) = tuned::put_back(Ok(()), tuned, shutdown, tell).await;
                Ok(Loaded { reports, tuning, put_back })
            }
            Err(error) => tuned::put_back(Err(error), tuned, shutdown, tell).await.0,
        }
    }

    /// One after the other, each over several connections. A resumed run has done it.
    async fn back_up(&self, chosen: &Chosen, listen: &mut Listen<'_>) -> Result<()> {
        let Some(wish) = self.backup.as_ref().filter(|_| !self.resume) else { return Ok(()) };
        self.watched.command().phase_begins("backup");
        for database in &chosen.databases {
            let settings = self.settings.of_database(&database.source, &database.target);
            if backup::holds_anything(&settings.target).await.context(|| "backup")? {
                let made = Box::pin(backup::back_up(&settings, wish)).await?;
                tracing::info!(path = %made.path.display(), bytes = made.manifest.bytes(), "target backed up");
                listen(Event::BackedUp(database, &made))?;
            }
        }
        Ok(())
    }

    /// What belongs to no database comes first: roles that own what is made later.
    async fn globals(&self) -> Result<Option<Migrated>> {
        if self.settings.roles == RolesMode::None {
            return Ok(None);
        }
        self.watched.command().phase_begins("globals");
        globals::migrate_globals(&self.settings, false).await.context(|| "globals").map(Some)
    }

    /// All databases, so many at a time, the largest first.
    async fn migrate(
        &self,
        chosen: &Chosen,
        shared: &Shared,
        at_a_time: usize,
        shutdown: &mut Shutdown,
        listen: &mut Listen<'_>,
    ) -> Result<Vec<DatabaseReport>> {
        let places = StatePlace::whole(&self.state);
        let plans = PlanFile::whole(&self.plan);
        let started = Instant::now();
        let listen = Mutex::new(listen);
        let tell = |event: Event<'_>| (listen.lock().unwrap_or_else(PoisonError::into_inner))(event);
        let mut waiting = chosen.databases.iter();
        let mut under_way = FuturesUnordered::new();
        let mut reports = Vec::new();
        loop {
            while under_way.len() < at_a_time
                && !shutdown.was_asked()
                && let Some(database) = waiting.next()
            {
                let (plan, state) = (plans.part(&database.target), places.of(&database.target));
                let migration = match self.migration(database, plan, state, shared) {
                    Ok(migration) => migration,
                    Err(error) => {
                        // The others are under way.
                        let report = report_of(database, Err(error), Took::new(started, None));
                        tell(Event::Ended(&report))?;
                        reports.push(report);
                        continue;
                    }
                };
                let mut shutdown = shutdown.clone();
                under_way.push(async move {
                    let mut turn = None;
                    let mut hear = |told: Told<'_>| {
                        if matches!(told, Told::Begins) {
                            turn = Some(Instant::now());
                        }
                        tell(Event::Of(database, told))
                    };
                    let result = Box::pin(migration.run(&mut shutdown, &mut hear)).await;
                    // A run has told by itself how it ended.
                    if !matches!(result, Ok(Some(_))) {
                        migration.metrics.ended(&result);
                    }
                    (database, result, Took::new(started, turn))
                });
            }
            let Some((database, result, took)) = under_way.next().await else { break };
            let report = report_of(database, result, took);
            tell(Event::Ended(&report))?;
            reports.push(report);
        }
        let took = Took::new(started, None);
        reports.extend(waiting.map(|database| DatabaseReport::not_begun(database, took)));
        Ok(reports)
    }

    fn migration(
        &self,
        database: &Database,
        plan: PlanFile,
        state: StatePlace,
        shared: &Shared,
    ) -> Result<Migration> {
        let settings = self.settings.of_database(&database.source, &database.target);
        let trips = [&settings.source, &settings.target].map(|endpoint| endpoint.round_trips.clone());
        let metrics = Metrics::new(&database.source, trips, settings.metrics.tables)?;
        metrics.introduce("migrate", [settings.source.to_string(), settings.target.to_string()]);
        self.watched.add(Arc::clone(&metrics));
        Ok(Migration {
            settings: Arc::new(settings),
            plan,
            state,
            resume: self.resume,
            consistent: self.consistent,
            metrics,
            shared: Some(shared.clone()),
        })
    }
}

fn report_of(database: &Database, result: Result<Option<Finished>>, took: Took) -> DatabaseReport {
    if let Err(error) = &result {
        tracing::error!(database = database.source, "{}", error.report());
    }
    let ended = outcome(&result);
    match result {
        Ok(Some(Finished { report, result })) => {
            DatabaseReport::new(database, outcome(&result), Some(report), result, took)
        }
        Ok(None) => DatabaseReport::new(database, ended, None, Ok(()), took),
        Err(error) => DatabaseReport::new(database, ended, None, Err(error), took),
    }
}
