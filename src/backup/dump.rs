//! From a database to a directory: read under one snapshot, written, read back, and only then given its name.
use std::path::{Path, PathBuf};

use super::{
    contents,
    copy::{self, Way},
    directory,
    entry::Secrets,
    file::{self, DataFile},
    manifest::{FileRecord, MANIFEST_NAME, Manifest},
    place::{self, Place},
    toc::{Compression, DumpId, TOC_NAME, Toc, TocEntry},
    workers::{self, Stop, Task},
};
use crate::{
    catalog::Note,
    config::{Mapping, Selection, Settings},
    ddl::{self, Placement, Script},
    durable,
    error::{Context as _, Error, ErrorKind, Result},
    preflight,
    session::Session,
};

/// Sequences that are asked for their values at a time.
const SEQUENCES_AT_A_TIME: usize = 200;

/// What is wished of a backup.
#[derive(Debug, Clone)]
pub struct BackupWish {
    /// The directory in which its own is made.
    pub base: PathBuf,
    /// At most so many connections.
    pub jobs: u32,
    /// 0 for none, 1 to 9 for gzip.
    pub level: u32,
}

/// A backup that was made, and read back.
#[derive(Debug)]
pub struct Backup {
    /// Its directory.
    pub path: PathBuf,
    /// What is in it.
    pub manifest: Manifest,
    /// What the user should know of its objects.
    pub notes: Vec<Note>,
}

/// Backs up the whole database of the target, whatever the selection.
pub async fn back_up(settings: &Settings, wish: &BackupWish) -> Result<Backup> {
    Box::pin(run(settings, wish)).await.context(|| "backup")
}

async fn run(settings: &Settings, wish: &BackupWish) -> Result<Backup> {
    let time = place::now();
    // Whether it can be written shows first.
    let place = Place::prepare(&wish.base, &settings.target.database, time)?;
    let source = preflight::read_source(&whole_target(settings)).await?;
    let catalog = &source.selected.catalog;
    let script = ddl::build(catalog, &Placement::default())?;
    let secrets = read_secrets(&source.session, &script).await?;
    let contents = contents::of(catalog, &script, &secrets);
    let compression = match i32::try_from(wish.level) {
        Ok(level) if level > 0 => Compression::Gzip(level),
        _ => Compression::None,
    };
    let way = Way {
        endpoint: settings.target.clone(),
        snapshot: source.snapshot.clone(),
        encoding: contents.encoding,
        directory: place.directory().to_owned(),
        compression,
    };
    let mut files = copy::run(way, wish.jobs, contents.tables, &contents.large_objects).await?;
    let mut entries = contents.entries;
    // Behind the rows, so that no value is below what they hold.
    read_sequences(&source.session, &contents.sequences, &mut entries).await?;
    source.session.release_snapshot().await?;
    read_back(place.directory(), wish.jobs, files.clone()).await?;
    let toc = Toc {
        created: place::created(time),
        compression,
        database: catalog.database.name.clone(),
        server_version: catalog.version.to_string(),
        dump_version: concat!("pgmigrate ", env!("CARGO_PKG_VERSION")).to_owned(),
        entries,
    };
    files.push(write_toc(place.directory(), &toc)?);
    let manifest = Manifest::new(toc.database.clone(), toc.server_version.clone(), files);
    durable::write_atomically(&place.directory().join(MANIFEST_NAME), manifest.render()?.as_bytes())?;
    let read = directory::read(place.directory())?;
    if read.toc != toc || read.manifest.as_ref() != Some(&manifest) {
        return Err(Error::new(ErrorKind::Internal, "the table of contents is not read as it was written"));
    }
    Ok(Backup { path: place.finish()?, manifest, notes: source.selected.notes.clone() })
}

/// The settings to read the target as a source, with all that is in it.
fn whole_target(settings: &Settings) -> Settings {
    Settings {
        source: settings.target.clone(),
        selection: Selection::everything(),
        mapping: Mapping::default(),
        ..settings.clone()
    }
}

/// What the catalog shows without its secrets: a backup has them, in files that are the owner's.
async fn read_secrets(session: &Session, script: &Script) -> Result<Secrets> {
    let mut secrets = Secrets::new();
    for item in &script.items {
        if let Some(query) = &item.entry.secret_sql {
            let statements = session.texts(query).await.context(|| item.entry.identity.clone())?;
            if statements.is_empty() {
                let message = format!("{} was dropped while it was read", item.entry.identity);
                return Err(Error::new(ErrorKind::Refused, message).hint("run it again"));
            }
            secrets.insert(item.entry.id, statements);
        }
    }
    Ok(secrets)
}

/// Fills in the statements that set the values of sequences.
async fn read_sequences(
    session: &Session,
    sequences: &[(DumpId, String)],
    entries: &mut [TocEntry],
) -> Result<()> {
    for part in sequences.chunks(SEQUENCES_AT_A_TIME) {
        let queries = part.iter().map(|(id, query)| format!("SELECT pg_catalog.concat('{id} ', ({query}))"));
        for answer in session.texts(&queries.collect::<Vec<_>>().join("\nUNION ALL ")).await? {
            let entry = answer.split_once(' ').and_then(|(id, statement)| {
                let place = id.parse::<usize>().ok()?.checked_sub(1)?;
                Some((entries.get_mut(place)?, statement))
            });
            let (entry, statement) = entry
                .ok_or_else(|| Error::new(ErrorKind::Internal, "a sequence answers without its number"))?;
            entry.definition = format!("{statement};\n");
        }
    }
    Ok(())
}

fn write_toc(directory: &Path, toc: &Toc) -> Result<FileRecord> {
    let mut file = DataFile::create(directory, TOC_NAME, Compression::None)?;
    file.write(&toc.render())?;
    file.finish(None)
}

/// Reads data files to their ends and holds them to what was written.
pub(super) async fn read_back(directory: &Path, jobs: u32, files: Vec<FileRecord>) -> Result<()> {
    let directory = directory.to_owned();
    let tasks = files.into_iter().map(Task::free).collect();
    let check = move |(): &mut (), record: FileRecord, stop: &Stop| {
        stop.check()?;
        file::check(&directory, &record)
    };
    workers::run(jobs, tasks, || Ok(()), check).await.map(|_| ())
}
