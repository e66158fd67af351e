//! The order of a plan with late tables: the two steps that others wait for, and what stands on which side of them.
use std::collections::{BTreeSet, HashSet};

use super::Late;
use crate::{
    pg,
    plan::{Dependency, Input, Step, StepId, StepKind},
};

/// Id of the step that ends what clients have to wait for.
pub const USABLE_STEP: &str = "usable";

/// Id of the step that all rows but late ones are before.
const ROWS: &str = "rows";

/// A statement that does nothing.
const NOTHING: &str = "SELECT;";

/// Fails before anything is loaded if our role may not load late rows.
const MAY: &str = "SELECT pg_catalog.set_config('session_replication_role', 'replica', true);\n\
     SELECT pg_catalog.set_config('session_replication_role', 'origin', true);";

impl Step {
    /// Whether it ends what clients have to wait for.
    pub fn makes_usable(&self) -> bool {
        self.id.0 == USABLE_STEP
    }

    /// Whether it does nothing but to come after the rows that are not late.
    pub fn ends_rows(&self) -> bool {
        self.id.0 == ROWS
    }

    /// Whether it copies rows into a table that clients may have filled meanwhile.
    pub fn is_late(&self) -> bool {
        self.kind == StepKind::Data && self.depends_on.contains(&after_usable())
    }
}

/// What late rows wait for.
pub(in crate::plan) fn after_usable() -> Dependency {
    Dependency::Step(StepId(USABLE_STEP.to_owned()))
}

/// Asks, before anything is loaded, whether our role may load late rows.
pub(in crate::plan) fn permission_step(input: &Input<'_>, late: &Late) -> Option<Step> {
    (!late.is_empty()).then(|| Step {
        sql: MAY.to_owned(),
        ..input.step(
            StepKind::SchemaPre,
            "late_rows:permission".to_owned(),
            "PARAMETER session_replication_role".to_owned(),
        )
    })
}

/// Puts one step between the rows that are not late and the steps that wait for rows and need not wait for late ones.
pub(in crate::plan) fn end_rows(input: &Input<'_>, late: &Late, steps: &mut Vec<Step>) {
    if late.is_empty() {
        return;
    }
    let rows = steps.iter().filter(|step| step.kind == StepKind::Data && !step.is_late());
    let depends_on = rows.map(|step| Dependency::Step(step.id.clone())).collect();
    let step = inert(input, ROWS, "ROWS OF ALL TABLES BUT LATE ONES");
    steps.push(Step { depends_on, ..step });
}

/// Lets steps wait for [`end_rows`] where they waited for all rows.
pub(in crate::plan) fn wait_for_early_rows<'s>(late: &Late, steps: impl Iterator<Item = &'s mut Step>) {
    if late.is_empty() {
        return;
    }
    for step in steps {
        for dependency in &mut step.depends_on {
            if *dependency == Dependency::Kind(StepKind::Data) {
                *dependency = Dependency::Step(StepId(ROWS.to_owned()));
            }
        }
        step.depends_on.sort();
    }
}

/// Puts `usable` between the steps that lead to no late row and those that come after one. Default privileges and `properties`
/// of the database come right before it, for clients need them; a limit of connections comes last of all, for we do not.
pub(in crate::plan) fn usable(
    input: &Input<'_>,
    late: &Late,
    mut steps: Vec<Step>,
    properties: Vec<Step>,
) -> Vec<Step> {
    if late.is_empty() {
        steps.extend(properties);
        return steps;
    }
    let (mut before, after) = parted(steps);
    let privileges = before.extract_if(.., |step| step.id.0.starts_with("default_privilege:")).collect();
    let (limits, properties): (Vec<Step>, Vec<Step>) =
        properties.into_iter().partition(|step| step.id.0.starts_with("database_limit:"));
    chain(&mut before, privileges);
    chain(&mut before, properties);
    let object = format!("DATABASE {}", pg::quote_ident(&input.settings.target.database));
    chain(&mut before, vec![inert(input, USABLE_STEP, &object)]);
    before.extend(after);
    chain(&mut before, limits);
    before
}

/// The steps that lead to no late row, and the others; either in their order.
fn parted(steps: Vec<Step>) -> (Vec<Step>, Vec<Step>) {
    let is_after = after_late_rows(&steps);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (step, is_after) in steps.into_iter().zip(is_after) {
        if is_after { after.push(step) } else { before.push(step) }
    }
    (before, after)
}

/// Puts steps after all of these, one after the other.
fn chain(before: &mut Vec<Step>, steps: Vec<Step>) {
    let mut last = last_of(before);
    for step in steps {
        let depends_on = std::mem::replace(&mut last, vec![Dependency::Step(step.id.clone())]);
        before.push(Step { depends_on, ..step });
    }
}

/// By step: whether it copies late rows, or waits for one that does, directly or not.
fn after_late_rows(steps: &[Step]) -> Vec<bool> {
    let mut after: Vec<bool> = steps.iter().map(Step::is_late).collect();
    let (mut ids, mut kinds) = (HashSet::new(), HashSet::new());
    loop {
        let known = ids.len();
        for (at, step) in steps.iter().enumerate() {
            let waits = |dependency: &Dependency| match dependency {
                Dependency::Step(id) => ids.contains(id),
                Dependency::Kind(kind) => kinds.contains(kind),
            };
            after[at] = after[at] || step.depends_on.iter().any(waits);
            if after[at] {
                ids.insert(&step.id);
                kinds.insert(step.kind);
            }
        }
        if ids.len() == known {
            return after;
        }
    }
}

/// The steps that none of the others waits for. What runs before the rows is done by then.
fn last_of(steps: &[Step]) -> Vec<Dependency> {
    let needed: HashSet<&Dependency> = steps.iter().flat_map(|step| &step.depends_on).collect();
    let ids = steps.iter().filter(|step| !is_early(step.kind)).filter_map(|step| {
        let id = Dependency::Step(step.id.clone());
        let is_needed = needed.contains(&id) || needed.contains(&Dependency::Kind(step.kind));
        (!is_needed).then_some(id)
    });
    ids.collect::<BTreeSet<_>>().into_iter().collect()
}

fn is_early(kind: StepKind) -> bool {
    matches!(kind, StepKind::Database | StepKind::Role | StepKind::SchemaPre | StepKind::Truncate)
}

fn inert(input: &Input<'_>, id: &str, object: &str) -> Step {
    Step { sql: NOTHING.to_owned(), ..input.step(StepKind::SchemaPost, id.to_owned(), object.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(id: &str, kind: StepKind, depends_on: &[Dependency]) -> Step {
        Step { depends_on: depends_on.to_vec(), ..Step::new(kind, id, "d", id) }
    }

    fn on(id: &str) -> Dependency {
        Dependency::Step(StepId(id.to_owned()))
    }

    #[test]
    fn what_waits_for_late_rows_is_after_them() {
        let steps = [
            step("pre", StepKind::SchemaPre, &[]),
            step("data:a", StepKind::Data, &[]),
            step("data:late", StepKind::Data, &[after_usable()]),
            step("index:a", StepKind::Index, &[on("data:a")]),
            // In the plan before what it waits for.
            step("validate", StepKind::Index, &[on("index:late")]),
            step("index:late", StepKind::Index, &[on("data:late")]),
            step("trigger", StepKind::SchemaPost, &[]),
            step("grant", StepKind::SchemaPost, &[Dependency::Kind(StepKind::Index)]),
        ];
        let after = after_late_rows(&steps);
        assert_eq!(after, [false, false, true, false, true, true, false, true]);
        let (mut before, after) = parted(steps.to_vec());
        assert_eq!(after.len(), 4);
        assert_eq!(last_of(&before), [on("index:a"), on("trigger")]);
        chain(
            &mut before,
            vec![step("x", StepKind::SchemaPost, &[on("data:late")]), step("y", StepKind::SchemaPost, &[])],
        );
        assert_eq!(before[before.len() - 2].depends_on, [on("index:a"), on("trigger")]);
        assert_eq!(before[before.len() - 1].depends_on, [on("x")]);
    }

    #[test]
    fn late_rows_are_known_by_what_they_wait_for() {
        assert!(step("data:a", StepKind::Data, &[after_usable()]).is_late());
        assert!(!step("data:a", StepKind::Data, &[]).is_late());
        assert!(!step("index:a", StepKind::Index, &[after_usable()]).is_late());
    }
}
