//! Where a table differs: ranges of its key, cut again and again where they differ, down to the keys of the rows.
//!
//! ```text
//! the whole table ─▶ 32 ranges, counted and summed up on both sides by one query each ─▶ of those that differ the first ─▶ 32 …
//!                                                      until a range is small ─▶ its keys and hashes, compared here (leaf)
//! ```
//! The first step reads the table once more; each further one reads a thirty-second of what the one before it read, by the key's
//! index where the key's order is that of an index. As soon as enough rows are known it ends.
use super::{Comparison, Tally, difference, form::Form, key::Place, leaf, relation::Relation};
use crate::{
    error::{Error, ErrorKind, Result},
    session::Session,
    verify::difference::RowDifference,
};

/// Into so many ranges one is cut: few enough to find a row's by comparing them in turn.
const RANGES: u64 = 32;

/// A range of so many rows is not cut: their keys and hashes are fetched, some 100 kB.
const LEAF_ROWS: u64 = 2000;

/// Bounds of a table of more rows than this come from a sample of its blocks.
const SAMPLED_FROM: u64 = 200_000;

/// Rows in that sample, about: ranges differ by a few per cent.
const SAMPLE_ROWS: f64 = 20_000.0;

/// Ranges that are named in the report.
const NAMED_AT_MOST: usize = 5;

/// 32^12 is more than a table can hold: a range that is cut so often holds rows of one key.
const DEEPEST: u32 = 12;

/// What was found of a table.
#[derive(Debug, Default)]
pub(super) struct Located {
    /// The first cut's ranges that differ, as text.
    pub(super) ranges: Vec<String>,
    /// Rows, in the order of the key.
    pub(super) rows: Vec<RowDifference>,
    /// Whether there may be more than these.
    pub(super) more: bool,
}

/// From a place (inclusive) up to another.
#[derive(Debug, Clone, Default)]
struct Range {
    from: Option<Place>,
    until: Option<Place>,
    depth: u32,
}

/// A range that differs.
struct Open {
    range: Range,
    tallies: [Tally; 2],
}

/// What the search works with.
pub(super) struct Search<'a> {
    comparison: &'a Comparison<'a>,
    pub(super) relation: &'a Relation<'a>,
    /// A session on each side, under its snapshot.
    sessions: [Session; 2],
    /// What each row gives to the sum.
    pub(super) hash: String,
}

impl Comparison<'_> {
    /// Names rows that differ, or nothing if the table has no key. What a server refuses ends the search, and what was found
    /// by then is told: that the table differs is known already.
    pub(super) async fn locate(&self, relation: &Relation<'_>, tallies: [Tally; 2]) -> Option<Located> {
        let key = relation.key.as_ref()?;
        let hash = relation.hash.clone().or_else(|| self.form.row_hash(&key.columns))?;
        if self.max_differences == 0 {
            return None;
        }
        let mut found = Located::default();
        let ended = async {
            // In this order everywhere, so that two searches do not wait for each other.
            let _turns = [self.gate.turn(0).await, self.gate.turn(1).await];
            let settings = self.form.settings();
            let open = |side: usize| self.sides[side].worker(&settings);
            let (source, target) = tokio::try_join!(open(0), open(1))?;
            let search = Search { comparison: self, relation, sessions: [source, target], hash };
            search.run(tallies, self.max_differences, &mut found).await
        };
        if let Err(error) = ended.await {
            tracing::warn!(
                "{}: what differs was not looked for any further: {}",
                relation.name,
                error.report()
            );
            found.more = true;
        }
        Some(found)
    }
}

impl Search<'_> {
    async fn run(&self, tallies: [Tally; 2], at_most: usize, found: &mut Located) -> Result<()> {
        let mut open = vec![Open { range: Range::default(), tallies }];
        while let Some(Open { range, tallies }) = open.pop() {
            if found.rows.len() >= at_most {
                found.more = true;
                break;
            }
            let rows = tallies[0].rows.max(tallies[1].rows);
            if rows <= LEAF_ROWS {
                let conditions = [0, 1].map(|side| self.conditions(side, &range));
                found.rows.extend(leaf::compare(self, conditions).await?);
                continue;
            }
            let Some(parts) = self.cut(&range, tallies).await? else {
                found.more = true;
                continue;
            };
            if range.depth == 0 {
                found.ranges = shortened(parts.iter().map(|part| self.spoken(part)).collect());
            }
            open.extend(parts.into_iter().rev());
        }
        if found.rows.len() > at_most {
            found.rows.truncate(at_most);
            found.more = true;
        }
        Ok(())
    }

    /// The parts of a range that differ; `None` if it cannot be cut.
    async fn cut(&self, range: &Range, tallies: [Tally; 2]) -> Result<Option<Vec<Open>>> {
        let side = usize::from(tallies[1].rows > tallies[0].rows);
        let mut bounds = self.bounds(side, range, tallies[side].rows).await?;
        bounds.dedup();
        if range.from.is_some() && bounds.first() == range.from.as_ref() {
            bounds.remove(0);
        }
        if bounds.is_empty() || range.depth >= DEEPEST {
            return Ok(None);
        }
        let (source, target) =
            tokio::try_join!(self.tallies(0, range, &bounds), self.tallies(1, range, &bounds))?;
        let from = [range.from.clone()].into_iter().chain(bounds.iter().cloned().map(Some));
        let until = bounds.iter().cloned().map(Some).chain([range.until.clone()]);
        let parts = from.zip(until).zip(source.into_iter().zip(target));
        let differing = parts.filter(|(_, (source, target))| source != target);
        let open = differing.map(|((from, until), (source, target))| Open {
            range: Range { from, until, depth: range.depth + 1 },
            tallies: [source, target],
        });
        Ok(Some(open.collect()))
    }

    /// Places that cut a range into parts of about the same number of rows, as one side has them.
    async fn bounds(&self, side: usize, range: &Range, rows: u64) -> Result<Vec<Place>> {
        let key = self.key()?;
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let percent = (SAMPLE_ROWS / rows as f64 * 100.0).clamp(0.0001, 100.0);
        let sample = if range.depth == 0 && rows > SAMPLED_FROM {
            format!(" TABLESAMPLE SYSTEM ({percent:.4}) REPEATABLE (1)")
        } else {
            String::new()
        };
        let from = self.relation.behind_from(&sample, &self.conditions(side, range));
        let sql = format!(
            "SELECT place FROM (SELECT pg_catalog.to_json(ARRAY[{}])::pg_catalog.text AS place, \
             pg_catalog.row_number() OVER (ORDER BY {}) AS number, pg_catalog.count(*) OVER () AS rows FROM {from}) numbered \
             WHERE number % GREATEST(rows / {RANGES}, 1) = 0 ORDER BY number",
            key.selected()[..key.places()].join(", "),
            key.order_by(),
        );
        self.ask(side, &sql, |text| serde_json::from_str(text).map_err(unreadable)).await
    }

    /// The tallies of the parts between bounds.
    async fn tallies(&self, side: usize, range: &Range, bounds: &[Place]) -> Result<Vec<Tally>> {
        let key = self.key()?;
        let cases: Vec<String> = bounds
            .iter()
            .enumerate()
            .map(|(part, bound)| format!("WHEN {} THEN {part}", key.condition("<", bound)))
            .collect();
        let from = self.relation.behind_from("", &self.conditions(side, range));
        let sql = format!(
            "SELECT pg_catalog.concat_ws(' ', part, pg_catalog.count(*), COALESCE(pg_catalog.sum(hash), 0)) FROM \
             (SELECT CASE {} ELSE {} END AS part, {} AS hash FROM {from}) parted GROUP BY part",
            cases.join(" "),
            bounds.len(),
            self.hash,
        );
        let parse = |text: &str| {
            let (part, tally) = text.split_once(' ').ok_or_else(|| unreadable("no part"))?;
            let part: usize = part.parse().map_err(unreadable)?;
            let (tally, _) = Tally::parse(tally).ok_or_else(|| unreadable("no tally"))?;
            Ok((part, tally))
        };
        let mut tallies = vec![Tally::default(); bounds.len() + 1];
        for (part, tally) in self.ask(side, &sql, parse).await? {
            if let Some(place) = tallies.get_mut(part) {
                *place = tally;
            }
        }
        Ok(tallies)
    }

    /// A query of the search.
    pub(super) async fn ask<T>(
        &self,
        side: usize,
        sql: &str,
        read: impl FnMut(&str) -> Result<T>,
    ) -> Result<Vec<T>> {
        let name = self.comparison.sides[side].name();
        if let Some(metrics) = self.comparison.metrics {
            metrics.verify_begins(name, 1, 0);
        }
        let rows = self.sessions[side].read_rows(sql, read).await;
        if let Some(metrics) = self.comparison.metrics {
            metrics.verified(name, 0);
        }
        rows
    }

    /// The key, which the search began with.
    pub(super) fn key(&self) -> Result<&super::key::RowKey<'_>> {
        let lost = || Error::new(ErrorKind::Internal, "a table without a key is searched");
        self.relation.key.as_ref().ok_or_else(lost)
    }

    pub(super) fn form(&self) -> Form {
        self.comparison.form
    }

    fn conditions(&self, side: usize, range: &Range) -> Vec<String> {
        let mut conditions: Vec<String> = self.relation.own_condition(side).into_iter().collect();
        if let Some(key) = &self.relation.key {
            conditions.extend(range.from.iter().map(|place| key.condition(">=", place)));
            conditions.extend(range.until.iter().map(|place| key.condition("<", place)));
        }
        conditions
    }

    fn spoken(&self, open: &Open) -> String {
        let Some(key) = &self.relation.key else { return String::new() };
        let from = open.range.from.iter().map(|place| key.spoken(">=", place));
        let until = open.range.until.iter().map(|place| key.spoken("<", place));
        let range: Vec<String> = from.chain(until).collect();
        format!("where {}: {}", range.join(" AND "), difference(open.tallies[0], open.tallies[1]))
    }
}

/// The error for an answer that is not what was asked for.
pub(super) fn unreadable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Internal, "an answer of the search for what differs cannot be read")
        .caused_by(cause)
}

fn shortened(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(NAMED_AT_MOST);
    lines.truncate(NAMED_AT_MOST);
    if more > 0 {
        lines.push(format!("and in {more} more ranges"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_ranges_are_enough() {
        let lines = (0..7).map(|number| format!("range {number}")).collect();
        assert!(shortened(lines).join("\n").ends_with("range 4\nand in 2 more ranges"));
    }
}
