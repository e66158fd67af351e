//! What a run has said of itself and no counter holds: what it is, what is under way, how it ended.
//!
//! Fed through [`Metrics`], a few times a step. It is a plain value under the lock of the metrics.
use std::{collections::BTreeMap, time::Instant};

use super::status::{EndpointStatus, ResultStatus, TaskStatus, VerifyStatus};
use crate::{
    config::Side,
    error::Result,
    observe::{EndpointReport, Metrics, Resource},
    plan::{Step, StepKind},
    policy,
};

/// What is known.
#[derive(Debug, Default)]
pub(in crate::observe) struct Board {
    pub(super) command: String,
    pub(super) run_id: Option<String>,
    pub(super) ends: [EndpointStatus; 2],
    /// By lane or worker, counted from 0.
    pub(super) tasks: BTreeMap<(Resource, usize), Task>,
    /// Steps that an earlier attempt did, by the rank of their kind.
    pub(in crate::observe) skipped: [u64; StepKind::ALL.len()],
    pub(in crate::observe) retries: BTreeMap<&'static str, u64>,
    pub(super) verify: Option<VerifyStatus>,
    pub(super) result: Option<(Instant, ResultStatus)>,
}

/// Something under way.
#[derive(Debug)]
pub(super) struct Task {
    step: String,
    kind: StepKind,
    object: String,
    steps: u64,
    estimate: u64,
    began: Instant,
}

impl Metrics {
    /// What the command is called, and the addresses of source and target, without secrets.
    pub fn introduce(&self, command: &str, addresses: [String; 2]) {
        let board = &mut self.state().board;
        command.clone_into(&mut board.command);
        for (end, address) in board.ends.iter_mut().zip(addresses) {
            end.address = address;
        }
    }

    /// Which run it is, and between which servers.
    pub fn identify(&self, run_id: &str, ends: &[EndpointReport; 2]) {
        let board = &mut self.state().board;
        board.run_id = Some(run_id.to_owned());
        for (end, known) in board.ends.iter_mut().zip(ends) {
            end.server_version = Some(known.server_version.clone());
        }
    }

    /// A lane or a worker, counted from 0, begins steps that share a transaction.
    pub fn task_begins<'s>(
        &self,
        resource: Resource,
        number: usize,
        mut steps: impl ExactSizeIterator<Item = &'s Step>,
    ) {
        let count = steps.len() as u64;
        let Some(first) = steps.next() else { return };
        let task = Task {
            step: first.id.0.clone(),
            kind: first.kind,
            object: first.object.clone(),
            steps: count,
            estimate: first.estimate + steps.map(|step| step.estimate).sum::<u64>(),
            began: Instant::now(),
        };
        self.state().board.tasks.insert((resource, number), task);
    }

    /// It has ended what it began.
    pub fn task_ends(&self, resource: Resource, number: usize) {
        self.state().board.tasks.remove(&(resource, number));
    }

    /// What is compared, to be changed.
    pub(in crate::observe) fn with_verify(&self, change: impl FnOnce(&mut VerifyStatus)) {
        change(self.state().board.verify.get_or_insert_default());
    }
}

impl Board {
    /// The command has ended; if it is told twice, what is told last is what its caller gets to see.
    pub(in crate::observe) fn ended<T>(&mut self, result: &Result<T>) {
        let began = self.result.as_ref().map(|(at, _)| *at);
        let error = result.as_ref().err();
        let policy = error.map(policy::of);
        let hint = error.and_then(|error| error.own_hint().or(policy.and_then(|policy| policy.hint)));
        let result = ResultStatus {
            exit_code: policy.map_or(policy::EXIT_OK, |policy| policy.exit_code),
            message: error.map(crate::Error::report),
            hint: hint.map(str::to_owned),
        };
        self.result = Some((began.unwrap_or_else(Instant::now), result));
        self.tasks.clear();
    }
}

impl VerifyStatus {
    /// Of one side.
    pub(in crate::observe) fn side(&mut self, side: Side) -> &mut super::status::VerifySide {
        match side {
            Side::Source => &mut self.source,
            Side::Target => &mut self.target,
        }
    }
}

impl Task {
    pub(super) fn status(&self) -> TaskStatus {
        TaskStatus {
            step: self.step.clone(),
            kind: self.kind.as_str().to_owned(),
            object: self.object.clone(),
            steps: self.steps,
            bytes_estimated: self.estimate,
            seconds: self.began.elapsed().as_secs_f64(),
        }
    }
}
