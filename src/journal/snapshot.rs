//! Under which snapshots the rows of a run were read, and what the source had gone through by then. Pure.
use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;

use super::TargetJournal;
use crate::{
    error::{Error, ErrorKind, Result},
    pg::quote_literal,
    plan::{Plan, Step, StepKind},
};

/// How far the source had come, see [`crate::session::Session::read_mark`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct SourceMark {
    /// End of its WAL.
    pub lsn: String,
    /// In hot standby, which counts no changes of tables.
    pub standby: bool,
    /// Since when the server and the database count: a crash makes them forget, and what is 0 again looks unchanged.
    #[serde(default)]
    pub counted_since: String,
    /// By qualified name: the table's file and the number of rows that were ever changed.
    pub tables: HashMap<String, String>,
}

impl SourceMark {
    /// The file that a table is in; a TRUNCATE or a rewrite gives it another.
    pub fn file_of(&self, table: &str) -> Option<&str> {
        self.tables.get(table).and_then(|mark| mark.split(':').next())
    }

    /// From its text.
    pub fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|cause| {
            Error::new(ErrorKind::Plan, "the journal's note of a snapshot cannot be read").caused_by(cause)
        })
    }
}

/// A snapshot of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its number in the run, from 1.
    pub number: u32,
    /// When it was taken, UTC, for people.
    pub at: String,
    /// How far the source had come.
    pub mark: SourceMark,
}

/// Writes down that a run goes on under another snapshot. `mark` is the text of a [`SourceMark`].
pub fn begin_snapshot_sql(run_id: &str, name: &str, mark: &str) -> String {
    format!(
        "INSERT INTO pgmigrate.snapshot (run_id, number, name, mark) \
         SELECT {run}, 1 + pg_catalog.count(*), {}, {} FROM pgmigrate.snapshot WHERE run_id = {run}",
        quote_literal(name),
        quote_literal(mark),
        run = quote_literal(run_id),
    )
}

/// Rows `number, at, mark` of a run, in order.
pub fn read_snapshots_sql(run_id: &str) -> String {
    format!(
        "SELECT number, pg_catalog.to_char(taken_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS at, mark \
         FROM pgmigrate.snapshot WHERE run_id = {} ORDER BY number",
        quote_literal(run_id)
    )
}

/// What `--resume` finds of earlier snapshots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The oldest snapshot that rows were read under.
    pub first: Option<Taken>,
    /// Tables of which every row was read.
    pub whole: BTreeSet<String>,
    /// Tables of which a part was read.
    pub partial: BTreeSet<String>,
    /// Those of either that changed on the source since, as far as its counters tell.
    pub changed: BTreeSet<String>,
    /// Whether the source wrote nothing at all since.
    pub untouched: bool,
}

/// Whether rows were read, and more are to be read under another snapshot.
pub fn is_read_in_part(plan: &Plan, journal: &TargetJournal) -> bool {
    let mut data = plan.steps.iter().filter(|step| step.kind == StepKind::Data);
    let is_read = |step: &Step| journal.read_under.contains_key(&step.id);
    data.next().is_some_and(|first| data.any(|step| is_read(step) != is_read(first)))
}

/// Which tables stand on which snapshot.
pub fn standing(plan: &Plan, journal: &TargetJournal, now: &SourceMark) -> Standing {
    let TargetJournal { taken, read_under, .. } = journal;
    let mut chunks: HashMap<&str, (u32, bool)> = HashMap::new();
    for step in plan.steps.iter().filter(|step| step.kind == StepKind::Data) {
        let under = read_under.get(&step.id).copied();
        let (first, whole) = chunks.entry(&step.object).or_insert((u32::MAX, true));
        *first = under.map_or(*first, |number| number.min(*first));
        *whole &= under.is_some();
    }
    let mut standing = Standing { untouched: true, ..Standing::default() };
    for (table, (number, whole)) in chunks {
        if number == u32::MAX {
            continue;
        }
        let list = if whole { &mut standing.whole } else { &mut standing.partial };
        list.insert(table.to_owned());
        let snapshot = taken.iter().find(|snapshot| snapshot.number == number);
        let is_same_lsn = snapshot.is_some_and(|snapshot| snapshot.mark.lsn == now.lsn);
        let counts = |snapshot: &&Taken| !now.standby && snapshot.mark.counted_since == now.counted_since;
        let before = snapshot.filter(counts).and_then(|snapshot| snapshot.mark.tables.get(table));
        // What cannot be told counts as changed.
        if !is_same_lsn && (before.is_none() || before != now.tables.get(table)) {
            standing.changed.insert(table.to_owned());
        }
        standing.untouched &= is_same_lsn;
        if standing.first.as_ref().is_none_or(|first| first.number > number) {
            standing.first = snapshot.or(taken.first()).cloned();
        }
    }
    standing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{PlanMeta, PlanSource, PlanTarget, StepId};

    fn mark(lsn: &str, tables: &[(&str, &str)]) -> SourceMark {
        let tables = tables.iter().map(|(name, count)| ((*name).to_owned(), (*count).to_owned()));
        SourceMark {
            lsn: lsn.to_owned(),
            standby: false,
            counted_since: "the beginning".to_owned(),
            tables: tables.collect(),
        }
    }

    fn plan() -> Plan {
        let source =
            PlanSource { system_identifier: "1".into(), database: "d".into(), server_version: 150_000 };
        let step = |table: &str, number: u32| {
            Step::new(StepKind::Data, format!("data:{table}:{number}"), "d", table)
        };
        let steps =
            [("a", 1), ("a", 2), ("b", 1), ("c", 1), ("d", 1)].map(|(table, number)| step(table, number));
        Plan {
            meta: PlanMeta::new(source, PlanTarget { database: "d".to_owned(), system_identifier: None }),
            steps: steps.into(),
        }
    }

    /// One snapshot, under which these steps were done.
    fn journal(mark: SourceMark, done: &[&str]) -> TargetJournal {
        let read_under = done.iter().map(|id| (StepId((*id).to_owned()), 1)).collect();
        let taken = vec![Taken { number: 1, at: "then".to_owned(), mark }];
        TargetJournal { read_under, taken, ..TargetJournal::default() }
    }

    fn names(set: &BTreeSet<String>) -> String {
        set.iter().cloned().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tables_are_told_by_the_snapshot_of_their_oldest_chunk() {
        let before = mark("0/1", &[("a", "1:5"), ("b", "2:5"), ("c", "3:5")]);
        let now = mark("0/9", &[("a", "1:5"), ("b", "2:6"), ("c", "9:5")]);
        let journal = journal(before, &["data:a:1", "data:b:1", "data:c:1"]);
        let found = standing(&plan(), &journal, &now);
        assert_eq!((names(&found.partial), names(&found.whole)), ("a".to_owned(), "b c".to_owned()));
        assert!(is_read_in_part(&plan(), &journal));
        assert!(!is_read_in_part(&plan(), &TargetJournal::default()));
        assert_eq!(names(&found.changed), "b c", "rows of b, and the file of c, which was truncated");
        assert!(!found.untouched);
    }

    #[test]
    fn what_cannot_be_told_counts_as_changed() {
        let counted = [("a", "1:5")];
        let mut journal = journal(mark("0/1", &counted), &["data:a:1", "data:b:1"]);
        journal.read_under.insert(StepId("data:a:1".to_owned()), 0);
        let found = standing(&plan(), &journal, &mark("0/9", &counted));
        assert_eq!((names(&found.partial), names(&found.changed)), ("a".to_owned(), "a b".to_owned()));
    }

    #[test]
    fn counters_that_began_anew_tell_nothing() {
        let before = mark("0/1", &[("b", "2:0")]);
        let now = SourceMark { counted_since: "a crash".to_owned(), ..mark("0/9", &[("b", "2:0")]) };
        let found = standing(&plan(), &journal(before, &["data:b:1"]), &now);
        assert_eq!(names(&found.changed), "b");
    }

    #[test]
    fn a_source_that_wrote_nothing_changed_nothing() {
        let found = standing(&plan(), &journal(mark("0/1", &[]), &["data:b:1"]), &mark("0/1", &[]));
        assert!(found.untouched && found.changed.is_empty());
    }
}
