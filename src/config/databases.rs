//! Which databases of a server are migrated, and what they are called on the target.
use std::collections::BTreeMap;

use super::{
    check::in_list,
    pattern::Pattern,
    schema::{DatabaseSection, DatabasesMode},
    yaml::Misfit,
};

/// What the command line says of databases; it goes before the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatabaseOverrides {
    /// Every database.
    pub all: bool,
    /// Only these; globs as in the file.
    pub include: Vec<String>,
    /// Not these.
    pub exclude: Vec<String>,
}

/// Which databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Databases {
    mode: DatabasesMode,
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    rename: BTreeMap<String, String>,
}

impl Databases {
    /// The file's, with what the command line says instead and in addition.
    pub(super) fn build(section: &DatabaseSection, overrides: &DatabaseOverrides) -> Self {
        let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::new(text)).collect();
        let mut mode = section.mode;
        let mut include = patterns(&section.include);
        let mut exclude: Vec<Pattern> = patterns(&section.exclude);
        exclude.extend(overrides.exclude.iter().map(|text| Pattern::new(text)));
        if !overrides.include.is_empty() {
            (mode, include) = (DatabasesMode::Include, patterns(&overrides.include));
        } else if overrides.all || (mode == DatabasesMode::Single && !overrides.exclude.is_empty()) {
            mode = DatabasesMode::All;
        }
        Self { mode, include, exclude, rename: section.rename.clone() }
    }

    /// Whether it is the one of the connection string, and no other.
    pub fn is_single(&self) -> bool {
        self.mode == DatabasesMode::Single
    }

    /// Whether a database of this name is taken.
    pub fn takes(&self, name: &str) -> bool {
        let listed = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(name));
        let included = self.mode != DatabasesMode::Include || listed(&self.include);
        included && !listed(&self.exclude)
    }

    /// Names that are asked for and must be there.
    pub fn explicit(&self) -> Vec<String> {
        let included = self.include.iter().filter(|_| self.mode == DatabasesMode::Include);
        included.filter_map(Pattern::exact).chain(self.rename.keys().cloned()).collect()
    }

    /// What it is called on the target.
    pub fn target_name<'n>(&'n self, name: &'n str) -> &'n str {
        self.rename.get(name).map_or(name, String::as_str)
    }
}

/// Refuses names that cannot be meant.
pub(super) fn check(section: &DatabaseSection, warnings: &mut Vec<String>) -> Result<(), Misfit> {
    for (key, names) in [("include", &section.include), ("exclude", &section.exclude)] {
        if let Some(index) = names.iter().position(String::is_empty) {
            return Err(in_list(Misfit::new("the name of a database is empty"), key, index));
        }
    }
    match (section.mode, section.include.is_empty()) {
        (DatabasesMode::Include, true) => {
            return Err(
                Misfit::new("`databases.mode: include` needs names in `databases.include`").at(&["include"])
            );
        }
        (DatabasesMode::Include, false) | (_, true) => {}
        (_, false) => {
            warnings.push("`databases.include` has no effect without `databases.mode: include`".to_owned());
        }
    }
    if section.mode == DatabasesMode::Single && !(section.exclude.is_empty() && section.rename.is_empty()) {
        warnings.push(
            "`databases.exclude` and `databases.rename` have no effect on the one database of a connection string"
                .to_owned(),
        );
    }
    let mut targets: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, target) in &section.rename {
        if target.is_empty() {
            return Err(Misfit::new("the name of a database is empty").at(&["rename", name]));
        }
        if let Some(other) = targets.insert(target, name) {
            let what = format!("`{other}` and `{name}` cannot both become `{target}`");
            return Err(Misfit::new(what).at(&["rename", name]));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(section: &DatabaseSection, overrides: &DatabaseOverrides) -> Vec<&'static str> {
        let databases = Databases::build(section, overrides);
        ["postgres", "shop", "shop_old"].into_iter().filter(|name| databases.takes(name)).collect()
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn the_command_line_goes_before_the_file() {
        let file = DatabaseSection { exclude: texts(&["*_old"]), ..DatabaseSection::default() };
        let none = DatabaseOverrides::default();
        assert!(Databases::build(&file, &none).is_single());
        let all = DatabaseOverrides { all: true, ..none.clone() };
        assert_eq!(taken(&file, &all), ["postgres", "shop"]);
        let some = DatabaseOverrides { include: texts(&["shop*"]), ..none.clone() };
        assert_eq!(taken(&file, &some), ["shop"]);
        let without = DatabaseOverrides { exclude: texts(&["postgres"]), ..none };
        assert_eq!(taken(&DatabaseSection::default(), &without), ["shop", "shop_old"]);
    }

    #[test]
    fn what_is_named_must_be_there() {
        let file = DatabaseSection {
            mode: DatabasesMode::Include,
            include: texts(&["shop", "b*"]),
            rename: BTreeMap::from([("shop".to_owned(), "store".to_owned())]),
            ..DatabaseSection::default()
        };
        let databases = Databases::build(&file, &DatabaseOverrides::default());
        assert_eq!(databases.explicit(), ["shop", "shop"]);
        assert_eq!((databases.target_name("shop"), databases.target_name("b")), ("store", "b"));
    }
}
