//! `--resume --consistent`: tables whose rows come from different moments are emptied and copied again.
use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Control, parts};
use crate::{
    config::Consistent,
    error::{Context as _, Error, ErrorKind, Result},
    journal::{Standing, table},
    pg::quote_literal,
    plan::{Dependency, Plan, Step, StepId, StepKind},
};

/// Takes back what was copied of the tables that `wanted` asks for. Gives the tables.
pub(super) async fn again(
    control: &Control,
    plan: &Plan,
    done: &mut HashSet<StepId>,
    standing: &Standing,
    wanted: Consistent,
) -> Result<BTreeSet<String>> {
    let tables = match wanted {
        Consistent::None => return Ok(BTreeSet::new()),
        Consistent::Table => standing.partial.clone(),
        Consistent::Changed => standing.partial.iter().chain(&standing.changed).cloned().collect(),
        Consistent::All => standing.partial.iter().chain(&standing.whole).cloned().collect(),
    };
    let names = plain_tables(control, &with_siblings(plan, tables)).await?;
    if names.is_empty() {
        return Ok(BTreeSet::new());
    }
    if plan.meta.appends() {
        let message =
            "rows were appended to what the target's tables had: they cannot be told apart any more";
        return Err(Error::new(ErrorKind::Refused, message).hint("resume without `--consistent`"));
    }
    let forgotten = forget(plan, done, &names)?;
    let taken_back = plan.steps.iter().filter(|step| forgotten.contains(&step.id));
    let filled = parts::read(control, copies(plan, &names).map(Step::filled_table)).await?;
    let sql = format!(
        "BEGIN; {}{}{}; COMMIT",
        parts::drop_all(taken_back),
        parts::truncate(filled.values().flatten()),
        table::forget_sql(&plan.run_id(), &forgotten.iter().collect::<Vec<_>>())
    );
    control.execute(&sql).await.context(|| "`--consistent`: emptying tables")?;
    done.retain(|id| !forgotten.contains(id));
    Ok(names)
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
    let message = format!(
        "`--consistent` comes too late: `{id}` is done, which rests on rows that would be copied again"
    );
    Error::new(ErrorKind::Refused, message)
        .hint("resume without `--consistent`, or empty the target and begin anew")
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
}
