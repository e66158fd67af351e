//! Counts by fault, as a table and as JSON.
use std::{collections::BTreeMap, fmt, time::Duration};

use serde_json::json;

use super::{attempt::Attempt, fault::LABELS};

/// What came of the runs.
#[derive(Debug, Default)]
pub(super) struct Tally {
    faults: BTreeMap<&'static str, Counts>,
    pub(super) runs: u64,
    pub(super) resumes: u64,
    pub(super) time: Duration,
    /// How the attempts of the run under way ended.
    pub(super) ends: Vec<String>,
    /// Run and what was wrong.
    pub(super) violations: Vec<(u64, String)>,
}

#[derive(Debug, Default)]
struct Counts {
    tried: u64,
    at_work: u64,
    /// By exit code, of those at work; `None`: by a signal.
    ends: BTreeMap<Option<i32>, u64>,
}

impl Tally {
    pub(super) fn count(&mut self, label: &'static str, attempt: &Attempt) {
        let counts = self.faults.entry(label).or_default();
        counts.tried += 1;
        if attempt.at_work {
            counts.at_work += 1;
            *counts.ends.entry(attempt.outcome.status.code()).or_default() += 1;
        }
    }

    pub(super) fn json(&self, seed: u64) -> String {
        let faults: BTreeMap<_, _> =
            self.faults.iter().map(|(label, counts)| (label, counts.json())).collect();
        let violations: Vec<_> =
            self.violations.iter().map(|(run, wrong)| json!({ "run": run, "wrong": wrong })).collect();
        let all = json!({
            "seed": seed, "runs": self.runs, "resumes": self.resumes, "seconds": self.time.as_secs(),
            "faults": faults, "violations": violations,
        });
        format!("{all:#}\n")
    }
}

impl Counts {
    /// Ended with 0 under the fault; killed by a signal; ended otherwise, and resumed.
    fn sums(&self) -> [u64; 3] {
        let of = |code| self.ends.get(&code).copied().unwrap_or(0);
        let all: u64 = self.ends.values().sum();
        [of(Some(0)), of(None), all - of(Some(0)) - of(None)]
    }

    fn codes(&self) -> String {
        let codes = self.ends.iter().filter_map(|(code, count)| Some(format!("{}: {count}", (*code)?)));
        codes.collect::<Vec<_>>().join(", ")
    }

    fn json(&self) -> serde_json::Value {
        let [through, killed, ended] = self.sums();
        json!({ "tried": self.tried, "at_work": self.at_work, "got_through": through, "killed": killed,
                "ended_and_resumed": ended, "exit_codes": self.codes() })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| fault | tried | hit at work | got through | killed | ended, resumed | exit codes |")?;
        writeln!(f, "|---|---|---|---|---|---|---|")?;
        for label in LABELS {
            let Some(counts) = self.faults.get(label) else { continue };
            let [through, killed, ended] = counts.sums();
            let Counts { tried, at_work, .. } = counts;
            writeln!(
                f,
                "| {label} | {tried} | {at_work} | {through} | {killed} | {ended} | {} |",
                counts.codes()
            )?;
        }
        let Self { runs, resumes, time, violations, .. } = self;
        let bad = violations.len();
        writeln!(f, "\n{runs} runs, {resumes} resumes, {} s: {bad} violations", time.as_secs())
    }
}
