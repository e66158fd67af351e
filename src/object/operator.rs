//! `CREATE OPERATOR`. A commutator or negator that does not stand yet comes as a shell, which its own statement fills.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, removed};
use crate::pg::{Oid, QualifiedName, catalog};

/// A row of `pg_operator` that is no shell.
#[derive(Debug, Clone, Deserialize)]
pub struct Operator {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    function: String,
    /// `None` for a prefix operator.
    left: Option<String>,
    /// `None` for a postfix operator (up to server 13).
    right: Option<String>,
    commutator: Option<QualifiedName>,
    negator: Option<QualifiedName>,
    /// Where those two are: `pg_depend` does not know, and a shell needs its schema.
    other_schemas: Vec<Oid>,
    restrict: Option<String>,
    join: Option<String>,
    hashes: bool,
    merges: bool,
}

/// Schema-qualified; an operator's own name is no identifier and is never quoted.
fn qualified(name: &QualifiedName) -> String {
    format!("{}.{}", name.schema, name.name.as_str())
}

impl Operator {
    /// `(left, right)` as ALTER and COMMENT want it.
    fn arguments(&self) -> String {
        let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "NONE".to_owned());
        format!("({}, {})", side(&self.left), side(&self.right))
    }

    fn options(&self) -> Vec<String> {
        let other = |name: &QualifiedName| format!("OPERATOR({})", qualified(name));
        let options = [
            // FUNCTION came with server 11; all know the older word.
            ("PROCEDURE", Some(self.function.clone())),
            ("LEFTARG", self.left.clone()),
            ("RIGHTARG", self.right.clone()),
            ("COMMUTATOR", self.commutator.as_ref().map(other)),
            ("NEGATOR", self.negator.as_ref().map(other)),
            ("RESTRICT", self.restrict.clone()),
            ("JOIN", self.join.clone()),
        ];
        let mut options: Vec<String> =
            options.into_iter().filter_map(|(name, value)| Some(format!("{name} = {}", value?))).collect();
        options.extend(self.hashes.then(|| "HASHES".to_owned()));
        options.extend(self.merges.then(|| "MERGES".to_owned()));
        options
    }
}

impl Kind for Operator {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/operator.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let (name, arguments) = (qualified(&self.name), self.arguments());
        let mut entry = Entry::new(
            ObjectId::new(catalog::OPERATOR, self.oid),
            "operator",
            format!("OPERATOR {name} {arguments}"),
            [self.name.schema.as_str(), self.name.name.as_str(), &arguments],
        )
        .create(format!("CREATE OPERATOR {name} (\n    {}\n)", self.options().join(",\n    ")))
        .owner(&self.owner);
        entry.after.extend(self.other_schemas.iter().map(|oid| ObjectId::new(catalog::NAMESPACE, *oid)));
        entries.push(entry);
    }

    fn unholdable(&self, target: u32) -> Option<String> {
        if self.right.is_none() && target >= 14 {
            return Some("servers 14 and newer have no postfix operators".to_owned());
        }
        let types: Vec<&str> = self.left.iter().chain(&self.right).map(String::as_str).collect();
        let removed = types.iter().find_map(|name| removed::type_reason(name, target));
        removed.or_else(|| removed::anyarray_reason(&self.function, &types, target))
    }
}
