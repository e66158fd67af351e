//! Named repairs of circular dependencies.
use crate::{
    error::{Error, ErrorKind, Result},
    object::{Entry, ObjectId, Separate},
    pg::catalog,
};

/// Finds what must stand apart so that the groups of entries that need each other come apart.
///
/// *Default or check calls a function that takes the row type*: a column default or a CHECK constraint becomes an
/// entry of its own, behind its table or domain and the function.
pub(super) fn repair(
    entries: &[&Entry],
    cycles: &[Vec<usize>],
    separate: &Separate,
) -> Result<Vec<ObjectId>> {
    let mut repairs = Vec::new();
    for cycle in cycles {
        let parts = cycle.iter().flat_map(|index| &entries[*index].aliases);
        let parts: Vec<ObjectId> = parts
            .filter(|id| matches!(id.class, catalog::ATTRDEF | catalog::CONSTRAINT) && !separate.contains(id))
            .copied()
            .collect();
        if parts.is_empty() {
            let names: Vec<&str> = cycle.iter().map(|index| entries[*index].identity.as_str()).collect();
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!("these objects need each other: {}", names.join(", ")),
            )
            .hint("exclude one of them from the selection, and make it by hand"));
        }
        repairs.extend(parts);
    }
    Ok(repairs)
}
