//! What is compared: each table that has rows of its own, and how its rows are read on each side.
//!
//! The source is read as the plan read it, with its conditions; the target whole, for it should hold nothing else.
use std::collections::{HashMap, HashSet};

use super::form::Form;
use crate::{
    catalog::Catalog,
    config::{Cutting, Selection, TableRule},
    ddl::Script,
    object::{Column, Object, Table},
    pg::{QualifiedName, ServerVersion},
    plan::{self, Cut, Rules, Sizes, Wish},
    verify::report::Outcome,
};

/// Which rows of the source are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    /// Those for which a condition holds, or all.
    All {
        /// `where`
        condition: Option<String>,
    },
    /// At most so many of them.
    Limited {
        /// `where`
        condition: Option<String>,
        /// `order_by`
        order_by: Option<String>,
        /// `limit`
        limit: u64,
    },
    /// Those of a materialized view, which REFRESH made anew.
    View,
}

impl Reading {
    fn of(rule: TableRule) -> Self {
        match rule.limit {
            Some(limit) => Self::Limited { condition: rule.where_, order_by: rule.order_by, limit },
            None => Self::All { condition: rule.where_ },
        }
    }

    /// Whether only some of the rows are on the target.
    pub(super) fn is_filtered(&self) -> bool {
        !matches!(self, Self::View | Self::All { condition: None })
    }
}

/// A table or materialized view.
#[derive(Debug)]
pub(super) struct Relation<'a> {
    pub(super) name: &'a QualifiedName,
    /// What is hashed: the source's columns without virtual ones, which store nothing.
    pub(super) columns: Vec<&'a Column>,
    pub(super) reading: Reading,
    /// Size on source and target, for the order of the work.
    pub(super) bytes: [u64; 2],
    /// On source and target, unless it is a view.
    pub(super) tables: Option<[&'a Table; 2]>,
    /// Why there is nothing to compare.
    pub(super) obstacle: Option<Outcome>,
}

impl Relation<'_> {
    /// The queries whose tallies add up to the side's (0: source, 1: target).
    pub(super) fn queries(&self, side: usize, version: ServerVersion, form: Form) -> Vec<String> {
        if self.obstacle.is_some() {
            return Vec::new();
        }
        if let (Reading::Limited { .. }, 0) = (&self.reading, side) {
            return vec![self.limited_query(form)];
        }
        let chunks = self.tables.map_or(vec![String::new()], |tables| chunks(tables[side], version));
        chunks.iter().map(|chunk| self.part_query(side, form, chunk)).collect()
    }

    /// The query of the rows for which a further condition holds.
    pub(super) fn part_query(&self, side: usize, form: Form, condition: &str) -> String {
        let mut conditions = Vec::new();
        if let (Reading::All { condition: Some(own) }, 0) = (&self.reading, side) {
            conditions.push(format!("({own})"));
        }
        conditions.extend((!condition.is_empty()).then(|| condition.to_owned()));
        form.query(&self.columns, &(self.from() + &where_clause(&conditions)))
    }

    /// As the plan read it.
    fn limited_query(&self, form: Form) -> String {
        let Reading::Limited { condition, order_by, limit } = &self.reading else { return String::new() };
        let names: Vec<String> = self.columns.iter().map(|column| column.name.to_string()).collect();
        let conditions: Vec<String> = condition.iter().map(|own| format!("({own})")).collect();
        let mut part =
            format!("SELECT {} FROM {}{}", names.join(", "), self.from(), where_clause(&conditions));
        if let Some(order) = order_by {
            part += &format!(" ORDER BY {order}");
        }
        form.query(&self.columns, &format!("({part} LIMIT {limit}) part"))
    }

    /// A partitioned table is read through; of all others only their own rows.
    fn from(&self) -> String {
        match self.tables {
            Some([table, _]) if table.has_rows_of_its_own() => format!("ONLY {}", self.name),
            _ => self.name.to_string(),
        }
    }
}

fn where_clause(conditions: &[String]) -> String {
    if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) }
}

/// The parts of a large table, as the plan would cut it for this server by size alone.
fn chunks(table: &Table, version: ServerVersion) -> Vec<String> {
    let sizes = Sizes::new(Cutting::default(), 0, 1, 1);
    match plan::wish(table, &TableRule::default(), None, version, sizes) {
        Wish::Cut(cut) => plan::conditions(&cut),
        _ => plan::conditions(&Cut::Whole),
    }
}

/// Everything that has rows to compare, in the order of the source's catalog.
pub(super) fn relations<'a>(
    [source, target]: [&'a Catalog; 2],
    script: &Script,
    selection: &Selection,
) -> Vec<Relation<'a>> {
    let rules = Rules::new(&source.objects, selection);
    let refreshed: HashSet<(&str, &str)> = script
        .items
        .iter()
        .filter(|item| item.entry.kind == "refresh")
        .map(|item| (item.entry.sort_name[0].as_str(), item.entry.sort_name[1].as_str()))
        .collect();
    let there = by_name(target);
    let relations = source.objects.iter().filter_map(|object| {
        let (name, reading) = match object {
            Object::Table(table) if is_compared(table, &rules) => (&table.name, Reading::of(rules.of(table))),
            Object::MaterializedView(view) => {
                refreshed.get(&(view.name.schema.as_str(), view.name.name.as_str()))?;
                (&view.name, Reading::View)
            }
            _ => return None,
        };
        Some(relation(name, object, there.get(name).copied(), reading))
    });
    relations.collect()
}

/// Under its own name: rows that the target may place in other partitions are compared as those of the table above.
fn is_compared(table: &Table, rules: &Rules<'_>) -> bool {
    let root = rules.hash_root(table);
    root.is_none() && (rules.is_read(table) || table.hashes_by_oid)
}

fn by_name(catalog: &Catalog) -> HashMap<&QualifiedName, &Object> {
    let named = catalog.objects.iter().filter_map(|object| match object {
        Object::Table(table) => Some((&table.name, object)),
        Object::MaterializedView(view) => Some((&view.name, object)),
        _ => None,
    });
    named.collect()
}

fn relation<'a>(
    name: &'a QualifiedName,
    object: &'a Object,
    other: Option<&'a Object>,
    reading: Reading,
) -> Relation<'a> {
    let columns = hashed_columns(object);
    let (tables, bytes) = match (object, other) {
        (Object::Table(table), Some(Object::Table(other))) => {
            (Some([table, other]), [table.bytes, other.bytes])
        }
        (Object::MaterializedView(view), Some(Object::MaterializedView(other))) => {
            (None, [view.bytes, other.bytes])
        }
        _ => (None, [0, 0]),
    };
    let obstacle = match other {
        None => Some(Outcome::MISSING),
        Some(other) => lacking(&columns, other),
    };
    Relation { name, columns, reading, bytes, tables, obstacle }
}

/// By name: the order of columns is a matter of the definition.
fn hashed_columns(object: &Object) -> Vec<&Column> {
    let columns: &[Column] = match object {
        Object::Table(table) => &table.columns,
        Object::MaterializedView(view) => &view.columns,
        _ => &[],
    };
    columns.iter().filter(|column| column.generated != "v").collect()
}

fn lacking(columns: &[&Column], other: &Object) -> Option<Outcome> {
    let there = hashed_columns(other);
    let lacks = columns.iter().find(|column| !there.iter().any(|other| other.name == column.name))?;
    Some(Outcome::Differs { detail: format!("the target has no column {}", lacks.name) })
}

#[cfg(test)]
mod tests {
    use super::{
        super::form::tests::{PLAIN, column},
        *,
    };

    fn queries(reading: Reading) -> String {
        let name = QualifiedName::new("s", "t");
        let id = column("id", "integer", "");
        let columns = vec![&id];
        let relation =
            Relation { name: &name, columns, reading, bytes: [0, 0], tables: None, obstacle: None };
        let both = [0, 1].map(|side| relation.queries(side, ServerVersion(150_000), PLAIN).join("; "));
        both.join("\n").replace("pg_catalog.", "").replace("hashtextextended(ROW(id)::text, 0)", "hash")
    }

    #[test]
    fn a_condition_holds_on_the_source_only() {
        insta::assert_snapshot!(queries(Reading::All { condition: Some("a OR b".into()) }), @"
        SELECT concat_ws(' ', count(*), COALESCE(sum(hash), 0)) FROM s.t WHERE (a OR b)
        SELECT concat_ws(' ', count(*), COALESCE(sum(hash), 0)) FROM s.t
        ");
    }

    #[test]
    fn a_limit_holds_on_the_source_only() {
        let limited = |order_by: Option<&str>| Reading::Limited {
            condition: Some("a".into()),
            order_by: order_by.map(str::to_owned),
            limit: 5,
        };
        insta::assert_snapshot!(queries(limited(None)), @"
        SELECT concat_ws(' ', count(*), COALESCE(sum(hash), 0)) FROM (SELECT id FROM s.t WHERE (a) LIMIT 5) part
        SELECT concat_ws(' ', count(*), COALESCE(sum(hash), 0)) FROM s.t
        ");
        insta::assert_snapshot!(queries(limited(Some("id DESC"))), @"
        SELECT concat_ws(' ', count(*), COALESCE(sum(hash), 0)) FROM (SELECT id FROM s.t WHERE (a) ORDER BY id DESC LIMIT 5) part
        SELECT concat_ws(' ', count(*), COALESCE(sum(hash), 0)) FROM s.t
        ");
    }

    #[test]
    fn only_whole_tables_are_unfiltered() {
        assert!(!Reading::View.is_filtered() && !Reading::All { condition: None }.is_filtered());
        assert!(Reading::All { condition: Some("a".into()) }.is_filtered());
    }
}
