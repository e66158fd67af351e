//! How a run begins: anew, or where an earlier one ended. The plan is on disk before the target is touched.
use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
    time::Duration,
};

use super::{Control, Recorded, crash, create_database, finished, late, mismatch, recopy, standing};
use crate::{
    config::{Consistent, Settings},
    error::{Error, ErrorKind, Result},
    failpoint::Failpoint,
    journal::{self, Found, Mark, Resume, SourceMark, StateFile, StatePlace, resume, table::RunRow},
    net::gucs::APPLICATION_NAME,
    pg::quote_literal,
    plan::{PLAN_FORMAT, Plan, PlanFile, StepId, StepKind},
    session::Session,
};

/// A session that is at work has its changes in the source's counters a second after their commit: what a new snapshot sees of
/// them must not pass for unchanged.
const COUNTED_AFTER: Duration = Duration::from_secs(1);

/// A plan that was just built, and the snapshot that it was built under.
#[derive(Debug)]
pub struct Planned {
    /// What is to be done.
    pub plan: Plan,
    /// The session that holds the snapshot.
    pub source: Session,
    /// The snapshot.
    pub snapshot: String,
    /// How far the source had come before it.
    pub mark: String,
}

/// What a run begins with.
#[derive(Debug, Clone)]
pub struct Start<'a> {
    /// What the user wants.
    pub settings: &'a Settings,
    /// `plan.tsv`
    pub plan: PlanFile,
    /// `state.tsv`
    pub state: StatePlace,
    /// What a resumed run copies again.
    pub consistent: Consistent,
}

/// A run that has begun: everything that it goes on with.
#[derive(Debug)]
pub struct Begun {
    /// What is to be done.
    pub plan: Arc<Plan>,
    /// [`Plan::run_id`].
    pub run_id: String,
    /// What is done.
    pub done: HashSet<StepId>,
    /// The state file, open.
    pub state: StateFile,
    /// The session that holds the snapshot.
    pub source: Session,
    /// The snapshot.
    pub snapshot: String,
    /// [`Session::read_mark`] before it was taken.
    pub mark: String,
    /// The control session on the target.
    pub control: Control,
    /// What the user should hear.
    pub notice: Option<String>,
}

impl Start<'_> {
    /// Lets the plan be built and begins it; never `None`.
    pub async fn fresh(self, build: impl AsyncFnOnce() -> Result<Planned>) -> Result<Option<Begun>> {
        // Before the plan is written over: it may be the plan of a run that can be resumed.
        let control = self.open_control_if_there().await?;
        if let Some(control) = &control {
            refuse_unfinished(control).await?;
        }
        let Planned { plan, source, snapshot, mark } = build().await?;
        let (mut state, _) = self.state.open()?;
        // In this order: killed in between, what an earlier run left must not be taken for this one's.
        self.plan.remove()?;
        state.replace_all([])?;
        let run_id = self.plan.save(&plan)?;
        let control = match control {
            Some(control) => control,
            None => self.create(&plan, &mut state).await?,
        };
        let done = plan
            .steps
            .iter()
            .filter(|step| step.kind == StepKind::Database)
            .map(|step| step.id.clone())
            .collect();
        let begun = Begun {
            plan: Arc::new(plan),
            run_id,
            done,
            state,
            source,
            snapshot,
            mark,
            control,
            notice: None,
        };
        begun.write_down().await.map(Some)
    }

    /// Goes on with the plan on disk; `None` if every step is done. Without a plan, and without a journal on the
    /// target, nothing was begun.
    pub async fn resume(self, build: impl AsyncFnOnce() -> Result<Planned>) -> Result<Option<Begun>> {
        let control = self.open_control_if_there().await?;
        if !self.plan.exists()? {
            if let Some(control) = &control {
                refuse_unfinished(control).await?;
            }
            tracing::info!("no plan to resume: starting anew");
            drop(control);
            return Box::pin(self.fresh(build)).await;
        }
        let plan = self.plan.load()?;
        let plan_path = self.plan.path();
        let run_id = plan.run_id();
        let source = Session::connect(&self.settings.source, "source", APPLICATION_NAME).await?;
        let target = match &control {
            Some(control) => Some(control.session().await?),
            None => None,
        };
        mismatch::refuse(&plan, plan_path, self.settings, &source, target.as_deref()).await?;
        let recorded = match &control {
            Some(control) => crash::forget(control, &plan, control.read_journal(&run_id).await?).await?,
            None => Recorded::Nothing,
        };
        let (mut state, marks) = self.state.open()?;
        let state_path = self.state.path();
        let journal = match &recorded {
            Recorded::Run(journal) => Some(journal),
            Recorded::Nothing => None,
        };
        let found = Found { journal, state: &marks, state_path: &state_path };
        let Resume { mut done, is_finished, marks } = resume(&run_id, &plan.steps, found)?;
        if is_finished {
            finished::refuse_other_target(&plan, &state_path, &source, control.as_ref()).await?;
            return Ok(None);
        }
        let mark = source.read_mark().await?;
        // All of the plan: those of which all rows were read may have to be read again. One that is gone is left to its step, which
        // names it.
        let tables = open_tables(&plan, &HashSet::new());
        let tables = existing_tables(&source, tables.iter().map(String::as_str)).await?;
        let snapshot = source.lock_and_export(&tables).await?.to_string();
        mismatch::refuse_columns(&plan, plan_path, &source, &open_tables(&plan, &done)).await?;
        let mut notice = None;
        if let (Some(control), Some(journal)) = (&control, journal) {
            if journal::is_read_in_part(&plan, journal) {
                tokio::time::sleep(COUNTED_AFTER).await;
            }
            // Read again: what changed between the mark and the snapshot is seen by the snapshot.
            let now = SourceMark::parse(&source.read_mark().await?)?;
            let standing = journal::standing(&plan, journal, &now);
            let again = recopy::again(control, &plan, &mut done, &standing, self.consistent).await?;
            notice = standing::notice(&standing, &again);
            mismatch::refuse_columns(&plan, plan_path, &source, &again.tables).await?;
            late::raise_sequences(control, &source, &plan, &done).await?;
        }
        let marks = marks.iter().filter(|(id, mark)| *mark != Mark::Done || done.contains(id));
        state.replace_all(marks.map(|(id, mark)| (id, *mark)))?;
        let control = match control {
            Some(control) => control,
            None => self.create(&plan, &mut state).await?,
        };
        done.extend(
            plan.steps.iter().filter(|step| step.kind == StepKind::Database).map(|step| step.id.clone()),
        );
        let begun =
            Begun { plan: Arc::new(plan), run_id, done, state, source, snapshot, mark, control, notice };
        begun.write_down().await.map(Some)
    }

    /// The control session, unless the database is still to be created.
    async fn open_control_if_there(&self) -> Result<Option<Control>> {
        match self.open_control().await {
            Ok(control) => Ok(Some(control)),
            Err(error) if error.code().is_some_and(|code| code.as_str() == "3D000") => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn create(&self, plan: &Plan, state: &mut StateFile) -> Result<Control> {
        for step in plan.steps.iter().filter(|step| step.kind == StepKind::Database) {
            create_database(&self.settings.target, step).await?;
            Failpoint::DatabaseCreated.reach();
            state.record(&[(&step.id, Mark::Done)])?;
        }
        self.open_control().await
    }

    async fn open_control(&self) -> Result<Control> {
        Control::open(&self.settings.target, self.settings.tuning.tunes_sessions()).await
    }
}

impl Begun {
    /// Tells the target's journal.
    async fn write_down(self) -> Result<Self> {
        let source = &self.plan.meta.source;
        let row = RunRow {
            run_id: self.run_id.clone(),
            plan_format: PLAN_FORMAT,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            source_system: source.system_identifier.clone(),
            source_database: source.database.clone(),
            snapshot: self.snapshot.clone(),
        };
        self.control.begin(&row, &self.mark).await?;
        Failpoint::JournalBegun.reach();
        Ok(self)
    }
}

/// The tables of which rows are yet to be read.
fn open_tables(plan: &Plan, done: &HashSet<StepId>) -> BTreeSet<String> {
    let open = plan.steps.iter().filter(|step| step.kind == StepKind::Data && !done.contains(&step.id));
    open.map(|step| step.object.clone()).collect()
}

/// Those of these tables that are there.
pub(super) async fn existing_tables(
    session: &Session,
    names: impl Iterator<Item = &str>,
) -> Result<Vec<String>> {
    let list: Vec<String> = names.map(quote_literal).collect();
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let there = format!(
        "SELECT name FROM unnest(ARRAY[{}]) name WHERE pg_catalog.to_regclass(name) IS NOT NULL",
        list.join(", ")
    );
    session.texts(&there).await
}

/// A journal on the target belongs to a run that did not end: it must not be buried under another.
async fn refuse_unfinished(control: &Control) -> Result<()> {
    let Recorded::Run(journal) = control.read_journal("").await? else { return Ok(()) };
    let message = format!("the target holds the journal of the unfinished run {}", journal.run_id);
    Err(Error::new(ErrorKind::Plan, message).hint(
        "continue it with `--resume` and its plan; or, if it is given up, \
         drop its journal with `pgmigrate cleanup --drop-journal`, and what it copied from the target",
    ))
}
