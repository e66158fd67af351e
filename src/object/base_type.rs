//! `CREATE TYPE … (INPUT …)`: base types. Their functions take or return them, so a shell comes first.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, shell_type};
use crate::pg::{Oid, QualifiedName, catalog, quote_literal};

/// A row of `pg_type`.
#[derive(Debug, Clone, Deserialize)]
pub struct BaseType {
    oid: Oid,
    namespace: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    /// Bytes; -1 for variable.
    length: i32,
    by_value: bool,
    /// `typalign`: c, s, i or d.
    alignment: String,
    /// `typstorage`: p, e, x or m.
    storage: String,
    category: String,
    preferred: bool,
    delimiter: String,
    default_value: Option<String>,
    element: Option<String>,
    collatable: bool,
    input: String,
    output: String,
    receive: Option<String>,
    send: Option<String>,
    typmod_in: Option<String>,
    typmod_out: Option<String>,
    analyze: Option<String>,
    /// From server 14 on; before, ELEMENT said it all.
    subscript: Option<String>,
}

impl BaseType {
    fn functions(&self, option: &mut impl FnMut(&str, Option<&str>)) {
        option("INPUT", Some(&self.input));
        option("OUTPUT", Some(&self.output));
        option("RECEIVE", self.receive.as_deref());
        option("SEND", self.send.as_deref());
        option("TYPMOD_IN", self.typmod_in.as_deref());
        option("TYPMOD_OUT", self.typmod_out.as_deref());
        option("ANALYZE", self.analyze.as_deref());
        option("SUBSCRIPT", self.subscript.as_deref());
    }

    fn options(&self) -> Vec<String> {
        let mut options = Vec::new();
        let mut option = |name: &str, value: Option<&str>| {
            options.extend(value.map(|value| format!("{name} = {value}")));
        };
        self.functions(&mut option);
        let length = if self.length < 0 { "VARIABLE".to_owned() } else { self.length.to_string() };
        option("INTERNALLENGTH", Some(&length));
        option("PASSEDBYVALUE", self.by_value.then_some("true"));
        let alignment = match self.alignment.as_str() {
            "c" => "char",
            "s" => "int2",
            "d" => "double",
            _ => "int4",
        };
        option("ALIGNMENT", Some(alignment));
        let storage = match self.storage.as_str() {
            "e" => "external",
            "x" => "extended",
            "m" => "main",
            _ => "plain",
        };
        option("STORAGE", Some(storage));
        option("CATEGORY", Some(&quote_literal(&self.category)));
        option("PREFERRED", self.preferred.then_some("true"));
        option("DEFAULT", self.default_value.as_deref().map(quote_literal).as_deref());
        option("ELEMENT", self.element.as_deref());
        option("DELIMITER", Some(&quote_literal(&self.delimiter)));
        option("COLLATABLE", self.collatable.then_some("true"));
        options
    }
}

impl Kind for BaseType {
    const QUERIES: Queries =
        &[(u32::MAX, include_str!("sql/base_type.sql")), (13, include_str!("sql/base_type.pg13.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let identity = format!("TYPE {}", self.name);
        entries.push(shell_type::entry_before(self.oid, self.namespace, &self.name));
        entries.push(
            Entry::new(
                ObjectId::new(catalog::TYPE, self.oid),
                "base_type",
                identity.clone(),
                [self.name.schema.as_str(), self.name.name.as_str(), ""],
            )
            .create(format!("CREATE {identity} (\n    {}\n)", self.options().join(",\n    ")))
            .owner(&self.owner)
            .grant_on(identity)
            .after(shell_type::before(self.oid)),
        );
    }
}
