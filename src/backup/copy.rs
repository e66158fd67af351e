//! Rows and large objects from the server into data files, all from one snapshot.
use std::path::PathBuf;

use super::{
    contents::{LARGE_OBJECTS_FILE, TableData},
    file::{DataFile, END_OF_ROWS},
    manifest::FileRecord,
    toc::Compression,
    workers::{self, Stop, Task},
};
use crate::{
    config::Endpoint,
    error::{Context as _, Error, ErrorKind, Result},
    net::gucs::APPLICATION_NAME,
    pg::{Oid, quote_literal},
    session::SnapshotId,
    wire::{Block, Connection, Fill},
};

/// Bytes of a large object that are read at a time; they travel as twice as many digits.
const PIECE: u64 = 512 * 1024;

/// Large objects of a task: each is a round trip at least, and may be large.
const AT_A_TIME: usize = 200;

/// Under a name that was a table's when it was listed, no view's query runs as us; where the server knows the setting (17,
/// and the minor releases of August 2024).
const NO_VIEWS: &str = "SELECT pg_catalog.set_config(name, 'view, foreign-table', false) FROM pg_catalog.pg_settings \
     WHERE name = 'restrict_nonsystem_relation_kind'";

/// Where the data comes from and where it goes.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) endpoint: Endpoint,
    pub(super) snapshot: SnapshotId,
    pub(super) encoding: &'static str,
    pub(super) directory: PathBuf,
    pub(super) compression: Compression,
}

enum Work {
    Table(TableData),
    LargeObjects(Vec<Oid>),
}

/// Writes all data files, and the list of those of large objects.
pub(super) async fn run(
    way: Way,
    jobs: u32,
    mut tables: Vec<TableData>,
    large_objects: &[Oid],
) -> Result<Vec<FileRecord>> {
    // The largest first: one that begins last would be waited for.
    tables.sort_by_key(|table| std::cmp::Reverse(table.bytes));
    let groups = large_objects.chunks(AT_A_TIME).map(|oids| Work::LargeObjects(oids.to_vec()));
    let tasks = tables.into_iter().map(Work::Table).chain(groups).map(Task::free).collect();
    let list = list_of(&way, large_objects)?;
    let opened = way.clone();
    let work = move |connection: &mut Connection, work: Work, stop: &Stop| match work {
        Work::Table(table) => {
            copy_table(&way, connection, &table, stop).map(|file| vec![file]).context(|| table.name.clone())
        }
        Work::LargeObjects(oids) => {
            oids.into_iter().map(|oid| copy_large_object(&way, connection, oid, stop)).collect()
        }
    };
    let files = workers::run(jobs, tasks, move || open(&opened), work).await?;
    let mut files: Vec<FileRecord> = files.into_iter().flatten().chain(list).collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

/// A connection that sees the snapshot. Amounts of money are written as this database prints them, since there
/// `pg_restore` reads them.
fn open(way: &Way) -> Result<Connection> {
    let mut connection = Connection::connect(&way.endpoint, APPLICATION_NAME)?;
    connection
        .execute(&format!("SET client_encoding = '{}'; RESET lc_monetary; {NO_VIEWS}", way.encoding))?;
    // A message of its own: a query before it would have taken a snapshot.
    connection.execute(&format!(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT {}",
        quote_literal(&way.snapshot.0)
    ))?;
    Ok(connection)
}

fn copy_table(way: &Way, connection: &mut Connection, table: &TableData, stop: &Stop) -> Result<FileRecord> {
    let mut file = DataFile::create(&way.directory, &format!("{}.dat", table.id), way.compression)?;
    let mut copy = connection.copy_out(&table.copy_out)?;
    let mut block = Block::new();
    loop {
        stop.check()?;
        block.clear();
        let filled = copy.fill(&mut block)?;
        file.write(block.payload())?;
        if filled == Fill::Done {
            break;
        }
    }
    let rows = copy.rows().iter().sum();
    file.write(END_OF_ROWS)?;
    tracing::info!(table = table.name, rows, "backed up");
    file.finish(Some(rows))
}

fn copy_large_object(way: &Way, connection: &mut Connection, oid: Oid, stop: &Stop) -> Result<FileRecord> {
    let mut file = DataFile::create(&way.directory, &file_of(oid), way.compression)?;
    for start in (0_u64..).step_by(usize::try_from(PIECE).unwrap_or(usize::MAX)) {
        stop.check()?;
        let sql = format!(
            "SELECT pg_catalog.encode(pg_catalog.lo_get({oid}, {start}::pg_catalog.int8, {PIECE}), 'hex')"
        );
        let rows = connection.query(&sql).context(|| format!("large object {oid}"))?;
        let digits = rows.into_iter().flatten().next().flatten().unwrap_or_default();
        let piece = bytes_of(&digits).ok_or_else(|| {
            Error::new(ErrorKind::Protocol, format!("large object {oid} does not come in hexadecimal digits"))
        })?;
        file.write(&piece)?;
        if (piece.len() as u64) < PIECE {
            break;
        }
    }
    file.finish(None)
}

fn file_of(oid: Oid) -> String {
    format!("blob_{oid}.dat")
}

/// The list of large objects' files; it is never compressed, and names them without the suffix.
fn list_of(way: &Way, large_objects: &[Oid]) -> Result<Option<FileRecord>> {
    if large_objects.is_empty() {
        return Ok(None);
    }
    let mut list = DataFile::create(&way.directory, LARGE_OBJECTS_FILE, Compression::None)?;
    for oid in large_objects {
        list.write(format!("{oid} {}\n", file_of(*oid)).as_bytes())?;
    }
    list.finish(None).map(Some)
}

/// What hexadecimal digits stand for.
fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(value(*high)? << 4 | value(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_in_pairs() {
        assert_eq!(bytes_of("00ffA1"), Some(vec![0, 255, 161]));
        assert_eq!(bytes_of(""), Some(Vec::new()));
        assert_eq!(bytes_of("0"), None);
        assert_eq!(bytes_of("0g"), None);
    }
}
