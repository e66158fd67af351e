//! Entry for fuzzing: rows that come as text.

/// A row of `pg_depend`.
pub(crate) fn depend(row: &str) {
    _ = super::read::parse_depend(row);
}
