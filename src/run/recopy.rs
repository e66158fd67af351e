//! What `--resume` copies again, because its rows come from different moments.
//!
//! Chunks are ranges of places (`ctid`) or of a key, and a row that is changed may move from one to another. So of a table that
//! was read in part and changed since, the new snapshot gives some rows twice and others never. Such a table is copied again
//! unless the user says otherwise; more than that, if he asks for it.
use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Deserialize;

use super::{Control, crash::relation, late::is_usable, parts};
use crate::{
    config::Consistent,
    error::{Context as _, Error, ErrorKind, Result},
    journal::{Standing, table},
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
    let tables = with_same_target(plan, &tables);
    if is_usable(plan, done) && !tables.is_empty() {
        return Err(of_clients(&tables));
    }
    let filled: BTreeSet<&str> = copies(plan, &tables).filter_map(relation).collect();
    let parts = parts::read(control, filled).await?;
    let emptied = |name: &&str| parts.get(*name).is_some_and(|parts| parts.iter().all(|part| part.is_ours));
    let is_emptied = |table: &String| {
        let one = BTreeSet::from([table.clone()]);
        copies(plan, &one).filter_map(relation).all(|name| emptied(&name))
    };
    let (tables, left): (BTreeSet<String>, BTreeSet<String>) = tables.into_iter().partition(is_emptied);
    if let Some(table) = torn.intersection(&left).next() {
        return Err(refused(&format!("{table} was copied in part and changed since, and cannot be emptied")));
    }
    if tables.is_empty() {
        return Ok(Again::default());
    }
    if plan.meta.appends() {
        return Err(refused(
            "rows were appended to what the target's tables had: they cannot be told apart any more",
        ));
    }
    let forgotten = forget(plan, done, &tables)?;
    if forgotten.is_empty() {
        return Ok(Again::default());
    }
    let taken_back = plan.steps.iter().filter(|step| forgotten.contains(&step.id));
    let filled: HashSet<&str> = copies(plan, &tables).filter_map(relation).collect();
    let emptied =
        parts.iter().filter(|(name, _)| filled.contains(name.as_str())).flat_map(|(_, parts)| parts);
    let sql = format!(
        "BEGIN; {}{}{}; COMMIT",
        parts::drop_all(taken_back),
        parts::empty(emptied),
        table::forget_sql(&plan.run_id(), &forgotten.iter().collect::<Vec<_>>())
    );
    control.execute(&sql).await.context(|| "emptying tables that are copied again")?;
    done.retain(|id| !forgotten.contains(id));
    Ok(Again { tables, torn: BTreeSet::new() })
}

/// Tables that changed after rows of theirs were read, where more are to be read: of the table itself, or of one that is a
/// partition of the same table, since a row that is changed may move there.
async fn torn(
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
    let rooted: Vec<Rooted> = parts::ask(control, include_str!("sql/roots.sql"), names).await?;
    let roots: HashMap<&str, &str> =
        rooted.iter().map(|table| (table.name.as_str(), table.root.as_str())).collect();
    let root = |name: &str| roots.get(name).map_or_else(|| name.to_owned(), |root| (*root).to_owned());
    let open: HashSet<String> = open.into_iter().map(root).collect();
    Ok(standing.changed.iter().filter(|table| open.contains(&root(table))).cloned().collect())
}

/// Nobody can tell rows of clients from those that were copied.
fn of_clients(tables: &BTreeSet<String>) -> Error {
    let names: Vec<&str> = tables.iter().map(String::as_str).collect();
    let message = format!(
        "these tables stand on another snapshot than the rest, and cannot be copied again since clients may have put rows into \
         them: {}",
        names.join(", ")
    );
    Error::new(ErrorKind::Refused, message).hint(
        "resume with `--consistent=none`: rows there may be there twice or not at all, as `pgmigrate verify` tells; \
         or begin anew with a target as it was",
    )
}

/// The steps that copy rows of these tables.
fn copies<'p>(plan: &'p Plan, tables: &'p BTreeSet<String>) -> impl Iterator<Item = &'p Step> {
    plan.steps.iter().filter(|step| step.kind == StepKind::Data && tables.contains(&step.object))
}

/// These tables, and those whose rows go in through the same table of the target: there nobody tells them apart.
fn with_same_target(plan: &Plan, tables: &BTreeSet<String>) -> BTreeSet<String> {
    let targets: HashSet<&str> = copies(plan, tables).filter_map(relation).collect();
    let data = plan.steps.iter().filter(|step| step.kind == StepKind::Data);
    let same = data.filter(|step| relation(step).is_some_and(|name| targets.contains(name)));
    same.map(|step| step.object.clone()).collect()
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
            _ if parts::can_be_repeated(step) || step.ends_rows() => _ = forgotten.insert(id.clone()),
            StepKind::Data | StepKind::Carry => _ = forgotten.insert(id.clone()),
            // An index takes in new rows, attached or as a key too.
            StepKind::Index => {}
            StepKind::SchemaPost if ["key:", "index_attach:"].iter().any(|kind| id.0.starts_with(kind)) => {}
            _ => return Err(too_late(id)),
        }
    }
    Ok(forgotten)
}

/// Foreign keys and triggers would fire for every row.
fn too_late(id: &StepId) -> Error {
    refused(&format!("`{id}` is done, which rests on rows that have to be copied again"))
}

#[derive(Debug, Deserialize)]
struct Rooted {
    name: String,
    root: String,
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
        let same = with_same_target(&plan, &BTreeSet::from(["s.a".to_owned()]));
        assert_eq!(same.into_iter().collect::<Vec<_>>(), ["s.a", "s.b"]);
    }
}
