//! Which tables differ, as soon as all of their parts are read on both sides, while others are still being read.
use std::sync::{Arc, Mutex, PoisonError};

use super::{
    Sum,
    form::Tally,
    pool::Task,
    relation::{Reading, Relation},
};
use crate::{observe::Metrics, verify::report::Check};

/// Counts the parts of every table, and tells those that differ.
pub(super) struct Progress<'a> {
    relations: &'a [Relation<'a>],
    open: Mutex<Vec<Open>>,
    metrics: Option<&'a Arc<Metrics>>,
    tell: &'a (dyn Fn(&str) + Sync),
}

/// A table of which parts are still being read.
#[derive(Debug, Clone)]
struct Open {
    /// Parts that are not read yet.
    left: usize,
    /// What source and target have so far, unless a server refused.
    sums: [Option<Tally>; 2],
    /// Whether it was told that it differs.
    differs: bool,
}

impl<'a> Progress<'a> {
    /// Of the parts of both sides.
    pub(super) fn new(
        relations: &'a [Relation<'a>],
        parts: [&[Task]; 2],
        metrics: Option<&'a Arc<Metrics>>,
        tell: &'a (dyn Fn(&str) + Sync),
    ) -> Self {
        let fresh = Open { left: 0, sums: [Some(Tally::default()); 2], differs: false };
        let mut open = vec![fresh; relations.len()];
        for task in parts.into_iter().flatten() {
            open[task.relation].left += 1;
        }
        let progress = Self { relations, open: Mutex::new(open), metrics, tell };
        progress.count(0);
        progress
    }

    /// A part was read.
    pub(super) fn hear(&self, side: usize, relation: usize, sum: &Sum) {
        let ended = {
            let mut all = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let open = &mut all[relation];
            open.left = open.left.saturating_sub(1);
            open.sums[side] = match (open.sums[side], sum) {
                (Some(so_far), Ok(next)) => Some(so_far + *next),
                _ => None,
            };
            (open.left == 0).then_some(open.sums)
        };
        // Of the others their judge knows more.
        let is_plain = matches!(self.relations[relation].reading, Reading::All { .. });
        if let Some([Some(source), Some(target)]) = ended
            && is_plain
            && source != target
        {
            self.judged(relation, true);
        }
    }

    /// A table is judged; only the first time that it differs is told.
    pub(super) fn judged(&self, relation: usize, differs: bool) {
        let count = {
            let mut all = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            if !differs || all[relation].differs {
                return;
            }
            all[relation].differs = true;
            all.iter().filter(|open| open.differs).count()
        };
        (self.tell)(&format!("{} differs", self.relations[relation].name));
        self.count(count as u64);
    }

    fn count(&self, differing: u64) {
        if let Some(metrics) = self.metrics {
            metrics.differences(Check::Rows.plural(), differing);
        }
    }
}
