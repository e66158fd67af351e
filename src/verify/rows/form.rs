//! The form of a row's text that both servers print alike, and its hash.
//!
//! The text of a row is that of `ROW(…)`: every type has one, NULL is not an empty text, and what text shows is what the
//! user would compare. What servers of different versions or settings print differently is levelled here:
//! - Floats: 17 digits before server 12, the shortest exact form since. Between such servers `extra_float_digits` is 0 on
//!   both, which prints 15 digits on any; columns of the two types themselves are hashed by their binary form, so only
//!   floats inside of arrays, ranges and the like are compared to 15 digits.
//! - `money` depends on `lc_monetary`, which is C on both.
//! - Between different encodings the text is hashed as UTF-8.
use std::{ops::Add, sync::Arc};

use crate::{error::Result, object::Column, verify::side::Side};

/// Neither a conversion from nor one to it is possible: it means "bytes".
const NO_ENCODING: &str = "SQL_ASCII";

/// A number of rows and the sum of their hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally {
    pub(super) rows: u64,
    /// Below 2^127: the hashes have 64 bits, and there are fewer than 2^63 rows.
    pub(super) sum: i128,
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { rows: self.rows + other.rows, sum: self.sum.wrapping_add(other.sum) }
    }
}

impl Tally {
    /// From what [`Form::query`] gives.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (rows, sum) = text.split_once(' ')?;
        Some(Self { rows: rows.parse().ok()?, sum: sum.parse().ok()? })
    }
}

/// How rows are hashed; the same for both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// Both servers have `hashtextextended` (11), and it gives the same on both. Otherwise it is half an MD5,
    /// which is about three times as slow.
    fast: bool,
    /// Servers before and since 12.
    floats_differ: bool,
    /// The servers' encodings differ.
    as_utf8: bool,
}

impl Form {
    /// Asks both servers.
    pub(super) async fn agree(sides: &[Arc<Side>; 2]) -> Result<Self> {
        let [source, target] = sides.each_ref().map(|side| side.version());
        let encodings = sides.each_ref().map(|side| side.selected.catalog.database.encoding.as_str());
        let as_utf8 = encodings[0] != encodings[1] && !encodings.contains(&NO_ENCODING);
        let mut fast = !as_utf8 && source.at_least(11) && target.at_least(11);
        if fast {
            // A hash need not be the same on another architecture, nor in a later version.
            let probe = |side: Arc<Side>| async move {
                let session = side.worker("").await?;
                session.texts("SELECT pg_catalog.hashtextextended('pgmigrate', 0)").await
            };
            let (a, b) = tokio::try_join!(probe(Arc::clone(&sides[0])), probe(Arc::clone(&sides[1])))?;
            fast = a == b;
        }
        Ok(Self { fast, floats_differ: source.at_least(12) != target.at_least(12), as_utf8 })
    }

    /// Settings of the sessions that run the queries.
    pub(super) fn settings(self) -> String {
        let digits = if self.floats_differ { "; SET extra_float_digits = 0" } else { "" };
        format!("SET lc_monetary = 'C'{digits}")
    }

    /// The query that gives a [`Tally`] of what is behind FROM; only the number of rows if there are no columns.
    pub(super) fn query(self, columns: &[&Column], from: &str) -> String {
        let values: Vec<String> = columns.iter().map(|column| self.value(column)).collect();
        self.query_of(&values.iter().map(String::as_str).collect::<Vec<_>>(), from)
    }

    /// The same of expressions.
    pub(super) fn query_of(self, values: &[&str], from: &str) -> String {
        let sum = if values.is_empty() {
            "0".to_owned()
        } else {
            format!("COALESCE(pg_catalog.sum({}), 0)", self.hash(values))
        };
        format!("SELECT pg_catalog.concat_ws(' ', pg_catalog.count(*), {sum}) FROM {from}")
    }

    fn hash(self, values: &[&str]) -> String {
        let text = format!("ROW({})::pg_catalog.text", values.join(", "));
        if self.fast {
            return format!("pg_catalog.hashtextextended({text}, 0)");
        }
        let text = if self.as_utf8 { format!("pg_catalog.convert_to({text}, 'UTF8')") } else { text };
        format!(
            "('x' || pg_catalog.substr(pg_catalog.md5({text}), 1, 16))::pg_catalog.bit(64)::pg_catalog.int8"
        )
    }

    fn value(self, column: &Column) -> String {
        match column.type_name.as_str() {
            "double precision" if self.floats_differ => format!("pg_catalog.float8send({})", column.name),
            "real" if self.floats_differ => format!("pg_catalog.float4send({})", column.name),
            _ => column.name.to_string(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) const PLAIN: Form = Form { fast: true, floats_differ: false, as_utf8: false };

    pub(in super::super) fn column(name: &str, type_name: &str, generated: &str) -> Column {
        serde_json::from_value(serde_json::json!({
                "relation": 1,
            "number": 1, "name": name, "type_oid": 23, "type": type_name, "collation": null, "local": true,
            "identity": "", "generated": generated, "default_oid": null, "default_expression": null,
            "not_null": false, "not_null_name": null, "not_null_local": false, "not_null_no_inherit": false,
            "not_null_validated": true, "storage": null, "compression": null, "statistics": null, "options": []
        }))
        .unwrap()
    }

    #[test]
    fn rows_are_hashed_by_their_text() {
        let (a, b) = (column("id", "integer", ""), column("Weight", "real", ""));
        insta::assert_snapshot!(PLAIN.query(&[&a, &b], "ONLY s.t"), @r#"SELECT pg_catalog.concat_ws(' ', pg_catalog.count(*), COALESCE(pg_catalog.sum(pg_catalog.hashtextextended(ROW(id, "Weight")::pg_catalog.text, 0)), 0)) FROM ONLY s.t"#);
        insta::assert_snapshot!(PLAIN.query(&[], "ONLY s.t"), @"SELECT pg_catalog.concat_ws(' ', pg_catalog.count(*), 0) FROM ONLY s.t");
    }

    #[test]
    fn old_servers_get_a_form_that_they_have() {
        let old = Form { fast: false, floats_differ: true, as_utf8: true };
        let (a, b) = (column("a", "text", ""), column("b", "real", ""));
        let values = [&a, &b].map(|column| old.value(column));
        insta::assert_snapshot!(old.hash(&values.each_ref().map(String::as_str)), @"('x' || pg_catalog.substr(pg_catalog.md5(pg_catalog.convert_to(ROW(a, pg_catalog.float4send(b))::pg_catalog.text, 'UTF8')), 1, 16))::pg_catalog.bit(64)::pg_catalog.int8");
        assert_eq!(old.settings(), "SET lc_monetary = 'C'; SET extra_float_digits = 0");
        assert_eq!(PLAIN.settings(), "SET lc_monetary = 'C'");
    }

    #[test]
    fn a_tally_is_two_numbers() {
        assert_eq!(Tally::parse("3 -42"), Some(Tally { rows: 3, sum: -42 }));
        assert_eq!(Tally::parse("3"), None);
    }
}
