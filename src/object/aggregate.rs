//! `CREATE AGGREGATE`: normal, ordered-set and hypothetical-set, with moving-aggregate mode.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, removed};
use crate::pg::{Oid, QualifiedName, catalog, quote_literal};

/// A row of `pg_aggregate` with its `pg_proc`. Names as in the documentation of CREATE AGGREGATE.
#[derive(Debug, Clone, Deserialize)]
pub struct Aggregate {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    arguments: String,
    identity_arguments: String,
    parallel: String,
    /// `aggkind`: n, o or h.
    kind: String,
    sfunc: String,
    stype: String,
    sspace: i64,
    finalfunc: Option<String>,
    finalfunc_extra: bool,
    aggfinalmodify: String,
    combinefunc: Option<String>,
    serialfunc: Option<String>,
    deserialfunc: Option<String>,
    initcond: Option<String>,
    msfunc: Option<String>,
    minvfunc: Option<String>,
    mstype: Option<String>,
    msspace: i64,
    mfinalfunc: Option<String>,
    mfinalfunc_extra: bool,
    aggmfinalmodify: String,
    minitcond: Option<String>,
    sortop: Option<String>,
}

impl Aggregate {
    /// What may be done to the state, unless it is the default of this kind of aggregate.
    fn modify(&self, letter: &str) -> Option<&'static str> {
        let default = if self.kind == "n" { "r" } else { "w" };
        match letter {
            _ if letter == default => None,
            "r" => Some("READ_ONLY"),
            "s" => Some("SHAREABLE"),
            _ => Some("READ_WRITE"),
        }
    }

    fn moving_options(&self, option: &mut impl FnMut(&str, Option<String>)) {
        option("MSFUNC", self.msfunc.clone());
        option("MINVFUNC", self.minvfunc.clone());
        option("MSTYPE", self.mstype.clone());
        option("MSSPACE", (self.msspace != 0).then(|| self.msspace.to_string()));
        option("MFINALFUNC", self.mfinalfunc.clone());
        option("MFINALFUNC_EXTRA", (self.mfinalfunc.is_some() && self.mfinalfunc_extra).then(String::new));
        let modify = self.mfinalfunc.as_ref().and_then(|_| self.modify(&self.aggmfinalmodify));
        option("MFINALFUNC_MODIFY", modify.map(str::to_owned));
        option("MINITCOND", self.minitcond.as_deref().map(quote_literal));
    }

    fn options(&self) -> Vec<String> {
        let mut options = Vec::new();
        let mut option = |name: &str, value: Option<String>| match value {
            Some(value) if value.is_empty() => options.push(name.to_owned()),
            Some(value) => options.push(format!("{name} = {value}")),
            None => {}
        };
        option("SFUNC", Some(self.sfunc.clone()));
        option("STYPE", Some(self.stype.clone()));
        option("SSPACE", (self.sspace != 0).then(|| self.sspace.to_string()));
        option("FINALFUNC", self.finalfunc.clone());
        option("FINALFUNC_EXTRA", (self.finalfunc.is_some() && self.finalfunc_extra).then(String::new));
        let modify = self.finalfunc.as_ref().and_then(|_| self.modify(&self.aggfinalmodify));
        option("FINALFUNC_MODIFY", modify.map(str::to_owned));
        option("COMBINEFUNC", self.combinefunc.clone());
        option("SERIALFUNC", self.serialfunc.clone());
        option("DESERIALFUNC", self.deserialfunc.clone());
        option("INITCOND", self.initcond.as_deref().map(quote_literal));
        self.moving_options(&mut option);
        option("SORTOP", self.sortop.clone());
        option(
            "PARALLEL",
            match self.parallel.as_str() {
                "s" => Some("SAFE".to_owned()),
                "r" => Some("RESTRICTED".to_owned()),
                _ => None,
            },
        );
        option("HYPOTHETICAL", (self.kind == "h").then(String::new));
        options
    }
}

/// The server prints no arguments where CREATE AGGREGATE wants `*`.
fn or_star(arguments: &str) -> &str {
    if arguments.is_empty() { "*" } else { arguments }
}

impl Kind for Aggregate {
    const QUERIES: Queries =
        &[(u32::MAX, include_str!("sql/aggregate.sql")), (10, include_str!("sql/aggregate.pg10.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let signature = format!("{}({})", self.name, or_star(&self.identity_arguments));
        entries.push(
            Entry::new(
                ObjectId::new(catalog::PROC, self.oid),
                "aggregate",
                format!("AGGREGATE {signature}"),
                [
                    self.name.schema.as_str(),
                    self.name.name.as_str(),
                    &format!("({})", self.identity_arguments),
                ],
            )
            .create(format!(
                "CREATE AGGREGATE {}({}) (\n    {}\n)",
                self.name,
                or_star(&self.arguments),
                self.options().join(",\n    ")
            ))
            .owner(&self.owner)
            // GRANT knows aggregates as functions, and prints no `*`.
            .grant_on(format!("FUNCTION {}({})", self.name, self.identity_arguments)),
        );
    }

    fn unholdable(&self, target: u32) -> Option<String> {
        removed::type_reason_in(&self.identity_arguments, target)
            .or_else(|| removed::type_reason(&self.stype, target))
            .or_else(|| removed::anyarray_reason(&self.sfunc, &[&self.stype], target))
    }
}
