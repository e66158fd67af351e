//! `CREATE DOMAIN`
use serde::Deserialize;

use super::{Check, Entry, Kind, ObjectId, Part, Queries, Separate, removed};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_type` with its checks.
#[derive(Debug, Clone, Deserialize)]
pub struct Domain {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    base_type: String,
    collation: Option<QualifiedName>,
    default_expression: Option<String>,
    not_null: bool,
    /// Server 17 and newer.
    not_null_name: Option<Ident>,
    not_null_oid: Option<Oid>,
    checks: Vec<Check>,
}

impl Domain {
    /// Its NOT NULL constraint's place for comments.
    fn not_null_part(&self, on: &str) -> Option<Part> {
        let (oid, name) = (self.not_null_oid?, self.not_null_name.as_ref()?);
        let id = ObjectId::new(catalog::CONSTRAINT, oid);
        Some(Part::new(id, format!("CONSTRAINT {name} ON {on}")))
    }

    fn text(&self, separate: &Separate) -> String {
        let mut text = format!("CREATE DOMAIN {} AS {}", self.name, self.base_type);
        if let Some(collation) = &self.collation {
            text += &format!(" COLLATE {collation}");
        }
        // A default without an expression is the base type's own, which comes along.
        if let Some(expression) = &self.default_expression {
            text += &format!(" DEFAULT {expression}");
        }
        if self.not_null {
            // An automatic name needs no words: <domain>_not_null.
            let automatic = format!("{}_not_null", self.name.name.as_str());
            match self.not_null_name.as_ref().filter(|name| name.as_str() != automatic) {
                Some(name) => text += &format!(" CONSTRAINT {name} NOT NULL"),
                None => text += " NOT NULL",
            }
        }
        for check in self.checks.iter().filter(|check| !check.stands_apart(separate)) {
            text += &format!("\n    {}", check.clause());
        }
        text
    }
}

impl Kind for Domain {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/domain.sql"))];

    fn entries(&self, separate: &Separate, entries: &mut Vec<Entry>) {
        let id = ObjectId::new(catalog::TYPE, self.oid);
        let sort_name = [self.name.schema.as_str(), self.name.name.as_str(), ""];
        let on = format!("DOMAIN {}", self.name);
        let mut entry = Entry::new(id, "domain", on.clone(), sort_name)
            .create(self.text(separate))
            .owner(&self.owner)
            .grant_on(format!("TYPE {}", self.name));
        let (apart, inside): (Vec<_>, Vec<_>) =
            self.checks.iter().partition(|check| check.stands_apart(separate));
        entry.aliases.extend(inside.iter().map(|check| check.id()));
        entry.parts.extend(inside.iter().map(|check| check.part(&on)));
        entry.parts.extend(self.not_null_part(&on));
        entries.push(entry);
        let alter = format!("ALTER DOMAIN {}", self.name);
        entries.extend(apart.iter().map(|check| check.entry(&alter, &on, id, sort_name)));
    }

    fn unholdable(&self, target: u32) -> Option<String> {
        removed::type_reason(&self.base_type, target)
    }
}
