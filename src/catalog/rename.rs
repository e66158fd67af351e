//! Gives roles and tablespaces of the source the names that they have on the target. Pure.
use std::collections::HashSet;

use super::{Catalog, Note, Selected};
use crate::{
    config::Mapping,
    object::{Membership, Object, Separate},
    pg::{AclItem, Ident, quote_ident},
};

/// Renames wherever a catalog names them. Definitions that name a role within an expression or a body keep it.
pub fn rename(selected: &mut Selected, mapping: &Mapping) {
    if mapping.is_empty() {
        return;
    }
    selected.notes.extend(unknown_roles(&selected.catalog, mapping));
    let catalog = &mut selected.catalog;
    let rename_role = |name: &mut String| {
        if let Some(new) = mapping.role(name) {
            new.clone_into(name);
        }
    };
    rename_role(&mut catalog.database.owner);
    catalog.database.properties.rename_roles(&rename_role);
    for privileges in catalog.privileges.values_mut() {
        AclItem::rename_roles(&mut privileges.acl, &rename_role);
        AclItem::rename_roles(&mut privileges.base, &rename_role);
    }
    for object in &mut catalog.objects {
        object.rename_roles(&rename_role);
    }
    selected.notes.extend(drop_doubles(&mut catalog.objects));
    rename_roles(catalog, mapping);
    for membership in &mut catalog.memberships {
        membership.rename_roles(&rename_role);
    }
    catalog.memberships.retain(|found| found.role != found.member);
    Membership::merge(&mut catalog.memberships);
    catalog.renamed_roles.clone_from(mapping.roles());
    let tablespaces = catalog.objects.iter_mut().filter_map(Object::tablespace_mut);
    for tablespace in tablespaces.chain([&mut catalog.database.tablespace]).flatten() {
        if let Some(new) = mapping.tablespace(tablespace.as_str()) {
            *tablespace = Ident(new.to_owned());
        }
    }
}

/// Leaves one of what there can be but once a role, where several roles become one.
fn drop_doubles(objects: &mut Vec<Object>) -> Vec<Note> {
    let (mut seen, mut notes) = (HashSet::new(), Vec::new());
    objects.retain(|object| {
        let mut entries = Vec::new();
        if matches!(object, Object::DefaultPrivilege(_) | Object::UserMapping(_)) {
            object.entries(&Separate::new(), &mut entries);
        }
        let Some(entry) = entries.pop() else { return true };
        let is_first = seen.insert(entry.identity.clone());
        if !is_first {
            let reason = "left out: by `map.roles` another role of the source has the same".to_owned();
            notes.push(Note { object: entry.identity, reason });
        }
        is_first
    });
    notes
}

/// Roles that the mapping names in vain: a slip of the pen would go unnoticed otherwise.
fn unknown_roles(catalog: &Catalog, mapping: &Mapping) -> Vec<Note> {
    let known: HashSet<&str> = catalog.roles.iter().map(|role| role.name.as_str()).collect();
    // Predefined roles are not read.
    let is_unknown = |name: &&String| !known.contains(name.as_str()) && !name.starts_with("pg_");
    let unknown = mapping.roles().keys().filter(is_unknown).map(|name| Note {
        object: format!("ROLE {}", quote_ident(name)),
        reason: "`map.roles` names it, and the source has no such role".to_owned(),
    });
    unknown.collect()
}

/// Of several roles that become one, that which has the name already counts, then the first.
fn rename_roles(catalog: &mut Catalog, mapping: &Mapping) {
    let mut taken: HashSet<String> = catalog
        .roles
        .iter()
        .filter(|role| mapping.role(role.name.as_str()).is_none())
        .map(|role| role.name.0.clone())
        .collect();
    catalog.roles.retain_mut(|role| match mapping.role(role.name.as_str()) {
        Some(new) => {
            role.rename(new);
            taken.insert(new.to_owned())
        }
        None => true,
    });
}

/// Stores in the database's own tablespace what is in one that the target lacks, and names those tablespaces.
pub fn keep_tablespaces(selected: &mut Selected, is_there: impl Fn(&str) -> bool) {
    let mut lost: Vec<Ident> = Vec::new();
    let catalog = &mut selected.catalog;
    let tablespaces = catalog.objects.iter_mut().filter_map(Object::tablespace_mut);
    for tablespace in tablespaces.chain([&mut catalog.database.tablespace]) {
        lost.extend(tablespace.take_if(|name| !is_there(name.as_str())));
    }
    lost.sort();
    selected.notes.extend(lost.chunk_by(|a, b| a == b).map(|same| Note {
        object: format!("TABLESPACE {}", same[0]),
        reason: format!(
            "what is in it ({}) goes to the database's default: the target has no tablespace of this name, or \
             its role may not use it",
            same.len()
        ),
    }));
}

/// The tablespaces that a catalog uses.
pub fn uses_tablespaces(catalog: &mut Catalog) -> bool {
    let tablespaces = catalog.objects.iter_mut().filter_map(Object::tablespace_mut);
    tablespaces.chain([&mut catalog.database.tablespace]).any(|tablespace| tablespace.is_some())
}
