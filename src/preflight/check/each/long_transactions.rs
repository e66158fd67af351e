//! Transactions that last.
use serde::Deserialize;

use super::super::{Asks, Check, Severity, finding::Found};
use crate::pg::quote_ident;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "long-transactions",
    severity: Severity::Warning,
    looks_for: "Transactions of others that have lasted for an hour, or have been idle for a minute",
    advice: "end them, or see with `pg_stat_activity` whose they are: they keep locks, and old \
        rows from being cleaned up",
    asks: Asks { source: SQL, target: SQL, in_database: true, ..Asks::NOTHING },
    judge: |facts| {
        let mut found = Vec::new();
        for (side, _) in facts.sides() {
            let rows: Vec<Transaction> = facts.rows(side)?;
            let objects: Vec<String> =
                rows.iter().filter(|row| row.is_long()).map(Transaction::text).collect();
            if !objects.is_empty() {
                found.push(Found::new(format!("long transactions on the {side}")).objects(objects));
            }
        }
        Ok(found)
    },
};

const SQL: &str = include_str!("sql/transactions.sql");

/// Seconds from which on a transaction is long, and those of one in which nothing happens.
const LONG: [i64; 2] = [3600, 60];

#[derive(Deserialize)]
struct Transaction {
    pid: i32,
    role: Option<String>,
    state: Option<String>,
    seconds: i64,
}

impl Transaction {
    fn is_long(&self) -> bool {
        let is_idle = self.state.as_deref().is_some_and(|state| state.starts_with("idle in transaction"));
        self.seconds >= LONG[usize::from(is_idle)]
    }

    fn text(&self) -> String {
        let role = self.role.as_deref().map_or_else(String::new, |role| format!(" of {}", quote_ident(role)));
        let state = self.state.as_deref().unwrap_or("at work");
        format!("pid {}{role} ({state}, {} min)", self.pid, self.seconds / 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_one_is_long_sooner() {
        let long = |state: &str, seconds| {
            Transaction { pid: 1, role: None, state: Some(state.to_owned()), seconds }.is_long()
        };
        assert_eq!([long("active", 3599), long("active", 3600)], [false, true]);
        assert_eq!(
            [long("idle in transaction", 59), long("idle in transaction (aborted)", 60)],
            [false, true]
        );
    }
}
