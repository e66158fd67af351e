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
///
/// *View reads what needs its row type*: the view is made without its query first.
pub(super) fn repair(
    entries: &[&Entry],
    cycles: &[Vec<usize>],
    separate: &Separate,
) -> Result<Vec<ObjectId>> {
    let mut repairs = Vec::new();
    for cycle in cycles {
        let found = [defaults_and_checks(entries, cycle), views(entries, cycle)]
            .into_iter()
            .map(|mut parts| {
                parts.retain(|id| !separate.contains(id));
                parts
            })
            .find(|parts| !parts.is_empty());
        let Some(parts) = found else { return Err(unsolved(entries, cycle)) };
        repairs.extend(parts);
    }
    Ok(repairs)
}

fn defaults_and_checks(entries: &[&Entry], cycle: &[usize]) -> Vec<ObjectId> {
    let parts = cycle.iter().flat_map(|index| &entries[*index].aliases);
    parts.filter(|id| matches!(id.class, catalog::ATTRDEF | catalog::CONSTRAINT)).copied().collect()
}

fn views(entries: &[&Entry], cycle: &[usize]) -> Vec<ObjectId> {
    cycle
        .iter()
        .map(|index| entries[*index])
        .filter(|entry| entry.kind == "view")
        .map(|entry| entry.id)
        .collect()
}

fn unsolved(entries: &[&Entry], cycle: &[usize]) -> Error {
    let names: Vec<&str> = cycle.iter().map(|index| entries[*index].identity.as_str()).collect();
    Error::new(ErrorKind::Unsupported, format!("these objects need each other: {}", names.join(", ")))
        .hint("exclude one of them from the selection, and make it by hand")
}
