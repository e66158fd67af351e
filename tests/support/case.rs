//! The files of `tests/cases/<kind>/`, packed into as few databases as they fit in.
use std::{fs, path::Path};

use tokio_postgres::error::SqlState;

use super::{
    database::{Database, told},
    root,
    server::Server,
};

/// One file.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// `index/01_methods`.
    pub(crate) name: String,
    sql: String,
    pub(crate) since: u32,
    extension: Option<String>,
}

/// A database with what some of them made.
#[derive(Debug)]
pub(crate) struct Pack {
    pub(crate) database: Database,
    pub(crate) cases: Vec<String>,
}

/// All kinds, that is all directories.
pub(crate) fn kinds() -> Vec<String> {
    let dirs = sorted(&root().join("tests/cases"));
    // Beside the directories stands a README.
    dirs.into_iter().filter(|name| !name.contains('.')).collect()
}

/// The files of a kind; `PGMIGRATE_CASES` picks those whose name contains it.
pub(crate) fn of_kind(kind: &str) -> Vec<Case> {
    let dir = root().join("tests/cases").join(kind);
    let picked = std::env::var("PGMIGRATE_CASES").unwrap_or_default();
    let cases = sorted(&dir).into_iter().filter_map(|file| {
        let name = format!("{kind}/{}", file.strip_suffix(".sql")?);
        let sql = fs::read_to_string(dir.join(&file)).expect("a case");
        name.contains(&picked).then(|| Case::parse(name, sql))
    });
    cases.collect()
}

fn sorted(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

impl Case {
    fn parse(name: String, sql: String) -> Self {
        let marker = |word: &str| sql.lines().find_map(|line| line.strip_prefix(word)).map(str::trim);
        let since = marker("-- since: ").map_or(10, |version| version.parse().expect("a version"));
        let needs = marker("-- needs: ");
        let extension =
            needs.map(|needs| needs.strip_prefix("extension ").expect("`extension NAME`").to_owned());
        Self { name, sql, since, extension }
    }

    /// Whether it makes or changes roles, which belong to the whole cluster.
    pub(crate) fn concerns_roles(&self) -> bool {
        self.sql.contains("ROLE ")
    }

    /// Whether a line `-- covers: …` names a kind.
    pub(crate) fn covers(&self, kind: &str) -> bool {
        self.sql.lines().any(|line| {
            line.strip_prefix("-- covers: ").is_some_and(|kinds| kinds.split(", ").any(|one| one == kind))
        })
    }

    /// Its text, with one blank between words.
    pub(crate) fn plain(&self) -> String {
        self.sql.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn runs_on(&self, server: &Server) -> bool {
        self.since <= server.major && self.extension.as_ref().is_none_or(|name| server.has_extension(name))
    }
}

/// Makes every case that both servers can have on the source. Cases that use the same names go to different databases.
pub(crate) fn pack(cases: Vec<Case>, source: &Server, target: &Server) -> Vec<Pack> {
    let (mut left, skipped): (Vec<_>, Vec<_>) =
        cases.into_iter().partition(|case| case.runs_on(source) && case.runs_on(target));
    for case in skipped {
        eprintln!("{} skipped: not for PostgreSQL {} to {}", case.name, source.major, target.major);
    }
    let mut packs = Vec::new();
    while !left.is_empty() {
        let mut pack = Pack { database: Database::create(source), cases: Vec::new() };
        left.retain(|case| !pack.takes(case));
        packs.push(pack);
    }
    packs
}

impl Pack {
    fn takes(&mut self, case: &Case) -> bool {
        // A connection of its own: a case may leave settings behind.
        match self.database.session().try_execute(&case.sql) {
            Ok(()) => self.cases.push(case.name.clone()),
            Err(error) if !self.cases.is_empty() && is_clash(&error) => return false,
            Err(error) => panic!("{}: {}", case.name, told(&error)),
        }
        true
    }
}

/// A name taken: by the same kind of object, or by one that changes what a name in the case means.
fn is_clash(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| {
        [
            SqlState::DUPLICATE_TABLE,
            SqlState::DUPLICATE_OBJECT,
            SqlState::DUPLICATE_SCHEMA,
            SqlState::DUPLICATE_FUNCTION,
            SqlState::DUPLICATE_COLUMN,
        ]
        .contains(code)
    })
}
