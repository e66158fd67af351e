//! From a directory to a database: all files are held to the manifest before the target is looked at, and the target before it is
//! changed; then section by section, with several connections where the entries allow it.
mod definition;
mod grouped;
mod rows;
mod section;

use std::path::{Path, PathBuf};

use super::{
    desc::{self, Pass},
    directory::{self, Archive},
    dump, target,
    toc::TocEntry,
};
use crate::{
    config::Endpoint,
    error::{Context as _, Error, ErrorKind, Result},
};
use definition::Way;
use section::Sections;

/// What is wished of a restore.
#[derive(Debug, Clone)]
pub struct RestoreWish {
    /// The backup.
    pub directory: PathBuf,
    /// At most so many connections.
    pub jobs: u32,
    /// Everything belongs to the role of the connection.
    pub no_owner: bool,
    /// No privileges and no default privileges are set.
    pub no_privileges: bool,
}

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    /// Whether the database was made.
    pub created: bool,
    /// Whether there was a manifest, to which files and rows were held.
    pub verified: bool,
    /// Tables with rows.
    pub tables: u64,
    /// Rows, as the target counted them.
    pub rows: u64,
    /// Large objects.
    pub large_objects: u64,
}

/// Restores a backup into an empty database, or into one that is made.
pub async fn restore(endpoint: &Endpoint, wish: &RestoreWish) -> Result<Restored> {
    Box::pin(run(endpoint, wish)).await.context(|| "restore")
}

async fn run(endpoint: &Endpoint, wish: &RestoreWish) -> Result<Restored> {
    let mut archive = directory::read(&wish.directory)?;
    match &archive.manifest {
        Some(manifest) => dump::read_back(&archive.path, wish.jobs, manifest.files.clone()).await?,
        None => refuse_missing_files(&archive)?,
    }
    grouped::spread(&mut archive.toc.entries)?;
    let created = target::prepare(endpoint, &archive.toc, !wish.no_owner).await?;
    let mut restored =
        Restored { created, verified: archive.manifest.is_some(), tables: 0, rows: 0, large_objects: 0 };
    load(endpoint, wish, archive, &mut restored).await.map_err(|error| {
        if error.own_hint().is_some() || error.kind() == ErrorKind::Interrupted {
            return error;
        }
        error.hint("the database is not whole: drop it before you restore into it again")
    })?;
    Ok(restored)
}

async fn load(
    endpoint: &Endpoint,
    wish: &RestoreWish,
    mut archive: Archive,
    restored: &mut Restored,
) -> Result<()> {
    let way = Way::new(endpoint.clone(), &archive.toc, wish);
    let entries = std::mem::take(&mut archive.toc.entries);
    let Sections { before, data, after, privileges, last } =
        Sections::of(entries.into_iter().filter(|entry| is_wanted(entry, wish)));
    definition::run_in_order(&way, before).await?;
    let names = rows::names(&data);
    rows::run(&way, wish.jobs, archive, data, restored).await?;
    definition::run_side_by_side(&way, wish.jobs, after).await?;
    definition::run_in_order(&way, privileges).await?;
    definition::run_in_order(&way, last).await?;
    definition::analyze(&way, wish.jobs, names).await?;
    definition::flush(&way).await
}

/// What the session settings and the making of the database are for is done by then.
fn is_wanted(entry: &TocEntry, wish: &RestoreWish) -> bool {
    let of_database = entry.tag.starts_with("DATABASE ")
        && matches!(entry.desc.as_str(), "COMMENT" | "ACL" | "SECURITY LABEL");
    let is_privilege = desc::pass(&entry.desc, &entry.tag) == Pass::Privileges;
    let is_setting = matches!(
        entry.desc.as_str(),
        "ENCODING" | "STDSTRINGS" | "SEARCHPATH" | "DATABASE" | "DATABASE PROPERTIES"
    );
    let is_left_out = is_privilege && wish.no_privileges;
    !(is_setting || of_database || is_left_out)
}

/// Without a manifest that is all that can be known beforehand.
fn refuse_missing_files(archive: &Archive) -> Result<()> {
    let files = archive.toc.entries.iter().map(|entry| entry.file.as_str()).filter(|file| !file.is_empty());
    for file in files {
        let path: &Path = &archive.file(file);
        if !path.is_file() {
            let message = format!("`{}`: the file is missing", path.display());
            return Err(
                Error::new(ErrorKind::Refused, message).hint("take another backup, or restore another one")
            );
        }
    }
    Ok(())
}
