//! Bounds between the chunks of a table that is cut by ranges of a column.
use crate::{
    error::{Context as _, Error, ErrorKind, Result},
    object::Table,
    pg::{Ident, quote_literal},
    session::Session,
};

/// Rows to look at for each bound: enough that chunks differ by a few per cent, few enough to be quick.
const SAMPLE_PER_CHUNK: f64 = 10_000.0;

/// The planner's guess of the number of rows, which follows the table's size even where it was never analyzed.
pub async fn estimated_rows(session: &Session, table: &Table) -> Result<f64> {
    if table.rows > 0.0 {
        return Ok(table.rows);
    }
    let plan = session.texts(&format!("EXPLAIN SELECT FROM ONLY {}", table.name)).await?;
    let rows =
        plan.first().and_then(|line| line.split("rows=").nth(1)).and_then(|rest| rest.split(' ').next());
    Ok(rows.and_then(|rows| rows.parse().ok()).unwrap_or(0.0))
}

/// Values that cut the rows of a table into `chunks` parts of about the same number, as text; fewer if values repeat.
/// They are percentiles of a sample of blocks, the same for the same data.
pub async fn read_bounds(
    session: &Session,
    table: &Table,
    column: &Ident,
    rows: f64,
    chunks: u64,
) -> Result<Vec<String>> {
    if chunks < 2 {
        return Ok(Vec::new());
    }
    let fractions: Vec<String> = (1..chunks).map(|i| format!("{i}::float8/{chunks}")).collect();
    #[expect(clippy::cast_precision_loss, reason = "a number of chunks is far below 2^52")]
    let percent = (SAMPLE_PER_CHUNK * chunks as f64 / rows.max(1.0) * 100.0).clamp(0.001, 100.0);
    // ORDER BY names the column of the table, not the text of the result: text sorts 10 before 9, and ranges would overlap.
    // The comparison is there to fail now, and not in the middle of the copy, if the type cannot be compared.
    let sql = format!(
        "SELECT bound::text FROM (SELECT DISTINCT bound FROM unnest((SELECT percentile_disc(ARRAY[{}]) \
         WITHIN GROUP (ORDER BY sample.{column}) FROM ONLY {} sample TABLESAMPLE SYSTEM ({percent:.3}) REPEATABLE (1) \
         WHERE sample.{column} >= sample.{column})) bound) bounds WHERE bound IS NOT NULL ORDER BY bounds.bound",
        fractions.join(", "),
        table.name
    );
    let bounds = session.texts(&sql).await.map_err(|error| {
        let message = format!("table {} cannot be cut by ranges of column {column}", table.name);
        // A lost connection says nothing about the column.
        if error.code().is_none_or(|code| code.class() != "42") {
            return error.context(message);
        }
        Error::new(ErrorKind::Config, message)
            .caused_by(error)
            .hint("name a column of an ordered type as `chunk_column`, or leave it empty")
    })?;
    if rise(session, table, column, &bounds).await? { Ok(bounds) } else { Ok(Vec::new()) }
}

/// Whether the bounds rise by the operator that the conditions of the chunks will use. That need not be the one that
/// sorted them: with an empty `search_path` citext is compared as text. If they do not, ranges would overlap.
async fn rise(session: &Session, table: &Table, column: &Ident, bounds: &[String]) -> Result<bool> {
    let Some(known) = table.columns.iter().find(|known| known.name == *column) else { return Ok(false) };
    let less = |pair: &[String]| {
        format!("({}::{} < {})", quote_literal(&pair[0]), known.type_name, quote_literal(&pair[1]))
    };
    let pairs: Vec<String> = bounds.windows(2).map(less).collect();
    if pairs.is_empty() {
        return Ok(true);
    }
    let answer = session.texts(&format!("SELECT ({})::text", pairs.join(" AND "))).await?;
    Ok(answer.first().is_some_and(|answer| answer == "true"))
}

/// Whether a table has any row of its own.
pub async fn has_rows(session: &Session, table: &crate::pg::QualifiedName) -> Result<bool> {
    let answer = session.texts(&format!("SELECT EXISTS (SELECT FROM ONLY {table})::text")).await;
    Ok(answer.context(|| format!("table {table}"))?.first().is_some_and(|answer| answer == "true"))
}
