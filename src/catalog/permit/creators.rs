//! Who may create in the schemas that are carried: ALTER … OWNER asks it of the new owner. Pure.
use std::collections::{HashMap, HashSet};

use crate::{catalog::Catalog, object::Entry};

/// Who may create in the schemas that are made.
pub(super) struct Creators {
    /// By schema: roles, with an empty name for PUBLIC.
    by_schema: HashMap<String, HashSet<String>>,
    /// By role: itself and all it is a member of.
    memberships: HashMap<String, HashSet<String>>,
}

impl Creators {
    pub(super) fn new(catalog: &Catalog, entries: &[Entry]) -> Self {
        let schemas = entries.iter().filter(|entry| entry.kind == "schema").map(|entry| {
            let owner = entry.owner.as_deref().and_then(|name| catalog.owner(name)).unwrap_or_default();
            let acl = catalog.privileges.get(&entry.id).map(|found| found.acl.clone());
            let granted = acl.into_iter().flatten().filter(|item| item.privilege == "CREATE");
            let granted = granted.map(|item| item.grantee.unwrap_or_default());
            (entry.sort_name[1].clone(), granted.chain([owner]).collect())
        });
        let mut memberships: HashMap<String, HashSet<String>> = HashMap::new();
        for membership in &catalog.memberships {
            memberships.entry(membership.member.0.clone()).or_default().insert(membership.role.0.clone());
        }
        Self { by_schema: schemas.collect(), memberships }
    }

    /// Whether a role may create in a schema; of one that is not made nothing is known.
    pub(super) fn may_create(&self, schema: &str, role: &str) -> bool {
        let Some(creators) = self.by_schema.get(schema) else { return true };
        if creators.contains("") {
            return true;
        }
        let (mut seen, mut walk) = (HashSet::from([role]), vec![role]);
        while let Some(at) = walk.pop() {
            if creators.contains(at) {
                return true;
            }
            let above = self.memberships.get(at).into_iter().flatten().map(String::as_str);
            walk.extend(above.filter(|role| seen.insert(role)));
        }
        false
    }
}
