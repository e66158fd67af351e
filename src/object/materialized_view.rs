//! `CREATE MATERIALIZED VIEW`, without data, and its REFRESH after the data if the source's is populated.
use serde::Deserialize;

use super::{Column, Entry, Kind, ObjectId, Queries, Section, Separate, Work, reloption, removed};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_class`.
#[derive(Debug, Clone, Deserialize)]
pub struct MaterializedView {
    /// Its OID.
    pub oid: Oid,
    /// Its name.
    #[serde(flatten)]
    pub name: QualifiedName,
    owner: String,
    options: Vec<String>,
    access_method: Option<Ident>,
    pub(super) tablespace: Option<Ident>,
    populated: bool,
    /// Size on the source, for estimates. Filled in, if sizes are read.
    #[serde(skip)]
    pub bytes: u64,
    definition: String,
    /// Filled in from the query of all columns.
    #[serde(skip)]
    pub columns: Vec<Column>,
}

/// The address of a materialized view's contents: others depend on these, not only on the definition.
pub(super) fn contents(oid: Oid) -> ObjectId {
    // No catalog holds it; column -1 cannot clash with a column of the view.
    ObjectId { class: catalog::CLASS, oid, sub: -1 }
}

impl Kind for MaterializedView {
    const QUERIES: Queries = &[
        (u32::MAX, include_str!("sql/materialized_view.sql")),
        (11, include_str!("sql/materialized_view.pg11.sql")),
    ];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let id = ObjectId::new(catalog::CLASS, self.oid);
        let sort_name = [self.name.schema.as_str(), self.name.name.as_str(), ""];
        let identity = format!("MATERIALIZED VIEW {}", self.name);
        let mut text = format!("CREATE {identity}");
        if let Some(method) = &self.access_method {
            text += &format!(" USING {method}");
        }
        text += &reloption::with_clause(&self.options);
        if let Some(tablespace) = &self.tablespace {
            text += &format!(" TABLESPACE {tablespace}");
        }
        text += &format!(" AS\n{}\n  WITH NO DATA", self.definition.trim_end().trim_end_matches(';'));
        let mut entry = Entry::new(id, "materialized_view", identity.clone(), sort_name)
            .create(text)
            .owner(&self.owner)
            .grant_on(format!("TABLE {}", self.name));
        for column in &self.columns {
            entry.create.extend(column.settings(&format!("ALTER {identity}")));
            entry.parts.push(column.part(id, &self.name));
        }
        entries.push(entry);
        if self.populated {
            let mut refresh =
                Entry::new(contents(self.oid), "refresh", format!("REFRESH {}", self.name), sort_name)
                    .create(format!("REFRESH {identity}"))
                    .after(id);
            refresh.section = Section::PostData;
            refresh.work = Work::Query;
            entries.push(refresh);
        }
    }

    fn unholdable(&self, target: u32) -> Option<String> {
        self.columns.iter().find_map(|column| removed::type_reason(&column.type_name, target))
    }
}
