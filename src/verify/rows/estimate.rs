//! What the planner thinks: the number of rows of each table, from its last ANALYZE and its size now. No row is read.
//!
//! As the planner does it (`estimate_rel_size`, optimizer/util/plancat.c): rows per page then, times the pages now. What differs by
//! more than an estimate may is a warning; a table without a page has no row, which is certain.
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use serde::Deserialize;

use super::{
    large_object,
    relation::{Reading, Relation},
};
use crate::{
    error::{Error, ErrorKind, Result},
    object::Object,
    pg::QualifiedName,
    verify::{
        report::{Check, Outcome, Verdict},
        side::Side,
    },
};

/// An ANALYZE is due when a tenth of a table and 50 rows have changed (`autovacuum_analyze_scale_factor`,
/// `autovacuum_analyze_threshold`): estimates of the same rows may be apart by so much.
const TOLERATED_SHARE: f64 = 0.1;
const TOLERATED_ROWS: f64 = 50.0;

/// A row of `estimate.sql`.
#[derive(Debug, Clone, Deserialize)]
struct Estimate {
    #[serde(flatten)]
    name: QualifiedName,
    /// `reltuples`; -1 (before 14: 0 of no pages) if it was never analyzed.
    rows: f64,
    /// `relpages`, as old as `reltuples`.
    analyzed_pages: f64,
    pages: f64,
}

impl Estimate {
    /// Rows now; `None` if nobody knows.
    fn rows(&self) -> Option<f64> {
        if self.pages <= 0.0 {
            return Some(0.0);
        }
        let is_analyzed = self.rows >= 0.0 && self.analyzed_pages > 0.0;
        is_analyzed.then(|| (self.rows / self.analyzed_pages * self.pages).round())
    }
}

/// Compares the estimates of both sides.
pub(super) async fn compare(sides: &[Arc<Side>; 2], relations: &[Relation<'_>]) -> Result<Vec<Verdict>> {
    let (source, target) = tokio::try_join!(read(&sides[0]), read(&sides[1]))?;
    let verdict = |relation: &Relation<'_>| {
        let name = relation.name.to_string();
        let outcome = match &relation.obstacle {
            Some(outcome) => outcome.clone(),
            None if relation.reading.is_filtered() || matches!(relation.reading, Reading::Limited { .. }) => {
                let reason = "there is no estimate of the rows that `where` and `limit` leave".to_owned();
                Outcome::Skipped { reason }
            }
            None => judge([source.get(relation.name), target.get(relation.name)]),
        };
        Verdict::new(Check::Rows, name, outcome)
    };
    Ok(relations.iter().map(verdict).chain(without_estimate(&sides[0])).collect())
}

/// What is compared by its contents or not at all.
fn without_estimate(source: &Side) -> impl Iterator<Item = Verdict> {
    let names = source.selected.catalog.objects.iter().filter_map(|object| match object {
        Object::LargeObjects(_) => Some(large_object::NAME.to_owned()),
        Object::ExtensionTable(table) if table.readable && !table.is_sequence() => {
            Some(table.name.to_string())
        }
        _ => None,
    });
    let names: BTreeSet<String> = names.collect();
    let skipped = |name| {
        let reason = "there is no estimate for it".to_owned();
        Verdict::new(Check::Rows, name, Outcome::Skipped { reason })
    };
    names.into_iter().map(skipped)
}

async fn read(side: &Side) -> Result<HashMap<QualifiedName, Estimate>> {
    let read = |text: &str| {
        let estimate: Estimate = serde_json::from_str(text).map_err(|cause| {
            Error::new(ErrorKind::Internal, "an estimate cannot be read").caused_by(cause)
        })?;
        Ok((estimate.name.clone(), estimate))
    };
    let session = side.worker("").await?;
    Ok(session.read_rows(include_str!("estimate.sql"), read).await?.into_iter().collect())
}

fn judge(estimates: [Option<&Estimate>; 2]) -> Outcome {
    let [Some(source), Some(target)] = estimates else {
        return Outcome::Skipped { reason: "there is no estimate for a partitioned table".to_owned() };
    };
    let unknown = |side: &str| Outcome::Warned {
        detail: format!("never analyzed on the {side}: ANALYZE it for an estimate"),
    };
    match (source.rows(), target.rows()) {
        (None, None) => Outcome::Warned {
            detail: "never analyzed on either side: ANALYZE it on both for an estimate".to_owned(),
        },
        (None, _) => unknown("source"),
        (_, None) => unknown("target"),
        (Some(one), Some(other)) if is_tolerated(one, other) => Outcome::Equal,
        (Some(one), Some(other)) => {
            Outcome::Warned { detail: format!("source about {one:.0} rows, target about {other:.0}") }
        }
    }
}

fn is_tolerated(one: f64, other: f64) -> bool {
    let (less, more) = (one.min(other), one.max(other));
    // No row at all is no estimate.
    let is_one_empty = less <= 0.0 && more > 0.0;
    !is_one_empty && more - less <= more * TOLERATED_SHARE + TOLERATED_ROWS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(rows: f64, analyzed_pages: f64, pages: f64) -> Estimate {
        Estimate { name: QualifiedName::new("s", "t"), rows, analyzed_pages, pages }
    }

    #[test]
    fn an_estimate_follows_the_size() {
        assert_eq!(estimate(100.0, 10.0, 20.0).rows(), Some(200.0));
        assert_eq!(estimate(-1.0, 0.0, 20.0).rows(), None);
        assert_eq!(estimate(0.0, 0.0, 20.0).rows(), None, "before 14");
        assert_eq!(estimate(-1.0, 0.0, 0.0).rows(), Some(0.0));
    }

    #[test]
    fn what_estimates_may_be_apart_is_tolerated() {
        assert!(is_tolerated(1_000_000.0, 900_000.0) && is_tolerated(10.0, 60.0) && is_tolerated(0.0, 0.0));
        assert!(!is_tolerated(1_000_000.0, 890_000.0) && !is_tolerated(0.0, 1.0));
    }

    #[test]
    fn what_was_never_analyzed_says_so() {
        let (known, unknown) = (estimate(100.0, 10.0, 10.0), estimate(-1.0, 0.0, 10.0));
        let Outcome::Warned { detail } = judge([Some(&known), Some(&unknown)]) else { panic!() };
        assert!(detail.contains("never analyzed on the target"));
        assert_eq!(judge([Some(&known), Some(&known)]), Outcome::Equal);
    }
}
