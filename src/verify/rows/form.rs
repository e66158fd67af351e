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

use crate::{
    error::Result,
    object::Column,
    pg::{QualifiedName, quote_literal},
    verify::side::Side,
};

/// Neither a conversion from nor one to it is possible: it means "bytes".
const NO_ENCODING: &str = "SQL_ASCII";

/// A number of rows and the sum of their hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::verify) struct Tally {
    pub(in crate::verify) rows: u64,
    /// Below 2^127: the hashes have 64 bits, and there are fewer than 2^63 rows.
    pub(in crate::verify) sum: i128,
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { rows: self.rows + other.rows, sum: self.sum.wrapping_add(other.sum) }
    }
}

impl Tally {
    /// From what [`Form::query`] gives, with the file that the relation's rows are in, where it was asked for.
    pub(super) fn parse(text: &str) -> Option<(Self, Option<String>)> {
        let mut fields = text.split(' ');
        let tally = Self { rows: fields.next()?.parse().ok()?, sum: fields.next()?.parse().ok()? };
        Some((tally, fields.next().map(str::to_owned)))
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

    /// The query that gives a [`Tally`] of what is behind FROM: of `hash`, or only the number of rows. `file_of` asks for the
    /// file that a relation's rows are in, too.
    pub(super) fn query(hash: Option<&str>, file_of: Option<&QualifiedName>, from: &str) -> String {
        let sum = hash.map_or("0".to_owned(), |hash| format!("COALESCE(pg_catalog.sum({hash}), 0)"));
        let file = file_of.map_or(String::new(), |name| {
            let name = quote_literal(&name.to_string());
            format!(", pg_catalog.pg_relation_filenode({name}::pg_catalog.regclass)")
        });
        format!("SELECT pg_catalog.concat_ws(' ', pg_catalog.count(*), {sum}{file}) FROM {from}")
    }

    /// The hash of a row by these of its columns; none if it has none.
    pub(super) fn row_hash(self, columns: &[&Column]) -> Option<String> {
        let values: Vec<String> = columns.iter().map(|column| self.value(column)).collect();
        (!values.is_empty()).then(|| self.hash(&values.iter().map(String::as_str).collect::<Vec<_>>()))
    }

    /// The hash of some expressions.
    pub(super) fn hash(self, values: &[&str]) -> String {
        let text = self.text(values);
        if self.fast {
            return format!("pg_catalog.hashtextextended({text}, 0)");
        }
        format!(
            "('x' || pg_catalog.substr(pg_catalog.md5({text}), 1, 16))::pg_catalog.bit(64)::pg_catalog.int8"
        )
    }

    /// The text that is hashed; UTF-8 as bytes where the encodings differ.
    pub(super) fn text(self, values: &[&str]) -> String {
        let text = format!("ROW({})::pg_catalog.text", values.join(", "));
        if self.as_utf8 { format!("pg_catalog.convert_to({text}, 'UTF8')") } else { text }
    }

    /// Whether the encodings of the servers differ.
    pub(super) fn is_converted(self) -> bool {
        self.as_utf8
    }

    /// Whether the servers print a column's values alike, to the last digit.
    pub(super) fn prints_alike(self, column: &Column) -> bool {
        !self.floats_differ || !matches!(column.type_name.as_str(), "double precision" | "real")
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
        insta::assert_snapshot!(Form::query(PLAIN.row_hash(&[&a, &b]).as_deref(), None, "ONLY s.t"), @r#"SELECT pg_catalog.concat_ws(' ', pg_catalog.count(*), COALESCE(pg_catalog.sum(pg_catalog.hashtextextended(ROW(id, "Weight")::pg_catalog.text, 0)), 0)) FROM ONLY s.t"#);
        insta::assert_snapshot!(Form::query(PLAIN.row_hash(&[]).as_deref(), None, "ONLY s.t"), @"SELECT pg_catalog.concat_ws(' ', pg_catalog.count(*), 0) FROM ONLY s.t");
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
    fn a_tally_is_two_numbers_and_perhaps_a_file() {
        let tally = Tally { rows: 3, sum: -42 };
        assert_eq!(Tally::parse("3 -42"), Some((tally, None)));
        assert_eq!(Tally::parse("3 -42 16384"), Some((tally, Some("16384".to_owned()))));
        assert_eq!(Tally::parse("3"), None);
    }
}
