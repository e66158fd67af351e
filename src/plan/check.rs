//! The rules that make a list of steps a plan: ids are unique, dependencies exist and run in no circle.
//!
//! Both the writer and the reader of `plan.tsv` ask it, so the scheduler never meets a plan that cannot end.
use std::collections::HashMap;

use super::{Dependency, Step, StepId, StepKind};

/// The id of the row that holds the metadata; no step may have it.
pub(super) const PLAN_ID: &str = "plan";

/// A rule that is broken: by which step (index), in which column, how.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) step: usize,
    pub(super) column: &'static str,
    pub(super) what: String,
}

/// Checks all rules and gives the first that is broken.
pub(super) fn check(steps: &[Step]) -> Result<(), Broken> {
    let index = index_by_id(steps)?;
    let graph = Graph::new(steps, &index)?;
    match graph.cycle() {
        Some(nodes) => Err(Broken {
            step: nodes.iter().copied().find(|node| *node < steps.len()).unwrap_or_default(),
            column: "depends_on",
            what: format!("the steps wait for each other: {}", name_cycle(steps, &nodes)),
        }),
        None => Ok(()),
    }
}

fn index_by_id(steps: &[Step]) -> Result<HashMap<&StepId, usize>, Broken> {
    let mut index = HashMap::with_capacity(steps.len());
    for (i, step) in steps.iter().enumerate() {
        let what = match step.id.0.as_str() {
            "" => "a step needs an id".to_owned(),
            PLAN_ID => format!("the id `{PLAN_ID}` belongs to the first row"),
            _ if index.insert(&step.id, i).is_some() => format!("the id `{}` stands twice", step.id),
            _ => continue,
        };
        return Err(Broken { step: i, column: "id", what });
    }
    Ok(index)
}

/// Who waits for whom. The nodes are the steps, then one node for each kind (`@DATA`), so that "all of a kind" is one
/// edge for each step that waits and one for each step of the kind, not their product.
struct Graph {
    /// `needs[a]` holds `b`: a waits for b.
    needs: Vec<Vec<usize>>,
}

impl Graph {
    fn new(steps: &[Step], index: &HashMap<&StepId, usize>) -> Result<Self, Broken> {
        let mut needs = vec![Vec::new(); steps.len() + StepKind::ALL.len()];
        for (i, step) in steps.iter().enumerate() {
            for dependency in &step.depends_on {
                let node = match dependency {
                    Dependency::Kind(kind) => kind_node(steps, *kind),
                    Dependency::Step(id) => *index.get(id).ok_or_else(|| Broken {
                        step: i,
                        column: "depends_on",
                        what: format!("step `{}` depends on `{id}`, which is not in the plan", step.id),
                    })?,
                };
                needs[i].push(node);
            }
            needs[kind_node(steps, step.kind)].push(i);
        }
        Ok(Self { needs })
    }

    /// The nodes of one circle, if there is any.
    fn cycle(&self) -> Option<Vec<usize>> {
        let stuck = self.stuck();
        let mut node = stuck.iter().position(|stuck| *stuck)?;
        // Whoever is stuck waits for somebody who is stuck: walking on must come back.
        let mut path: Vec<usize> = Vec::new();
        let mut place = vec![None; self.needs.len()];
        while place[node].is_none() {
            place[node] = Some(path.len());
            path.push(node);
            node = self.needs[node].iter().copied().find(|next| stuck[*next])?;
        }
        path.drain(..place[node]?);
        Some(path)
    }

    /// Which nodes can never start (Kahn's algorithm).
    fn stuck(&self) -> Vec<bool> {
        let mut waiting: Vec<usize> = self.needs.iter().map(Vec::len).collect();
        let mut needed_by = vec![Vec::new(); self.needs.len()];
        for (node, needs) in self.needs.iter().enumerate() {
            for need in needs {
                needed_by[*need].push(node);
            }
        }
        let mut ready: Vec<usize> = (0..waiting.len()).filter(|node| waiting[*node] == 0).collect();
        while let Some(node) = ready.pop() {
            for next in &needed_by[node] {
                waiting[*next] -= 1;
                if waiting[*next] == 0 {
                    ready.push(*next);
                }
            }
        }
        waiting.into_iter().map(|waiting| waiting > 0).collect()
    }
}

fn kind_node(steps: &[Step], kind: StepKind) -> usize {
    steps.len() + StepKind::ALL.iter().position(|other| *other == kind).unwrap_or_default()
}

fn name_cycle(steps: &[Step], nodes: &[usize]) -> String {
    let name = |node: &usize| match steps.get(*node) {
        Some(step) => format!("`{}`", step.id),
        None => format!("`@{}`", StepKind::ALL[node - steps.len()]),
    };
    nodes.iter().chain(nodes.first()).map(name).collect::<Vec<_>>().join(" → ")
}
