//! `--resume --consistent`: tables whose rows come from different moments are emptied and copied again.
use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Deserialize;

use super::Control;
use crate::{
    config::Consistent,
    error::{Context as _, Error, ErrorKind, Result},
    journal::{Standing, table},
    pg::quote_literal,
    plan::{Dependency, Plan, Step, StepId, StepKind, guard},
};

/// Name of the plan's option that says what became of rows that were there before.
const ON_EXISTING: &str = "on_existing";

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
    let plain = plain_tables(control, &tables).await?;
    if plain.is_empty() {
        return Ok(BTreeSet::new());
    }
    let names: BTreeSet<String> = plain.iter().map(|table| table.name.clone()).collect();
    if plan.meta.options.get(ON_EXISTING).is_some_and(|choice| choice == "append") {
        let message =
            "rows were appended to what the target's tables had: they cannot be told apart any more";
        return Err(Error::new(ErrorKind::Refused, message).hint("resume without `--consistent`"));
    }
    let forgotten = forget(plan, done, &names)?;
    let truncate: Vec<String> = plain.iter().map(Plain::emptied).collect();
    let sql = format!(
        "BEGIN; {}; {}; COMMIT",
        guard::truncate(&truncate),
        table::forget_sql(&plan.run_id(), &forgotten.iter().collect::<Vec<_>>())
    );
    control.execute(&sql).await.context(|| "`--consistent`: emptying tables")?;
    done.retain(|id| !forgotten.contains(id));
    Ok(names)
}

/// Done steps that have to be done again with the rows of these tables.
fn forget(plan: &Plan, done: &HashSet<StepId>, tables: &BTreeSet<String>) -> Result<BTreeSet<StepId>> {
    let is_copy = |step: &Step| step.kind == StepKind::Data && tables.contains(&step.object);
    let mut reached: HashSet<&StepId> =
        plan.steps.iter().filter(|step| is_copy(step)).map(|step| &step.id).collect();
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
        match by_id[id].kind {
            StepKind::Data | StepKind::Refresh | StepKind::Carry | StepKind::Analyze => {
                forgotten.insert(id.clone());
            }
            // An index takes in new rows.
            StepKind::Index => {}
            _ => return Err(too_late(id)),
        }
    }
    Ok(forgotten)
}

/// Foreign keys and triggers would fire for every row.
fn too_late(id: &StepId) -> Error {
    let message = format!(
        "`--consistent` comes too late: `{id}` is done, which rests on rows that would be copied again"
    );
    Error::new(ErrorKind::Refused, message)
        .hint("resume without `--consistent`, or empty the target and begin anew")
}

#[derive(Debug, Deserialize)]
struct Plain {
    name: String,
    partitioned: bool,
}

impl Plain {
    fn emptied(&self) -> String {
        if self.partitioned { self.name.clone() } else { format!("ONLY {}", self.name) }
    }
}

/// Those of the tables that hold nothing but what was copied: those of extensions and the catalog's have rows of their own.
async fn plain_tables(control: &Control, tables: &BTreeSet<String>) -> Result<Vec<Plain>> {
    if tables.is_empty() {
        return Ok(Vec::new());
    }
    let list: Vec<String> = tables.iter().map(|name| quote_literal(name)).collect();
    let query = format!(
        "SELECT x.name, c.relkind = 'p' AS partitioned FROM pg_catalog.unnest(ARRAY[{}]) x(name) \
           JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(x.name) \
          WHERE c.relnamespace <> 'pg_catalog'::pg_catalog.regnamespace AND NOT EXISTS ( \
                SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass \
                   AND d.objid = c.oid AND d.deptype = 'e') \
          ORDER BY x.name",
        list.join(", ")
    );
    control.session().await?.query_json(&query).await
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
    fn a_trigger_that_stands_is_refused() {
        let plan = plan(&[("copy", StepKind::Data, ""), ("trigger:t.x", StepKind::SchemaPost, "copy")]);
        let tables = BTreeSet::from(["t".to_owned()]);
        let error = forget(&plan, &all(&plan), &tables).unwrap_err();
        assert!(error.report().contains("trigger:t.x"), "{error:?}");
    }
}
