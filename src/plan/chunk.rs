//! How the rows of a table are cut into chunks. Every row falls in exactly one.
use crate::{
    config::{Cutting, TableRule},
    object::Table,
    pg::{Ident, Oid, ServerVersion, quote_literal},
};

/// Tables up to this size are copied whole: below it a chunk's own cost (a round trip, a commit with its flush)
/// outweighs what balancing gains (docs/benchmarks.md).
const SPLIT_LARGER_THAN: u64 = 128 << 20;

/// Size of a chunk, TOAST included, where the plan chooses it. From some 1 MB on its own cost is no longer seen, and fewer
/// chunks keep more of the table's order (docs/benchmarks.md).
const CHUNK_BYTES: u64 = 64 << 20;

/// At most this many chunks of a table; more would only make the plan long.
const MAX_CHUNKS: u64 = 10_000;

/// The end of a table that is cut comes in chunks of this part of the usual size. Large chunks start first, so the
/// lanes end with small ones, within a fraction of a chunk's time of each other: no straggler is waited for.
const TAPER: u64 = 4;

/// From about here on the target compresses rows, or moves parts out of line (`TOAST_TUPLE_THRESHOLD`, 2 kB): it then takes
/// more than twice the source's CPU, and a lane leaves processors idle that another one can use.
const WIDE_ROW: f64 = 2000.0;

/// The sizes that decide how a database is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Tables with more bytes are cut.
    split_larger_than: u64,
    /// The same where rows are wide.
    split_wide_larger_than: u64,
    /// Bytes of a chunk.
    chunk_bytes: u64,
    /// Lanes that want to end together.
    lanes: u64,
}

impl Sizes {
    /// `total`: the bytes of all tables. A table that one lane can copy while the others copy the rest stays whole: its
    /// rows keep their order, which sorts for its indexes and BRIN thrive on, and it can be loaded frozen.
    ///
    /// `lanes` and `wide_lanes`: how many can be fed, with rows of any kind and with wide ones.
    pub fn new(cutting: Cutting, total: u64, lanes: u32, wide_lanes: u32) -> Self {
        let share = |lanes: u32| {
            cutting.split_larger_than.unwrap_or((total / u64::from(lanes.max(1))).max(SPLIT_LARGER_THAN))
        };
        Self {
            split_larger_than: share(lanes),
            split_wide_larger_than: share(wide_lanes),
            chunk_bytes: cutting.chunk_bytes.unwrap_or(CHUNK_BYTES).max(1),
            lanes: u64::from(lanes.max(wide_lanes).max(1)),
        }
    }

    fn split_larger_than(&self, table: &Table) -> u64 {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let is_wide = table.rows > 0.0 && table.bytes as f64 / table.rows >= WIDE_ROW;
        if is_wide { self.split_wide_larger_than } else { self.split_larger_than }
    }
}

/// How a table will be cut. A wish for ranges needs bounds, which the source has to be asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Cut {
    /// In one piece.
    Whole,
    /// By blocks, at these (rising; the first chunk ends at the first): TID range scans (server 14 and newer, heap).
    Blocks(Vec<u64>),
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
pub fn wish(
    table: &Table,
    rule: &TableRule,
    key: Option<&Ident>,
    source: ServerVersion,
    sizes: Sizes,
) -> Wish {
    if rule.limit.is_some() {
        return Wish::Cut(Cut::Whole);
    }
    if let Some(column) = &rule.chunk_column {
        return Wish::RowsEach(Ident(column.clone()), rule.chunk_size.max(1));
    }
    // Sorted pieces would not be a sorted whole.
    if table.bytes <= sizes.split_larger_than(table) || table.pages < 2 || rule.order_by.is_some() {
        return Wish::Cut(Cut::Whole);
    }
    let chunks = table.bytes.div_ceil(sizes.chunk_bytes).min(MAX_CHUNKS);
    if source.at_least(14) && table.access_method.is_none() {
        return Wish::Cut(Cut::Blocks(block_bounds(table.pages, chunks, sizes.lanes)));
    }
    match key {
        Some(column) => Wish::Chunks(column.clone(), chunks),
        None => Wish::Cut(Cut::Whole),
    }
}

/// Decides by size of `pg_largeobject` (blocks, bytes). Servers without TID range scans read it by its index, between
/// some of these OIDs: rising ones with about as many objects from each to the next.
pub(super) fn cut_large_objects(
    [blocks, bytes]: [u64; 2],
    oids: &[Oid],
    source: ServerVersion,
    cutting: Cutting,
) -> Cut {
    if bytes <= cutting.split_larger_than.unwrap_or(SPLIT_LARGER_THAN) || blocks < 2 {
        return Cut::Whole;
    }
    let chunks = bytes.div_ceil(cutting.chunk_bytes.unwrap_or(CHUNK_BYTES).max(1)).min(MAX_CHUNKS);
    if source.at_least(14) {
        return Cut::Blocks(block_bounds(blocks, chunks, 1));
    }
    let each = oids.len().div_ceil(usize::try_from(chunks).unwrap_or(1)).max(1);
    let bounds = oids.iter().step_by(each).skip(1).map(Oid::to_string);
    Cut::Ranges(Ident::from("loid"), bounds.collect())
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

/// The blocks at which `chunks` chunks are cut; the last one for each lane, but never more than half of them, is cut
/// again.
fn block_bounds(blocks: u64, chunks: u64, lanes: u64) -> Vec<u64> {
    let each = blocks.div_ceil(chunks.max(1)).max(1);
    let small = each.div_ceil(TAPER);
    let whole = chunks.saturating_sub(lanes.min(chunks / 2));
    let large = (1..=whole).map(|chunk| chunk * each);
    let rest = (1..).map(|chunk| whole * each + chunk * small);
    large.chain(rest.take_while(|bound| *bound < blocks)).filter(|bound| *bound < blocks).collect()
}

/// The conditions of the chunks; one empty condition for a whole table.
pub fn conditions(cut: &Cut) -> Vec<String> {
    match cut {
        Cut::Whole => vec![String::new()],
        Cut::Blocks(bounds) => block_conditions(bounds),
        Cut::Ranges(column, bounds) => range_conditions(column, bounds),
    }
}

/// What part of a table of so many blocks each chunk is likely to hold, of 1.
#[expect(clippy::cast_precision_loss, reason = "a table has at most 2^32 blocks")]
pub(super) fn shares(cut: &Cut, blocks: u64) -> Vec<f64> {
    let Cut::Blocks(bounds) = cut else {
        let chunks = conditions(cut).len();
        return vec![1.0 / chunks as f64; chunks];
    };
    let ends = bounds.iter().copied().chain([blocks]);
    let starts = [0].into_iter().chain(bounds.iter().copied());
    starts.zip(ends).map(|(start, end)| end.saturating_sub(start) as f64 / blocks.max(1) as f64).collect()
}

/// The last chunk is open: rows may have been added behind the blocks that the plan saw.
fn block_conditions(bounds: &[u64]) -> Vec<String> {
    let (Some(first), Some(last)) = (bounds.first(), bounds.last()) else { return vec![String::new()] };
    let from = |block: &u64| format!("ctid >= '({block},0)'::pg_catalog.tid");
    let until = |block: &u64| format!("ctid < '({block},0)'::pg_catalog.tid");
    let mut conditions = vec![until(first)];
    conditions.extend(bounds.windows(2).map(|pair| format!("{} AND {}", from(&pair[0]), until(&pair[1]))));
    conditions.push(from(last));
    conditions
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

    #[test]
    fn the_end_comes_in_small_chunks() {
        assert_eq!(
            block_bounds(800, 8, 2),
            [100, 200, 300, 400, 500, 600, 625, 650, 675, 700, 725, 750, 775]
        );
        assert_eq!(block_bounds(90, 3, 8), [30, 60, 68, 76, 84]);
        assert_eq!(block_bounds(90, 1, 8), [0u64; 0]);
    }

    #[test]
    fn a_table_that_one_lane_can_carry_stays_whole() {
        let sizes = |total, lanes| Sizes::new(Cutting::default(), total, lanes, lanes).split_larger_than;
        assert_eq!([sizes(0, 4), sizes(1 << 40, 4), sizes(1 << 30, 2)], [128 << 20, 1 << 38, 1 << 29]);
        let asked = Cutting { split_larger_than: Some(5), chunk_bytes: None };
        assert_eq!(Sizes::new(asked, 1 << 40, 4, 4).split_larger_than, 5);
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
        fn every_block_is_in_exactly_one_chunk(
            blocks in 0u64..500,
            chunks in 1u64..60,
            lanes in 1u64..9,
            probe in 0u64..1000,
        ) {
            let bounds = block_bounds(blocks, chunks, lanes);
            prop_assert!(bounds.is_sorted_by(|a, b| a < b));
            let cut = Cut::Blocks(bounds);
            prop_assert_eq!(conditions(&cut).iter().filter(|condition| holds(condition, probe)).count(), 1);
            let whole: f64 = shares(&cut, blocks).into_iter().sum();
            prop_assert!(blocks == 0 || (whole - 1.0).abs() < 1e-9);
        }
    }
}
