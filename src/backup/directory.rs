//! What is read of a directory before anything else: its table of contents, and our manifest if it has one.
use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
};

use super::{
    contents::LARGE_OBJECTS_FILE,
    manifest::{MANIFEST_NAME, Manifest, is_plain_name},
    toc::{Compression, TOC_NAME, Toc},
};
use crate::{
    durable,
    error::{Context as _, Error, ErrorKind, Result},
};

/// An archive.
#[derive(Debug)]
pub(super) struct Archive {
    pub(super) path: PathBuf,
    pub(super) toc: Toc,
    /// What `pg_dump` writes has none.
    pub(super) manifest: Option<Manifest>,
}

/// Reads both, and holds them to each other.
pub(super) fn read(path: &Path) -> Result<Archive> {
    let toc_path = path.join(TOC_NAME);
    let bytes = durable::read(&toc_path).map_err(|cause| no_backup(path, &toc_path, cause))?;
    let toc = Toc::parse(&bytes).context(|| format!("`{}`", toc_path.display()))?;
    if let Compression::Other(_) = toc.compression {
        let message = format!("`{}`: its files are compressed by LZ4 or Zstandard", path.display());
        return Err(Error::new(ErrorKind::Unsupported, message)
            .hint("restore it with pg_restore, or make it with `pg_dump -Fd --compress=gzip`"));
    }
    if let Some(entry) =
        toc.entries.iter().find(|entry| !entry.file.is_empty() && !is_plain_name(&entry.file))
    {
        let message =
            format!("`{}`: `{}` is no name of a file", toc_path.display(), entry.file.escape_debug());
        return Err(Error::new(ErrorKind::Refused, message).hint("it was not made by pg_dump or pgmigrate"));
    }
    let manifest_path = path.join(MANIFEST_NAME);
    let manifest = match durable::read(&manifest_path) {
        Ok(bytes) => Some(Manifest::parse(&bytes).context(|| format!("`{}`", manifest_path.display()))?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(cause) => return Err(durable::cannot("read", &manifest_path).caused_by(cause)),
    };
    let archive = Archive { path: path.to_owned(), toc, manifest };
    archive.refuse_unlisted()?;
    Ok(archive)
}

impl Archive {
    /// The path of a data file, with the suffix that it has.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        let plain = self.path.join(name);
        let compressed = self.path.join(format!("{name}.gz"));
        if name != LARGE_OBJECTS_FILE && compressed.exists() { compressed } else { plain }
    }

    /// The rows that a data file held when it was written.
    pub(super) fn rows(&self, name: &str) -> Option<u64> {
        let files = &self.manifest.as_ref()?.files;
        let is_it = |found: &str| found.strip_suffix(".gz").unwrap_or(found) == name;
        files.iter().find(|file| is_it(&file.name))?.rows
    }

    /// Every data file that the table of contents names must be in the manifest: one of the two is another backup's else.
    fn refuse_unlisted(&self) -> Result<()> {
        let Some(manifest) = &self.manifest else { return Ok(()) };
        let listed: HashSet<&str> =
            manifest.files.iter().map(|file| file.name.strip_suffix(".gz").unwrap_or(&file.name)).collect();
        let files = self.toc.entries.iter().map(|entry| entry.file.as_str()).filter(|file| !file.is_empty());
        match files.chain([TOC_NAME]).find(|file| !listed.contains(file)) {
            Some(file) => {
                let toc = self.path.join(TOC_NAME);
                let message = format!("`{}`: the manifest does not list `{file}`", toc.display());
                Err(Error::new(ErrorKind::Refused, message)
                    .hint("take another backup, or restore another one"))
            }
            None => Ok(()),
        }
    }
}

fn no_backup(path: &Path, toc: &Path, cause: io::Error) -> Error {
    if cause.kind() != io::ErrorKind::NotFound && cause.kind() != io::ErrorKind::NotADirectory {
        return durable::cannot("read", toc).caused_by(cause);
    }
    let message = format!("`{}` is no backup: it has no {TOC_NAME}", path.display());
    Error::new(ErrorKind::Refused, message)
        .hint("name the directory that `pgmigrate backup` or `pg_dump -Fd` wrote; one that ends in `.partial` was never finished")
}
