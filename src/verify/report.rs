//! What a comparison found: one verdict an object and check. `cli` renders it for people; as JSON it is for scripts.
//!
//! It holds names, definitions, counts, the keys of rows that differ and the bounds of their ranges; no other value of a row, no
//! checksum, no password.
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::difference::RowDifference;
use crate::{
    config::{VerifyMode, VerifySettings},
    error::{Error, ErrorKind, Result},
    observe::EndpointReport,
};

/// What was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// An object's definition, owner, comments and privileges.
    Definition,
    /// A role's attributes.
    Role,
    /// The number and the contents of a table's rows.
    Rows,
    /// A sequence's value.
    Sequence,
}

impl Check {
    /// Every check, in the order of the report.
    pub const ALL: [Self; 4] = [Self::Definition, Self::Role, Self::Rows, Self::Sequence];

    /// What it compares, in the plural.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Definition => "definitions",
            Self::Role => "roles",
            Self::Rows => "tables",
            Self::Sequence => "sequences",
        }
    }
}

/// How a comparison of one object ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// No difference.
    Equal,
    /// A difference.
    Differs {
        /// Which: one or more lines.
        detail: String,
    },
    /// The target lacks it.
    Missing {
        /// Why, if a migration leaves it out for this target.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Only the target has it. That is no difference: a selection says what is carried, not what else may be there.
    Extra,
    /// A difference that a migration makes or leaves on purpose.
    Noted {
        /// Which, and why it is right.
        detail: String,
    },
    /// An estimate that differs, or is lacking: reason to look, and no difference.
    Warned {
        /// Which.
        detail: String,
    },
    /// Not compared.
    Skipped {
        /// Why it cannot be.
        reason: String,
    },
    /// A server refused the comparison.
    Failed {
        /// What it said.
        message: String,
    },
}

impl Outcome {
    /// The target lacks it, and should not.
    pub const MISSING: Self = Self::Missing { reason: None };

    /// Whether the target cannot be called a copy of the source. What could not be compared counts: a check that
    /// ends well has checked.
    pub fn is_difference(&self) -> bool {
        matches!(self, Self::Differs { .. } | Self::Missing { .. } | Self::Failed { .. })
    }
}

/// What one check found of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What was compared.
    pub check: Check,
    /// The object, as SQL names it.
    pub object: String,
    /// Rows on the source, where they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// What was found.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Rows that differ, by their keys; at most as many as were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<RowDifference>,
    /// Whether there may be more of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more_differences: bool,
    /// What there is to say of how it was compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Verdict {
    /// A verdict without a count of rows.
    pub fn new(check: Check, object: impl Into<String>, outcome: Outcome) -> Self {
        Self {
            check,
            object: object.into(),
            rows: None,
            outcome,
            differences: Vec::new(),
            more_differences: false,
            note: None,
        }
    }
}

/// Verdicts of one check by their outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckTotals {
    /// The check.
    pub check: Check,
    /// Objects that were compared or could not be; without those that only the target has.
    pub compared: u64,
    /// Equal ones.
    pub equal: u64,
    /// [`Outcome::Differs`]
    pub differ: u64,
    /// [`Outcome::Missing`]
    pub missing: u64,
    /// [`Outcome::Extra`]
    pub extra: u64,
    /// [`Outcome::Noted`]
    pub noted: u64,
    /// [`Outcome::Warned`]
    #[serde(default)]
    pub warned: u64,
    /// [`Outcome::Skipped`]
    pub skipped: u64,
    /// [`Outcome::Failed`]
    pub failed: u64,
    /// Rows on the source.
    pub rows: u64,
}

impl CheckTotals {
    fn of(check: Check, verdicts: &[Verdict]) -> Self {
        let own = || verdicts.iter().filter(|verdict| verdict.check == check);
        let count = |is: fn(&Outcome) -> bool| own().filter(|verdict| is(&verdict.outcome)).count() as u64;
        Self {
            check,
            compared: count(|outcome| !matches!(outcome, Outcome::Extra)),
            equal: count(|outcome| matches!(outcome, Outcome::Equal)),
            differ: count(|outcome| matches!(outcome, Outcome::Differs { .. })),
            missing: count(|outcome| matches!(outcome, Outcome::Missing { .. })),
            extra: count(|outcome| matches!(outcome, Outcome::Extra)),
            noted: count(|outcome| matches!(outcome, Outcome::Noted { .. })),
            warned: count(|outcome| matches!(outcome, Outcome::Warned { .. })),
            skipped: count(|outcome| matches!(outcome, Outcome::Skipped { .. })),
            failed: count(|outcome| matches!(outcome, Outcome::Failed { .. })),
            rows: own().filter_map(|verdict| verdict.rows).sum(),
        }
    }

    /// How many stand against calling the target a copy.
    pub fn differences(&self) -> u64 {
        self.differ + self.missing + self.failed
    }
}

/// What a comparison of two databases found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerifyReport {
    /// Version of the program.
    pub tool_version: String,
    /// The source.
    pub source: EndpointReport,
    /// The target.
    pub target: EndpointReport,
    /// The source's database.
    #[serde(default)]
    pub database: String,
    /// The target's.
    #[serde(default)]
    pub target_database: String,
    /// How much of the rows was compared; `None`: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<VerifyMode>,
    /// Of a sample: so many of a hundred rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_percent: Option<f64>,
    /// Whether nothing differs.
    pub equal: bool,
    /// Whether what only the target has, and what could not be compared, is a difference.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exact: bool,
    /// How long it took.
    pub seconds: f64,
    /// By check, in the order of [`Check::ALL`].
    pub totals: Vec<CheckTotals>,
    /// Everything that was compared, by check and name.
    pub verdicts: Vec<Verdict>,
}

impl VerifyReport {
    /// Sorts and counts the verdicts. `sides` are source and target.
    pub fn new(sides: [EndpointReport; 2], mut verdicts: Vec<Verdict>, took: Duration) -> Self {
        verdicts.sort_by(|a, b| (a.check, &a.object).cmp(&(b.check, &b.object)));
        let [source, target] = sides;
        Self {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            source,
            target,
            database: String::new(),
            target_database: String::new(),
            mode: None,
            sample_percent: None,
            exact: false,
            equal: !verdicts.iter().any(|verdict| verdict.outcome.is_difference()),
            seconds: took.as_secs_f64(),
            totals: Check::ALL.map(|check| CheckTotals::of(check, &verdicts)).to_vec(),
            verdicts,
        }
    }

    /// Says between which databases of source and target it was.
    #[must_use]
    pub fn between(self, [database, target_database]: [String; 2]) -> Self {
        Self { database, target_database, ..self }
    }

    /// Says how much of the rows was compared.
    #[must_use]
    pub fn in_mode(self, settings: &VerifySettings) -> Self {
        let is_sample = settings.mode == VerifyMode::Sample;
        let sample_percent = is_sample.then(|| f64::from(settings.sample.millionths()) / 10_000.0);
        Self { mode: Some(settings.mode), sample_percent, ..self }
    }

    /// The same for a comparison both ways, in which everything has to be compared.
    pub fn exact(sides: [EndpointReport; 2], verdicts: Vec<Verdict>, took: Duration) -> Self {
        let report = Self::new(sides, verdicts, took);
        let equal = report.equal && report.totals.iter().all(|totals| totals.extra + totals.skipped == 0);
        Self { equal, exact: true, ..report }
    }

    /// How many of one check stand against calling the sides equal, of how many.
    fn differences(&self, totals: &CheckTotals) -> (u64, u64) {
        if !self.exact {
            return (totals.differences(), totals.compared);
        }
        (totals.differences() + totals.extra + totals.skipped, totals.compared + totals.extra)
    }

    /// Whether nothing differs.
    pub fn is_equal(&self) -> bool {
        self.equal
    }

    /// The error that a command ends with if anything differs.
    pub fn into_result(self) -> Result<()> {
        if self.equal {
            return Ok(());
        }
        let counted = self.totals.iter().map(|totals| (totals.check.plural(), self.differences(totals)));
        let found = counted.filter(|(_, (differ, _))| *differ > 0);
        let found: Vec<String> =
            found.map(|(what, (differ, all))| format!("{differ} of {all} {what}")).collect();
        Err(Error::new(ErrorKind::Differs, format!("the target is not equal: {}", found.join(", "))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcomes: Vec<(Check, &str, Outcome)>) -> VerifyReport {
        let side = || EndpointReport { address: "me@host/db".into(), server_version: "15.18".into() };
        let verdicts =
            outcomes.into_iter().map(|(check, object, outcome)| Verdict::new(check, object, outcome));
        VerifyReport::new([side(), side()], verdicts.collect(), Duration::from_secs(2))
    }

    #[test]
    fn notes_skips_and_extras_are_no_differences() {
        let report = report(vec![
            (Check::Rows, "s.b", Outcome::Skipped { reason: "limit".into() }),
            (Check::Rows, "s.a", Outcome::Equal),
            (Check::Definition, "INDEX s.i", Outcome::Extra),
            (Check::Role, "ROLE r", Outcome::Noted { detail: "x".into() }),
        ]);
        assert!(report.is_equal());
        let objects: Vec<_> = report.verdicts.iter().map(|verdict| verdict.object.as_str()).collect();
        assert_eq!(objects, ["INDEX s.i", "ROLE r", "s.a", "s.b"]);
        assert_eq!((report.totals[0].compared, report.totals[0].extra), (0, 1));
        assert!(report.into_result().is_ok());
    }

    #[test]
    fn what_failed_is_not_equal() {
        let report = report(vec![
            (Check::Rows, "s.a", Outcome::Failed { message: "row too big".into() }),
            (Check::Rows, "s.b", Outcome::Differs { detail: "1 and 2".into() }),
            (Check::Sequence, "s.s", Outcome::MISSING),
        ]);
        let error = report.into_result().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Differs);
        insta::assert_snapshot!(error, @"the target is not equal: 2 of 2 tables, 1 of 1 sequences");
    }

    #[test]
    fn both_ways_an_extra_is_a_difference() {
        let plain = report(vec![
            (Check::Definition, "INDEX s.i", Outcome::Extra),
            (Check::Definition, "TABLE s.t", Outcome::Equal),
        ]);
        assert!(plain.is_equal());
        let sides = [plain.source.clone(), plain.target.clone()];
        let exact = VerifyReport::exact(sides, plain.verdicts, Duration::from_secs(2));
        insta::assert_snapshot!(exact.into_result().unwrap_err(), @"the target is not equal: 1 of 2 definitions");
    }

    #[test]
    fn both_ways_what_is_left_out_is_a_difference() {
        let left_out = Outcome::Skipped { reason: "left out: no such library".into() };
        let plain = report(vec![(Check::Definition, "FUNCTION s.f()", left_out)]);
        assert!(plain.is_equal());
        let sides = [plain.source.clone(), plain.target.clone()];
        assert!(!VerifyReport::exact(sides, plain.verdicts, Duration::from_secs(2)).is_equal());
    }

    #[test]
    fn json_is_flat() {
        let verdict = Verdict::new(Check::Rows, "s.a", Outcome::Differs { detail: "1 and 2".into() });
        let text = serde_json::to_string(&verdict).unwrap();
        insta::assert_snapshot!(text, @r#"{"check":"rows","object":"s.a","outcome":"differs","detail":"1 and 2"}"#);
        assert_eq!(serde_json::from_str::<Verdict>(&text).unwrap(), verdict);
    }
}
