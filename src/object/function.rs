//! `CREATE FUNCTION` and `CREATE PROCEDURE`: the server's own `pg_get_functiondef`, made to refuse an existing one.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, shell_type};
use crate::pg::{Oid, QualifiedName, catalog};

/// A row of `pg_proc` that is no aggregate.
#[derive(Debug, Clone, Deserialize)]
pub struct Function {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    /// `prokind`: f, p or w.
    kind: String,
    identity_arguments: String,
    definition: String,
    /// Types that need it to be complete: it makes do with their shells.
    shells: Vec<Oid>,
}

impl Kind for Function {
    const QUERIES: Queries =
        &[(u32::MAX, include_str!("sql/function.sql")), (10, include_str!("sql/function.pg10.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let keyword = if self.kind == "p" { "PROCEDURE" } else { "FUNCTION" };
        let identity = format!("{keyword} {}({})", self.name, self.identity_arguments);
        let definition = self.definition.trim_end();
        let create = match definition.strip_prefix("CREATE OR REPLACE ") {
            Some(rest) => format!("CREATE {rest}"),
            None => definition.to_owned(),
        };
        let mut entry = Entry::new(
            ObjectId::new(catalog::PROC, self.oid),
            "function",
            identity.clone(),
            [self.name.schema.as_str(), self.name.name.as_str(), &format!("({})", self.identity_arguments)],
        )
        .create(create)
        .owner(&self.owner)
        .grant_on(identity);
        for shell in self.shells.iter().map(|oid| shell_type::before(*oid)) {
            entry.not_after.push(shell.whole());
            entry.after.push(shell);
        }
        entries.push(entry);
    }
}
