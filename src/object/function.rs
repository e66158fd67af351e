//! `CREATE FUNCTION` and `CREATE PROCEDURE`: the server's own `pg_get_functiondef`, made to refuse an existing one.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, removed, shell_type};
use crate::pg::{Ident, Oid, QualifiedName, catalog, quote_literal};

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
    /// Set if its code is not its text.
    pub compiled: Option<Compiled>,
    /// Types that need it to be complete: it makes do with their shells.
    shells: Vec<Oid>,
}

/// Where a function of language `c` or `internal` has its code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub struct Compiled {
    language: Ident,
    file: Option<String>,
    symbol: String,
}

impl Compiled {
    /// Makes a function of the same code, if the server has it. It must not be called.
    pub fn probe(&self, name: &QualifiedName) -> String {
        let file = self.file.iter().map(|file| quote_literal(file) + ", ").collect::<String>();
        let symbol = quote_literal(&self.symbol);
        format!("CREATE FUNCTION {name}() RETURNS void LANGUAGE {} AS {file}{symbol}", self.language)
    }
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

    fn unholdable(&self, target: u32) -> Option<String> {
        let returns = self.definition.lines().find_map(|line| line.trim_start().strip_prefix("RETURNS "));
        removed::type_reason_in(&self.identity_arguments, target)
            .or_else(|| removed::type_reason_in(returns?, target))
    }
}
