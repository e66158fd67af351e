//! The planner's statistics of a database: what ANALYZE wrote into `pg_class` and `pg_statistic`.
//!
//! Two queries, however many tables. Values stay the text that the server printed. Statistics of columns that the role may
//! not read are not shown by `pg_stats`, and so they look as if there were none.
use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::{
    error::{Context as _, Result},
    object::{Queries, query_for},
    pg::{Ident, Oid, QualifiedName, ServerVersion},
    session::Session,
};

const RELATION_QUERIES: Queries =
    &[(u32::MAX, include_str!("sql/statistics.sql")), (17, include_str!("sql/statistics.pg17.sql"))];

const COLUMN_QUERIES: Queries = &[
    (u32::MAX, include_str!("sql/statistics_column.sql")),
    (16, include_str!("sql/statistics_column.pg16.sql")),
];

/// What the queries have in the place of the tables that are asked for, so that they run as they are.
const NO_TABLES: &str = "'{}'";

/// `reltuples` of a relation that was never vacuumed or analyzed is -1 since this version, and 0 before.
const TELLS_UNKNOWN_ROWS: u32 = 14;

/// Statistics of tables and materialized views, and of their indexes.
#[derive(Debug)]
pub struct Statistics {
    /// The version of the server that they are of.
    pub version: ServerVersion,
    relations: HashMap<Oid, RelationStatistics>,
    /// By table: its indexes, by name.
    indexes: HashMap<Oid, Vec<Oid>>,
}

/// Statistics of a relation: those of its row of `pg_class`, and of its columns.
#[derive(Debug, Deserialize)]
pub struct RelationStatistics {
    /// Its OID.
    pub oid: Oid,
    /// Its name.
    #[serde(flatten)]
    pub name: QualifiedName,
    /// `relkind`: r, p, m or i.
    pub kind: String,
    /// Of an index its table, otherwise the relation itself.
    of_table: Oid,
    /// `reltuples`, see [`Statistics::rows`].
    tuples: f64,
    /// `relallvisible`
    pub all_visible: i32,
    /// `relallfrozen` (server 18 and newer).
    pub all_frozen: Option<i32>,
    /// Whether it is an index on expressions, which have statistics of their own.
    pub has_expressions: bool,
    /// Whether there is a CREATE STATISTICS on it.
    pub extended: bool,
    /// Its partitions, or the tables that inherit from it.
    pub children: Vec<Oid>,
    /// By column and `inherited`.
    #[serde(skip)]
    pub columns: Vec<ColumnStatistics>,
}

/// A row of `pg_stats`.
#[derive(Debug, Deserialize)]
pub struct ColumnStatistics {
    relation: Oid,
    /// The column's name; of an index's expression one that the server made up.
    pub column: Ident,
    /// `attnum`
    pub number: i16,
    /// Whether they are of the table together with its children.
    pub inherited: bool,
    /// The columns of `pg_stats` that are not NULL.
    pub values: BTreeMap<String, String>,
}

impl Statistics {
    /// Of a relation, if it was asked for.
    pub fn of(&self, oid: Oid) -> Option<&RelationStatistics> {
        self.relations.get(&oid)
    }

    /// Of the indexes of a table, by name.
    pub fn of_indexes(&self, table: Oid) -> impl Iterator<Item = &RelationStatistics> {
        self.indexes.get(&table).into_iter().flatten().filter_map(|oid| self.of(*oid))
    }

    /// `reltuples` as far as it is known.
    pub fn rows(&self, relation: &RelationStatistics) -> Option<f64> {
        let zero_is_known = self.version.at_least(TELLS_UNKNOWN_ROWS);
        Some(relation.tuples).filter(|rows| *rows > 0.0 || (*rows == 0.0 && zero_is_known))
    }
}

/// Reads the statistics of tables and materialized views, and of their indexes.
pub async fn read_statistics(session: &Session, tables: &[Oid]) -> Result<Statistics> {
    let version = session.version();
    let list: Vec<String> = tables.iter().map(ToString::to_string).collect();
    let asked = |queries| {
        query_for(queries, version.major()).replace(NO_TABLES, &format!("'{{{}}}'", list.join(",")))
    };
    let rows: Vec<RelationStatistics> =
        session.query_json(&asked(RELATION_QUERIES)).await.context(|| "statistics")?;
    let columns: Vec<ColumnStatistics> =
        session.query_json(&asked(COLUMN_QUERIES)).await.context(|| "statistics of columns")?;
    let mut indexes: HashMap<Oid, Vec<Oid>> = HashMap::new();
    for row in rows.iter().filter(|row| row.kind == "i") {
        indexes.entry(row.of_table).or_default().push(row.oid);
    }
    let mut relations: HashMap<Oid, RelationStatistics> =
        rows.into_iter().map(|row| (row.oid, row)).collect();
    for column in columns {
        if let Some(relation) = relations.get_mut(&column.relation) {
            relation.columns.push(column);
        }
    }
    Ok(Statistics { version, relations, indexes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pg::SUPPORTED;

    #[test]
    fn every_version_has_its_queries_with_a_place_for_the_tables() {
        for queries in [RELATION_QUERIES, COLUMN_QUERIES] {
            for major in SUPPORTED {
                assert_eq!(query_for(queries, *major).matches(NO_TABLES).count(), 1, "{major}");
            }
        }
    }
}
