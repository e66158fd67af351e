//! What was adapted to the target's role, by role, and the notes that say so. Pure.
use std::collections::BTreeMap;

use crate::{
    catalog::{Note, Rights},
    pg::quote_ident,
};

/// What was done, by role, for the notes.
#[derive(Default)]
pub(super) struct Told {
    /// Objects whose owner is another now.
    pub(super) owners: BTreeMap<String, usize>,
    /// (role, schema) of those that an owner may not have in a schema of others.
    pub(super) shut_out: BTreeMap<(String, String), usize>,
    /// Privileges that were left out.
    pub(super) grantees: BTreeMap<String, usize>,
    /// Privileges that somebody else grants now.
    pub(super) grantors: BTreeMap<String, usize>,
    /// Whatever else.
    pub(super) others: Vec<Note>,
}

impl Told {
    /// All of it, as notes.
    pub(super) fn notes(&mut self, rights: &Rights) -> Vec<Note> {
        let login = quote_ident(&rights.login);
        let note =
            |name: &String, reason: String| Note { object: format!("ROLE {}", quote_ident(name)), reason };
        let mut notes = std::mem::take(&mut self.others);
        notes.extend(self.owners.iter().map(|(role, count)| {
            let grant = format!("GRANT {} TO {login}", quote_ident(role));
            let cure = if rights.roles.contains_key(role) {
                format!("which is no member of it and cannot become one: {grant} there")
            } else {
                format!("as the target lacks it: have it made, and {grant} there,")
            };
            note(
                role,
                format!(
                    "what it owns ({count}) will belong to {login}, {cure} before the run to keep its owner"
                ),
            )
        }));
        notes.extend(self.shut_out.iter().map(|((role, schema), count)| {
            let schema = quote_ident(schema);
            note(role, format!(
                "what it owns in schema {schema} ({count}) will belong to {login}: it may not create there, and the schema is \
                 another's. GRANT CREATE ON SCHEMA {schema} TO {} before the run to keep its owner",
                quote_ident(role)
            ))
        }));
        notes.extend(self.grantees.iter().map(|(role, count)| {
            note(role, format!("what it is granted ({count} privileges) is left out: the target lacks it, and {login} may not make it"))
        }));
        notes.extend(self.grantors.iter().map(|(role, count)| {
            note(role, format!("what it granted ({count} privileges) is granted by the objects' owners: {login} cannot act for it"))
        }));
        notes
    }
}
