//! Whether a plan belongs to these servers and these settings: a plan that is resumed is not made anew.
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde::Deserialize;

use crate::{
    config::Settings,
    error::{Error, ErrorKind, Result},
    pg::quote_literal,
    plan::{Plan, fingerprint},
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

#[derive(Deserialize)]
struct ColumnOf {
    table: String,
    name: String,
    type_name: String,
}

/// Names the tables, of those that are yet to be read, whose columns are not those that the plan copies: one that was added
/// would be missing, and binary values of another type would be taken for what they are not.
pub(super) async fn refuse_columns(
    plan: &Plan,
    path: &Path,
    source: &Session,
    tables: &BTreeSet<String>,
) -> Result<()> {
    if tables.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = tables.iter().map(|table| quote_literal(table)).collect();
    let columns: Vec<ColumnOf> = source
        .query_json(&format!(
            "SELECT t.name AS table, a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type_name \
               FROM unnest(ARRAY[{}]) t(name) \
               JOIN pg_catalog.pg_attribute a ON a.attrelid = pg_catalog.to_regclass(t.name) \
              WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY t.name, a.attnum",
            names.join(", ")
        ))
        .await?;
    let mut found: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for column in &columns {
        found.entry(&column.table).or_default().push((&column.name, &column.type_name));
    }
    let changed = tables.iter().filter(|table| {
        // One that is gone is left to its step, which names it.
        let Some(columns) = found.remove(table.as_str()) else { return false };
        plan.meta.columns.get(*table).is_some_and(|planned| *planned != fingerprint(columns))
    });
    let changed: Vec<&str> = changed.map(String::as_str).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let message =
        format!("the columns of {} are no longer those of `{}`", changed.join(", "), path.display());
    Err(Error::new(ErrorKind::Plan, message)
        .hint("change them back on the source and resume, or begin anew without `--resume`"))
}
