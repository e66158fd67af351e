//! The result of `check`.
use serde::Serialize;

use super::{Finding, Severity, facts::SideFacts};
use crate::{
    config::{Endpoint, Settings},
    error::{Error, ErrorKind, Result},
};

/// What `check` found.
#[derive(Debug, Clone, Serialize)]
pub struct CheckReport {
    /// The source.
    pub source: CheckedSide,
    /// The target.
    pub target: CheckedSide,
    /// How many checks were made.
    pub checks: usize,
    /// The worst first, each severity in the order of the checks.
    pub findings: Vec<Finding>,
}

/// A side, as it was reached.
#[derive(Debug, Clone, Serialize)]
pub struct CheckedSide {
    /// Where, without a secret.
    pub address: String,
    /// Its version.
    pub server_version: String,
    /// Whether the database is there; a target's is made by the run otherwise.
    pub database_exists: bool,
}

impl CheckReport {
    pub(super) fn new(
        settings: &Settings,
        [source, target]: [&SideFacts; 2],
        checks: usize,
        findings: Vec<Finding>,
    ) -> Self {
        let side = |endpoint: &Endpoint, facts: &SideFacts| CheckedSide {
            address: endpoint.to_string(),
            server_version: facts.version.to_string(),
            database_exists: facts.exists,
        };
        Self {
            source: side(&settings.source, source),
            target: side(&settings.target, target),
            checks,
            findings,
        }
    }

    /// Findings of a severity.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.severity == severity)
    }

    /// Refused if a migration would be.
    pub fn result(&self) -> Result<()> {
        let mut ids: Vec<&str> = self.of(Severity::Error).map(|finding| finding.check).collect();
        ids.dedup();
        if ids.is_empty() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Refused, format!("a migration would fail: {}", ids.join(", ")))
            .hint("the report says what to do about each"))
    }
}
