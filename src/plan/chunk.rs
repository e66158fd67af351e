//! How the rows of a table are cut into chunks. Every row falls in exactly one.
use crate::{
    config::TableRule,
    object::Table,
    pg::{Ident, ServerVersion, quote_literal},
};

/// Tables up to this size are copied whole: below it a chunk's own cost (a round trip, a commit with its flush)
/// outweighs what balancing gains.
pub const SPLIT_LARGER_THAN: u64 = 128 << 20;

/// Size of a chunk, TOAST included, where the plan chooses it.
pub const CHUNK_BYTES: u64 = 64 << 20;

/// At most this many chunks of a table; more would only make the plan long.
const MAX_CHUNKS: u64 = 10_000;

/// How a table will be cut. A wish for ranges needs bounds, which the source has to be asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Cut {
    /// In one piece.
    Whole,
    /// By blocks, so many of them each: TID range scans (server 14 and newer, heap).
    Blocks(u64),
    /// By ranges of a column between these bounds (as text; sorted).
    Ranges(Ident, Vec<String>),
}

/// What to ask the source for before a table can be cut.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// Nothing.
    Cut(Cut),
    /// Bounds of a column, for chunks of so many rows.
    RowsEach(Ident, u64),
    /// Bounds of a column, for so many chunks.
    Chunks(Ident, u64),
}

/// Decides by size, unless the rule names a column. `key` is the first column of the primary key.
pub fn wish(table: &Table, rule: &TableRule, key: Option<&Ident>, source: ServerVersion) -> Wish {
    if rule.limit.is_some() {
        return Wish::Cut(Cut::Whole);
    }
    if let Some(column) = &rule.chunk_column {
        return Wish::RowsEach(Ident(column.clone()), rule.chunk_size.max(1));
    }
    // Sorted pieces would not be a sorted whole.
    if table.bytes <= SPLIT_LARGER_THAN || table.pages < 2 || rule.order_by.is_some() {
        return Wish::Cut(Cut::Whole);
    }
    let chunks = table.bytes.div_ceil(CHUNK_BYTES).min(MAX_CHUNKS);
    if source.at_least(14) && table.access_method.is_none() {
        return Wish::Cut(Cut::Blocks(table.pages.div_ceil(chunks)));
    }
    match key {
        Some(column) => Wish::Chunks(column.clone(), chunks),
        None => Wish::Cut(Cut::Whole),
    }
}

/// The number of chunks of `rows_each` that so many rows make.
pub fn chunks_of(rows: f64, rows_each: u64) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "estimate"
    )]
    let chunks = (rows / rows_each as f64).ceil().max(1.0) as u64;
    chunks.min(MAX_CHUNKS)
}

/// The conditions of the chunks; one empty condition for a whole table.
pub fn conditions(cut: &Cut, blocks: u64) -> Vec<String> {
    match cut {
        Cut::Whole => vec![String::new()],
        Cut::Blocks(each) => block_conditions(*each, blocks),
        Cut::Ranges(column, bounds) => range_conditions(column, bounds),
    }
}

/// The last chunk is open: rows may have been added behind the blocks that the plan saw.
fn block_conditions(each: u64, blocks: u64) -> Vec<String> {
    let each = each.max(1);
    let chunks = blocks.div_ceil(each).max(1);
    if chunks == 1 {
        return vec![String::new()];
    }
    let from = |chunk: u64| format!("ctid >= '({},0)'::pg_catalog.tid", chunk * each);
    let until = |chunk: u64| format!("ctid < '({},0)'::pg_catalog.tid", (chunk + 1) * each);
    (0..chunks)
        .map(|chunk| match chunk {
            0 => until(0),
            last if last + 1 == chunks => from(last),
            middle => format!("{} AND {}", from(middle), until(middle)),
        })
        .collect()
}

/// The first range is open below and has the NULLs, the last is open above.
fn range_conditions(column: &Ident, bounds: &[String]) -> Vec<String> {
    let from = |bound: &String| format!("{column} >= {}", quote_literal(bound));
    let until = |bound: &String| format!("{column} < {}", quote_literal(bound));
    let (Some(first), Some(last)) = (bounds.first(), bounds.last()) else { return vec![String::new()] };
    let mut conditions = vec![format!("({} OR {column} IS NULL)", until(first))];
    conditions.extend(bounds.windows(2).map(|pair| format!("{} AND {}", from(&pair[0]), until(&pair[1]))));
    conditions.push(from(last));
    conditions
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_lose_no_row() {
        let column = Ident::from("Key");
        assert_eq!(
            range_conditions(&column, &["a'b".into(), "x".into()]),
            [
                "(\"Key\" < 'a''b' OR \"Key\" IS NULL)",
                "\"Key\" >= 'a''b' AND \"Key\" < 'x'",
                "\"Key\" >= 'x'",
            ]
        );
        assert_eq!(range_conditions(&column, &[]), [""]);
    }

    #[test]
    fn rows_make_chunks() {
        assert_eq!([chunks_of(0.0, 100), chunks_of(100.0, 100), chunks_of(101.0, 100)], [1, 1, 2]);
    }

    /// Evaluates a condition of ours on a block number.
    fn holds(condition: &str, block: u64) -> bool {
        condition.split(" AND ").filter(|part| !part.is_empty()).all(|part| {
            let bound: u64 = part.split(['(', ',']).nth(1).unwrap().parse().unwrap();
            if part.contains(">=") { block >= bound } else { block < bound }
        })
    }

    proptest! {
        #[test]
        fn every_block_is_in_exactly_one_chunk(each in 0u64..50, blocks in 0u64..500, probe in 0u64..1000) {
            let conditions = block_conditions(each, blocks);
            prop_assert_eq!(conditions.iter().filter(|condition| holds(condition, probe)).count(), 1);
        }
    }
}
