//! Which schemas and tables are migrated, and how each table is read. Pure: names in, answers out.
//!
//! Of several entries that fit a name the most exact one counts: both names exact before one, the table's
//! before the schema's, then the one that fixes more characters, then the one written first.
use super::{
    pattern::Pattern,
    schema::{Config, ExtensionSection, SchemaSection, SelectionMode, TableDefaults, TableEntry, TableName},
    without::Without,
};

/// The schema of the journal on the target.
const OWN_SCHEMA: &str = "pgmigrate";

/// Holds what the settings of a tuned server were, in its database `postgres`.
const UNDO_SCHEMA: &str = "pgmigrate_undo";

/// Whether a schema belongs to the server or to pgmigrate itself; such a one is never migrated.
pub fn is_system_schema(name: &str) -> bool {
    name.starts_with("pg_") || name == "information_schema" || [OWN_SCHEMA, UNDO_SCHEMA].contains(&name)
}

/// How a table is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRule {
    /// Column whose ranges are the chunks; `None` leaves the cutting to the plan.
    pub chunk_column: Option<String>,
    /// Rows in a chunk, on average.
    pub chunk_size: u64,
    /// SQL condition for the rows.
    pub where_: Option<String>,
    /// SQL sort order for reading.
    pub order_by: Option<String>,
    /// At most this many rows, in one chunk.
    pub limit: Option<u64>,
}

impl Default for TableRule {
    fn default() -> Self {
        Self::of_defaults(&TableDefaults::default())
    }
}

/// A table or schema that the file names without a glob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedTable {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Whether it was asked for (and must exist), or only tuned in case it exists.
    pub required: bool,
}

/// What is migrated.
#[derive(Debug, Clone)]
pub struct Selection {
    schemas: Names,
    tables_listed_only: bool,
    default: TableRule,
    include: Vec<(TablePattern, TableRule)>,
    exclude: Vec<TablePattern>,
    /// Whether only the listed relations are taken, and nothing else of their schemas.
    relations_only: bool,
    extensions: Names,
    without: Without,
}

#[derive(Debug, Clone)]
struct Names {
    listed_only: bool,
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
}

#[derive(Debug, Clone)]
struct TablePattern {
    schema: Pattern,
    name: Pattern,
}

impl Selection {
    /// All schemas and all tables.
    pub fn everything() -> Self {
        Self::of_config(&Config::default())
    }

    /// The selection that a file asks for.
    pub fn of_config(config: &Config) -> Self {
        let tables = &config.tables;
        let default = TableRule::of_defaults(&tables.default);
        let entry =
            |entry: &TableEntry| (TablePattern::new(&entry.schema, &entry.name), default.overridden(entry));
        let excluded = |entry: &TableName| TablePattern::new(&entry.schema, &entry.name);
        Self {
            schemas: Names::of_schemas(&config.schemas),
            tables_listed_only: tables.mode == SelectionMode::Include,
            include: tables.include.iter().map(entry).collect(),
            exclude: tables.exclude.iter().map(excluded).collect(),
            default,
            relations_only: false,
            extensions: Names::of_extensions(&config.extensions),
            without: Without::of_section(&config.objects),
        }
    }

    /// The same, with more that stays behind.
    #[must_use]
    pub fn without(mut self, without: &Without) -> Self {
        self.without = self.without.and(without);
        self
    }

    /// The same, but of the schemas nothing besides the listed tables.
    #[must_use]
    pub(super) fn of_relations_only(mut self) -> Self {
        self.relations_only = true;
        self
    }

    /// Whether only the listed relations are taken, with what they need.
    pub fn relations_only(&self) -> bool {
        self.relations_only
    }

    /// What of the objects stays behind.
    pub fn leaves(&self) -> &Without {
        &self.without
    }

    /// Whether an extension may be created.
    pub fn extension_allowed(&self, name: &str) -> bool {
        self.extensions.selects(name)
    }

    /// Whether an extension is asked for, whatever needs it.
    pub fn extension_wanted(&self, name: &str) -> bool {
        (self.extensions.listed_only || self.is_everything()) && self.extension_allowed(name)
    }

    /// Whether objects of the schema are migrated.
    pub fn schema_selected(&self, schema: &str) -> bool {
        !is_system_schema(schema) && self.schemas.selects(schema)
    }

    /// How the table's rows are read, or `None` if they are not migrated.
    pub fn table(&self, schema: &str, name: &str) -> Option<&TableRule> {
        if !self.schema_selected(schema) {
            return None;
        }
        let included = best(self.include.iter().map(|(pattern, rule)| (pattern.rank(schema, name), rule)));
        let excluded = best(self.exclude.iter().map(|pattern| (pattern.rank(schema, name), ())));
        match (included, excluded) {
            // An exact entry stands against a glob that would leave it out.
            (Some((rank, rule)), Some((against, ()))) => {
                (self.tables_listed_only && rank > against).then_some(rule)
            }
            (None, Some(_)) => None,
            (Some((_, rule)), None) => Some(rule),
            (None, None) => (!self.tables_listed_only).then_some(&self.default),
        }
    }

    /// The rule of the entry of `tables.include` that fits, if one does: the default rule does not count.
    pub fn entry(&self, schema: &str, name: &str) -> Option<&TableRule> {
        let listed = self.include.iter().any(|(pattern, _)| pattern.rank(schema, name).is_some());
        self.table(schema, name).filter(|_| listed)
    }

    /// Whether the file leaves the table out by an entry of `tables.exclude`.
    pub fn table_excluded(&self, schema: &str, name: &str) -> bool {
        let listed = self.exclude.iter().any(|pattern| pattern.rank(schema, name).is_some());
        listed && self.table(schema, name).is_none()
    }

    /// Whether tables of a selected schema may be left out.
    pub fn leaves_tables_out(&self) -> bool {
        self.tables_listed_only || !self.exclude.is_empty()
    }

    /// Whether all of every schema is migrated, and so what belongs to none.
    pub fn is_everything(&self) -> bool {
        !self.schemas.listed_only && self.schemas.exclude.is_empty() && !self.relations_only
    }

    /// The tables of `tables.include` that are named without a glob, in the order written.
    pub fn explicit_tables(&self) -> Vec<NamedTable> {
        let named = |(pattern, _): &(TablePattern, TableRule)| {
            let (schema, name) = (pattern.schema.exact()?, pattern.name.exact()?);
            Some(NamedTable { schema, name, required: self.tables_listed_only })
        };
        self.include.iter().filter_map(named).collect()
    }

    /// The schemas that are asked for by name, and so must exist, in the order written.
    pub fn explicit_schemas(&self) -> Vec<String> {
        let schemas = &self.schemas;
        let asked_for = if schemas.listed_only { &schemas.include[..] } else { &[] };
        asked_for.iter().filter_map(Pattern::exact).collect()
    }
}

impl TableRule {
    /// Whether only some of the rows are read.
    pub fn is_filtered(&self) -> bool {
        self.where_.is_some() || self.limit.is_some()
    }

    fn of_defaults(defaults: &TableDefaults) -> Self {
        Self {
            chunk_column: non_blank(&defaults.chunk_column),
            chunk_size: defaults.chunk_size,
            where_: non_blank(&defaults.where_),
            order_by: non_blank(&defaults.order_by),
            limit: non_zero(defaults.limit),
        }
    }

    /// The rule with what an entry says instead; an empty text or a zero there says "none".
    fn overridden(&self, entry: &TableEntry) -> Self {
        let text = |own: &Option<String>, default: &Option<String>| match own {
            Some(own) => non_blank(own),
            None => default.clone(),
        };
        Self {
            chunk_column: text(&entry.chunk_column, &self.chunk_column),
            chunk_size: entry.chunk_size.unwrap_or(self.chunk_size),
            where_: text(&entry.where_, &self.where_),
            order_by: text(&entry.order_by, &self.order_by),
            limit: entry.limit.map_or(self.limit, non_zero),
        }
    }
}

fn non_blank(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn non_zero(number: u64) -> Option<u64> {
    Some(number).filter(|number| *number > 0)
}

impl Names {
    fn new(listed_only: bool, include: &[String], exclude: &[String]) -> Self {
        let patterns = |names: &[String]| names.iter().map(|name| Pattern::new(name)).collect();
        Self { listed_only, include: patterns(include), exclude: patterns(exclude) }
    }

    fn of_schemas(section: &SchemaSection) -> Self {
        Self::new(section.mode == SelectionMode::Include, &section.include, &section.exclude)
    }

    fn of_extensions(section: &ExtensionSection) -> Self {
        Self::new(!section.include.is_empty(), &section.include, &section.exclude)
    }

    fn selects(&self, name: &str) -> bool {
        let rank = |pattern: &Pattern| {
            let rank = (pattern.is_exact(), pattern.literals());
            pattern.matches(name).then_some(rank)
        };
        let included = self.include.iter().filter_map(rank).max();
        let excluded = self.exclude.iter().filter_map(rank).max();
        if self.listed_only { included > excluded } else { excluded.is_none() }
    }
}

/// How exactly an entry fits a table: names that are exact, whether the table's is, characters fixed.
type Rank = (u8, bool, usize);

impl TablePattern {
    fn new(schema: &str, name: &str) -> Self {
        Self { schema: Pattern::new(schema), name: Pattern::new(name) }
    }

    fn rank(&self, schema: &str, name: &str) -> Option<Rank> {
        let (in_schema, named) = (self.schema.is_exact(), self.name.is_exact());
        let rank =
            (u8::from(in_schema) + u8::from(named), named, self.schema.literals() + self.name.literals());
        (self.schema.matches(schema) && self.name.matches(name)).then_some(rank)
    }
}

/// The entry of the highest rank, the first of equals.
fn best<T>(entries: impl Iterator<Item = (Option<Rank>, T)>) -> Option<(Rank, T)> {
    let fitting = entries.filter_map(|(rank, entry)| Some((rank?, entry)));
    fitting.reduce(|best, next| if next.0 > best.0 { next } else { best })
}

#[cfg(test)]
mod tests;
