//! Takes out of a catalog what stays behind: parts of its objects, and kinds. Pure.
use std::collections::HashMap;

use super::Catalog;
use crate::{
    config::{Part, Without},
    object::{Object, ObjectId, Separate},
};

/// Leaves these parts behind. The same is done to either side, so that neither has what the other lacks.
pub(super) fn leave_behind(catalog: &mut Catalog, without: &Without) {
    let objects = &mut catalog.objects;
    if without.leaves(Part::Publications) {
        objects.retain(|object| !matches!(object, Object::Publication(_) | Object::PublicationMember(_)));
    }
    if without.leaves(Part::Subscriptions) {
        objects.retain(|object| !matches!(object, Object::Subscription(_)));
        // Who may not read them is told that they are left out anyway.
        catalog.uncarried.retain(|found| !found.object.starts_with("subscription "));
    }
    if without.leaves(Part::Privileges) {
        objects
            .retain(|object| !matches!(object, Object::DefaultPrivilege(_) | Object::ExtensionPrivilege(_)));
        for object in objects {
            match object {
                Object::LargeObjects(objects) => objects.leave_privileges(),
                Object::SystemPrivilege(privilege) => privilege.leave_privileges(),
                _ => {}
            }
        }
        catalog.privileges.clear();
        let properties = &mut catalog.database.properties;
        properties.acl.clone_from(&properties.base);
    }
    if without.leaves(Part::Comments) {
        catalog.comments.clear();
        catalog.database.properties.comment = None;
        for role in &mut catalog.roles {
            role.leave_comment();
        }
    }
    if without.leaves(Part::SecurityLabels) {
        catalog.labels.clear();
        catalog.database.properties.labels.clear();
    }
    if without.leaves(Part::Tablespaces) {
        catalog.database.tablespace = None;
        for tablespace in catalog.objects.iter_mut().filter_map(Object::tablespace_mut) {
            *tablespace = None;
        }
    }
    if without.leaves(Part::Owner) {
        disown(catalog);
    }
    catalog.without = without.clone();
}

/// Privileges of the owner become those of whoever will own the object; [`Catalog::owner`] then names nobody.
fn disown(catalog: &mut Catalog) {
    let mut entries = Vec::new();
    for object in &catalog.objects {
        object.entries(&Separate::new(), &mut entries);
    }
    let owners: HashMap<ObjectId, String> =
        entries.into_iter().filter_map(|entry| Some((entry.id, entry.owner?))).collect();
    for (id, privileges) in &mut catalog.privileges {
        let by_default = || privileges.base.first().map(|item| item.grantor.clone());
        let Some(owner) = owners.get(&id.whole()).cloned().or_else(by_default) else { continue };
        for item in privileges.acl.iter_mut().chain(&mut privileges.base) {
            item.leave_to_owner(&owner);
        }
    }
    let database = &mut catalog.database;
    for item in database.properties.acl.iter_mut().chain(&mut database.properties.base) {
        item.leave_to_owner(&database.owner);
    }
    for object in &mut catalog.objects {
        match object {
            Object::ExtensionPrivilege(privilege) => privilege.disown(),
            Object::SystemPrivilege(privilege) => privilege.disown(),
            Object::LargeObjects(objects) => objects.disown(),
            _ => {}
        }
    }
}
