//! Rows: how many there are, and a checksum of their text that does not depend on their order.
//!
//! The checksum is the sum of a hash of each row ([`form`]), so any cut of a table into parts gives the same sum. Each side
//! is therefore cut as suits that side, by blocks, which reads every block once and in order; the parts of one side need not
//! match those of the other. Ranges of a key on both sides would name the place of a difference at once, but where the key
//! does not follow the order of the heap every range reads much of the table. So ranges are only compared of a table that
//! was found to differ ([`locate`]).
mod extension_table;
mod form;
mod large_object;
mod locate;
mod pool;
mod relation;
mod view;

use std::{collections::HashMap, sync::Arc};

use super::{
    report::{Check, Outcome, Verdict},
    side::Side,
};
use crate::{config::Selection, error::Result, observe::Metrics};

use form::{Form, Tally};
use pool::{Answers, Task};
use relation::{Reading, Relation};

/// Compares the rows of every selected table and populated materialized view.
pub(super) async fn compare(
    sides: &[Arc<Side>; 2],
    selection: &Selection,
    jobs: u32,
    metrics: Option<&Arc<Metrics>>,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Verdict>> {
    let catalogs = sides.each_ref().map(|side| &side.selected.catalog);
    let relations = relation::relations(catalogs, &sides[0].script, selection);
    let form = Form::agree(sides).await?;
    tell(&format!("comparing the rows of {} tables", relations.len()));
    let comparison = Comparison { sides, form, jobs, relations, metrics };
    let tell_differences = |count: u64| {
        if let Some(metrics) = metrics {
            metrics.differences(Check::Rows.plural(), count);
        }
    };
    tell_differences(0);
    let (source, target) = tokio::try_join!(comparison.read(0), comparison.read(1))?;
    let filtered = comparison.relations.iter().any(|relation| relation.reading.is_filtered());
    let (mut verdicts, mut differ) = (Vec::new(), 0);
    for (index, relation) in comparison.relations.iter().enumerate() {
        let (rows, outcome) = if let Some(outcome) = &relation.obstacle {
            (None, outcome.clone())
        } else {
            let sums = [&source, &target].map(|answers| total(answers, index));
            comparison.judge(relation, sums, filtered).await
        };
        if outcome.is_difference() {
            tell(&format!("{} differs", relation.name));
            differ += 1;
            tell_differences(differ);
        }
        let object = relation.name.to_string();
        verdicts.push(Verdict { check: Check::Rows, object, rows, outcome });
    }
    verdicts.extend(comparison.extension_tables().await?);
    verdicts.extend(comparison.large_objects().await?);
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
    jobs: u32,
    relations: Vec<Relation<'a>>,
    metrics: Option<&'a Arc<Metrics>>,
}

impl Comparison<'_> {
    /// Reads every relation of a side, largest parts first.
    async fn read(&self, side: usize) -> Result<Answers> {
        let mut tasks: Vec<Task> = Vec::new();
        for (index, relation) in self.relations.iter().enumerate() {
            let queries = relation.queries(side, self.sides[side].version(), self.form);
            let bytes = relation.bytes[side] / (queries.len() as u64).max(1);
            tasks.extend(queries.into_iter().map(|sql| Task { relation: index, bytes, sql }));
        }
        tasks.sort_by_key(|task| std::cmp::Reverse(task.bytes));
        self.run(side, tasks).await
    }

    async fn run(&self, side: usize, tasks: Vec<Task>) -> Result<Answers> {
        let metrics = self.metrics.cloned();
        pool::run(&self.sides[side], self.jobs, tasks, &self.form.settings(), metrics).await
    }

    async fn judge(&self, relation: &Relation<'_>, sums: [Sum; 2], filtered: bool) -> (Option<u64>, Outcome) {
        let (source, target) = match sums {
            [Ok(source), Ok(target)] => (source, target),
            [Err(message), _] | [_, Err(message)] => return (None, Outcome::Failed { message }),
        };
        let outcome = match &relation.reading {
            _ if source == target => Outcome::Equal,
            Reading::Limited { order_by, limit, .. } => {
                judge_limited(order_by.is_some(), *limit, source, target)
            }
            Reading::View => self.judge_view(relation, source, target, filtered).await,
            Reading::All { .. } => {
                let mut detail = difference(source, target);
                if let Some(places) = self.locate(relation, source.rows.max(target.rows)).await {
                    detail = format!("{detail}\n{places}");
                }
                Outcome::Differs { detail }
            }
        };
        (Some(source.rows), outcome)
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
