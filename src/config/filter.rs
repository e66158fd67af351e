//! What the command line selects: `--schema`, `--table` and what they exclude, in the words of `pg_dump`.
use super::{
    schema::{Config, SchemaSection, SelectionMode, TableEntry, TableName, TableSection},
    selection::Selection,
};

/// Schemas and tables named on the command line; globs as in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only these schemas.
    pub schemas: Vec<String>,
    /// Not these schemas.
    pub exclude_schemas: Vec<String>,
    /// Only these relations (`table`, or `schema.table`), with what they need; schemas are not asked for then.
    pub tables: Vec<String>,
    /// Not these tables.
    pub exclude_tables: Vec<String>,
}

impl Filter {
    /// The file with what the command line says instead and in addition.
    pub(super) fn apply(&self, config: &Config) -> Config {
        let mut config = config.clone();
        if !self.schemas.is_empty() {
            config.schemas.mode = SelectionMode::Include;
            config.schemas.include.clone_from(&self.schemas);
        }
        config.schemas.exclude.extend(self.exclude_schemas.iter().cloned());
        if !self.tables.is_empty() {
            config.schemas = SchemaSection::default();
            let include = self.tables.iter().map(|text| table_name(text));
            let include = include.map(|TableName { schema, name }| TableEntry {
                schema,
                name,
                ..TableEntry::default()
            });
            config.tables =
                TableSection { mode: SelectionMode::Include, include: include.collect(), ..config.tables };
        }
        config.tables.exclude.extend(self.exclude_tables.iter().map(|text| table_name(text)));
        config
    }

    /// The selection of a file that it was applied to.
    pub(super) fn selection(&self, applied: &Config) -> Selection {
        let selection = Selection::of_config(applied);
        if self.tables.is_empty() { selection } else { selection.of_relations_only() }
    }
}

/// `schema.table`, or a table of any schema. A dot within a name is matched by `?`.
fn table_name(text: &str) -> TableName {
    let (schema, name) = text.split_once('.').unwrap_or(("*", text));
    TableName { schema: schema.to_owned(), name: name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn schemas_stand_in_place_of_the_files() {
        let filter = Filter {
            schemas: words(&["a*"]),
            exclude_schemas: words(&["ab"]),
            exclude_tables: words(&["aa.t", "x_*"]),
            ..Filter::default()
        };
        let selection = filter.selection(&filter.apply(&Config::default()));
        assert!(selection.schema_selected("aa") && !selection.schema_selected("ab"));
        assert!(!selection.schema_selected("b"));
        assert!(selection.table("aa", "u").is_some() && selection.table("aa", "t").is_none());
        assert!(selection.table("aa", "x_1").is_none());
        assert!(!selection.relations_only());
    }

    #[test]
    fn tables_are_taken_whatever_their_schema() {
        let mut config = Config::default();
        config.schemas.exclude = words(&["a"]);
        let filter = Filter { tables: words(&["a.t", "u"]), ..Filter::default() };
        let selection = filter.selection(&filter.apply(&config));
        assert!(selection.table("a", "t").is_some() && selection.table("b", "u").is_some());
        assert!(selection.table("a", "v").is_none() && selection.relations_only());
        assert!(!selection.is_everything());
    }
}
