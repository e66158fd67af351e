//! `CREATE POLICY`
use std::collections::HashSet;

use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, Work};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_policy`.
#[derive(Debug, Clone, Deserialize)]
pub struct Policy {
    oid: Oid,
    name: Ident,
    relation: Oid,
    schema: Ident,
    table_name: Ident,
    command: String,
    permissive: bool,
    /// Empty for PUBLIC.
    pub roles: Vec<Ident>,
    using_expression: Option<String>,
    check_expression: Option<String>,
}

impl Policy {
    /// Gives the roles other names; those that become one are named once.
    pub fn rename_roles(&mut self, rename: &dyn Fn(&mut String)) {
        self.roles.iter_mut().for_each(|role| rename(&mut role.0));
        let mut seen = HashSet::new();
        self.roles.retain(|role| seen.insert(role.clone()));
    }

    fn text(&self, table: &QualifiedName) -> String {
        let mut text = format!("CREATE POLICY {} ON {table}", self.name);
        if !self.permissive {
            text += " AS RESTRICTIVE";
        }
        text += match self.command.as_str() {
            "r" => " FOR SELECT",
            "a" => " FOR INSERT",
            "w" => " FOR UPDATE",
            "d" => " FOR DELETE",
            _ => "",
        };
        if !self.roles.is_empty() {
            let roles: Vec<String> = self.roles.iter().map(Ident::to_string).collect();
            text += &format!(" TO {}", roles.join(", "));
        }
        if let Some(expression) = &self.using_expression {
            text += &format!(" USING ({expression})");
        }
        if let Some(expression) = &self.check_expression {
            text += &format!(" WITH CHECK ({expression})");
        }
        text
    }
}

impl Kind for Policy {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/policy.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let table = QualifiedName { schema: self.schema.clone(), name: self.table_name.clone() };
        let relation = ObjectId::new(catalog::CLASS, self.relation);
        entries.push(
            Entry::new(
                ObjectId::new(catalog::POLICY, self.oid),
                "policy",
                format!("POLICY {} ON {table}", self.name),
                [self.schema.as_str(), self.table_name.as_str(), self.name.as_str()],
            )
            .create(self.text(&table))
            .after(relation)
            .post_data(relation, Work::Catalog),
        );
    }
}
