//! Columns of tables, views, materialized views and composite types, read for all relations at once.
use serde::Deserialize;

use super::{
    ObjectId, Queries, Separate,
    fdw_option::{FdwOption, options_clause},
    reloption,
};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// The queries of all columns.
pub const COLUMN_QUERIES: Queries = &[
    (u32::MAX, include_str!("sql/column.sql")),
    (17, include_str!("sql/column.pg17.sql")),
    (13, include_str!("sql/column.pg13.sql")),
    (11, include_str!("sql/column.pg11.sql")),
];

/// A row of the query: a column with its relation.
#[derive(Debug, Clone, Deserialize)]
pub struct ColumnRow {
    /// The relation's OID.
    pub relation: Oid,
    /// The column.
    #[serde(flatten)]
    pub column: Column,
}

/// A row of `pg_attribute`.
#[derive(Debug, Clone, Deserialize)]
pub struct Column {
    /// `attnum`
    pub number: i32,
    /// Its name.
    pub name: Ident,
    /// Its type on the source.
    pub type_oid: Oid,
    /// `format_type` of type and modifier, schema-qualified.
    #[serde(rename = "type")]
    pub type_name: String,
    collation: Option<QualifiedName>,
    /// Defined here, not only inherited.
    pub local: bool,
    /// `attidentity`: a, d or empty.
    pub identity: String,
    /// `attgenerated`: s, v or empty.
    pub generated: String,
    default_oid: Option<Oid>,
    /// Default or generation expression.
    pub default_expression: Option<String>,
    not_null: bool,
    not_null_name: Option<Ident>,
    not_null_local: bool,
    not_null_no_inherit: bool,
    not_null_validated: bool,
    storage: Option<String>,
    compression: Option<String>,
    statistics: Option<i32>,
    options: Vec<String>,
    /// Of a foreign table's column.
    #[serde(default)]
    fdw_options: Vec<FdwOption>,
    /// Inherited, and without the default that a parent's has. Filled in.
    #[serde(skip)]
    pub drops_default: bool,
}

impl Column {
    /// `name type [COLLATE …]`
    pub fn name_and_type(&self) -> String {
        let collation =
            self.collation.as_ref().map_or(String::new(), |collation| format!(" COLLATE {collation}"));
        format!("{} {}{collation}", self.name, self.type_name)
    }

    /// `NULL::type AS name`
    pub fn null_of_its_type(&self) -> String {
        let collation =
            self.collation.as_ref().map_or(String::new(), |collation| format!(" COLLATE {collation}"));
        format!("NULL::{}{collation} AS {}", self.type_name, self.name)
    }

    /// The address of its default.
    pub fn default_id(&self) -> Option<ObjectId> {
        self.default_oid.map(|oid| ObjectId::new(catalog::ATTRDEF, oid))
    }

    /// Whether its default is a statement of its own. A generation expression cannot be.
    pub fn default_stands_apart(&self, separate: &Separate) -> bool {
        self.generated.is_empty() && self.default_id().is_some_and(|id| separate.contains(&id))
    }

    /// Its place for comments and privileges.
    pub fn part(&self, relation: ObjectId, of: &QualifiedName) -> (ObjectId, String, String) {
        (relation.column(self.number), format!("COLUMN {of}.{}", self.name), self.name.to_string())
    }

    /// Its line in CREATE TABLE; `sequence` is the text of its identity sequence.
    pub fn definition(&self, separate: &Separate, sequence: Option<&str>) -> String {
        self.name_and_type() + &self.constraints(separate, sequence)
    }

    /// Its line in CREATE TABLE OF, if it adds anything to the type's attribute.
    pub fn typed_definition(&self, separate: &Separate, sequence: Option<&str>) -> Option<String> {
        let constraints = self.constraints(separate, sequence);
        (!constraints.is_empty()).then(|| format!("{} WITH OPTIONS{constraints}", self.name))
    }

    fn constraints(&self, separate: &Separate, sequence: Option<&str>) -> String {
        let mut text = self.default_clause(separate);
        if let Some(sequence) = sequence {
            let always = if self.identity == "a" { "ALWAYS" } else { "BY DEFAULT" };
            text += &format!(" GENERATED {always} AS IDENTITY ({sequence})");
        }
        if self.not_null && self.not_null_validated {
            text += &self.not_null_clause();
        }
        text
    }

    fn default_clause(&self, separate: &Separate) -> String {
        match (&self.default_expression, self.generated.as_str()) {
            (Some(expression), "s") => format!(" GENERATED ALWAYS AS ({expression}) STORED"),
            (Some(expression), "v") => format!(" GENERATED ALWAYS AS ({expression}) VIRTUAL"),
            (Some(expression), _) if !self.default_stands_apart(separate) => format!(" DEFAULT {expression}"),
            (None, _) if self.drops_default => " DEFAULT NULL".to_owned(),
            _ => String::new(),
        }
    }

    fn not_null_clause(&self) -> String {
        let name = self.not_null_name.as_ref().map_or(String::new(), |name| format!(" CONSTRAINT {name}"));
        let no_inherit = if self.not_null_no_inherit { " NO INHERIT" } else { "" };
        format!("{name} NOT NULL{no_inherit}")
    }

    /// What an inherited column has beyond its parent's, as statements; `alter` is `ALTER TABLE ONLY s.t`.
    pub fn inherited_changes(&self, alter: &str, separate: &Separate) -> Vec<String> {
        let mut changes = Vec::new();
        let default = self.default_expression.as_ref().filter(|_| self.generated.is_empty());
        if let Some(expression) = default.filter(|_| !self.default_stands_apart(separate)) {
            changes.push(format!("{alter} ALTER COLUMN {} SET DEFAULT {expression}", self.name));
        }
        if self.drops_default {
            changes.push(format!("{alter} ALTER COLUMN {} DROP DEFAULT", self.name));
        }
        if self.not_null && self.not_null_local && self.not_null_validated {
            changes.push(match &self.not_null_name {
                Some(name) => format!("{alter} ADD CONSTRAINT {name} NOT NULL {}", self.name),
                None => format!("{alter} ALTER COLUMN {} SET NOT NULL", self.name),
            });
        }
        changes
    }

    /// The NOT NULL constraint that was never validated (server 18), a statement of its own after the data.
    pub fn unvalidated_not_null(&self, alter: &str) -> Option<String> {
        if !self.not_null || self.not_null_validated {
            return None;
        }
        let name = self.not_null_name.as_ref().map_or(String::new(), |name| format!("CONSTRAINT {name} "));
        Some(format!("{alter} ADD {name}NOT NULL {} NOT VALID", self.name))
    }

    /// Storage, compression, statistics target and options, as statements.
    pub fn settings(&self, alter: &str) -> Vec<String> {
        let set = |what: String| format!("{alter} ALTER COLUMN {} SET {what}", self.name);
        let mut settings = Vec::new();
        let storage = self.storage.as_deref().and_then(|letter| match letter {
            "p" => Some("PLAIN"),
            "e" => Some("EXTERNAL"),
            "m" => Some("MAIN"),
            "x" => Some("EXTENDED"),
            _ => None,
        });
        settings.extend(storage.map(|word| set(format!("STORAGE {word}"))));
        let compression = self.compression.as_deref().and_then(|letter| match letter {
            "p" => Some("pglz"),
            "l" => Some("lz4"),
            _ => None,
        });
        settings.extend(compression.map(|word| set(format!("COMPRESSION {word}"))));
        settings.extend(self.statistics.map(|target| set(format!("STATISTICS {target}"))));
        if !self.options.is_empty() {
            let options: Vec<String> = self.options.iter().map(|option| reloption::setting(option)).collect();
            settings.push(set(format!("({})", options.join(", "))));
        }
        if !self.fdw_options.is_empty() {
            // ALTER TABLE has no word for them.
            let alter = alter.replacen("ALTER TABLE", "ALTER FOREIGN TABLE", 1);
            let options = options_clause(&self.fdw_options);
            settings.push(format!("{alter} ALTER COLUMN {}{options}", self.name));
        }
        settings
    }
}
