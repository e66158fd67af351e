//! What an earlier run began and did not end, and what a resumed one does not go on with: a database that was dropped or renamed
//! on the source since, or that is no longer selected. Its half on the target must not pass for done.
use std::path::Path;

use super::{Chosen, Database, DatabaseReport, server_report::Took};
use crate::{
    catalog::Note,
    config::Databases,
    error::{Error, ErrorKind, Result},
    journal::StateFile,
    observe::Outcome,
    pg::Ident,
    plan::Plan,
};

/// Databases that a resumed run leaves as they are.
#[derive(Debug, Default)]
pub(super) struct LeftBehind {
    /// The source lacks them, and nobody said that they are not meant.
    pub(super) failed: Vec<DatabaseReport>,
    /// Those that are not selected now.
    pub(super) notes: Vec<Note>,
}

/// Compares the plans of a file with the databases that are chosen now.
pub(super) fn find(plan: &Path, state: &Path, chosen: &Chosen, wish: &Databases) -> Result<LeftBehind> {
    let mut found = LeftBehind::default();
    for plan in Plan::load_all(plan)? {
        let database =
            Database { source: plan.meta.source.database, target: plan.meta.target.database, bytes: None };
        let goes_on = chosen.databases.iter().any(|one| one.target == database.target);
        if goes_on || StateFile::is_ended(state, Some(&database.target)) {
            continue;
        }
        if wish.takes(&database.source) && !chosen.others.contains(&database.source) {
            let result = Err(gone(&database));
            found.failed.push(DatabaseReport::new(&database, Outcome::Failed, None, result, Took::default()));
        } else {
            let reason = format!(
                "its migration into {} was begun and is not done; it is left as it is, since it is not selected now",
                Ident(database.target)
            );
            let object = format!("DATABASE {}", Ident(database.source));
            found.notes.push(Note { object, reason });
        }
    }
    Ok(found)
}

fn gone(database: &Database) -> Error {
    let [source, target] = [&database.source, &database.target].map(|name| Ident(name.clone()));
    let message = format!(
        "the source has no database {source} any more, and its migration was begun: {target} on the target is incomplete"
    );
    Error::new(ErrorKind::Plan, message).hint(
        "give it the name back that it had; or leave it with `--exclude-database`, and drop what is on the target",
    )
}
