//! `CREATE COLLATION`. The version of the library's collation is not carried: the target records the one that it has.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Oid, QualifiedName, catalog, quote_literal};

/// A row of `pg_collation`.
#[derive(Debug, Clone, Deserialize)]
pub struct Collation {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    /// `collprovider`: c, i, b (server 17 and newer) or d.
    provider: String,
    /// Always on servers before 12.
    deterministic: bool,
    /// Of ICU and the builtin provider; before server 15, ICU's stood in `collcollate`.
    locale: Option<String>,
    lc_collate: Option<String>,
    lc_ctype: Option<String>,
    /// ICU's, from server 16 on.
    rules: Option<String>,
}

impl Collation {
    fn options(&self) -> Vec<String> {
        let provider = match self.provider.as_str() {
            "i" => "icu",
            "b" => "builtin",
            "d" => "default",
            _ => "libc",
        };
        let mut options = vec![format!("provider = {provider}")];
        if !self.deterministic {
            options.push("deterministic = false".to_owned());
        }
        let literal = |name: &str, value: &String| format!("{name} = {}", quote_literal(value));
        match (self.provider.as_str(), &self.lc_collate, &self.lc_ctype) {
            ("c", Some(collate), Some(ctype)) if collate == ctype => options.push(literal("locale", collate)),
            ("c", collate, ctype) => {
                options.extend(collate.iter().map(|value| literal("lc_collate", value)));
                options.extend(ctype.iter().map(|value| literal("lc_ctype", value)));
            }
            _ => options.extend(self.locale.iter().map(|value| literal("locale", value))),
        }
        options.extend(self.rules.iter().map(|value| literal("rules", value)));
        options
    }
}

impl Kind for Collation {
    const QUERIES: Queries = &[
        (u32::MAX, include_str!("sql/collation.sql")),
        (16, include_str!("sql/collation.pg16.sql")),
        (15, include_str!("sql/collation.pg15.sql")),
        (14, include_str!("sql/collation.pg14.sql")),
        (11, include_str!("sql/collation.pg11.sql")),
    ];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let identity = format!("COLLATION {}", self.name);
        entries.push(
            Entry::new(
                ObjectId::new(catalog::COLLATION, self.oid),
                "collation",
                identity.clone(),
                [self.name.schema.as_str(), self.name.name.as_str(), ""],
            )
            .create(format!("CREATE {identity} ({})", self.options().join(", ")))
            .owner(&self.owner),
        );
    }
}
