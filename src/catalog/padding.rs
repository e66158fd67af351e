//! Columns of type `character(n)` whose blanks are not worth sending.
//!
//! The server stores every value padded to n characters. A target counts the characters of each value that it receives
//! and pads it again (`bpcharrecv`, utils/adt/varchar.c): for pgbench's `character(84)` a third of its COPY. What travels
//! without its blanks is a quarter of the bytes there and takes the target a third less CPU, for half as much more of the
//! source's.
use serde::Deserialize;

use crate::{
    error::{Context as _, Result},
    object::{Column, Table},
    pg::{Ident, Oid},
    session::Session,
};

/// `character(n)` (`pg_type.dat`)
const BPCHAR: Oid = Oid(1042);

/// Smaller tables are not worth the question.
const TABLE_BYTES: u64 = 16 << 20;

/// Trimming costs the source about what the target spends on this many blanks.
const BLANKS: f64 = 32.0;

/// Blocks to look at.
const SAMPLE_BLOCKS: f64 = 64.0;

/// Expression of a `character(n)` value's binary form without its trailing blanks. A cast to text would do, but its
/// `rtrim` walks over the characters from the start and takes ten times as long.
pub fn trimmed(column: &Ident) -> String {
    format!("pg_catalog.rtrim(pg_catalog.bpcharsend({column}), '\\x20'::pg_catalog.bytea)")
}

#[derive(Deserialize)]
struct Padding {
    blanks: Option<Vec<Option<f64>>>,
}

/// The columns of a table whose values end in many blanks, by a sample of its blocks, the same for the same data.
pub async fn read_padded(session: &Session, table: &Table) -> Result<Vec<Ident>> {
    // rtrim(bytea, bytea) came with 14.
    if !session.version().at_least(14) || table.bytes < TABLE_BYTES || table.access_method.is_some() {
        return Ok(Vec::new());
    }
    let columns: Vec<&Ident> =
        table.copied_columns().filter(|column| is_long(column)).map(|column| &column.name).collect();
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let blanks: Vec<String> = columns
        .iter()
        .map(|column| {
            let padded = format!("pg_catalog.octet_length(pg_catalog.bpcharsend({column}))");
            format!("pg_catalog.avg({padded} - pg_catalog.octet_length({}))::float8", trimmed(column))
        })
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "a table has at most 2^32 blocks")]
    let percent = (SAMPLE_BLOCKS / table.pages.max(1) as f64 * 100.0).clamp(0.0001, 100.0);
    let sql = format!(
        "SELECT ARRAY[{}] AS blanks FROM ONLY {} TABLESAMPLE SYSTEM ({percent:.4}) REPEATABLE (1)",
        blanks.join(", "),
        table.name
    );
    let rows: Vec<Padding> =
        session.query_json(&sql).await.context(|| format!("padding of table {}", table.name))?;
    let found = rows.into_iter().next().and_then(|row| row.blanks).unwrap_or_default();
    let worth = columns.into_iter().zip(found).filter(|(_, blanks)| blanks.is_some_and(|n| n >= BLANKS));
    Ok(worth.map(|(column, _)| column.clone()).collect())
}

/// `character(n)` itself, n being large enough; a domain over it, or one without n, may hold what is not padded.
fn is_long(column: &Column) -> bool {
    let length = column.type_name.strip_prefix("character(").and_then(|rest| rest.strip_suffix(')'));
    column.type_oid == BPCHAR
        && length.and_then(|n| n.parse::<u32>().ok()).is_some_and(|n| f64::from(n) >= BLANKS)
}
