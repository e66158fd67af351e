//! `CREATE STATISTICS`. Made before the data, so that the run's ANALYZE fills it.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Oid, QualifiedName, catalog};

/// A row of `pg_statistic_ext`.
#[derive(Debug, Clone, Deserialize)]
pub struct ExtendedStatistics {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    relation: Oid,
    /// `pg_get_statisticsobjdef`. Up to server 11 it names no kinds where there are all, which means more on newer ones:
    /// what was made for all kinds stays so.
    definition: String,
    /// `SET STATISTICS` (server 13 and newer), if set.
    statistics: Option<i32>,
}

impl Kind for ExtendedStatistics {
    const QUERIES: Queries = &[
        (u32::MAX, include_str!("sql/extended_statistics.sql")),
        (16, include_str!("sql/extended_statistics.pg16.sql")),
        (12, include_str!("sql/extended_statistics.pg12.sql")),
    ];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let relation = ObjectId::new(catalog::CLASS, self.relation);
        let mut entry = Entry::new(
            ObjectId::new(catalog::STATISTIC_EXT, self.oid),
            "extended_statistics",
            format!("STATISTICS {}", self.name),
            [self.name.schema.as_str(), self.name.name.as_str(), ""],
        )
        .create(&*self.definition)
        .owner(&self.owner)
        .after(relation);
        entry.relation = Some(relation);
        if let Some(target) = self.statistics {
            entry.create.push(format!("ALTER STATISTICS {} SET STATISTICS {target}", self.name));
        }
        entries.push(entry);
    }
}
