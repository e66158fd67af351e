//! The relations of the target that rows are in, and what takes back what stands on them: for rows that are copied again.
use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, de::DeserializeOwned};

use super::Control;
use crate::{
    error::Result,
    pg::quote_literal,
    plan::{Step, StepKind, guard, leading_name},
};

/// A relation that holds rows of a step.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(super) struct Part {
    /// The relation that the step fills; with partitions there is a part for each of them.
    filled: String,
    /// Its name.
    pub(super) name: String,
    /// Whether it can be truncated.
    pub(super) is_table: bool,
    /// Whether a crash empties it.
    pub(super) is_unlogged: bool,
    /// Whether it holds nothing but what is copied: not so those of extensions and of the catalog.
    pub(super) is_ours: bool,
    /// Whether foreign keys forbid TRUNCATE, none of which takes rows along.
    is_referenced: bool,
}

/// The parts of each of these relations that is there.
pub(super) async fn read<'n>(
    control: &Control,
    names: impl IntoIterator<Item = &'n str>,
) -> Result<HashMap<String, Vec<Part>>> {
    let mut relations: HashMap<String, Vec<Part>> = HashMap::new();
    for part in ask::<Part>(control, include_str!("sql/parts.sql"), names).await? {
        relations.entry(part.filled.clone()).or_default().push(part);
    }
    Ok(relations)
}

/// The rows of a query about relations of the target, whose names stand for `:names`.
pub(super) async fn ask<'n, T: DeserializeOwned>(
    control: &Control,
    query: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Result<Vec<T>> {
    let names: BTreeSet<&str> = names.into_iter().collect();
    let list: Vec<String> = names.into_iter().map(quote_literal).collect();
    if list.is_empty() {
        return Ok(Vec::new());
    }
    control.session().await?.query_json(&query.replace(":names", &list.join(", "))).await
}

/// Statements, each with its semicolon, that empty tables; nothing else of a partitioned table's, which may have foreign tables
/// below.
pub(super) fn empty<'p>(parts: impl IntoIterator<Item = &'p Part>) -> String {
    let tables = parts.into_iter().filter(|part| part.is_table);
    let (kept, truncated): (BTreeSet<&Part>, BTreeSet<&Part>) = tables.partition(|part| part.is_referenced);
    let mut sql = String::new();
    for (parts, statements) in
        [(kept, guard::delete as fn(&[String]) -> String), (truncated, guard::truncate)]
    {
        let names: Vec<String> = parts.into_iter().map(|part| format!("ONLY {}", part.name)).collect();
        if !names.is_empty() {
            sql += &format!("{}; ", statements(&names));
        }
    }
    sql
}

/// The statements that drop what these steps have made, event triggers first: they would fire for the others.
pub(super) fn drop_all<'s>(steps: impl IntoIterator<Item = &'s Step>) -> String {
    let mut drops: Vec<String> = steps.into_iter().filter_map(drop_made).collect();
    drops.sort_by_key(|sql| !sql.starts_with("DROP EVENT"));
    drops.concat()
}

/// Whether a step that is done can be taken back, for a repetition, by [`drop_all`] or by nothing. A validation goes with its
/// foreign key.
pub(super) fn can_be_repeated(step: &Step) -> bool {
    matches!(step.kind, StepKind::Refresh | StepKind::Analyze)
        || step.id.0.starts_with("validate:")
        || drop_made(step).is_some()
}

/// What is on a partition goes with its parent's, so it may be gone. What stood on the target before the run, and got a comment at most,
/// stays.
fn drop_made(step: &Step) -> Option<String> {
    if step.id.0.starts_with("foreign_key:") {
        let is_made = step.sql.starts_with("ALTER TABLE ") && step.sql.contains(" ADD CONSTRAINT ");
        if !is_made {
            return None;
        }
        let named = step.object.strip_prefix("CONSTRAINT ")?;
        let name = leading_name(named);
        let table = named[name.len()..].strip_prefix(" ON ")?;
        return Some(format!("ALTER TABLE IF EXISTS {table} DROP CONSTRAINT IF EXISTS {name}; "));
    }
    let kind = ["TRIGGER ", "EVENT TRIGGER "].into_iter().find(|kind| step.object.starts_with(kind))?;
    let is_made = step.kind == StepKind::SchemaPost && step.sql.starts_with("CREATE ");
    is_made.then(|| format!("DROP {}; ", step.object.replacen(kind, &format!("{kind}IF EXISTS "), 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_dropped_whatever_its_names() {
        let object = "CONSTRAINT \"a ON b\" ON s.\"t t\"";
        let key = |sql: &str| Step {
            sql: sql.to_owned(),
            ..Step::new(StepKind::Index, "foreign_key:t.x", "d", object)
        };
        assert_eq!(
            drop_made(&key(
                "ALTER TABLE ONLY s.\"t t\" ADD CONSTRAINT \"a ON b\" FOREIGN KEY (a) REFERENCES s.u(a);"
            ))
            .unwrap(),
            "ALTER TABLE IF EXISTS s.\"t t\" DROP CONSTRAINT IF EXISTS \"a ON b\"; "
        );
        let there_before = key("COMMENT ON CONSTRAINT \"a ON b\" ON s.\"t t\" IS 'x ADD CONSTRAINT y';");
        assert_eq!(drop_made(&there_before), None);
        assert!(!can_be_repeated(&there_before));
    }

    #[test]
    fn what_is_referred_to_is_emptied_by_rows() {
        let part = |name: &str, is_referenced| Part {
            filled: String::new(),
            name: name.into(),
            is_table: true,
            is_unlogged: false,
            is_ours: true,
            is_referenced,
        };
        let sql = empty(&[part("s.a", false), part("s.b", true)]);
        let (deleted, truncated) = sql.split_once("DELETE FROM ONLY s.b; ").unwrap();
        assert!(
            deleted.contains("& 8 <>")
                && truncated.contains("& 32 <>")
                && truncated.ends_with("TRUNCATE ONLY s.a; ")
        );
    }

    #[test]
    fn event_triggers_are_dropped_first() {
        let step = |object: &str| Step {
            sql: format!("CREATE {object};"),
            ..Step::new(StepKind::SchemaPost, "x", "d", object)
        };
        let steps = ["TRIGGER a ON s.t", "EVENT TRIGGER e"].map(step);
        assert_eq!(drop_all(&steps), "DROP EVENT TRIGGER IF EXISTS e; DROP TRIGGER IF EXISTS a ON s.t; ");
    }
}
