//! Snapshots: one session exports what it sees, others read the same.
//!
//! Works on a primary and on a standby. The exporting session must stay in its transaction for as long as someone may still
//! import; after that the importers hold the snapshot themselves.
use std::fmt;

use super::Session;
use crate::{error::Result, pg::quote_literal};

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The name of an exported snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotId(pub String);

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the source's tables (and large objects) were up to, from their files and the counters of changed rows, which begin anew
/// with the server's statistics. Without counters nothing is told. A database is asked before its snapshot is taken: a change
/// in between counts as one after it, which costs a look more than is needed.
const MARK: &str = "SELECT pg_catalog.json_build_object( \
    'lsn', CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() \
                ELSE pg_catalog.pg_current_wal_lsn() END, \
    'standby', pg_catalog.pg_is_in_recovery(), \
    'counted_since', pg_catalog.concat(pg_catalog.pg_stat_get_bgwriter_stat_reset_time(), ' ', \
                  (SELECT pg_catalog.pg_stat_get_db_stat_reset_time(d.oid) FROM pg_catalog.pg_database d \
                    WHERE d.datname = pg_catalog.current_database()), \
                  CASE WHEN pg_catalog.current_setting('track_counts') = 'off' THEN pg_catalog.clock_timestamp() END), \
    'tables', (SELECT coalesce(pg_catalog.json_object_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), \
                  pg_catalog.concat(pg_catalog.pg_relation_filenode(c.oid), ':', pg_catalog.pg_stat_get_tuples_inserted(c.oid) \
                    + pg_catalog.pg_stat_get_tuples_updated(c.oid) + pg_catalog.pg_stat_get_tuples_deleted(c.oid))), '{}') \
                 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                WHERE c.relkind = 'r' \
                  AND (n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%' \
                       OR c.oid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass)))::text";

/// Begins a transaction that holds tables (as SQL names them) still by ACCESS SHARE. LOCK TABLE takes no snapshot.
pub fn lock_for_snapshot<'t>(tables: impl IntoIterator<Item = &'t String>) -> String {
    let names: Vec<String> = tables.into_iter().map(|name| format!("ONLY {name}")).collect();
    if names.is_empty() {
        return BEGIN.to_owned();
    }
    format!("{BEGIN}; LOCK TABLE {} IN ACCESS SHARE MODE", names.join(", "))
}

impl Session {
    /// How far the database has come, as JSON: the end of its WAL, and for each table what changes with its rows.
    pub async fn read_mark(&self) -> Result<String> {
        self.one_text(MARK).await
    }

    /// [`lock_for_snapshot`], and then exports the snapshot, in this order: who was at TRUNCATE or at a rewrite of a table, for
    /// whose lock we waited, would leave it empty for a snapshot that was taken before (documentation, "Caveats" of MVCC).
    pub async fn lock_and_export<'t>(
        &self,
        tables: impl IntoIterator<Item = &'t String>,
    ) -> Result<SnapshotId> {
        let what = "locking the tables against changes of their definitions";
        self.execute_patiently(&lock_for_snapshot(tables), what).await?;
        self.one_text("SELECT pg_catalog.pg_export_snapshot()").await.map(SnapshotId)
    }

    /// Begins a transaction and exports its snapshot.
    pub async fn export_snapshot(&self) -> Result<SnapshotId> {
        self.one_text(&format!("{BEGIN}; SELECT pg_catalog.pg_export_snapshot()")).await.map(SnapshotId)
    }

    /// Begins a transaction that sees an exported snapshot.
    pub async fn import_snapshot(&self, snapshot: &SnapshotId) -> Result<()> {
        self.execute(&format!("{BEGIN}; SET TRANSACTION SNAPSHOT {}", quote_literal(&snapshot.0))).await
    }

    /// Ends the transaction; what was exported can no longer be imported.
    pub async fn release_snapshot(&self) -> Result<()> {
        self.execute("ROLLBACK").await
    }
}
