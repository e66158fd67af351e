//! How near the transaction ids are to their end.
use serde::Deserialize;

use super::super::{Asks, Check, Severity, finding::Found};
use crate::{config::Side, pg::quote_ident};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "wraparound",
    severity: Severity::Error,
    looks_for: "Databases that have used more than half of the transaction ids or multixacts until \
        wraparound",
    advice: "let VACUUM (FREEZE) reach its end there; look for old transactions, prepared \
        transactions and slots that hold it up",
    asks: Asks { source: SQL, target: SQL, ..Asks::NOTHING },
    judge: |facts| {
        let mut found = Vec::new();
        for (side, _) in facts.sides() {
            let ages: Vec<Ages> = facts.rows(side)?;
            found.extend(judge(side, &ages));
        }
        Ok(found)
    },
};

const SQL: &str = include_str!("sql/ages.sql");

/// Ids between the oldest and the next (2^31); a server stops some millions before.
const ALL: i64 = 1 << 31;

#[derive(Deserialize)]
struct Ages {
    database: String,
    transactions: i64,
    multixacts: i64,
}

impl Ages {
    fn percent(&self) -> i64 {
        self.transactions.max(self.multixacts) * 100 / ALL
    }
}

/// A source is only read, and can be left in time; a target that is nearly there would stop under the load.
fn judge(side: Side, ages: &[Ages]) -> Option<Found> {
    let old: Vec<&Ages> = ages.iter().filter(|ages| ages.percent() >= 50).collect();
    let worst = old.iter().map(|ages| ages.percent()).max()?;
    let severity = if side == Side::Target && worst >= 95 { Severity::Error } else { Severity::Warning };
    let text = |ages: &&Ages| format!("{} ({} %)", quote_ident(&ages.database), ages.percent());
    let found = Found::new(format!("databases of the {side} that come near to wraparound"));
    Some(found.severity(severity).objects(old.iter().map(text).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ages(transactions: i64, multixacts: i64) -> Ages {
        Ages { database: "d".to_owned(), transactions, multixacts }
    }

    #[test]
    fn half_is_told_and_nearly_all_is_too_much_for_a_target() {
        let severity = |side, ages| judge(side, &[ages]).and_then(|found| found.severity);
        assert_eq!(severity(Side::Source, ages(200_000_000, 5)), None);
        assert_eq!(severity(Side::Source, ages(5, 1_100_000_000)), Some(Severity::Warning));
        assert_eq!(severity(Side::Source, ages(2_100_000_000, 5)), Some(Severity::Warning));
        assert_eq!(severity(Side::Target, ages(2_100_000_000, 5)), Some(Severity::Error));
    }
}
