//! What of the script stands on the target already. An equal definition is fine, another one is refused.
use std::collections::{BTreeMap, HashMap};

use super::{Input, permit};
use crate::{
    catalog::{Note, Permits},
    ddl::{
        self, Item, Placement, Script, Spelling,
        spelling::{self, LOOSE_MEMBERS, members_of},
    },
    error::{Error, ErrorKind, Result},
    pg::quote_ident,
};

/// Names listed in a refusal; more would not be read.
const NAMED_AT_MOST: usize = 20;

/// For each item of the script, by its place: what is left to do. `None`: all of it.
pub(super) type Existing = HashMap<usize, Vec<String>>;

/// Compares the script with the target's.
pub(super) fn find(
    script: &Script,
    input: &Input<'_>,
    placement: &Placement,
    notes: &mut Vec<Note>,
) -> Result<Existing> {
    let Some(catalog) = &input.target.catalog else { return Ok(of_new_database(script, input, notes)) };
    let there = ddl::build(catalog, placement)?;
    let spoken = Spelling::between(input.source.catalog.version, catalog.version);
    let families = if spoken.moves_members() { members_of(&there) } else { BTreeMap::new() };
    let id = |item: &Item| spoken.id(item.entry.kind, &item.id());
    let there: BTreeMap<String, &Item> = there.items.iter().map(|item| (id(item), item)).collect();
    let (mut existing, mut different) = (Existing::new(), Vec::new());
    let permits = input.source.permits.as_ref();
    let mut others = Vec::new();
    for (place, item) in script.items.iter().enumerate() {
        if has_members(item, &families) {
            existing.insert(place, Vec::new());
            continue;
        }
        let Some(other) = there.get(&id(item)) else { continue };
        let kind = item.entry.kind;
        let same =
            kind == "extension" || spoken.same_definition(kind, &item.entry.create, &other.entry.create);
        if same {
            let mut left = ddl::reconcile(&item.entry, &input.source.catalog, &other.entry, catalog);
            if permits.is_some_and(|permits| permit::is_others(permits, other)) {
                if item.entry.kind == "table" {
                    others.push(item.entry.identity.clone());
                }
                notes.extend((!left.is_empty()).then(|| left_as_it_is(item)));
                left.clear();
            }
            existing.insert(place, left);
        } else if item.entry.kind != "system_privilege" {
            // Of a system object nothing is made, and what is granted is granted again.
            different.push(item.entry.identity.clone());
        }
    }
    refuse_others_tables(permits, &others)?;
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

/// Whether loose members of an operator family are in it, be it in a class of another version.
fn has_members(item: &Item, families: &BTreeMap<String, Vec<String>>) -> bool {
    let is_there = |text: &String| {
        let there = families.get(&spelling::family(text));
        there.is_some_and(|there| {
            spelling::members(text).all(|member| there.iter().any(|other| other == member))
        })
    };
    item.entry.kind == LOOSE_MEMBERS && item.entry.create.iter().all(is_there)
}

/// Rows, indexes and keys for a table of another would fail in the middle of the run.
fn refuse_others_tables(permits: Option<&Permits>, tables: &[String]) -> Result<()> {
    let (Some(permits), false) = (permits, tables.is_empty()) else { return Ok(()) };
    let more = tables.len().saturating_sub(NAMED_AT_MOST);
    let names = tables[..tables.len().min(NAMED_AT_MOST)].join(", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let login = quote_ident(&permits.rights.login);
    let message = format!("these tables of the target belong to others than {login}: {names}{more}");
    Err(Error::new(ErrorKind::Privilege, message)
        .hint(format!("GRANT their owners TO {login} there, or exclude them")))
}

/// A database that is still to be created comes with a few things.
fn of_new_database(script: &Script, input: &Input<'_>, notes: &mut Vec<Note>) -> Existing {
    let permits = input.source.permits.as_ref();
    let others_public = permits.is_some_and(|permits| permits.rights.others_schemas.contains_key("public"));
    let left = |(place, item): (usize, &Item)| {
        let mut left = ddl::for_new_database(item, &input.source.catalog)?;
        if others_public && item.entry.kind == "schema" {
            notes.push(left_as_it_is(item));
            left.clear();
        }
        Some((place, left))
    };
    script.items.iter().enumerate().filter_map(left).collect()
}

fn left_as_it_is(item: &Item) -> Note {
    let reason =
        "left as it is on the target, where it belongs to another: owner, comment and privileges".to_owned();
    Note { object: item.entry.identity.clone(), reason }
}
