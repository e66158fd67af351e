//! The summary of a plan, as text and (`--json`) as data.
use std::{collections::BTreeSet, fmt::Write as _};

use serde::Serialize;

use super::{
    super::output::{bytes, count, table},
    tuning::render_choice,
};
use crate::{
    catalog::Note,
    plan::{Plan, PlanSource, StepKind},
    tuning::Choice,
};

/// What a plan would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanSummary {
    /// [`Plan::run_id`].
    pub run_id: String,
    /// The source.
    pub source: PlanSource,
    /// The target's database.
    pub target_database: String,
    /// The kinds that have steps, in the order of their phases.
    pub steps: Vec<KindSummary>,
    /// Tables to be copied.
    pub tables: u64,
    /// Chunks that they are copied in.
    pub chunks: u64,
    /// Their estimated bytes.
    pub bytes: u64,
    /// What compresses large values on the target: `lz4`, or its own default.
    pub toast_compression: &'static str,
    /// How many lanes will copy and why, where that is known.
    pub lanes: Option<String>,
    /// What is left out or done differently, and why.
    pub notes: Vec<Note>,
    /// What a run would change of the target's server; where it was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tuning: Option<Choice>,
}

/// The steps of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KindSummary {
    /// The kind's word in `plan.tsv`.
    pub kind: &'static str,
    /// How many.
    pub steps: u64,
    /// Their estimated bytes; 0 if unknown or small.
    pub bytes: u64,
}

impl PlanSummary {
    /// Counts the steps of a plan; `run_id` is its [`Plan::run_id`]. `lanes` says how many lanes will copy, and why.
    pub fn new(plan: &Plan, run_id: String, lanes: Option<String>) -> Self {
        let data = plan.steps.iter().filter(|step| step.kind == StepKind::Data);
        Self {
            run_id,
            source: plan.meta.source.clone(),
            target_database: plan.meta.target.database.clone(),
            steps: StepKind::ALL.into_iter().filter_map(|kind| KindSummary::of(kind, plan)).collect(),
            tables: data.clone().map(|step| &step.object).collect::<BTreeSet<_>>().len() as u64,
            chunks: data.clone().count() as u64,
            bytes: data.map(|step| step.estimate).sum(),
            toast_compression: if plan.meta.compresses_by_lz4() { "lz4" } else { "server" },
            lanes,
            notes: plan.meta.notes.clone(),
            tuning: None,
        }
    }

    /// With what would be changed of the target's server.
    #[must_use]
    pub fn with_tuning(self, tuning: Option<Choice>) -> Self {
        Self { tuning, ..self }
    }

    /// For people.
    pub fn render(&self) -> String {
        let version = crate::pg::ServerVersion(self.source.server_version);
        let mut text = format!(
            "Plan {}: {} (PostgreSQL {version}) to {}\n\n",
            self.run_id, self.source.database, self.target_database
        );
        let rows: Vec<_> = self.steps.iter().map(KindSummary::row).collect();
        text.push_str(&table(["kind", "steps", "about"], &rows));
        let (tables, chunks) = (count(self.tables), count(self.chunks));
        // Writing to a String does not fail.
        _ = write!(text, "\nTables {tables}, chunks {chunks}, about {}\n", bytes(self.bytes));
        if self.toast_compression == "lz4" {
            text.push_str("Large values are compressed by lz4 on the target (`options.toast_compression`)\n");
        }
        if let Some(lanes) = &self.lanes {
            _ = writeln!(text, "Lanes {lanes}");
        }
        text.push_str(&notes(&self.notes));
        text.push_str(&self.tuning.as_ref().map(render_choice).unwrap_or_default());
        text
    }
}

impl KindSummary {
    fn of(kind: StepKind, plan: &Plan) -> Option<Self> {
        let steps = plan.steps.iter().filter(|step| step.kind == kind);
        let number = steps.clone().count() as u64;
        let bytes = steps.map(|step| step.estimate).sum();
        (number > 0).then_some(Self { kind: kind.as_str(), steps: number, bytes })
    }

    fn row(&self) -> [String; 3] {
        let about = if self.bytes > 0 { bytes(self.bytes) } else { String::new() };
        [self.kind.to_owned(), count(self.steps), about]
    }
}

/// What is left out; nothing if nothing is.
pub(super) fn notes(notes: &[Note]) -> String {
    let mut text = String::new();
    if !notes.is_empty() {
        text.push_str("\nNot carried as it is:\n");
    }
    for note in notes {
        // Writing to a String does not fail.
        _ = writeln!(text, "  {}: {}", note.object, note.reason);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        observe::test_step as step,
        plan::{PlanMeta, PlanTarget},
    };

    #[test]
    fn the_summary_of_a_plan() {
        let source =
            PlanSource { system_identifier: "1".into(), database: "demo".into(), server_version: 150_018 };
        let mut meta =
            PlanMeta::new(source, PlanTarget { database: "demo_migrated".into(), system_identifier: None });
        meta.tool_version = "0.1.0".into();
        meta.notes.push(Note {
            object: "VIEW s.v".into(),
            reason: "left out: it reads s.x, which is not selected".into(),
        });
        let steps = vec![
            step("pre", StepKind::SchemaPre, "TABLE s.a", 0),
            step("a1", StepKind::Data, "s.a", 1_500_000_000),
            step("a2", StepKind::Data, "s.a", 1_500_000_000),
            step("b", StepKind::Data, "s.b", 8192),
            step("i", StepKind::Index, "INDEX s.i", 3_000_000_000),
        ];
        let summary = PlanSummary::new(
            &Plan { meta, steps },
            "bab1c0992e37e97f".to_owned(),
            Some("2 (limit 4; 2 processors)".into()),
        );
        insta::assert_snapshot!(summary.render(), @"
        Plan bab1c0992e37e97f: demo (PostgreSQL 15.18) to demo_migrated

          kind        steps    about
          SCHEMA_PRE      1
          DATA            3  3.00 GB
          INDEX           1  3.00 GB

        Tables 2, chunks 3, about 3.00 GB
        Lanes 2 (limit 4; 2 processors)

        Not carried as it is:
          VIEW s.v: left out: it reads s.x, which is not selected
        ");
        insta::assert_snapshot!(serde_json::to_string_pretty(&summary).unwrap(), @r#"
        {
          "run_id": "bab1c0992e37e97f",
          "source": {
            "system_identifier": "1",
            "database": "demo",
            "server_version": 150018
          },
          "target_database": "demo_migrated",
          "steps": [
            {
              "kind": "SCHEMA_PRE",
              "steps": 1,
              "bytes": 0
            },
            {
              "kind": "DATA",
              "steps": 3,
              "bytes": 3000008192
            },
            {
              "kind": "INDEX",
              "steps": 1,
              "bytes": 3000000000
            }
          ],
          "tables": 2,
          "chunks": 3,
          "bytes": 3000008192,
          "toast_compression": "server",
          "lanes": "2 (limit 4; 2 processors)",
          "notes": [
            {
              "object": "VIEW s.v",
              "reason": "left out: it reads s.x, which is not selected"
            }
          ]
        }
        "#);
    }
}
