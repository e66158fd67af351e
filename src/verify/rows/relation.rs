//! What is compared: each table that has rows of its own, and how its rows are read on each side.
//!
//! The source is read as the plan read it, with its conditions; the target whole, for it should hold nothing else.
use std::collections::{HashMap, HashSet};

use super::{form::Form, key::RowKey, measure::Measure};
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
    /// The target's columns of these names.
    there: Vec<&'a Column>,
    /// What names a row, if it is a table that has such a key on both sides.
    pub(super) key: Option<RowKey<'a>>,
    /// What each row gives to the sum; `None` if rows are only counted.
    pub(super) hash: Option<String>,
    /// What there is to say of how it is compared.
    pub(super) note: Option<String>,
    pub(super) reading: Reading,
    /// Size on source and target, for the order of the work.
    pub(super) bytes: [u64; 2],
    /// On source and target, unless it is a view.
    pub(super) tables: Option<[&'a Table; 2]>,
    /// Why there is nothing to compare.
    pub(super) obstacle: Option<Outcome>,
}

/// A part of a relation: its query, and the condition that cuts it out, if there is one.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) sql: String,
    pub(super) condition: String,
}

impl Relation<'_> {
    /// The parts whose tallies add up to the side's (0: source, 1: target).
    pub(super) fn parts(&self, side: usize, version: ServerVersion) -> Vec<Part> {
        if self.obstacle.is_some() {
            return Vec::new();
        }
        if let (Reading::Limited { .. }, 0) = (&self.reading, side) {
            return vec![Part { sql: self.limited_query(), condition: String::new() }];
        }
        let chunks = self.tables.map_or(vec![String::new()], |tables| chunks(tables[side], version));
        let part = |condition: String| Part { sql: self.part_query(side, &condition), condition };
        chunks.into_iter().map(part).collect()
    }

    /// The query of the rows for which a further condition holds, with the file that they are in.
    fn part_query(&self, side: usize, condition: &str) -> String {
        let further = (!condition.is_empty()).then(|| condition.to_owned());
        let conditions: Vec<String> = self.own_condition(side).into_iter().chain(further).collect();
        Form::query(self.hash.as_deref(), Some(self.name), &self.behind_from("", &conditions))
    }

    /// The condition of the rows that are compared, if not all of a side are.
    pub(super) fn own_condition(&self, side: usize) -> Option<String> {
        match (&self.reading, side) {
            (Reading::All { condition: Some(own) }, 0) => Some(format!("({own})")),
            _ => None,
        }
    }

    /// What stands behind FROM. `sample` is a TABLESAMPLE, or empty.
    pub(super) fn behind_from(&self, sample: &str, conditions: &[String]) -> String {
        self.from() + sample + &where_clause(conditions)
    }

    /// The columns that are compared, as a side has them.
    pub(super) fn columns_on(&self, side: usize) -> Vec<&Column> {
        if side == 0 { self.columns.clone() } else { self.there.clone() }
    }

    /// As the plan read it.
    fn limited_query(&self) -> String {
        let Reading::Limited { condition, order_by, limit } = &self.reading else { return String::new() };
        let names: Vec<String> = self.columns.iter().map(|column| column.name.to_string()).collect();
        let conditions: Vec<String> = condition.iter().map(|own| format!("({own})")).collect();
        let mut part = format!("SELECT {} FROM {}", names.join(", "), self.behind_from("", &conditions));
        if let Some(order) = order_by {
            part += &format!(" ORDER BY {order}");
        }
        Form::query(self.hash.as_deref(), None, &format!("({part} LIMIT {limit}) part"))
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
    how: (Form, Measure),
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
        let mut relation = relation(name, object, there.get(name).copied(), reading);
        relation.measure(source, how);
        Some(relation)
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
    let there: Vec<&Column> = other.map(hashed_columns).unwrap_or_default();
    let same_name = |column: &&Column| there.iter().copied().find(|other| other.name == column.name);
    let there = columns.iter().filter_map(same_name).collect();
    Relation { name, columns, there, key: None, hash: None, note: None, reading, bytes, tables, obstacle }
}

impl<'a> Relation<'a> {
    /// Says what is measured of its rows.
    fn measure(&mut self, source: &'a Catalog, (form, measure): (Form, Measure)) {
        self.key = self.tables.and_then(|tables| RowKey::of(source, tables, form));
        self.hash = measure.of_row(form, &self.columns, self.key.as_ref());
        self.note = self.obstacle.is_none().then(|| measure.note(self.key.as_ref())).flatten();
    }
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
        let relation = Relation {
            name: &name,
            columns: vec![&id],
            there: vec![&id],
            key: None,
            hash: PLAIN.row_hash(&[&id]),
            note: None,
            reading,
            bytes: [0, 0],
            tables: None,
            obstacle: None,
        };
        let sql = |part: Part| part.sql;
        let both = [0, 1].map(|side| {
            relation.parts(side, ServerVersion(150_000)).into_iter().map(sql).collect::<Vec<_>>().join("; ")
        });
        let shown =
            both.join("\n").replace("pg_catalog.", "").replace("hashtextextended(ROW(id)::text, 0)", "hash");
        shown.replace(", pg_relation_filenode('s.t'::regclass)", "")
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
