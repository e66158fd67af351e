//! What a step does for an item of the script: the statements that are left, without what is secret.
use super::{Step, StepKind, existing::Existing};
use crate::{
    ddl::Item,
    pg::{quote_literal, refuse_with},
};

/// The statements of an item that are still to run, as one text; `None` if there is nothing to do.
pub(super) fn left_to_do(place: usize, item: &Item, existing: &Existing) -> Option<String> {
    let statements = existing.get(&place).unwrap_or(&item.statements);
    if statements.is_empty() {
        return None;
    }
    Some(statements.iter().map(|statement| format!("{statement};")).collect::<Vec<_>>().join("\n"))
}

/// A statement that holds a secret is carried: made on the source at the last moment, by the query that the step has
/// instead.
pub(super) fn without_secrets(step: Step, item: &Item, is_new: bool) -> Step {
    let Some(secret) = item.entry.secret_sql.as_ref().filter(|_| is_new) else { return step };
    let rest = item.statements.iter().skip(item.entry.create.len());
    let rest = rest.map(|statement| format!("\nUNION ALL\nSELECT {}", quote_literal(statement)));
    let source_sql = must_make(secret, &item.entry.identity) + &rest.collect::<String>();
    Step { kind: StepKind::Carry, source_sql, sql: String::new(), ..step }
}

/// Fails on the source if the query gives nothing to make, since the object is gone: a step that did nothing would count as
/// done.
fn must_make(secret: &str, identity: &str) -> String {
    let gone = refuse_with(&quote_literal(&format!("{identity} is no longer on the source")));
    format!(
        "WITH carried (statement) AS ({secret})\nSELECT statement FROM carried\nUNION ALL\n\
         SELECT {gone} WHERE NOT EXISTS (SELECT FROM carried WHERE pg_catalog.strpos(statement, 'CREATE ') = 1)"
    )
}
