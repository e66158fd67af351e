//! `CREATE VIEW`
use serde::Deserialize;

use super::{Column, Entry, Kind, ObjectId, Queries, Separate, reloption};
use crate::pg::{Oid, QualifiedName, catalog};

/// A row of `pg_class`.
#[derive(Debug, Clone, Deserialize)]
pub struct View {
    /// Its OID.
    pub oid: Oid,
    /// Its name.
    #[serde(flatten)]
    pub name: QualifiedName,
    owner: String,
    options: Vec<String>,
    definition: String,
    /// Filled in from the query of all columns.
    #[serde(skip)]
    pub columns: Vec<Column>,
}

impl View {
    fn text(&self) -> String {
        // check_option is written as a clause of its own.
        let (check, options): (Vec<String>, Vec<String>) =
            self.options.iter().cloned().partition(|option| option.starts_with("check_option="));
        let mut text = format!("CREATE VIEW {}{} AS\n", self.name, reloption::with_clause(&options));
        text += self.definition.trim_end().trim_end_matches(';');
        if let Some(check) = check.first().and_then(|option| option.split_once('=')) {
            text += &format!("\n  WITH {} CHECK OPTION", check.1.to_uppercase());
        }
        text
    }
}

impl Kind for View {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/view.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let id = ObjectId::new(catalog::CLASS, self.oid);
        let mut entry = Entry::new(
            id,
            "view",
            format!("VIEW {}", self.name),
            [self.name.schema.as_str(), self.name.name.as_str(), ""],
        )
        .create(self.text())
        .owner(&self.owner)
        .grant_on(format!("TABLE {}", self.name));
        for column in &self.columns {
            if let Some(expression) = &column.default_expression {
                let alter = format!("ALTER VIEW {} ALTER COLUMN {}", self.name, column.name);
                entry.create.push(format!("{alter} SET DEFAULT {expression}"));
            }
            entry.aliases.extend(column.default_id());
            entry.parts.push(column.part(id, &self.name));
        }
        entries.push(entry);
    }
}
