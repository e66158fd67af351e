//! What is remembered of a query over a part of a table: what an earlier attempt found, and the look that proves it.
use std::{fmt, sync::Arc};

use sha2::{Digest as _, Sha256};

use super::{
    form::{Form, Tally},
    relation::{Reading, Relation},
};
use crate::{
    error::Result,
    object::{Column, Table},
    session::Session,
    verify::state::{Entry, State},
};

/// OIDs below this belong to types that initdb made from the catalog's own list (`FirstGenbkiObjectId`, access/transam.h).
const BUILT_IN: u32 = 10_000;

/// Digits of a digest: of so many parts none has another's by chance.
const DIGITS: usize = 32;

/// What is remembered of a part.
pub(super) struct Memo {
    state: Arc<State>,
    /// 0: source, 1: target.
    side: usize,
    /// Of all that the tally hangs on besides the rows.
    digest: String,
    /// What an earlier attempt found.
    known: Option<Known>,
}

struct Known {
    tally: Tally,
    file: String,
    /// The query for the rows, those that may be new, and the file; `None` where no proof is needed.
    recheck: Option<String>,
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memo").field("digest", &self.digest).finish_non_exhaustive()
    }
}

impl Memo {
    /// Of a query over a part of a relation, if it is one whose rows can be told to be the same. `condition` is the part's.
    pub(super) fn of(
        state: &Arc<State>,
        relation: &Relation<'_>,
        side: usize,
        form: Form,
        [sql, condition]: [&str; 2],
    ) -> Option<Self> {
        // What a user's condition holds for can hang on anything.
        if !matches!(relation.reading, Reading::All { condition: None } | Reading::View) {
            return None;
        }
        let columns = relation.columns_on(side);
        let digest = digest(sql, &form.settings(), &columns);
        let known = state.known(side, &digest).and_then(|Entry { seen, file, tally }| {
            let mark = state.mark(side);
            if mark.is_unchanged_since(seen) {
                return Some(Known { tally: *tally, file: file.clone(), recheck: None });
            }
            let table = relation.tables.map(|tables| tables[side])?;
            if file.is_empty() || !keeps_versions(table, &columns) {
                return None;
            }
            let is_new = mark.recheck(seen)?.is_new();
            Some(Known {
                tally: *tally,
                file: file.clone(),
                recheck: Some(recheck(relation, condition, &is_new)),
            })
        });
        Some(Self { state: Arc::clone(state), side, digest, known })
    }

    /// Writes down what the server said.
    pub(super) fn record(&self, file: Option<String>, tally: Tally) {
        self.state.record(self.side, &self.digest, file.unwrap_or_default(), tally);
    }
}

/// What an earlier attempt found, if it holds still.
pub(super) async fn recall(session: &Session, memo: &Memo) -> Result<Option<Tally>> {
    let Some(known) = &memo.known else { return Ok(None) };
    if let Some(recheck) = &known.recheck {
        let found = session.one_text(recheck).await?;
        if found != format!("{} 0 {}", known.tally.rows, known.file) {
            return Ok(None);
        }
    }
    memo.record(Some(known.file.clone()), known.tally);
    Ok(Some(known.tally))
}

/// Counts the rows of a part, and those whose version may be a new one, and tells the file.
fn recheck(relation: &Relation<'_>, condition: &str, is_new: &str) -> String {
    let conditions: Vec<String> =
        [condition].into_iter().filter(|it| !it.is_empty()).map(str::to_owned).collect();
    let counted = Form::query(None, Some(relation.name), &relation.behind_from("", &conditions));
    counted.replacen(", 0, ", &format!(", pg_catalog.count(*) FILTER (WHERE {is_new}), "), 1)
}

/// Whether a row's text can change only with its version: the rows are a heap's, and the text of each type is its value's alone
/// (that of `regclass` is a name, that of an enum its label, that of `aclitem` names of roles).
fn keeps_versions(table: &Table, columns: &[&Column]) -> bool {
    let is_plain = |column: &&Column| {
        let name = column.type_name.as_str();
        column.type_oid.0 < BUILT_IN && !name.starts_with("reg") && !name.starts_with("aclitem")
    };
    table.has_rows_of_its_own() && table.access_method.is_none() && columns.iter().all(is_plain)
}

/// Of the query, its session's settings and the columns: one that is dropped and added anew has another number.
fn digest(sql: &str, settings: &str, columns: &[&Column]) -> String {
    let mut hash = Sha256::new();
    for text in [env!("CARGO_PKG_VERSION"), sql, settings] {
        hash.update(text);
        hash.update([0]);
    }
    for column in columns {
        let Column { name, number, type_oid, type_name, generated, .. } = column;
        hash.update(format!("{name}\0{number}\0{}\0{type_name}\0{generated}\0", type_oid.0));
    }
    let mut text = format!("{:x}", hash.finalize());
    text.truncate(DIGITS);
    text
}

#[cfg(test)]
mod tests {
    use super::{super::form::tests::column, *};

    #[test]
    fn a_column_added_anew_makes_another_digest() {
        let one = column("a", "integer", "");
        let mut other = one.clone();
        other.number += 1;
        assert_ne!(digest("x", "", &[&one]), digest("x", "", &[&other]));
        assert_eq!(digest("x", "", &[&one]).len(), DIGITS);
        assert_ne!(digest("x", "y", &[]), digest("x\0y", "", &[]));
    }
}
