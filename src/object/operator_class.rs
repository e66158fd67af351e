//! `CREATE OPERATOR CLASS`, with the members that belong to it.
use serde::Deserialize;

use super::{
    Entry, Kind, ObjectId, Queries, Separate,
    family_member::{self, FunctionMember, OperatorMember},
};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_opclass` with its members.
#[derive(Debug, Clone, Deserialize)]
pub struct OperatorClass {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    access_method: Ident,
    family: QualifiedName,
    is_default: bool,
    #[serde(rename = "type")]
    type_name: String,
    /// The type that the index keeps, where it is another.
    storage: Option<String>,
    operators: Vec<OperatorMember>,
    functions: Vec<FunctionMember>,
}

impl OperatorClass {
    fn items(&self) -> Vec<String> {
        let storage = self.storage.iter().map(|storage| format!("STORAGE {storage}"));
        let mut items: Vec<String> =
            storage.chain(family_member::items(&self.operators, &self.functions)).collect();
        if items.is_empty() {
            // The grammar wants an item, and keeping the type itself says nothing.
            items.push(format!("STORAGE {}", self.type_name));
        }
        items
    }
}

impl Kind for OperatorClass {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/operator_class.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let default = if self.is_default { " DEFAULT" } else { "" };
        let mut entry = Entry::new(
            ObjectId::new(catalog::OPCLASS, self.oid),
            "operator_class",
            format!("OPERATOR CLASS {} USING {}", self.name, self.access_method),
            [self.name.schema.as_str(), self.name.name.as_str(), self.access_method.as_str()],
        )
        .create(format!(
            "CREATE OPERATOR CLASS {}{default} FOR TYPE {} USING {} FAMILY {} AS\n    {}",
            self.name,
            self.type_name,
            self.access_method,
            self.family,
            self.items().join(",\n    ")
        ))
        .owner(&self.owner);
        entry.aliases = family_member::addresses(&self.operators, &self.functions);
        entries.push(entry);
    }
}
