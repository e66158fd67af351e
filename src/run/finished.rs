//! A run that ended has dropped its journal, and only `state.tsv` remembers it: whether the target still looks like its copy.
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{Control, setup, start::existing_tables};
use crate::{
    error::{Error, ErrorKind, Result},
    pg::quote_literal,
    plan::{Plan, Step, StepKind},
    session::Session,
};

/// Tables a query: each takes a lock, and the servers' table of locks has its limits.
const AT_A_TIME: usize = 100;

/// Not every role may read the contents of large objects; that they are there shows here too.
const LARGE_OBJECTS: [&str; 2] = ["pg_catalog.pg_largeobject", "pg_catalog.pg_largeobject_metadata"];

/// Refuses a target that lacks a table, or the rows of one that has rows on the source: it is another one, or was made anew.
pub(super) async fn refuse_other_target(
    plan: &Plan,
    state_path: &Path,
    source: &Session,
    control: Option<&Control>,
) -> Result<()> {
    let what = match control {
        None => Some("the target database does not exist".to_owned()),
        Some(control) => missing(plan, source, &*control.session().await?).await?,
    };
    let Some(what) = what else { return Ok(()) };
    let message = format!("`{}` says that the run is done, but {what}", state_path.display());
    Err(Error::new(ErrorKind::Plan, message)
        .hint("check that the target is the right one; to start again, run without `--resume`"))
}

/// What the target should have and has not.
async fn missing(plan: &Plan, source: &Session, target: &Session) -> Result<Option<String>> {
    let mut steps: BTreeMap<&str, Vec<&Step>> = BTreeMap::new();
    for step in plan.steps.iter().filter(|step| step.kind == StepKind::Data) {
        steps.entry(step.filled_table()).or_default().push(step);
    }
    let there: BTreeSet<String> = existing_tables(target, steps.keys().copied()).await?.into_iter().collect();
    if let Some(table) = steps.keys().find(|table| !there.contains(**table)) {
        return Ok(Some(format!("the target does not have the table {table}")));
    }
    let tables = steps.keys().map(|table| (*table, any_row(table)));
    let empty = asked(target, &readable(target, tables).await?, "NOT there", usize::MAX).await?;
    if empty.is_empty() {
        return Ok(None);
    }
    source.execute(setup::of_source_rows(plan)).await?;
    let queries = empty.iter().flat_map(|table| &steps[table.as_str()]);
    let queries: Vec<(&str, String)> = queries.map(|step| (step.filled_table(), rows_of(step))).collect();
    let lost = asked(source, &queries, "there", 1).await?;
    Ok(lost.first().map(|table| format!("{table} has no rows on the target, and some on the source")))
}

/// A query that gives a row if the table has one.
fn any_row(table: &str) -> String {
    let [contents, objects] = LARGE_OBJECTS;
    format!("SELECT FROM {}", if table == contents { objects } else { table })
}

/// The query whose rows a step copies.
fn rows_of(step: &Step) -> String {
    let query = step.source_sql.strip_prefix("COPY (").and_then(|rest| rest.rsplit_once(") TO STDOUT"));
    query.map_or_else(|| format!("SELECT FROM ONLY {}", step.object), |(query, _)| query.to_owned())
}

/// Those of the tables that we may read. Of the others nothing can be told.
async fn readable<'t>(
    session: &Session,
    tables: impl Iterator<Item = (&'t str, String)>,
) -> Result<Vec<(&'t str, String)>> {
    let tables: Vec<(&str, String)> = tables.collect();
    let list: Vec<String> = tables.iter().map(|(name, _)| quote_literal(name)).collect();
    if list.is_empty() {
        return Ok(tables);
    }
    let query = format!(
        "SELECT name FROM pg_catalog.unnest(ARRAY[{}]) name \
          WHERE pg_catalog.has_table_privilege(pg_catalog.to_regclass(name), 'SELECT') OR name = {}",
        list.join(", "),
        quote_literal(LARGE_OBJECTS[0])
    );
    let may: BTreeSet<String> = session.texts(&query).await?.into_iter().collect();
    Ok(tables.into_iter().filter(|(name, _)| may.contains(*name)).collect())
}

/// The names of at most `most` queries for which `condition` holds; `there` is whether one gives a row.
async fn asked(
    session: &Session,
    queries: &[(&str, String)],
    condition: &str,
    most: usize,
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for some in queries.chunks(AT_A_TIME) {
        let rows = some.iter().map(|(name, query)| format!("({}, EXISTS ({query}))", quote_literal(name)));
        let rows = rows.collect::<Vec<_>>().join(", ");
        let query = format!("SELECT x.name FROM (VALUES {rows}) x(name, there) WHERE {condition}");
        found.extend(session.texts(&query).await?);
        if found.len() >= most {
            break;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_a_step_are_those_that_it_copies() {
        let step =
            |sql: &str| Step { source_sql: sql.to_owned(), ..Step::new(StepKind::Data, "i", "d", "s.t") };
        let query = "SELECT a FROM ONLY s.t WHERE (b = ') TO STDOUT') AND ctid < '(1,0)'";
        assert_eq!(rows_of(&step(&format!("COPY ({query}) TO STDOUT (FORMAT binary)"))), query);
        assert_eq!(rows_of(&step("COPY s.t (a) TO STDOUT")), "SELECT FROM ONLY s.t");
    }
}
