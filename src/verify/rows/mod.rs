//! Rows: how many there are, and a checksum of their text that does not depend on their order.
//!
//! The checksum is the sum of a hash of each row ([`form`]), so any cut of a table into parts gives the same sum. Each side
//! is therefore cut as suits that side, by blocks, which reads every block once and in order; the parts of one side need not
//! match those of the other. Ranges of a key on both sides would name the place of a difference at once, but where the key
//! does not follow the order of the heap every range reads much of the table. So ranges are only compared of a table that
//! was found to differ ([`locate`]).
//!
//! What a row gives to the sum hangs on the mode ([`measure`]). Parts that an earlier attempt has read are not read again where
//! the server proves that they are the same ([`memo`]).
mod estimate;
mod extension_table;
mod form;
mod key;
mod large_object;
mod leaf;
mod locate;
mod measure;
mod memo;
mod pool;
mod progress;
mod relation;
mod view;

use std::{collections::HashMap, sync::Arc};

use super::{
    gate::Gate,
    report::{Check, Outcome, Verdict},
    side::Side,
    state::State,
};
use crate::{
    config::{Settings, VerifyMode},
    error::Result,
    observe::Metrics,
};

pub(super) use form::Tally;

use form::Form;
use measure::Measure;
use memo::Memo;
use pool::{Answers, Pool, Task};
use progress::Progress;
use relation::{Part, Reading, Relation};

/// What a comparison of rows works with.
pub(super) struct Tools<'a> {
    /// Turns to compare.
    pub(super) gate: Arc<Gate>,
    /// At most so many sessions on a side.
    pub(super) jobs: u32,
    /// What an earlier attempt found out.
    pub(super) state: Option<Arc<State>>,
    pub(super) metrics: Option<&'a Arc<Metrics>>,
    pub(super) tell: &'a (dyn Fn(&str) + Sync),
}

/// Compares the rows of every selected table and populated materialized view.
pub(super) async fn compare(
    sides: &[Arc<Side>; 2],
    settings: &Settings,
    tools: Tools<'_>,
) -> Result<Vec<Verdict>> {
    let catalogs = sides.each_ref().map(|side| &side.selected.catalog);
    let (form, measure) = (Form::agree(sides).await?, Measure::of(&settings.verify));
    let how = (form, measure);
    let relations = relation::relations(catalogs, &sides[0].script, &settings.selection, how);
    (tools.tell)(&format!("comparing the rows of {} tables", relations.len()));
    if settings.verify.mode == VerifyMode::Fast {
        return estimate::compare(sides, &relations).await;
    }
    let Tools { gate, jobs, state, metrics, tell } = tools;
    let max_differences = settings.verify.max_differences as usize;
    let comparison =
        Comparison { sides, form, measure, gate, jobs, state, relations, metrics, max_differences };
    let parts = [0, 1].map(|side| comparison.parts(side));
    let progress = Progress::new(&comparison.relations, parts.each_ref().map(Vec::as_slice), metrics, tell);
    let [of_source, of_target] = parts;
    let (source, target) = tokio::try_join!(
        comparison.read(0, of_source, |relation, sum| progress.hear(0, relation, sum)),
        comparison.read(1, of_target, |relation, sum| progress.hear(1, relation, sum)),
    )?;
    let filtered = comparison.relations.iter().any(|relation| relation.reading.is_filtered());
    let mut verdicts = Vec::new();
    for (index, relation) in comparison.relations.iter().enumerate() {
        let verdict = if let Some(outcome) = &relation.obstacle {
            Verdict::new(Check::Rows, relation.name.to_string(), outcome.clone())
        } else {
            let sums = [&source, &target].map(|answers| total(answers, index));
            Box::pin(comparison.judge(relation, sums, filtered)).await
        };
        progress.judged(index, verdict.outcome.is_difference());
        verdicts.push(verdict);
    }
    verdicts.extend(comparison.extension_tables().await?);
    verdicts.extend(comparison.large_objects().await?);
    if let Some(state) = &comparison.state {
        state.close();
    }
    Ok(verdicts)
}

/// What the sums of one side's tasks make, or the first error.
type Sum = std::result::Result<Tally, String>;

fn total(answers: &Answers, index: usize) -> Sum {
    let own = answers.iter().filter(|(relation, _)| *relation == index);
    own.map(|(_, answer)| answer.clone()).try_fold(Tally::default(), |sum, next| Ok(sum + next?))
}

/// What all comparisons of rows have in common.
struct Comparison<'a> {
    sides: &'a [Arc<Side>; 2],
    form: Form,
    measure: Measure,
    gate: Arc<Gate>,
    jobs: u32,
    state: Option<Arc<State>>,
    relations: Vec<Relation<'a>>,
    metrics: Option<&'a Arc<Metrics>>,
    /// So many rows of a table are named.
    max_differences: usize,
}

impl Comparison<'_> {
    /// The parts of every relation on a side, largest relations first: both sides are at the same one at about the same time,
    /// so that a difference is known early.
    fn parts(&self, side: usize) -> Vec<Task> {
        let mut largest: Vec<(usize, &Relation<'_>)> = self.relations.iter().enumerate().collect();
        largest.sort_by_key(|(_, relation)| std::cmp::Reverse(relation.bytes[0].max(relation.bytes[1])));
        let mut tasks: Vec<Task> = Vec::new();
        for (index, relation) in largest {
            let parts = relation.parts(side, self.sides[side].version());
            let bytes = relation.bytes[side] / (parts.len() as u64).max(1);
            tasks.extend(parts.into_iter().map(|Part { sql, condition }| {
                let remember = |state| Memo::of(state, relation, side, self.form, [&sql, &condition]);
                let memo = self.state.as_ref().and_then(remember);
                Task { relation: index, bytes, sql, memo }
            }));
        }
        tasks
    }

    async fn read(
        &self,
        side: usize,
        tasks: Vec<Task>,
        hear: impl FnMut(usize, &Sum) + Send,
    ) -> Result<Answers> {
        pool::run(self.pool(side), tasks, hear).await
    }

    async fn run(&self, side: usize, tasks: Vec<Task>) -> Result<Answers> {
        self.read(side, tasks, |_, _| {}).await
    }

    fn pool(&self, side: usize) -> Pool {
        Pool {
            place: side,
            side: Arc::clone(&self.sides[side]),
            gate: Arc::clone(&self.gate),
            jobs: self.jobs,
            settings: self.form.settings(),
            metrics: self.metrics.cloned(),
        }
    }

    async fn judge(&self, relation: &Relation<'_>, sums: [Sum; 2], filtered: bool) -> Verdict {
        let verdict = |outcome| Verdict {
            note: relation.note.clone(),
            ..Verdict::new(Check::Rows, relation.name.to_string(), outcome)
        };
        let (source, target) = match sums {
            [Ok(source), Ok(target)] => (source, target),
            [Err(message), _] | [_, Err(message)] => return verdict(Outcome::Failed { message }),
        };
        let outcome = match &relation.reading {
            _ if source == target => Outcome::Equal,
            Reading::Limited { order_by, limit, .. } => {
                judge_limited(order_by.is_some(), *limit, source, target)
            }
            Reading::View => self.judge_view(relation, source, target, filtered).await,
            Reading::All { .. } => Outcome::Differs { detail: difference(source, target) },
        };
        let verdict = Verdict { rows: Some(source.rows), ..verdict(outcome) };
        match (&relation.reading, &verdict.outcome) {
            (Reading::All { .. }, Outcome::Differs { .. }) => {
                self.located(verdict, relation, [source, target]).await
            }
            _ => verdict,
        }
    }

    /// Adds where a table differs.
    async fn located(&self, verdict: Verdict, relation: &Relation<'_>, tallies: [Tally; 2]) -> Verdict {
        let Outcome::Differs { mut detail } = verdict.outcome else { return verdict };
        let Some(found) = self.locate(relation, tallies).await else {
            if relation.tables.is_some() && relation.key.is_none() {
                detail += "\nno key that both sides have, by which rows could be named";
            }
            return Verdict { outcome: Outcome::Differs { detail }, ..verdict };
        };
        for range in &found.ranges {
            detail.extend(["\n", range]);
        }
        Verdict {
            outcome: Outcome::Differs { detail },
            differences: found.rows,
            more_differences: found.more,
            ..verdict
        }
    }
}

/// Judges contents that differ. Which rows a limit takes is not determined where its order has ties, so there only their
/// number proves a difference.
fn judge_limited(ordered: bool, limit: u64, source: Tally, target: Tally) -> Outcome {
    if source.rows != target.rows || source.rows < limit {
        return Outcome::Differs { detail: difference(source, target) };
    }
    let why = if ordered { "ties in `order_by`" } else { "no `order_by`" };
    Outcome::Skipped { reason: format!("{}: `limit` with {why} may take any", difference(source, target)) }
}

fn difference(source: Tally, target: Tally) -> String {
    let rows = |tally: Tally| format!("{} row{}", tally.rows, if tally.rows == 1 { "" } else { "s" });
    if source.rows == target.rows {
        return format!("{} on both sides, but not the same", rows(source));
    }
    format!("source {}, target {}", rows(source), rows(target))
}

/// Sums of a few queries, by their place.
fn by_place(answers: Answers) -> HashMap<usize, Sum> {
    answers.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(rows: u64, sum: i128) -> Tally {
        Tally { rows, sum }
    }

    #[test]
    fn parts_add_up_and_an_error_stays() {
        let mut answers = vec![(0, Ok(tally(1, -5))), (1, Ok(tally(9, 9))), (0, Ok(tally(2, 7)))];
        assert_eq!(total(&answers, 0), Ok(tally(3, 2)));
        answers.push((0, Err("no".to_owned())));
        assert_eq!(total(&answers, 0), Err("no".to_owned()));
    }

    #[test]
    fn differences_read_well() {
        assert_eq!(difference(tally(1, 0), tally(2, 0)), "source 1 row, target 2 rows");
        assert_eq!(difference(tally(2, 0), tally(2, 1)), "2 rows on both sides, but not the same");
    }

    #[test]
    fn a_limit_proves_only_numbers() {
        assert!(matches!(judge_limited(false, 5, tally(5, 1), tally(5, 2)), Outcome::Skipped { .. }));
        assert!(matches!(judge_limited(true, 5, tally(5, 1), tally(5, 2)), Outcome::Skipped { .. }));
        assert!(matches!(judge_limited(true, 5, tally(5, 1), tally(4, 1)), Outcome::Differs { .. }));
        // Fewer rows than the limit are all rows.
        assert!(matches!(judge_limited(false, 6, tally(5, 1), tally(5, 2)), Outcome::Differs { .. }));
    }
}
