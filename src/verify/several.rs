//! What the comparisons of several databases found, together.
use serde::Serialize;

use super::VerifyReport;
use crate::{
    catalog::Note,
    error::{Error, ErrorKind, Result},
    pg::Ident,
    policy,
};

/// What was found, database by database.
#[derive(Debug, Clone, Serialize)]
pub struct SeveralReport {
    /// Whether nothing differs in any of them.
    pub equal: bool,
    /// The largest first.
    pub databases: Vec<Compared>,
    /// Databases that were left out, and why.
    pub notes: Vec<Note>,
}

/// One database.
#[derive(Debug, Clone, Serialize)]
pub struct Compared {
    /// Its name on the source.
    pub database: String,
    /// Its name on the target.
    pub target_database: String,
    /// Nothing if it could not be compared.
    pub report: Option<VerifyReport>,
    /// Why it could not, or does not stand.
    pub error: Option<String>,
    #[serde(skip)]
    kind: Option<ErrorKind>,
}

impl Compared {
    /// Of a comparison that ended.
    pub fn new([database, target_database]: [String; 2], found: Result<VerifyReport>) -> Self {
        let (report, error) = match found {
            Ok(report) => (Some(report.clone()), report.into_result().err()),
            Err(error) => (None, Some(error)),
        };
        let kind = error.as_ref().map(Error::kind);
        Self { database, target_database, report, error: error.map(|error| error.report()), kind }
    }

    /// Whether it was compared, and nothing differs.
    pub fn is_equal(&self) -> bool {
        self.kind.is_none()
    }
}

impl SeveralReport {
    /// Sums up.
    pub fn new(databases: Vec<Compared>, notes: Vec<Note>) -> Self {
        Self { equal: databases.iter().all(Compared::is_equal), databases, notes }
    }

    /// The error that a command ends with. Differences count before what could not be compared; both are named.
    pub fn result(&self) -> Result<()> {
        let bad: Vec<&Compared> = self.databases.iter().filter(|one| !one.is_equal()).collect();
        let Some(first) = bad.first().and_then(|one| one.kind) else { return Ok(()) };
        let names: Vec<String> = bad.iter().map(|one| Ident(one.database.clone()).to_string()).collect();
        let differs = bad.iter().any(|one| one.kind == Some(ErrorKind::Differs));
        let kind = if differs { ErrorKind::Differs } else { first };
        let message = format!(
            "{} of {} databases are not equal: {}",
            bad.len(),
            self.databases.len(),
            names.join(", ")
        );
        let error = Error::new(kind, message);
        Err(match policy::of(&error).hint {
            Some(_) => error,
            None => error.hint("the report names the cause of each"),
        })
    }
}
