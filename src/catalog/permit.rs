//! Makes owners, privileges and roles fit what the target's role may do there: what it may not is left out or adapted, and
//! named. Pure; kinds of objects that it may not make at all are `preflight`'s affair.
mod creators;
mod told;

use std::collections::{BTreeSet, HashMap};

use self::{creators::Creators, told::Told};
use super::{
    Catalog, Note, Permits, Reach, Rights, Selected,
    fit::{Unholdable, entries, leave_out},
};
use crate::{
    object::{Entry, Object, ObjectId},
    pg::{AclItem, Ident, handed_over, quote_ident},
};

/// Roles named in a note; more would not be read.
const NAMED_AT_MOST: usize = 10;

/// Applies the rights to all that is carried. Roles have the target's names already.
pub fn permit(selected: &mut Selected, mut rights: Rights) {
    rights.members = members_of(&selected.catalog, &rights.login);
    let mut work = Work { rights, adopted: BTreeSet::new(), lent: BTreeSet::new(), told: Told::default() };
    let roleless = work.roleless(&mut selected.catalog);
    leave_out(selected, roleless);
    work.of_extensions(&mut selected.catalog);
    let catalog = &mut selected.catalog;
    let (entries, _) = entries(catalog);
    work.owners(catalog, &entries);
    work.privileges(catalog, &entries);
    work.database(catalog);
    work.roles(catalog);
    selected.notes.extend(work.told.notes(&work.rights));
    selected.permits = Some(Permits {
        rights: work.rights,
        adopted: work.adopted,
        lent: work.lent,
        lost_tables: Vec::new(),
    });
}

/// Roles that are members of one, directly or not.
fn members_of(catalog: &Catalog, role: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut walk = vec![role.to_owned()];
    while let Some(at) = walk.pop() {
        for membership in catalog.memberships.iter().filter(|membership| membership.role.as_str() == at) {
            if found.insert(membership.member.0.clone()) {
                walk.push(membership.member.0.clone());
            }
        }
    }
    found
}

struct Work {
    rights: Rights,
    adopted: BTreeSet<String>,
    lent: BTreeSet<(String, String)>,
    told: Told,
}

impl Work {
    /// Remembers that ours must become a member of a role.
    fn uses(&mut self, role: &str) {
        if !self.rights.has_rights_of(role) && self.rights.adopts(role) {
            self.adopted.insert(role.to_owned());
        }
    }

    fn is_absent(&self, role: &str) -> bool {
        !role.is_empty() && self.rights.reach(role) == Reach::Absent
    }

    /// What is nothing without its role.
    fn roleless(&mut self, catalog: &mut Catalog) -> Unholdable {
        let mut lost = Unholdable::new();
        let login = quote_ident(&self.rights.login);
        for (index, object) in catalog.objects.iter_mut().enumerate() {
            let reason = match object {
                Object::Policy(policy) => {
                    let had = policy.roles.len();
                    policy.roles.retain(|role| !self.is_absent(role.as_str()));
                    (policy.roles.is_empty() && had > 0)
                        .then(|| "the target lacks the roles that it is for".to_owned())
                }
                Object::UserMapping(mapping) => {
                    let role = mapping.role.as_ref().filter(|role| self.is_absent(role.as_str()));
                    role.map(|role| format!("the target lacks the role {role}"))
                }
                Object::DefaultPrivilege(privilege) => {
                    let role = privilege.role().clone();
                    let owns = self.rights.reach(role.as_str()) == Reach::Owns;
                    privilege.keep_grantees(&|name| !self.is_absent(name));
                    if owns {
                        self.uses(role.as_str());
                    }
                    (!owns).then(|| format!("{login} is no member of {role}"))
                }
                _ => None,
            };
            lost.extend(reason.map(|reason| (index, reason)));
        }
        lost
    }

    /// There can be hundreds of them, where default privileges were in force when the extension was made.
    fn of_extensions(&mut self, catalog: &mut Catalog) {
        let before = catalog.objects.len();
        catalog.objects.retain(|object| !matches!(object, Object::ExtensionPrivilege(_)));
        let count = before - catalog.objects.len();
        self.told.others.extend((count > 0).then(|| Note {
            object: "PRIVILEGES OF EXTENSION MEMBERS".to_owned(),
            reason: format!("left out ({count} members): only a superuser changes them"),
        }));
    }

    /// Decides who owns each object.
    fn owners(&mut self, catalog: &mut Catalog, entries: &[Entry]) {
        let creators = Creators::new(catalog, entries);
        let login = self.rights.login.clone();
        for entry in entries {
            let Some(wanted) = entry.owner.as_deref().and_then(|name| catalog.owner(name)) else { continue };
            let schema = &entry.sort_name[0];
            let others = self.rights.others_schemas.get(schema).filter(|_| !schema.is_empty());
            let is_others = others.is_some();
            let kept = if entry.kind == "schema"
                && let Some(own) = self.rights.others_schemas.get(&entry.sort_name[1])
            {
                own.owner.clone()
            } else if self.rights.reach(&wanted) != Reach::Owns {
                *self.told.owners.entry(wanted.clone()).or_default() += 1;
                login.clone()
            } else if wanted == login {
                wanted.clone()
            } else if others.is_some_and(|schema| !schema.creators.contains(&wanted)) {
                *self.told.shut_out.entry((wanted.clone(), schema.clone())).or_default() += 1;
                login.clone()
            } else if matches!(entry.kind, "publication" | "foreign_server") {
                // Their new owner needs rights on the database or on the wrapper.
                self.told.others.push(Note {
                    object: entry.identity.clone(),
                    reason: format!(
                        "will belong to {}, not to {}",
                        quote_ident(&login),
                        quote_ident(&wanted)
                    ),
                });
                login.clone()
            } else {
                self.uses(&wanted);
                if !is_others && !schema.is_empty() && !creators.may_create(schema, &wanted) {
                    self.lent.insert((schema.clone(), wanted.clone()));
                }
                wanted.clone()
            };
            if kept != wanted {
                catalog.owners.insert(entry.id, kept);
            }
        }
    }

    /// Hands over what owners had, and leaves out whom the target lacks.
    fn privileges(&mut self, catalog: &mut Catalog, entries: &[Entry]) {
        let owners: HashMap<ObjectId, (String, String)> = entries
            .iter()
            .filter_map(|entry| {
                let before = catalog.owner(entry.owner.as_deref()?)?;
                let now = catalog.owners.get(&entry.id).unwrap_or(&before).clone();
                Some((entry.id, (before, now)))
            })
            .collect();
        for (id, found) in &mut catalog.privileges {
            let by_default = || found.base.first().map(|item| item.grantor.clone());
            let (before, now) = match owners.get(&id.whole()) {
                Some(pair) => pair.clone(),
                None => match by_default() {
                    Some(owner) if self.rights.reach(&owner) != Reach::Owns => {
                        (owner, self.rights.login.clone())
                    }
                    Some(owner) => (owner.clone(), owner),
                    None => continue,
                },
            };
            let hand_over = |acl: &mut Vec<AclItem>| {
                if before != now {
                    *acl = handed_over(std::mem::take(acl), Some(&before), &now);
                }
            };
            hand_over(&mut found.acl);
            hand_over(&mut found.base);
            self.grants(&mut found.acl, &now);
        }
        let login = self.rights.login.clone();
        for object in &mut catalog.objects {
            let Object::LargeObjects(objects) = object else { continue };
            let owner = objects.owner().to_owned();
            let mut now = owner.clone();
            if self.rights.reach(&owner) == Reach::Owns {
                self.uses(&owner);
            } else {
                *self.told.owners.entry(owner).or_default() += objects.oids.len();
                now.clone_from(&login);
                objects.hand_over(&now);
            }
            self.grants(objects.acl_mut(), &now);
        }
    }

    /// Privileges of whom the target lacks are left out; what a role granted that ours cannot act for, the owner grants.
    fn grants(&mut self, acl: &mut Vec<AclItem>, owner: &str) {
        acl.retain(|item| {
            let Some(grantee) = item.grantee.as_deref().filter(|grantee| self.is_absent(grantee)) else {
                return true;
            };
            *self.told.grantees.entry(grantee.to_owned()).or_default() += 1;
            false
        });
        for item in acl.iter_mut().filter(|item| item.grantor != owner && !item.grantor.is_empty()) {
            if self.rights.reach(&item.grantor) == Reach::Owns {
                self.uses(&item.grantor);
            } else {
                *self.told.grantors.entry(item.grantor.clone()).or_default() += 1;
                owner.clone_into(&mut item.grantor);
            }
        }
        AclItem::rename_roles(acl, &|_| {});
    }

    fn database(&mut self, catalog: &mut Catalog) {
        let owner = catalog.database.owner.clone();
        if self.rights.reach(&owner) == Reach::Owns {
            self.uses(&owner);
        } else {
            catalog.database.owner.clone_from(&self.rights.login);
        }
        let now = catalog.database.owner.clone();
        let properties = &mut catalog.database.properties;
        properties.hand_over(&owner, &now);
        self.grants(&mut properties.acl, &now);
    }

    /// Roles that can be made, with the attributes and settings that ours may give.
    fn roles(&mut self, catalog: &mut Catalog) {
        let rights = &self.rights;
        let limits = rights.role_limits();
        let mut notes = Vec::new();
        for role in catalog.roles.iter_mut().filter(|role| !rights.roles.contains_key(role.name.as_str())) {
            role.limit(&limits, &|setting| !rights.superuser_settings.contains(setting));
        }
        let absent = |role: &Ident| rights.reach(role.as_str()) == Reach::Absent;
        let lost: Vec<String> = catalog
            .roles
            .iter()
            .filter(|role| absent(&role.name))
            .map(|role| role.name.to_string())
            .collect();
        catalog.roles.retain(|role| !absent(&role.name));
        if !lost.is_empty() {
            let more = lost.len().saturating_sub(NAMED_AT_MOST);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let login = quote_ident(&rights.login);
            notes.push(Note {
                object: "ROLES".to_owned(),
                reason: format!(
                    "not made: {}{more}: {login} has no CREATEROLE on the target",
                    lost[..lost.len().min(NAMED_AT_MOST)].join(", ")
                ),
            });
        }
        self.told.others.append(&mut notes);
    }
}
