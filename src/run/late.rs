//! Late rows beside the clients of their tables: sequences that must not fall behind the rows, and errors of which clients may be the
//! cause.
use std::collections::HashSet;

use super::{Control, start::existing_tables};
use crate::{
    error::{Context as _, Error, Result},
    pg::{SqlState, quote_literal},
    plan::{Plan, Step, StepId, StepKind},
    session::Session,
};

/// Sequences that are asked in one message.
const AT_A_TIME: usize = 100;

/// Whether clients can work on the target already.
pub(super) fn is_usable(plan: &Plan, done: &HashSet<StepId>) -> bool {
    plan.steps.iter().any(|step| step.makes_usable() && done.contains(&step.id))
}

/// Lets the target's sequences be as far as the source's, if late rows are yet to be read under a snapshot that is newer than the
/// values that were carried: clients of the target must not be given the keys of rows that the source has got since.
pub(super) async fn raise_sequences(
    control: &Control,
    source: &Session,
    plan: &Plan,
    done: &HashSet<StepId>,
) -> Result<()> {
    if !plan.steps.iter().any(|step| step.is_late() && !done.contains(&step.id)) {
        return Ok(());
    }
    let carried = plan.steps.iter().filter(|step| step.kind == StepKind::Carry && done.contains(&step.id));
    let names = carried.filter_map(|step| step.object.strip_prefix("SEQUENCE "));
    // What was dropped meanwhile, on either side, gives nobody a key.
    let names = existing_tables(source, names).await?;
    let target = control.session().await?;
    let names = existing_tables(&target, names.iter().map(String::as_str)).await?;
    for names in names.chunks(AT_A_TIME) {
        let questions: Vec<String> = names.iter().map(|name| raise_sql(name)).collect();
        let statements = source.texts(&questions.join(";\n")).await.context(|| "sequences of the source")?;
        let sql = format!("BEGIN; {}; COMMIT", statements.join("; "));
        control.execute(&sql).await.context(|| "sequences of the target")?;
    }
    Ok(())
}

/// A question to the source, whose answer is a statement for the target: it sets the sequence's value unless it is as far.
fn raise_sql(name: &str) -> String {
    let literal = quote_literal(name);
    // In the text of a format, so a percent sign of the name is doubled, and a quote too.
    let own = name.replace('%', "%%").replace('\'', "''");
    format!(
        "SELECT pg_catalog.format('SELECT pg_catalog.setval(%1$L, %2$s, %3$L) \
         FROM {own} s, pg_catalog.pg_sequence p WHERE p.seqrelid = %1$L::pg_catalog.regclass \
         AND CASE WHEN s.last_value = %2$s THEN NOT s.is_called AND %3$L \
         ELSE (s.last_value < %2$s) = (p.seqincrement > 0) END', {literal}, last_value, is_called) FROM {name}"
    )
}

/// Adds what to do where a client may have been in the way.
pub(super) fn explained(plan: &Plan, step: &Step, error: Error) -> Error {
    let checks_keys = ["validate:", "foreign_key:"].iter().any(|kind| step.id.0.starts_with(kind));
    let code = error.code();
    match code.as_ref().map(SqlState::as_str) {
        // unique_violation, exclusion_violation
        Some("23505" | "23P01") if step.is_late() || step.id.0.starts_with("reindex:") => error.hint(
            "a row that a client inserted has the key of one that is copied: change its key or delete it on the target \
             (with `session_replication_role = replica`, if rows refer to it already), then `--resume`",
        ),
        // foreign_key_violation
        Some("23503") if checks_keys && plan.steps.iter().any(Step::makes_usable) => error.hint(
            "a client may have deleted or changed the row that a late one refers to: put it back, or delete the late \
             one on the target, then `--resume`",
        ),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_of_any_name_is_asked() {
        let sql = raise_sql("s.\"it's 5 %\"");
        assert!(sql.ends_with("'s.\"it''s 5 %\"', last_value, is_called) FROM s.\"it's 5 %\""), "{sql}");
        assert!(sql.contains("FROM s.\"it''s 5 %%\" s, "), "{sql}");
    }
}
