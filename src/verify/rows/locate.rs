//! Where a table differs: the ranges of its primary key's first column that do not hold the same.
//!
//! Only types whose order is the same on both servers; that of text hangs on collations.
use super::{Comparison, by_place, difference, pool::Task, relation::Relation};
use crate::{
    catalog,
    object::{Column, Object, Table},
    pg::Ident,
    plan::{self, Cut},
    verify::side::Side,
};

/// Ranges that are compared: small enough to look at, few enough to cost little more than another pass.
const RANGES: u64 = 16;

/// Ranges that are named in the report.
const NAMED_AT_MOST: usize = 5;

impl Comparison<'_> {
    /// Names the ranges that differ, or nothing if the table cannot be cut or a server refuses: that it differs is
    /// known already.
    pub(super) async fn locate(&self, relation: &Relation<'_>, rows: u64) -> Option<String> {
        let [table, _] = relation.tables?;
        let key = ordered_key(&self.sides[0], table)?;
        let session = self.sides[0].worker("").await.ok()?;
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let bounds = catalog::read_bounds(&session, table, key, rows as f64, RANGES).await.ok()?;
        drop(session);
        let ranges = plan::conditions(&Cut::Ranges(key.clone(), bounds));
        if ranges.len() < 2 {
            return None;
        }
        let tasks = |side: usize| -> Vec<Task> {
            let task = |(place, range): (usize, &String)| Task {
                relation: place,
                bytes: 0,
                sql: relation.part_query(side, self.form, range),
            };
            ranges.iter().enumerate().map(task).collect()
        };
        let (source, target) = tokio::try_join!(self.run(0, tasks(0)), self.run(1, tasks(1))).ok()?;
        let (source, target) = (by_place(source), by_place(target));
        let lines = ranges.iter().enumerate().filter_map(|(place, range)| {
            let (Ok(source), Ok(target)) = (source.get(&place)?, target.get(&place)?) else { return None };
            (source != target).then(|| format!("where {range}: {}", difference(*source, *target)))
        });
        Some(shortened(lines.collect())).filter(|text| !text.is_empty())
    }
}

fn shortened(mut lines: Vec<String>) -> String {
    let more = lines.len().saturating_sub(NAMED_AT_MOST);
    lines.truncate(NAMED_AT_MOST);
    if more > 0 {
        lines.push(format!("and in {more} more ranges"));
    }
    lines.join("\n")
}

/// The first column of the primary key, if both servers sort it alike.
fn ordered_key<'a>(source: &'a Side, table: &Table) -> Option<&'a Ident> {
    let keys = source.selected.catalog.objects.iter();
    let first = keys.into_iter().find_map(|object| match object {
        Object::Key(key) if key.is_primary() && key.relation == table.oid => key.columns.first(),
        _ => None,
    })?;
    table.columns.iter().any(|column| column.name == *first && sorts_alike(column)).then_some(first)
}

fn sorts_alike(column: &Column) -> bool {
    // The type's name without its modifier: `numeric(10,2)`, `timestamp(3) without time zone`.
    let name = column.type_name.split('(').next().unwrap_or_default();
    matches!(
        name.trim_end(),
        "smallint"
            | "integer"
            | "bigint"
            | "numeric"
            | "date"
            | "timestamp"
            | "timestamp without time zone"
            | "timestamp with time zone"
            | "uuid"
    )
}

#[cfg(test)]
mod tests {
    use super::{super::form::tests::column, *};

    #[test]
    fn only_types_with_one_order_are_cut() {
        let alike = |name: &str| sorts_alike(&column("c", name, ""));
        assert!(alike("bigint") && alike("numeric(10,2)") && alike("timestamp(3) with time zone"));
        assert!(!alike("text") && !alike("character varying(10)") && !alike("integer[]"));
    }

    #[test]
    fn a_few_ranges_are_enough() {
        let lines = (0..7).map(|number| format!("range {number}")).collect();
        assert!(shortened(lines).ends_with("range 4\nand in 2 more ranges"));
    }
}
