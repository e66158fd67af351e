//! The large objects of two catalogs, grouped alike. Pure.
//!
//! Their query puts those of one owner with the same privileges together. Another server may have more of them, and
//! `--no-owner` makes some alike that were not: then its groups are others, though each object is the same.
use std::collections::{BTreeMap, HashMap};

use super::Catalog;
use crate::{
    object::{LargeObjects, Object},
    pg::Oid,
};

impl Catalog {
    /// Its large objects, many at a time.
    pub fn large_objects(&self) -> impl Iterator<Item = &LargeObjects> {
        self.objects.iter().filter_map(|object| match object {
            Object::LargeObjects(objects) => Some(objects),
            _ => None,
        })
    }

    fn large_objects_mut(&mut self) -> impl Iterator<Item = &mut LargeObjects> {
        self.objects.iter_mut().filter_map(|object| match object {
            Object::LargeObjects(objects) => Some(objects),
            _ => None,
        })
    }
}

/// Groups the target's large objects as the source's are: what only the target has stands apart, and what has another
/// owner or other privileges than the first of its group.
pub fn align_large_objects(source: &mut Catalog, target: &mut Catalog) {
    let group_of: HashMap<Oid, usize> = source
        .large_objects()
        .enumerate()
        .flat_map(|(group, objects)| objects.oids.iter().map(move |oid| (*oid, group)))
        .collect();
    if group_of.is_empty() || target.large_objects().next().is_none() {
        return;
    }
    let mut grouped: BTreeMap<Option<usize>, Vec<LargeObjects>> = BTreeMap::new();
    for objects in target.large_objects() {
        let mut parts: BTreeMap<Option<usize>, Vec<Oid>> = BTreeMap::new();
        for oid in &objects.oids {
            parts.entry(group_of.get(oid).copied()).or_default().push(*oid);
        }
        for (group, oids) in parts {
            let Some(part) = objects.only(oids) else { continue };
            let group_there = grouped.entry(group).or_default();
            match group_there.iter_mut().find(|other| group.is_some() && other.is_like(&part)) {
                Some(like) => like.join(&part),
                None => group_there.push(part),
            }
        }
    }
    note_alike(source, &mut grouped);
    let at = target.objects.iter().position(|object| matches!(object, Object::LargeObjects(_)));
    target.objects.retain(|object| !matches!(object, Object::LargeObjects(_)));
    let at = at.unwrap_or_default();
    target.objects.splice(at..at, grouped.into_values().flatten().map(Object::LargeObjects));
}

/// Comments and labels are compared part by part, so that both must have the same parts.
fn note_alike(source: &mut Catalog, target: &mut BTreeMap<Option<usize>, Vec<LargeObjects>>) {
    for (group, objects) in source.large_objects_mut().enumerate() {
        for other in target.get_mut(&Some(group)).into_iter().flatten() {
            let noted = other.noted().to_vec();
            other.note(objects.noted());
            objects.note(&noted);
        }
    }
}
