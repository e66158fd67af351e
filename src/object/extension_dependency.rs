//! `ALTER … DEPENDS ON EXTENSION`: functions, triggers, indexes and materialized views that go when an extension goes.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, Work};
use crate::pg::{Ident, Oid, catalog};

/// A row of `pg_depend` of the type `x`.
#[derive(Debug, Clone, Deserialize)]
pub struct ExtensionDependency {
    class: Oid,
    oid: Oid,
    extension: Oid,
    extension_name: Ident,
    /// As `pg_identify_object` says: function, procedure, trigger, index, materialized view.
    object_type: String,
    /// Schema-qualified and quoted; functions with their arguments, triggers with their table.
    identity: String,
    schema: String,
    /// The table of an index or trigger.
    relation: Option<Oid>,
}

impl Kind for ExtensionDependency {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/extension_dependency.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let object = ObjectId::new(self.class, self.oid);
        let keyword = match self.object_type.as_str() {
            "window function" => "FUNCTION".to_owned(),
            other => other.to_uppercase(),
        };
        let what = format!("{keyword} {}", self.identity);
        let identity = format!("{what} DEPENDS ON EXTENSION {}", self.extension_name);
        let sort_name = [&*self.schema, &what, self.extension_name.as_str()];
        // One object can depend on several extensions, and its own address means the object.
        let id = ObjectId { sub: -4, ..ObjectId::new(self.extension, self.oid) };
        let mut entry = Entry::new(id, "extension_dependency", identity.clone(), sort_name)
            .create(format!("ALTER {identity}"))
            .after(object)
            .after(ObjectId::new(catalog::EXTENSION, self.extension));
        if let Some(relation) = self.relation {
            entry = entry.post_data(ObjectId::new(catalog::CLASS, relation), Work::Catalog);
        }
        entries.push(entry);
    }
}
