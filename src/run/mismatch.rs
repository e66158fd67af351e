//! Whether a plan belongs to these servers and these settings: a plan that is resumed is not made anew.
use std::{collections::BTreeSet, path::Path};

use crate::{
    config::Settings,
    error::{Error, ErrorKind, Result},
    plan::Plan,
    session::Session,
};

const IDENTITY: &str =
    "SELECT current_database() || ' ' || system_identifier::text FROM pg_catalog.pg_control_system()";

/// Names everything that differs.
pub(super) async fn refuse(
    plan: &Plan,
    path: &Path,
    settings: &Settings,
    source: &Session,
    target: Option<&Session>,
) -> Result<()> {
    let meta = &plan.meta;
    let mut differences = Vec::new();
    let mut compare = |what: &str, was: String, is: String| {
        if was != is {
            differences.push(format!("{what} was {was}, is {is}"));
        }
    };
    let was = format!("{} {}", meta.source.database, meta.source.system_identifier);
    compare("the source (database and system identifier)", was, source.one_text(IDENTITY).await?);
    match (&meta.target.system_identifier, target) {
        (Some(identifier), Some(target)) => {
            let was = format!("{} {identifier}", meta.target.database);
            compare("the target (database and system identifier)", was, target.one_text(IDENTITY).await?);
        }
        _ => compare("the target database", meta.target.database.clone(), settings.target.database.clone()),
    }
    // Keys of the configuration have a path; what the plan made of them has a name.
    let planned = meta.options.keys().filter(|key| key.contains('.'));
    let keys: BTreeSet<&String> = planned.chain(settings.shape.keys()).collect();
    for key in keys {
        let [was, is] = [&meta.options, &settings.shape]
            .map(|from| from.get(key).map_or_else(|| "the default".to_owned(), |value| format!("`{value}`")));
        compare(&format!("`{key}`"), was, is);
    }
    if differences.is_empty() {
        return Ok(());
    }
    let message = format!("`{}` was made for something else: {}", path.display(), differences.join("; "));
    Err(Error::new(ErrorKind::Plan, message)
        .hint("resume with the servers and the configuration that it was made with, or begin anew without `--resume`"))
}
