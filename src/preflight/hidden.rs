//! What the source's role cannot read of rows and values, though it may read the definitions: it is refused before anything
//! is made, since the server would say it only when the copy comes to it.
use std::collections::HashSet;

use serde::Deserialize;

use super::Source;
use crate::{
    error::{Error, ErrorKind, Result},
    object::Object,
    pg::QualifiedName,
};

/// A row of the query.
#[derive(Debug, Deserialize)]
struct Hidden {
    #[serde(flatten)]
    name: QualifiedName,
    is_sequence: bool,
}

/// Refuses tables of which policies may hide rows from our role (the copy would be incomplete), and sequences that it may
/// not read (the copy would give numbers that rows have).
pub(super) async fn refuse_hidden_rows(source: &Source) -> Result<()> {
    let found: Vec<Hidden> = source.session.query_json(include_str!("sql/unreadable_rows.sql")).await?;
    if found.is_empty() {
        return Ok(());
    }
    let objects = source.selected.catalog.objects.iter();
    let carried: HashSet<&QualifiedName> = objects.filter_map(Object::relation_name).collect();
    let names = |sequences: bool| -> Vec<String> {
        let rows = found.iter().filter(|row| row.is_sequence == sequences && carried.contains(&row.name));
        rows.map(|row| row.name.to_string()).collect()
    };
    let (tables, sequences) = (names(false), names(true));
    if !tables.is_empty() {
        let message =
            format!("row-level security may hide rows from the source's role in {}", tables.join(", "));
        return Err(Error::new(ErrorKind::Privilege, message).hint(
            "read as a role with BYPASSRLS, or as the tables' owner if it is not forced on them; or exclude them",
        ));
    }
    if !sequences.is_empty() {
        let message = format!("the source's role may not read the sequences {}", sequences.join(", "));
        return Err(Error::new(ErrorKind::Privilege, message)
            .hint("GRANT USAGE on their schemas and SELECT on these sequences"));
    }
    Ok(())
}
