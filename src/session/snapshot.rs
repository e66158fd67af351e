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

impl Session {
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
