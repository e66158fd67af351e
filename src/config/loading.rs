//! Which tables are loaded first, and which last: patterns of tables with numbers. Pure: names in, answers out.
use std::fmt;

use super::{pattern::Pattern, schema::Config};
use crate::error::{Error, ErrorKind, Result};

/// A pattern for tables: `schema.table`, or `database.schema.table`, each part a glob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableGlob {
    /// Of the source; `None`: any.
    database: Option<Pattern>,
    schema: Pattern,
    name: Pattern,
}

/// The order in which tables are loaded, as far as the user has wishes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Loading {
    /// Tables whose rows come when the rest of the database is usable.
    delayed: Vec<TableGlob>,
    /// Tables that go before others, the highest number first.
    priorities: Vec<(TableGlob, u32)>,
}

/// What the command line says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadingOverrides {
    /// Tables whose rows come late, in addition to the file's.
    pub delay_data: Vec<String>,
    /// Indexes of tables that were there before are dropped and built again, whatever the file says.
    pub rebuild_indexes: bool,
}

impl LoadingOverrides {
    /// The configuration with the command line's wishes, so that a plan tells of these too.
    pub(super) fn apply(&self, mut config: Config) -> Result<Config> {
        for text in &self.delay_data {
            TableGlob::parse(text).map_err(|why| {
                Error::new(ErrorKind::Config, format!("`--delay-data {}`: {why}", text.escape_debug()))
            })?;
        }
        config.tables.delay_data.extend(self.delay_data.iter().cloned());
        config.options.rebuild_indexes |= self.rebuild_indexes;
        Ok(config)
    }
}

impl Loading {
    /// The wishes of a configuration; what cannot be read as a pattern was refused by `check`.
    pub(super) fn of_config(config: &Config) -> Self {
        let tables = &config.tables;
        let delayed = tables.delay_data.iter().filter_map(|text| TableGlob::parse(text).ok());
        let priorities = tables.priority.iter();
        Self {
            delayed: delayed.collect(),
            priorities: priorities
                .filter_map(|entry| Some((TableGlob::parse(&entry.table).ok()?, entry.priority)))
                .collect(),
        }
    }

    /// Whether rows of any table come late.
    pub fn delays(&self) -> bool {
        !self.delayed.is_empty()
    }

    /// Whether the rows of a table of this database of the source come late.
    pub fn is_delayed(&self, database: &str, schema: &str, name: &str) -> bool {
        self.delayed.iter().any(|glob| glob.matches(database, schema, name))
    }

    /// The patterns of late tables that can mean a table of this database and mean none of these, as they were written.
    pub fn idle(&self, database: &str, tables: &[(&str, &str)]) -> Vec<String> {
        let means_one =
            |glob: &TableGlob| tables.iter().any(|(schema, name)| glob.matches(database, schema, name));
        let idle = self.delayed.iter().filter(|glob| glob.concerns(database) && !means_one(glob));
        idle.map(ToString::to_string).collect()
    }

    /// The highest number of those that the user gave to a table; 0 if none.
    pub fn priority(&self, database: &str, schema: &str, name: &str) -> u32 {
        let fitting = self.priorities.iter().filter(|(glob, _)| glob.matches(database, schema, name));
        fitting.map(|(_, priority)| *priority).max().unwrap_or_default()
    }
}

impl TableGlob {
    /// Reads a pattern. The error says what it must be.
    pub(super) fn parse(text: &str) -> std::result::Result<Self, String> {
        let parts = parts(text);
        let [first @ .., schema, name] = &parts[..] else { return Err(wrong()) };
        if first.len() > 1 || parts.iter().any(|part| part.is_empty() || part.contains('\0')) {
            return Err(wrong());
        }
        Ok(Self {
            database: first.first().map(|part| Pattern::new(part)),
            schema: Pattern::new(schema),
            name: Pattern::new(name),
        })
    }

    fn matches(&self, database: &str, schema: &str, name: &str) -> bool {
        self.concerns(database) && self.schema.matches(schema) && self.name.matches(name)
    }

    /// Whether it can mean a table of this database.
    fn concerns(&self, database: &str) -> bool {
        self.database.as_ref().is_none_or(|pattern| pattern.matches(database))
    }
}

fn wrong() -> String {
    "must be `schema.table` or `database.schema.table`; a dot within a name is written `\\.`".to_owned()
}

/// The text between dots. A backslash keeps the next character from being one, and stays for the pattern.
fn parts(text: &str) -> Vec<String> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '.' => parts.push(std::mem::take(&mut part)),
            '\\' => {
                part.push(c);
                part.extend(rest.next());
            }
            c => part.push(c),
        }
    }
    parts.push(part);
    parts
}

/// The pattern as it could be written, but for dots within a name.
impl fmt::Display for TableGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(database) = &self.database {
            write!(f, "{database}.")?;
        }
        write!(f, "{}.{}", self.schema, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfigFile, Environment};

    fn config(text: &str) -> Config {
        ConfigFile::parse("x", text, &Environment::default()).unwrap().config
    }

    fn loading(text: &str) -> Loading {
        Loading::of_config(&config(text))
    }

    #[test]
    fn the_command_line_adds_to_the_file() {
        let file = config("tables: { delay_data: [public.a] }");
        let given = |text: &str| LoadingOverrides { delay_data: vec![text.to_owned()], ..Default::default() };
        let loading = Loading::of_config(&given("shop.public.b*").apply(file.clone()).unwrap());
        let late = |name| loading.is_delayed("shop", "public", name);
        assert_eq!([late("a"), late("bc"), late("c")], [true, true, false]);
        let refused = given("b").apply(file).unwrap_err();
        assert!(refused.report().contains("`--delay-data b`: must be `schema.table`"), "{refused:?}");
    }

    #[test]
    fn patterns_have_two_parts_or_three() {
        let loading = loading(r#"tables: { delay_data: ["logs.*", "shop.public.big\\.*"] }"#);
        for (database, schema, name, late) in [
            ("shop", "logs", "a", true),
            ("any", "logs", "b.c", true),
            ("shop", "public", "big.one", true),
            ("shop", "public", "bigone", false),
            ("other", "public", "big.one", false),
        ] {
            assert_eq!(loading.is_delayed(database, schema, name), late, "{database} {schema} {name}");
        }
        assert!(loading.delays() && !Loading::default().delays());
    }

    #[test]
    fn the_highest_number_counts() {
        let loading = loading(
            "tables: { priority: [{ table: 'public.*', priority: 1 }, { table: 'd.public.hot', priority: 9 }] }",
        );
        let of = |database, name| loading.priority(database, "public", name);
        assert_eq!([of("d", "hot"), of("e", "hot"), of("d", "cold")], [9, 1, 1]);
        assert_eq!(loading.priority("d", "other", "hot"), 0);
    }

    #[test]
    fn patterns_that_mean_nothing_are_told() {
        let loading = loading("tables: { delay_data: ['public.a*', 'public.x', 'other.public.x'] }");
        let tables = [("public", "apple"), ("public", "b")];
        assert_eq!(loading.idle("shop", &tables), ["public.x"]);
    }

    #[test]
    fn other_texts_are_refused_with_their_place() {
        for text in ["", "table", "a.b.c.d", ".b", "a.", r"a\.b"] {
            assert!(TableGlob::parse(text).is_err(), "{text}");
        }
        let file = "tables:\n  delay_data: [public.a, nowhere]\n";
        let error = ConfigFile::parse("x", file, &Environment::default()).unwrap_err().report();
        assert!(error.contains("delay_data[1]") && error.contains("must be `schema.table`"), "{error}");
    }
}
