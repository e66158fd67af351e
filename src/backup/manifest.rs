//! `manifest.json`: what `pg_dump`'s format has no place for. Each file with its size, digest and rows, by which a backup is
//! known to be whole; `pg_restore` does not look at it. Its last line is the digest of all that stands before, as in
//! PostgreSQL's own `backup_manifest`.
use serde::{Deserialize, Serialize};

use super::file::sha256;
use crate::error::{Error, ErrorKind, Result};

/// The file's name in the directory.
pub(super) const MANIFEST_NAME: &str = "manifest.json";

/// The version of its form.
const FORMAT: u32 = 1;

/// What stands between the digested part and the digest.
const DIGEST: &str = ",\n  \"manifest_sha256\": \"";

/// A backup's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of this form.
    pub format: u32,
    /// The program and its version.
    pub made_by: String,
    /// The database.
    pub database: String,
    /// The server's version.
    pub server_version: String,
    /// Every file but this one.
    pub files: Vec<FileRecord>,
}

/// A file as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its digest.
    pub sha256: String,
    /// The size of what is compressed in it.
    pub plain_bytes: u64,
    /// Of a table's rows: their number, as the server counted them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
}

impl Manifest {
    pub(super) fn new(database: String, server_version: String, files: Vec<FileRecord>) -> Self {
        let made_by = concat!("pgmigrate ", env!("CARGO_PKG_VERSION")).to_owned();
        Self { format: FORMAT, made_by, database, server_version, files }
    }

    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.files.iter().filter_map(|file| file.rows).sum()
    }

    /// Tables with a file.
    pub fn tables(&self) -> usize {
        self.files.iter().filter(|file| file.rows.is_some()).count()
    }

    /// Size of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// The file.
    pub(super) fn render(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|cause| {
            Error::new(ErrorKind::Internal, "the manifest cannot be written as JSON").caused_by(cause)
        })?;
        let body = text.trim_end_matches('}').trim_end();
        Ok(format!("{body}{DIGEST}{}\"\n}}\n", sha256(body.as_bytes())))
    }

    /// Reads the file's bytes.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes).map_err(|_| damaged("it is not in UTF8"))?;
        let at = text.rfind(DIGEST).ok_or_else(|| damaged("it has no digest of itself"))?;
        let (body, digest) = (&text[..at], &text[at + DIGEST.len()..]);
        if digest.strip_suffix("\"\n}\n") != Some(&sha256(body.as_bytes())) {
            return Err(damaged("its digest is not that of its text"));
        }
        let manifest: Self =
            serde_json::from_str(text).map_err(|cause| damaged("it cannot be read").caused_by(cause))?;
        if manifest.format != FORMAT {
            let message = format!("the form {} of the manifest is not known", manifest.format);
            return Err(Error::new(ErrorKind::Unsupported, message)
                .hint("restore it with the pgmigrate that made it, or with pg_restore"));
        }
        if let Some(file) = manifest.files.iter().find(|file| !is_plain_name(&file.name)) {
            return Err(damaged(&format!("`{}` is no name of a file", file.name.escape_debug())));
        }
        Ok(manifest)
    }
}

/// Whether a name stays in its directory.
pub(super) fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0'])
}

fn damaged(what: &str) -> Error {
    Error::new(ErrorKind::Refused, what.to_owned()).hint("take another backup, or restore another one")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let file = FileRecord {
            name: "5.dat.gz".to_owned(),
            bytes: 3,
            sha256: sha256(b"abc"),
            plain_bytes: 9,
            rows: Some(2),
        };
        Manifest::new(
            "we\"ird }\n".to_owned(),
            "15.18".to_owned(),
            vec![file.clone(), FileRecord { rows: None, ..file }],
        )
    }

    #[test]
    fn it_is_read_as_it_was_written_or_refused() {
        let text = manifest().render().unwrap();
        assert_eq!(Manifest::parse(text.as_bytes()).unwrap(), manifest());
        for at in 0..text.len() {
            let mut damaged = text.clone().into_bytes();
            damaged[at] ^= 1;
            assert!(Manifest::parse(&damaged).is_err(), "{at}");
            assert!(Manifest::parse(&text.as_bytes()[..at]).is_err(), "{at}");
        }
    }

    #[test]
    fn names_stay_in_the_directory() {
        let mut other = manifest();
        for name in ["../5.dat", "/etc/passwd", "", ".hidden", "a\0"] {
            name.clone_into(&mut other.files[0].name);
            assert!(Manifest::parse(other.render().unwrap().as_bytes()).is_err(), "{name}");
        }
    }
}
