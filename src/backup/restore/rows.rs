//! Rows, large objects and values of sequences from data files into the target.
use std::{
    collections::{HashMap, HashSet},
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Restored,
    definition::{self, Way},
};
use crate::{
    backup::{
        directory::Archive,
        file::{self, hex},
        manifest::is_plain_name,
        toc::{DumpId, TocEntry},
        workers::{self, Stop, Task},
    },
    durable,
    error::{Context as _, Error, ErrorKind, Result},
    pg::{Oid, QualifiedName},
    wire::Connection,
};

/// Bytes of rows, or of a large object, that are sent at a time.
const PIECE: usize = 256 * 1024;

/// Large objects of a task.
const AT_A_TIME: usize = 200;

enum Work {
    /// The entry, its file, and how many rows the manifest says it holds.
    Table(Box<TocEntry>, PathBuf, Option<u64>),
    LargeObjects(Vec<(Oid, PathBuf)>),
}

impl Work {
    fn entry(&self) -> Option<&TocEntry> {
        match self {
            Self::Table(entry, ..) => Some(entry),
            Self::LargeObjects(_) => None,
        }
    }
}

/// What came of one.
struct Done {
    tables: u64,
    rows: u64,
    large_objects: u64,
}

/// The tables whose rows are among the entries.
pub(super) fn names(entries: &[TocEntry]) -> Vec<QualifiedName> {
    let tables = entries.iter().filter(|entry| entry.desc == "TABLE DATA");
    tables.map(|entry| QualifiedName::new(entry.namespace.clone(), entry.tag.clone())).collect()
}

/// Loads all data: files side by side, the largest first, then the statements of the section.
pub(super) async fn run(
    way: &Way,
    jobs: u32,
    archive: Archive,
    entries: Vec<TocEntry>,
    restored: &mut Restored,
) -> Result<()> {
    let (files, statements): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| !entry.file.is_empty());
    let mut tasks = Vec::new();
    for entry in files {
        let path = archive.file(&entry.file);
        if entry.desc.starts_with("BLOB") {
            let listed = large_objects(&archive, &archive.path.join(&entry.file))?;
            tasks.extend(listed.chunks(AT_A_TIME).map(|some| (0, Work::LargeObjects(some.to_vec()))));
        } else {
            let size = path.metadata().map_or(0, |metadata| metadata.len());
            let rows = archive.rows(&entry.file);
            tasks.push((size, Work::Table(Box::new(entry), path, rows)));
        }
    }
    tasks.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    let way = Arc::new(way.clone());
    let opened = Arc::clone(&way);
    let work = |connection: &mut Connection, work: Work, stop: &Stop| match work {
        Work::Table(entry, path, rows) => {
            load_table(connection, &entry, &path, rows, stop).context(|| definition::name(&entry))
        }
        Work::LargeObjects(objects) => load_large_objects(connection, &objects, stop),
    };
    let tasks = in_order_of_needs(tasks.into_iter().map(|(_, work)| work).collect());
    for done in workers::run(jobs, tasks, move || opened.connect_for_rows(), work).await? {
        restored.tables += done.tables;
        restored.rows += done.rows;
        restored.large_objects += done.large_objects;
    }
    definition::run_in_order(&way, statements).await
}

/// Rows of an extension's table may refer to those of another, whose foreign keys came with it: they come behind all others,
/// in the order of the archive.
fn in_order_of_needs(tasks: Vec<Work>) -> Vec<Task<Work>> {
    let ids: HashSet<DumpId> = tasks.iter().filter_map(Work::entry).map(|entry| entry.id).collect();
    let waits =
        |work: &Work| work.entry().is_some_and(|entry| entry.needs.iter().any(|needed| ids.contains(needed)));
    let (mut late, free): (Vec<_>, Vec<_>) = tasks.into_iter().partition(waits);
    late.sort_by_key(|work| work.entry().map(|entry| entry.id));
    let places: HashMap<DumpId, usize> = free
        .iter()
        .chain(&late)
        .enumerate()
        .filter_map(|(place, work)| Some((work.entry()?.id, place)))
        .collect();
    let task = |work: Work| {
        let needs = work.entry().map(|entry| entry.needs.as_slice()).unwrap_or_default();
        let needs = needs.iter().filter_map(|id| places.get(id).copied()).collect();
        Task { work, needs, alone: false }
    };
    free.into_iter().chain(late).map(task).collect()
}

fn load_table(
    connection: &mut Connection,
    entry: &TocEntry,
    path: &Path,
    expected: Option<u64>,
    stop: &Stop,
) -> Result<Done> {
    let cannot = |cause| durable::cannot("read", path).caused_by(cause);
    let mut content = file::open(path).map_err(cannot)?;
    let mut piece = vec![0; PIECE];
    let mut copy = connection.copy_in_many(entry.copy.trim().trim_end_matches(';'))?;
    loop {
        let read = stop.check().and_then(|()| content.read(&mut piece).map_err(cannot));
        match read {
            Ok(0) => break,
            Ok(read) => copy.write(&piece[..read])?,
            Err(error) => {
                // That its COPY was given up is what the server answers.
                _ = copy.fail("the file cannot be read");
                return Err(error);
            }
        }
    }
    copy.next();
    let rows = copy.finish()?.into_iter().sum();
    if let Some(expected) = expected.filter(|expected| *expected != rows) {
        let message = format!("the target took {rows} rows, and the backup has {expected}");
        return Err(Error::new(ErrorKind::Differs, message));
    }
    tracing::info!(table = entry.tag, rows, "restored");
    Ok(Done { tables: 1, rows, large_objects: 0 })
}

/// The list of large objects' files: a line `<oid> <file>` each.
fn large_objects(archive: &Archive, list: &Path) -> Result<Vec<(Oid, PathBuf)>> {
    let bytes = durable::read(list).map_err(|cause| durable::cannot("read", list).caused_by(cause))?;
    let text = String::from_utf8_lossy(&bytes);
    let read = |(number, line): (usize, &str)| {
        let object = line.split_once(' ').and_then(|(oid, name)| {
            let oid = oid.parse().ok()?;
            is_plain_name(name).then(|| (Oid(oid), archive.file(name)))
        });
        object.ok_or_else(|| {
            let message = format!("`{}`: line {} names no large object", list.display(), number + 1);
            Error::new(ErrorKind::Refused, message).hint("restore another backup")
        })
    };
    text.lines().enumerate().map(read).collect()
}

fn load_large_objects(connection: &mut Connection, objects: &[(Oid, PathBuf)], stop: &Stop) -> Result<Done> {
    for (oid, path) in objects {
        load_large_object(connection, *oid, path, stop).context(|| format!("large object {oid}"))?;
    }
    Ok(Done { tables: 0, rows: 0, large_objects: objects.len() as u64 })
}

fn load_large_object(connection: &mut Connection, oid: Oid, path: &Path, stop: &Stop) -> Result<()> {
    let cannot = |cause| durable::cannot("read", path).caused_by(cause);
    let mut content = file::open(path).map_err(cannot)?;
    let mut start: u64 = 0;
    loop {
        stop.check()?;
        let mut piece = Vec::with_capacity(PIECE);
        content.by_ref().take(PIECE as u64).read_to_end(&mut piece).map_err(cannot)?;
        if piece.is_empty() {
            return Ok(());
        }
        connection.execute(&format!(
            "SELECT pg_catalog.lo_put({oid}, {start}::pg_catalog.int8, pg_catalog.decode('{}', 'hex'))",
            hex(&piece)
        ))?;
        start += piece.len() as u64;
    }
}
