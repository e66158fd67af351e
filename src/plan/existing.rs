//! What of the script stands on the target already. An equal definition is fine, another one is refused.
use std::collections::{BTreeMap, HashMap};

use super::Input;
use crate::{
    ddl::{self, Item, Placement, Script},
    error::{Error, ErrorKind, Result},
};

/// Names listed in a refusal; more would not be read.
const NAMED_AT_MOST: usize = 20;

/// For each item of the script, by its place: what is left to do. `None`: all of it.
pub(super) type Existing = HashMap<usize, Vec<String>>;

/// Compares the script with the target's.
pub(super) fn find(script: &Script, input: &Input<'_>, placement: &Placement) -> Result<Existing> {
    let Some(catalog) = &input.target.catalog else { return Ok(of_new_database(script, input)) };
    let there = ddl::build(catalog, placement)?;
    let there: BTreeMap<String, &Item> = there.items.iter().map(|item| (item.id(), item)).collect();
    let (mut existing, mut different) = (Existing::new(), Vec::new());
    for (place, item) in script.items.iter().enumerate() {
        let Some(other) = there.get(&item.id()) else { continue };
        let same = item.entry.create == other.entry.create || item.entry.kind == "extension";
        if same {
            let left = ddl::reconcile(&item.entry, &input.source.catalog, &other.entry, catalog);
            existing.insert(place, left);
        } else if item.entry.kind != "system_privilege" {
            // Of a system object nothing is made, and what is granted is granted again.
            different.push(item.entry.identity.clone());
        }
    }
    if different.is_empty() {
        return Ok(existing);
    }
    let more = different.len().saturating_sub(NAMED_AT_MOST);
    let names = different[..different.len().min(NAMED_AT_MOST)].join(", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Err(Error::new(
        ErrorKind::Refused,
        format!("the target has these with another definition: {names}{more}"),
    )
    .hint("drop or rename them on the target, or exclude them from the selection"))
}

/// A database that is still to be created comes with a few things.
fn of_new_database(script: &Script, input: &Input<'_>) -> Existing {
    let left = |(place, item)| Some((place, ddl::for_new_database(item, &input.source.catalog)?));
    script.items.iter().enumerate().filter_map(left).collect()
}
