//! One opaque error for the whole library.
//!
//! An [`Error`] is a value with a kind (what class of trouble), a message (what went wrong, naming the thing),
//! a chain of contexts (where) and a cause. A cause is kept as a value and never formatted into a message.
//! What follows from an error (retry, hint, exit code) is decided in [`crate::policy`] alone.
use std::fmt;

use crate::pg::SqlState;

/// Result with the library's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Target of `tracing` events that are for the user, as errors are: what holds a command up, what is tried again.
pub const NOTICE: &str = concat!(env!("CARGO_CRATE_NAME"), "::notice");

/// Class of an error. The exit code and the retry rule hang on it (see [`crate::policy`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The command line is wrong.
    Usage,
    /// The configuration file, a connection string, a password or service file is wrong.
    Config,
    /// A local file could not be read or written.
    Io,
    /// A server could not be reached, or a connection was lost.
    Connection,
    /// TLS could not be agreed on or verified.
    Tls,
    /// The server refused who we are (user, password, `pg_hba.conf`, missing database).
    Authentication,
    /// A server answered a statement with an error.
    Server,
    /// The role lacks a privilege that the run needs.
    Privilege,
    /// The source or the target is in a state that the run refuses to touch.
    Refused,
    /// Something in the catalog cannot be understood or carried.
    Unsupported,
    /// The plan file, the state file or the journal do not fit together.
    Plan,
    /// The peer sent bytes that are not the protocol.
    Protocol,
    /// The copy is not equal to its source.
    Differs,
    /// One or more steps failed; the run can be resumed.
    StepsFailed,
    /// The source's snapshot is gone with the session that held it.
    SnapshotLost,
    /// The user or the system asked to stop.
    Interrupted,
    /// A promise of our own code did not hold.
    Internal,
}

impl ErrorKind {
    /// Every class.
    pub const ALL: [Self; 17] = [
        Self::Usage,
        Self::Config,
        Self::Io,
        Self::Connection,
        Self::Tls,
        Self::Authentication,
        Self::Server,
        Self::Privilege,
        Self::Refused,
        Self::Unsupported,
        Self::Plan,
        Self::Protocol,
        Self::Differs,
        Self::StepsFailed,
        Self::SnapshotLost,
        Self::Interrupted,
        Self::Internal,
    ];

    /// Its word, as metrics name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Config => "config",
            Self::Io => "io",
            Self::Connection => "connection",
            Self::Tls => "tls",
            Self::Authentication => "authentication",
            Self::Server => "server",
            Self::Privilege => "privilege",
            Self::Refused => "refused",
            Self::Unsupported => "unsupported",
            Self::Plan => "plan",
            Self::Protocol => "protocol",
            Self::Differs => "differs",
            Self::StepsFailed => "steps_failed",
            Self::SnapshotLost => "snapshot_lost",
            Self::Interrupted => "interrupted",
            Self::Internal => "internal",
        }
    }
}

/// An error of the library; one pointer wide.
pub struct Error(Box<Inner>);

/// A constraint that a row violates, as the server names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// The table's schema.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The constraint.
    pub name: String,
}

struct Inner {
    kind: ErrorKind,
    message: String,
    context: Vec<String>,
    hint: Option<String>,
    sqlstate: Option<SqlState>,
    constraint: Option<Constraint>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A new error. `message` names the thing concerned and holds no cause.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            context: Vec::new(),
            hint: None,
            sqlstate: None,
            constraint: None,
            source: None,
        }))
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds what the user can do about it; it replaces the hint of the policy table.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds the SQLSTATE that a server gave.
    #[must_use]
    pub fn sqlstate(mut self, sqlstate: SqlState) -> Self {
        self.0.sqlstate = Some(sqlstate);
        self
    }

    /// Adds the constraint that a server gave.
    #[must_use]
    pub fn violates(mut self, constraint: Constraint) -> Self {
        self.0.constraint = Some(constraint);
        self
    }

    /// Adds where it happened, outermost last ("step `data:public.t:0001`", "target").
    #[must_use]
    pub fn context(mut self, place: impl Into<String>) -> Self {
        self.0.context.push(place.into());
        self
    }

    /// Its class.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The SQLSTATE if a server gave one.
    pub fn code(&self) -> Option<SqlState> {
        self.0.sqlstate
    }

    /// The constraint that a row violates.
    pub fn violated(&self) -> Option<&Constraint> {
        self.0.constraint.as_ref()
    }

    /// The hint given where the error was made.
    pub fn own_hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Message, places and causes on one line, outermost place first.
    pub fn report(&self) -> String {
        use fmt::Write as _;
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            // Writing to a String does not fail.
            _ = write!(text, ": {error}");
            cause = error.source();
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in self.0.context.iter().rev() {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("context", &self.0.context)
            .field("sqlstate", &self.0.sqlstate)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn std::error::Error + 'static))
    }
}

/// Adds a place to the error of a result.
pub trait Context<T> {
    /// Says where the error happened; `place` is only called for an error.
    fn context<P: Into<String>>(self, place: impl FnOnce() -> P) -> Result<T>;
}

impl<T> Context<T> for Result<T> {
    fn context<P: Into<String>>(self, place: impl FnOnce() -> P) -> Result<T> {
        self.map_err(|error| error.context(place()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_names_places_then_message_then_causes() {
        let cause = std::io::Error::other("disk on fire");
        let error = Error::new(ErrorKind::Io, "cannot write `plan.tsv`")
            .caused_by(cause)
            .context("plan")
            .context("run");
        assert_eq!(error.report(), "run: plan: cannot write `plan.tsv`: disk on fire");
    }
}
