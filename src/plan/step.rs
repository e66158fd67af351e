//! A step: one thing to do, with all that is needed to do it. Whoever runs it asks no catalog.
use std::{fmt, str::FromStr};

use super::guard;

/// The stable, readable name of a step, unique in a plan: `data:public.flights:0003`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepId(pub String);

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a step is, and so who runs it. `ROLE`, `SCHEMA_PRE` and `TRUNCATE` steps run first, in the order of the plan,
/// where `SCHEMA_PRE` steps that do not depend on each other may run at the same time; all others run as soon as what
/// they depend on is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StepKind {
    /// Creates the target database, from the maintenance database, outside of a transaction.
    Database,
    /// Roles and memberships; `sql` runs on the target.
    Role,
    /// Definitions that stand before the data; `sql` runs on the target.
    SchemaPre,
    /// Empties a table that existed (`--on-existing truncate`); `sql` runs on the target.
    Truncate,
    /// Copies a chunk: `source_sql` is the COPY TO of the source, `sql` the COPY FROM of the target.
    Data,
    /// `source_sql` runs on the source and gives statements, one a row, that run on the target: sequence values
    /// and whatever else must be read at the last moment or must not stand in a plan (password verifiers).
    Carry,
    /// Indexes and constraints: long work for the target; `sql` runs on the target.
    Index,
    /// All other definitions that stand after the data; `sql` runs on the target.
    SchemaPost,
    /// REFRESH MATERIALIZED VIEW; `sql` runs on the target.
    Refresh,
    /// ANALYZE; `sql` runs on the target.
    Analyze,
}

impl StepKind {
    /// All kinds, in the order of their phases.
    pub const ALL: [Self; 10] = [
        Self::Database,
        Self::Role,
        Self::SchemaPre,
        Self::Truncate,
        Self::Data,
        Self::Carry,
        Self::Index,
        Self::SchemaPost,
        Self::Refresh,
        Self::Analyze,
    ];

    /// The word in `plan.tsv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Database => "DATABASE",
            Self::Role => "ROLE",
            Self::SchemaPre => "SCHEMA_PRE",
            Self::Truncate => "TRUNCATE",
            Self::Data => "DATA",
            Self::Carry => "CARRY",
            Self::Index => "INDEX",
            Self::SchemaPost => "SCHEMA_POST",
            Self::Refresh => "REFRESH",
            Self::Analyze => "ANALYZE",
        }
    }
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for StepKind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| format!("unknown step kind `{word}`"))
    }
}

/// Something that must be done before a step starts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dependency {
    /// One step.
    Step(StepId),
    /// Every step of a kind, written `@DATA`.
    Kind(StepKind),
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(id) => id.fmt(f),
            Self::Kind(kind) => write!(f, "@{kind}"),
        }
    }
}

/// One line of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub id: StepId,
    /// What it is.
    pub kind: StepKind,
    /// The target database.
    pub database: String,
    /// The object concerned, for people (`TABLE bookings.flights`); for `DATA` the bare qualified name of the table.
    pub object: String,
    /// What must be done before. Steps without any start when the pre-data steps are done.
    pub depends_on: Vec<Dependency>,
    /// Size of the work in bytes: of the chunk, of the table that is indexed; 0 if unknown or small.
    pub estimate: u64,
    /// `DATA`: which rows, as SQL condition; empty for all of them.
    pub chunk: String,
    /// What runs on the source, if anything.
    pub source_sql: String,
    /// What runs on the target.
    pub sql: String,
}

impl Step {
    /// A step that does nothing yet and waits for nothing.
    pub fn new(kind: StepKind, id: impl Into<String>, database: &str, object: impl Into<String>) -> Self {
        Self {
            id: StepId(id.into()),
            kind,
            database: database.to_owned(),
            object: object.into(),
            depends_on: Vec::new(),
            estimate: 0,
            chunk: String::new(),
            source_sql: String::new(),
            sql: String::new(),
        }
    }

    /// The table that a `DATA` step puts its rows into: where they go in through a table above a partition, that one.
    pub fn filled_table(&self) -> &str {
        // The latter is how `guard::before_copy_through` begins.
        let sql = self.sql.strip_prefix(guard::AS_REPLICA).unwrap_or(&self.sql);
        let named = sql.strip_prefix("COPY ").or_else(|| sql.strip_prefix("LOCK TABLE "));
        named.map_or(&self.object, |named| leading_name(named.strip_prefix("ONLY ").unwrap_or(named)))
    }
}

/// The name, in quotes where it needs them, that a text begins with.
pub fn leading_name(text: &str) -> &str {
    let mut quoted = false;
    let end = text.find(|c| {
        quoted ^= c == '"';
        c == ' ' && !quoted
    });
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_quotes_end_where_they_end() {
        for (text, name) in [
            ("public.item (id) FROM STDIN", "public.item"),
            ("\"a (b\".\"c\"\" ON d\" FROM STDIN", "\"a (b\".\"c\"\" ON d\""),
            ("item", "item"),
        ] {
            assert_eq!(leading_name(text), name);
        }
    }

    #[test]
    fn rows_are_where_their_copy_puts_them() {
        let copy =
            |sql: &str| Step { sql: sql.to_owned(), ..Step::new(StepKind::Data, "data:s.p", "d", "s.p") };
        assert_eq!(copy("COPY s.\"the root\" (a) FROM STDIN").filled_table(), "s.\"the root\"");
        let through = crate::plan::guard::before_copy_through("s.\"the root\"");
        assert_eq!(
            copy(&format!("{through};\nCOPY s.\"the root\" FROM STDIN")).filled_table(),
            "s.\"the root\""
        );
        assert_eq!(copy("SET LOCAL lock_timeout = 0;\nCOPY s.p FROM STDIN (FREEZE)").filled_table(), "s.p");
        for has_partitions in [true, false] {
            let late = guard::before_late_copy("s.\"the root\"", has_partitions);
            assert_eq!(copy(&format!("{late};\nCOPY s.x FROM STDIN")).filled_table(), "s.\"the root\"");
        }
    }
}
