//! What the user should know of objects before the data moves: those that are left out, and those that differ in the copy.
use serde::{Deserialize, Serialize};

use super::Catalog;
use crate::{config::Selection, object::Object};

/// Something about an object that the user should know before the data moves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Note {
    /// The object (`CONSTRAINT flights_fkey ON bookings.flights`).
    pub object: String,
    /// What is done about it, and why.
    pub reason: String,
}

/// What carried objects have to say of themselves.
pub(super) fn remarks<'a>(
    objects: &'a [Object],
    names: &'a [String],
    wanted: &'a [bool],
) -> impl Iterator<Item = Note> + 'a {
    let carried = objects.iter().zip(names).zip(wanted).filter(|(_, wanted)| **wanted);
    carried.filter_map(|((object, name), _)| Some(Note { object: name.clone(), reason: object.remark()? }))
}

/// Nothing is left out in silence.
pub(super) fn uncarried<'a>(catalog: &'a Catalog, rules: &'a Selection) -> impl Iterator<Item = Note> + 'a {
    let meant = |schema: &str| match schema {
        _ if rules.relations_only() => false,
        "" => rules.is_everything(),
        schema => rules.schema_selected(schema),
    };
    let found = catalog.uncarried.iter().filter(move |found| meant(&found.schema));
    found.map(|found| Note {
        object: found.object.clone(),
        reason: found
            .reason
            .clone()
            .unwrap_or_else(|| "left out: objects of this kind are not carried yet".to_owned()),
    })
}
