//! What `--resume` may take for done. The target's journal is the truth; `state.tsv` only tells what to expect.
//!
//! Pure: the run reads the journal and the file, and asks here. Nothing is guessed: where the two do not fit together
//! and a guess could copy rows twice or not at all, the answer is an error that says what to do.
use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use super::{Mark, Status, Taken};
use crate::{
    error::{Error, ErrorKind, Result},
    plan::{Step, StepId, StepKind},
};

/// What the journal on the target says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetJournal {
    /// The run it belongs to.
    pub run_id: String,
    /// Its steps that ended.
    pub steps: HashMap<StepId, Status>,
    /// Whether the target crashed since the run began: its unlogged tables are empty.
    pub crashed: bool,
    /// By done step: the number of the snapshot that its rows were read under.
    pub read_under: HashMap<StepId, u32>,
    /// The snapshots of the run so far.
    pub taken: Vec<Taken>,
}

/// The line of `state.tsv` that says that the run itself is done. It is written before the journal is dropped, and as long as
/// there is a journal it means nothing. Without one it alone says that a run ended: the ids of steps are the same in other
/// plans too.
pub fn run_line(run_id: &str) -> StepId {
    StepId(format!("{RUN}{run_id}"))
}

/// Whether a line is one of [`run_line`].
pub(super) fn is_run_line(id: &StepId) -> bool {
    id.0.starts_with(RUN)
}

/// What such a line begins with; no step's id does.
const RUN: &str = "run:";

/// What is done, and how the run goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// The steps that must not run again.
    pub done: HashSet<StepId>,
    /// Whether the run ended and its journal was dropped.
    pub is_finished: bool,
    /// What `state.tsv` must hold, in the order of the plan: give it to [`super::StateFile::replace_all`].
    pub marks: Vec<(StepId, Mark)>,
}

/// What was found when the run began.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The journal; `None` if the target database has none (or does not exist).
    pub journal: Option<&'a TargetJournal>,
    /// What the state file says.
    pub state: &'a HashMap<StepId, Mark>,
    /// Its name, for messages.
    pub state_path: &'a Path,
}

/// Decides what is done of the plan `run_id` with these steps.
pub fn resume(run_id: &str, steps: &[Step], found: Found<'_>) -> Result<Resume> {
    match found.journal {
        Some(journal) => continued(run_id, steps, journal, found.state),
        None => without_journal(run_id, steps, found),
    }
}

fn continued(
    run_id: &str,
    steps: &[Step],
    journal: &TargetJournal,
    state: &HashMap<StepId, Mark>,
) -> Result<Resume> {
    if journal.run_id != run_id {
        return Err(Error::new(
            ErrorKind::Plan,
            format!("the journal on the target belongs to run {}, the plan is run {run_id}", journal.run_id),
        )
        .hint(
            "resume with the plan of that run; or, if that run is given up, \
             drop its journal with `pgmigrate cleanup --drop-journal`, and what it copied from the target",
        ));
    }
    let known: HashSet<&StepId> = steps.iter().map(|step| &step.id).collect();
    if let Some(id) = journal.steps.keys().filter(|id| !known.contains(id)).min() {
        return Err(Error::new(
            ErrorKind::Plan,
            format!("the journal on the target names step `{id}`, which is not in the plan"),
        ));
    }
    let marks = steps.iter().filter_map(|step| Some((step.id.clone(), mark(step, journal, state)?)));
    Ok(Resume::new(false, marks.collect()))
}

/// The journal's word; but a database that holds a journal was created before it could say so.
fn mark(step: &Step, journal: &TargetJournal, state: &HashMap<StepId, Mark>) -> Option<Mark> {
    let own = journal.steps.get(&step.id).map(Mark::of);
    own.or_else(|| state.get(&step.id).copied().filter(|_| step.kind == StepKind::Database))
}

fn without_journal(run_id: &str, steps: &[Step], found: Found<'_>) -> Result<Resume> {
    let is_done = |id: &StepId| found.state.get(id) == Some(&Mark::Done);
    if is_done(&run_line(run_id)) {
        let marks = steps.iter().map(|step| (step.id.clone(), Mark::Done));
        return Ok(Resume::new(true, marks.collect()));
    }
    // A database is created before a journal can be: that alone is no sign of a lost one.
    let databases: HashSet<&StepId> =
        steps.iter().filter(|step| step.kind == StepKind::Database).map(|step| &step.id).collect();
    if !found.state.keys().any(|id| is_done(id) && !databases.contains(id)) {
        let created = databases.into_iter().filter(|id| is_done(id));
        return Ok(Resume::new(false, created.map(|id| (id.clone(), Mark::Done)).collect()));
    }
    let known = steps.iter().filter(|step| is_done(&step.id)).count();
    let message = format!(
        "`{}` says that {} steps are done ({known} of the {} of the plan), but the target has no journal of them",
        found.state_path.display(),
        found.state.keys().filter(|id| is_done(id)).count(),
        steps.len(),
    );
    Err(Error::new(ErrorKind::Plan, message).hint(
        "check that the target is the right one; to start again, \
         empty the target and remove the state file, or name another with `--state`",
    ))
}

impl Resume {
    fn new(is_finished: bool, marks: Vec<(StepId, Mark)>) -> Self {
        let done = marks.iter().filter(|(_, mark)| *mark == Mark::Done).map(|(id, _)| id.clone()).collect();
        Self { done, is_finished, marks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> StepId {
        StepId(text.to_owned())
    }

    fn steps() -> Vec<Step> {
        let step = |name: &str, kind| Step::new(kind, name, "d", "");
        vec![step("db", StepKind::Database), step("a", StepKind::Data), step("b", StepKind::Index)]
    }

    fn state(lines: &[(&str, Mark)]) -> HashMap<StepId, Mark> {
        lines.iter().map(|(name, mark)| (id(name), *mark)).collect()
    }

    fn journal(done: &[&str], failed: &[&str]) -> TargetJournal {
        let done = done.iter().map(|name| (id(name), Status::Done { rows: 1, bytes: 1 }));
        let failed = failed.iter().map(|name| (id(name), Status::Failed));
        TargetJournal {
            run_id: "r1".to_owned(),
            steps: done.chain(failed).collect(),
            ..TargetJournal::default()
        }
    }

    fn ask(journal: Option<&TargetJournal>, lines: &[(&str, Mark)]) -> Result<Resume> {
        let found = Found { journal, state: &state(lines), state_path: Path::new("state.tsv") };
        resume("r1", &steps(), found)
    }

    #[test]
    fn nothing_begun_runs_everything_but_what_made_the_database() {
        for (lines, done) in [(&[][..], 0), (&[("a", Mark::Failed)], 0), (&[("db", Mark::Done)], 1)] {
            let resume = ask(None, lines).unwrap();
            assert_eq!((resume.is_finished, resume.done.len()), (false, done));
        }
    }

    #[test]
    fn the_journal_is_the_truth_and_the_file_is_mended() {
        let lines = [("db", Mark::Done), ("b", Mark::Done), ("stranger", Mark::Done), ("run:r1", Mark::Done)];
        let resume = ask(Some(&journal(&["a"], &["b"])), &lines).unwrap();
        assert!(!resume.is_finished);
        assert_eq!(resume.done, HashSet::from([id("db"), id("a")]));
        let marks = [(id("db"), Mark::Done), (id("a"), Mark::Done), (id("b"), Mark::Failed)];
        assert_eq!(resume.marks, marks);
    }

    #[test]
    fn an_empty_journal_continues_with_nothing_done() {
        let resume = ask(Some(&journal(&[], &[])), &[("a", Mark::Done)]).unwrap();
        assert_eq!((resume.is_finished, resume.done.len()), (false, 0));
    }

    #[test]
    fn a_run_that_says_so_is_finished_whatever_lines_are_missing() {
        let lines = [("a", Mark::Done), ("run:r1", Mark::Done)];
        let resume = ask(None, &lines).unwrap();
        assert_eq!((resume.is_finished, resume.done.len()), (true, 3));
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let mut other = journal(&["a"], &[]);
        other.run_id = "r0".to_owned();
        let refusals = [
            ask(Some(&other), &[]),
            ask(Some(&journal(&["z"], &[])), &[]),
            ask(None, &[("db", Mark::Done), ("a", Mark::Done)]),
            ask(None, &[("stranger", Mark::Done)]),
            // All steps of a run of another plan.
            ask(None, &[("db", Mark::Done), ("a", Mark::Done), ("b", Mark::Done), ("run:r0", Mark::Done)]),
        ]
        .map(|result| {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Plan);
            error.report()
        });
        insta::assert_snapshot!(refusals.join("\n"), @"
        the journal on the target belongs to run r0, the plan is run r1
        the journal on the target names step `z`, which is not in the plan
        `state.tsv` says that 2 steps are done (2 of the 3 of the plan), but the target has no journal of them
        `state.tsv` says that 1 steps are done (0 of the 3 of the plan), but the target has no journal of them
        `state.tsv` says that 4 steps are done (3 of the 3 of the plan), but the target has no journal of them
        ");
    }
}
