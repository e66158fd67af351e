//! What `--resume` copies again, because its rows come from different moments.
//!
//! Chunks are ranges of places (`ctid`) or of a key, and a row that is changed may move from one to another. So of a table that
//! was read in part and changed since, the new snapshot gives some rows twice and others never. Such a table is copied again
//! unless the user says otherwise; more than that, if he asks for it.
use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Deserialize;

use super::{Control, parts};
use crate::{
    config::Consistent,
    error::{Context as _, Error, ErrorKind, Result},
    journal::{Standing, table},
    pg::quote_literal,
    plan::{Dependency, Plan, Step, StepId, StepKind},
};

/// What becomes of tables that stand on another snapshot than the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Again {
    /// They are copied again.
    pub(super) tables: BTreeSet<String>,
    /// They are not, and rows of theirs can be there twice, or be missing.
    pub(super) torn: BTreeSet<String>,
}

/// Takes back what was copied of the tables that `wanted` asks for.
pub(super) async fn again(
    control: &Control,
    plan: &Plan,
    done: &mut HashSet<StepId>,
    standing: &Standing,
    wanted: Consistent,
) -> Result<Again> {
    let torn = torn(control, plan, done, standing).await?;
    let tables = match wanted {
        Consistent::None => return Ok(Again { torn, ..Again::default() }),
        Consistent::Torn => torn.clone(),
        Consistent::Table => torn.union(&standing.partial).cloned().collect(),
        Consistent::Changed => standing.partial.union(&standing.changed).cloned().collect(),
        Consistent::All => standing.partial.union(&standing.whole).cloned().collect(),
    };
    let tables = with_siblings(plan, tables);
    let names = plain_tables(control, &tables).await?;
    if let Some(table) = torn.intersection(&tables).find(|table| !names.contains(*table)) {
        return Err(refused(&format!("{table} was copied in part and changed since, and cannot be emptied")));
    }
    if names.is_empty() {
        return Ok(Again::default());
    }
    if plan.meta.appends() {
        return Err(refused(
            "rows were appended to what the target's tables had: they cannot be told apart any more",
        ));
    }
    let forgotten = forget(plan, done, &names)?;
    if forgotten.is_empty() {
        return Ok(Again::default());
    }
    let taken_back = plan.steps.iter().filter(|step| forgotten.contains(&step.id));
    let filled = parts::read(control, copies(plan, &names).map(Step::filled_table)).await?;
    let filled = filled.values().flatten();
    // Where the run's own foreign keys go, no others are known; where there are none of them yet, others stood before.
    let has_keys = forgotten.iter().any(|id| id.0.starts_with("foreign_key:"));
    let emptied = if has_keys { parts::truncate(filled) } else { parts::delete_or_truncate(filled) };
    let sql = format!(
        "BEGIN; {}{emptied}{}; COMMIT",
        parts::drop_all(taken_back),
        table::forget_sql(&plan.run_id(), &forgotten.iter().collect::<Vec<_>>())
    );
    control.execute(&sql).await.context(|| "emptying tables that are copied again")?;
    done.retain(|id| !forgotten.contains(id));
    Ok(Again { tables: names, torn: BTreeSet::new() })
}

/// Tables that changed after rows of theirs were read, where more are to be read: of the table itself, or of one that is a
/// partition of the same table, since a row that is changed may move there.
pub(super) async fn torn(
    control: &Control,
    plan: &Plan,
    done: &HashSet<StepId>,
    standing: &Standing,
) -> Result<BTreeSet<String>> {
    let data = plan.steps.iter().filter(|step| step.kind == StepKind::Data);
    let open: BTreeSet<&str> =
        data.filter(|step| !done.contains(&step.id)).map(|step| step.object.as_str()).collect();
    if open.is_empty() || standing.changed.is_empty() {
        return Ok(BTreeSet::new());
    }
    let names = standing.changed.iter().map(String::as_str).chain(open.iter().copied());
    let rooted: Vec<Rooted> = ask(control, include_str!("sql/roots.sql"), names).await?;
    let roots: HashMap<&str, &str> =
        rooted.iter().map(|table| (table.name.as_str(), table.root.as_str())).collect();
    let root = |name: &str| roots.get(name).map_or_else(|| name.to_owned(), |root| (*root).to_owned());
    let open: HashSet<String> = open.into_iter().map(root).collect();
    Ok(standing.changed.iter().filter(|table| open.contains(&root(table))).cloned().collect())
}

fn copies<'p>(plan: &'p Plan, tables: &BTreeSet<String>) -> impl Iterator<Item = &'p Step> {
    plan.steps.iter().filter(|step| step.kind == StepKind::Data && tables.contains(&step.object))
}

/// The tables, and all others whose rows go in through the same table above them: there they cannot be told apart.
fn with_siblings(plan: &Plan, tables: BTreeSet<String>) -> BTreeSet<String> {
    let filled: HashSet<&str> = copies(plan, &tables).map(Step::filled_table).collect();
    let copies = plan.steps.iter().filter(|step| step.kind == StepKind::Data);
    let siblings = copies.filter(|step| filled.contains(step.filled_table()));
    let siblings: BTreeSet<String> = siblings.map(|step| step.object.clone()).collect();
    siblings.into_iter().chain(tables).collect()
}

async fn ask<T: serde::de::DeserializeOwned>(
    control: &Control,
    query: &str,
    names: impl Iterator<Item = &str>,
) -> Result<Vec<T>> {
    let list: Vec<String> = names.map(quote_literal).collect();
    if list.is_empty() {
        return Ok(Vec::new());
    }
    control.session().await?.query_json(&query.replace(":names", &list.join(", "))).await
}

fn refused(message: &str) -> Error {
    Error::new(ErrorKind::Refused, message).hint(
        "begin anew with a target as it was; or resume with `--consistent=none`, \
         which may leave rows there twice or not at all (`pgmigrate verify` tells)",
    )
}

/// Done steps that have to be done again with the rows of these tables.
fn forget(plan: &Plan, done: &HashSet<StepId>, tables: &BTreeSet<String>) -> Result<BTreeSet<StepId>> {
    let mut reached: HashSet<&StepId> = copies(plan, tables).map(|step| &step.id).collect();
    // The plan is in an order in which what is needed comes first.
    for step in &plan.steps {
        let needs = |dependency: &Dependency| match dependency {
            Dependency::Step(id) => reached.contains(id),
            Dependency::Kind(kind) => *kind == StepKind::Data,
        };
        if step.depends_on.iter().any(needs) {
            reached.insert(&step.id);
        }
    }
    let by_id: HashMap<&StepId, &Step> = plan.steps.iter().map(|step| (&step.id, step)).collect();
    let mut forgotten = BTreeSet::new();
    for id in reached.into_iter().filter(|id| done.contains(*id)) {
        let step = by_id[id];
        match step.kind {
            _ if parts::can_be_repeated(step) => _ = forgotten.insert(id.clone()),
            StepKind::Data | StepKind::Carry => _ = forgotten.insert(id.clone()),
            // An index takes in new rows, attached or as a key too.
            StepKind::Index => {}
            StepKind::SchemaPost if ["key:", "index_attach:"].iter().any(|kind| id.0.starts_with(kind)) => {}
            _ => return Err(too_late(id)),
        }
    }
    Ok(forgotten)
}

/// What is left: rows that are copied again might be refused by it, or change it.
fn too_late(id: &StepId) -> Error {
    refused(&format!("`{id}` is done, which rests on rows that have to be copied again"))
}

#[derive(Debug, Deserialize)]
struct Rooted {
    name: String,
    root: String,
}

/// Those of the tables that hold nothing but what was copied: those of extensions and the catalog's have rows of their own.
async fn plain_tables(control: &Control, tables: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    if tables.is_empty() {
        return Ok(BTreeSet::new());
    }
    let list: Vec<String> = tables.iter().map(|name| quote_literal(name)).collect();
    let query = format!(
        "SELECT x.name FROM pg_catalog.unnest(ARRAY[{}]) x(name) \
           JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(x.name) \
          WHERE c.relnamespace <> 'pg_catalog'::pg_catalog.regnamespace AND NOT EXISTS ( \
                SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass \
                   AND d.objid = c.oid AND d.deptype = 'e')",
        list.join(", ")
    );
    Ok(control.session().await?.texts(&query).await?.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{PlanMeta, PlanSource, PlanTarget};

    fn plan(steps: &[(&str, StepKind, &str)]) -> Plan {
        let source =
            PlanSource { system_identifier: "1".into(), database: "d".into(), server_version: 150_000 };
        let steps = steps.iter().map(|(id, kind, needs)| Step {
            depends_on: needs.split_whitespace().map(|id| Dependency::Step(StepId(id.to_owned()))).collect(),
            ..Step::new(*kind, *id, "d", "t")
        });
        Plan {
            meta: PlanMeta::new(source, PlanTarget { database: "d".to_owned(), system_identifier: None }),
            steps: steps.collect(),
        }
    }

    fn all(plan: &Plan) -> HashSet<StepId> {
        plan.steps.iter().map(|step| step.id.clone()).collect()
    }

    #[test]
    fn what_rests_on_rows_is_done_again() {
        let plan = plan(&[
            ("copy", StepKind::Data, ""),
            ("index", StepKind::Index, "copy"),
            ("analyze", StepKind::Analyze, "index"),
            ("other", StepKind::Index, ""),
        ]);
        let tables = BTreeSet::from(["t".to_owned()]);
        let forgotten = forget(&plan, &all(&plan), &tables).unwrap();
        let names: Vec<&str> = forgotten.iter().map(|id| id.0.as_str()).collect();
        assert_eq!(names, ["analyze", "copy"]);
    }

    #[test]
    fn what_cannot_be_taken_back_is_refused() {
        let plan = plan(&[("copy", StepKind::Data, ""), ("rule:t.x", StepKind::SchemaPost, "copy")]);
        let tables = BTreeSet::from(["t".to_owned()]);
        let error = forget(&plan, &all(&plan), &tables).unwrap_err();
        assert!(error.report().contains("rule:t.x"), "{error:?}");
    }
    #[test]
    fn what_goes_in_through_one_table_is_copied_again_together() {
        let mut plan =
            plan(&[("a", StepKind::Data, ""), ("b", StepKind::Data, ""), ("c", StepKind::Data, "")]);
        for (step, (object, sql)) in plan.steps.iter_mut().zip([
            ("s.a", "COPY s.root (n) FROM STDIN"),
            ("s.b", "COPY s.root (n) FROM STDIN"),
            ("s.c", "COPY s.c (n) FROM STDIN"),
        ]) {
            (step.object, step.sql) = (object.to_owned(), sql.to_owned());
        }
        let same = with_siblings(&plan, BTreeSet::from(["s.a".to_owned()]));
        assert_eq!(same.into_iter().collect::<Vec<_>>(), ["s.a", "s.b"]);
    }
}
