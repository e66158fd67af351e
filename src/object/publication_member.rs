//! `ALTER PUBLICATION … ADD TABLE` and `… ADD TABLES IN SCHEMA`.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, Work};
use crate::{
    object::Section,
    pg::{Ident, Oid, QualifiedName, catalog},
};

/// A row of `pg_publication_rel` or `pg_publication_namespace`.
#[derive(Debug, Clone, Deserialize)]
pub struct PublicationMember {
    oid: Oid,
    publication: Ident,
    publication_oid: Oid,
    schema: Ident,
    schema_oid: Oid,
    /// NULL where it is the whole schema.
    table_name: Option<Ident>,
    relation: Option<Oid>,
    /// Empty for all columns.
    columns: Vec<Ident>,
    /// The row filter.
    filter: Option<String>,
}

impl PublicationMember {
    fn table_entry(&self, name: &Ident, relation: Oid) -> Entry {
        let table = QualifiedName { schema: self.schema.clone(), name: name.clone() };
        let mut text = format!("ALTER PUBLICATION {} ADD TABLE ONLY {table}", self.publication);
        if !self.columns.is_empty() {
            let columns: Vec<String> = self.columns.iter().map(Ident::to_string).collect();
            text += &format!(" ({})", columns.join(", "));
        }
        if let Some(filter) = &self.filter {
            text += &format!(" WHERE ({filter})");
        }
        let relation = ObjectId::new(catalog::CLASS, relation);
        Entry::new(
            ObjectId::new(catalog::PUBLICATION_REL, self.oid),
            "publication_member",
            format!("PUBLICATION TABLE {} {table}", self.publication),
            [self.schema.as_str(), name.as_str(), self.publication.as_str()],
        )
        .create(text)
        .after(relation)
        .post_data(relation, Work::Catalog)
    }

    fn schema_entry(&self) -> Entry {
        let mut entry = Entry::new(
            ObjectId::new(catalog::PUBLICATION_NAMESPACE, self.oid),
            "publication_member",
            format!("PUBLICATION TABLES IN SCHEMA {} {}", self.publication, self.schema),
            ["", self.schema.as_str(), self.publication.as_str()],
        )
        .create(format!("ALTER PUBLICATION {} ADD TABLES IN SCHEMA {}", self.publication, self.schema))
        .after(ObjectId::new(catalog::NAMESPACE, self.schema_oid));
        entry.section = Section::PostData;
        entry
    }
}

impl Kind for PublicationMember {
    const QUERIES: Queries = &[
        (u32::MAX, include_str!("sql/publication_member.sql")),
        (14, include_str!("sql/publication_member.pg14.sql")),
    ];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let entry = match (&self.table_name, self.relation) {
            (Some(name), Some(relation)) => self.table_entry(name, relation),
            _ => self.schema_entry(),
        };
        entries.push(entry.after(ObjectId::new(catalog::PUBLICATION, self.publication_oid)));
    }
}
