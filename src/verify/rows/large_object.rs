//! The contents of large objects: the rows of `pg_largeobject`, compared by ranges of OIDs, which its index reads on either
//! side without a look at the others.
use std::collections::HashSet;

use super::{Answers, Comparison, Form, Sum, Tally, Task, by_place, difference, total};
use crate::{
    error::Result,
    object::LargeObjects,
    pg::Oid,
    verify::report::{Check, Outcome, Verdict},
};

/// Ranges that are read side by side, and by which a difference is named.
const RANGES: usize = 16;

/// What the report calls it.
pub(super) const NAME: &str = "pg_catalog.pg_largeobject";

impl Comparison<'_> {
    /// Compares the contents of the source's large objects; nothing to say if there are none.
    pub(super) async fn large_objects(&self) -> Result<Option<Verdict>> {
        let [source, target]: [Vec<&LargeObjects>; 2] =
            self.sides.each_ref().map(|side| side.selected.catalog.large_objects().collect());
        let Some(first) = source.first() else { return Ok(None) };
        let other = target.first();
        let skipped = |reason: &str| {
            let outcome = Outcome::Skipped { reason: reason.to_owned() };
            Ok(Some(Verdict::new(Check::Rows, NAME, outcome)))
        };
        if other.is_some_and(|other| !other.readable) {
            return skipped("the target's role may not read pg_largeobject");
        }
        if other.is_some_and(|other| other.page_bytes != first.page_bytes) {
            return skipped("the servers' blocks, and so the pages of large objects, are not of one size");
        }
        let mut oids = all_oids(&source);
        oids.sort_unstable();
        let ranges = ranges(&oids);
        let tasks = |beside: &str| -> Vec<Task> {
            let hash = self.measure.of_values(self.form, &["loid", "pageno", "data"], &["loid", "pageno"]);
            let task = |(place, range): (usize, &String)| {
                let sql = Form::query(hash.as_deref(), None, &format!("{NAME} WHERE ({range}){beside}"));
                Task::new(place, first.bytes / ranges.len() as u64, sql)
            };
            ranges.iter().enumerate().map(task).collect()
        };
        // Those that only the target has are told as such, and their contents are nobody's copy.
        let own: HashSet<&Oid> = oids.iter().collect();
        let extra: Vec<String> =
            all_oids(&target).iter().filter(|oid| !own.contains(oid)).map(Oid::to_string).collect();
        let beside = if extra.is_empty() {
            String::new()
        } else {
            format!(" AND loid <> ALL ('{{{}}}')", extra.join(","))
        };
        let (source, target) = tokio::try_join!(self.run(0, tasks("")), self.run(1, tasks(&beside)))?;
        Ok(Some(judge(&ranges, source, target)))
    }
}

fn all_oids(objects: &[&LargeObjects]) -> Vec<Oid> {
    objects.iter().flat_map(|objects| &objects.oids).copied().collect()
}

/// Conditions that each hold for about as many of these OIDs, and together for all there can be.
fn ranges(oids: &[Oid]) -> Vec<String> {
    let each = oids.len().div_ceil(RANGES).max(1);
    let bounds: Vec<Oid> = oids.iter().step_by(each).skip(1).copied().collect();
    let from = [None].into_iter().chain(bounds.iter().map(Some));
    let until = bounds.iter().map(Some).chain([None]);
    from.zip(until)
        .map(|(from, until)| {
            let from = from.map(|oid| format!("loid >= {oid}"));
            let parts: Vec<String> =
                from.into_iter().chain(until.map(|oid| format!("loid < {oid}"))).collect();
            if parts.is_empty() { "true".to_owned() } else { parts.join(" AND ") }
        })
        .collect()
}

fn judge(ranges: &[String], source: Answers, target: Answers) -> Verdict {
    let all = |answers: &Answers| -> Sum {
        (0..ranges.len())
            .map(|place| total(answers, place))
            .try_fold(Tally::default(), |sum, next| Ok(sum + next?))
    };
    let (rows, outcome) = match (all(&source), all(&target)) {
        (Err(message), _) | (_, Err(message)) => (None, Outcome::Failed { message }),
        (Ok(one), Ok(other)) if one == other => (Some(one.rows), Outcome::Equal),
        (Ok(one), Ok(other)) => {
            let (source, target) = (by_place(source), by_place(target));
            let lines = ranges.iter().enumerate().filter_map(|(place, range)| {
                let (Ok(one), Ok(other)) = (source.get(&place)?, target.get(&place)?) else { return None };
                (one != other).then(|| format!("where {range}: {}", difference(*one, *other)))
            });
            let lines: Vec<String> = [difference(one, other)].into_iter().chain(lines).collect();
            (Some(one.rows), Outcome::Differs { detail: lines.join("\n") })
        }
    };
    Verdict { rows, ..Verdict::new(Check::Rows, NAME, outcome) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_open_at_both_ends() {
        assert_eq!(ranges(&[Oid(5)]), ["true"]);
        let some: Vec<Oid> = (1..=32).map(Oid).collect();
        let ranges = ranges(&some);
        assert_eq!(ranges.len(), RANGES);
        assert_eq!(
            [&ranges[0], &ranges[1], &ranges[15]],
            ["loid < 3", "loid >= 3 AND loid < 5", "loid >= 31"]
        );
    }
}
