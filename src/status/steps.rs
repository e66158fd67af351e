//! The steps of a run: those that ended, by the journal, and those that there are, by the plan.
use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::plan::{Plan, PlanFile, StepId, StepKind, USABLE_STEP};

/// The steps of a run. Without its plan only those that ended are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Steps {
    /// How many are done.
    pub done: u64,
    /// Whether clients can work on the database already: only rows of `tables.delay_data`, and what rests on them, are to come.
    pub usable: bool,
    /// Those that failed and were not done since.
    pub failed: Vec<String>,
    /// How many there are.
    pub total: Option<u64>,
    /// Rows copied.
    pub rows: u64,
    /// Bytes copied.
    pub bytes: u64,
    /// Estimated bytes of the tables on the source.
    pub bytes_planned: Option<u64>,
    /// The part of these that is copied.
    pub bytes_worked: Option<u64>,
    /// By kind, in the order of their phases.
    pub kinds: Vec<KindStatus>,
}

/// The steps of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct KindStatus {
    /// The kind's word in the plan.
    pub kind: &'static str,
    /// How many there are.
    pub total: u64,
    /// How many are done.
    pub done: u64,
    /// How many failed.
    pub failed: u64,
}

/// A row of [`crate::journal::table::read_sql`].
#[derive(Debug, Deserialize)]
pub(super) struct Ended {
    step_id: String,
    status: String,
    rows: u64,
    bytes: u64,
}

impl Ended {
    fn is_done(&self) -> bool {
        self.status == "DONE"
    }
}

impl Steps {
    /// Counts what ended; the plan counts if it is that of the run.
    pub(super) fn of(ended: &[Ended], run_id: &str, plan: &PlanFile) -> Self {
        let done = ended.iter().filter(|step| step.is_done());
        let failed = ended.iter().filter(|step| !step.is_done()).map(|step| step.step_id.clone());
        let steps = Self {
            done: done.clone().count() as u64,
            usable: done.clone().any(|step| step.step_id == USABLE_STEP),
            failed: failed.collect(),
            rows: done.clone().map(|step| step.rows).sum(),
            bytes: done.map(|step| step.bytes).sum(),
            ..Self::default()
        };
        match plan.load() {
            Ok(plan) if plan.run_id() == run_id => steps.beside(&plan, ended),
            Ok(_) => {
                tracing::debug!("`{}` is the plan of another run", plan.path().display());
                steps
            }
            Err(error) => {
                tracing::debug!("{}", error.report());
                steps
            }
        }
    }

    fn beside(self, plan: &Plan, ended: &[Ended]) -> Self {
        let ended: HashMap<&str, &Ended> = ended.iter().map(|step| (step.step_id.as_str(), step)).collect();
        let done = |id: &StepId| ended.get(id.0.as_str()).map(|step| step.is_done());
        let mut kinds: BTreeMap<StepKind, KindStatus> = BTreeMap::new();
        for step in &plan.steps {
            let kind = kinds.entry(step.kind).or_insert(KindStatus {
                kind: step.kind.as_str(),
                total: 0,
                done: 0,
                failed: 0,
            });
            kind.total += 1;
            match done(&step.id) {
                Some(true) => kind.done += 1,
                Some(false) => kind.failed += 1,
                None => {}
            }
        }
        let data = plan.steps.iter().filter(|step| step.kind == StepKind::Data);
        let worked = data.clone().filter(|step| done(&step.id) == Some(true));
        Self {
            total: Some(plan.steps.len() as u64),
            bytes_planned: Some(data.map(|step| step.estimate).sum()),
            bytes_worked: Some(worked.map(|step| step.estimate).sum()),
            kinds: kinds.into_values().collect(),
            ..self
        }
    }
}
