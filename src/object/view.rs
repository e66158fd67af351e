//! `CREATE VIEW`. Where a view and what it calls need each other (a function over the view's row type), it is made twice:
//! first with the same columns and no query, then, when the rest is there, with its query.
use serde::Deserialize;

use super::{Column, Entry, Kind, ObjectId, Queries, Separate, reloption, removed};
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
    /// The rule that holds its query: what the query needs depends on it.
    rule: Oid,
    definition: String,
    /// Filled in from the query of all columns.
    #[serde(skip)]
    pub columns: Vec<Column>,
}

impl View {
    fn text(&self, create: &str) -> String {
        // check_option is written as a clause of its own.
        let (check, options): (Vec<String>, Vec<String>) =
            self.options.iter().cloned().partition(|option| option.starts_with("check_option="));
        let mut text = format!("{create} VIEW {}{} AS\n", self.name, reloption::with_clause(&options));
        text += self.definition.trim_end().trim_end_matches(';');
        if let Some(check) = check.first().and_then(|option| option.split_once('=')) {
            text += &format!("\n  WITH {} CHECK OPTION", check.1.to_uppercase());
        }
        text
    }

    /// The same columns, without a query.
    fn stand_in(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(Column::null_of_its_type).collect();
        format!("CREATE VIEW {} AS\nSELECT {}", self.name, columns.join(",\n    "))
    }
}

impl Kind for View {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/view.sql"))];

    fn entries(&self, separate: &Separate, entries: &mut Vec<Entry>) {
        let id = ObjectId::new(catalog::CLASS, self.oid);
        let sort_name = [self.name.schema.as_str(), self.name.name.as_str(), ""];
        let rule = ObjectId::new(catalog::REWRITE, self.rule);
        let twice = separate.contains(&id);
        let mut entry = Entry::new(id, "view", format!("VIEW {}", self.name), sort_name)
            .create(if twice { self.stand_in() } else { self.text("CREATE") })
            .owner(&self.owner)
            .grant_on(format!("TABLE {}", self.name));
        if twice {
            let identity = format!("QUERY OF {}", self.name);
            let query = Entry::new(rule, "view_query", identity, sort_name);
            entries.push(query.create(self.text("CREATE OR REPLACE")).after(id));
        } else {
            entry.aliases.push(rule);
        }
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

    fn unholdable(&self, target: u32) -> Option<String> {
        self.columns.iter().find_map(|column| removed::type_reason(&column.type_name, target))
    }
}
