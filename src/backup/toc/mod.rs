//! The table of contents of an archive: `toc.dat` of `pg_dump`'s directory format, as plain data.
//!
//! What stands where is `WriteHead`, `WriteToc` and their readers in `src/bin/pg_dump/pg_backup_archiver.c`. We write
//! version 1.14, that of PostgreSQL 14 and 15, which all later ones read; we read 1.12 (9.1) to 1.16 (17 and newer).
mod read;
#[cfg(test)]
mod tests;
mod write;

/// Number of an entry, unique in its archive, from 1 on (`DumpId`).
pub type DumpId = i32;

/// `toc.dat`: what was dumped, and each thing that can be restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toc {
    /// When it was made.
    pub created: Created,
    /// How the data files are compressed.
    pub compression: Compression,
    /// The database.
    pub database: String,
    /// The server's version, for people.
    pub server_version: String,
    /// The program's version, for people.
    pub dump_version: String,
    /// In an order in which they can be restored.
    pub entries: Vec<TocEntry>,
}

/// How data files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// By gzip, with a level of zlib's; -1 is its default.
    Gzip(i32),
    /// By what `pg_dump` 16 and newer has beside: 2 is LZ4, 3 Zstandard.
    Other(u8),
}

/// Local time, as `struct tm` holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Created {
    /// 0 to 60
    pub second: i32,
    /// 0 to 59
    pub minute: i32,
    /// 0 to 23
    pub hour: i32,
    /// 1 to 31
    pub day: i32,
    /// 0 to 11
    pub month: i32,
    /// Since 1900
    pub year: i32,
}

/// When an entry is restored (`teSection`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum TocSection {
    /// Goes with what it belongs to: comments, labels, privileges.
    #[default]
    None,
    /// Before the data.
    PreData,
    /// Rows, large objects, values of sequences.
    Data,
    /// After the data.
    PostData,
}

/// One thing to restore (`TocEntry`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TocEntry {
    /// Its number.
    pub id: DumpId,
    /// Whether it has a data file.
    pub has_data: bool,
    /// Address on the server that was dumped: the catalog, 0 for none.
    pub class: u32,
    /// Address: the OID.
    pub oid: u32,
    /// Its name, of a function with its arguments.
    pub tag: String,
    /// What it is: `TABLE`, `TABLE DATA`, `FK CONSTRAINT`, …
    pub desc: String,
    /// When.
    pub section: TocSection,
    /// The statements that make it.
    pub definition: String,
    /// The statement that drops it; what stands behind `DROP` names it for `ALTER … OWNER TO`.
    pub drop: String,
    /// `COPY … FROM stdin;`
    pub copy: String,
    /// Its schema; empty for none.
    pub namespace: String,
    /// `default_tablespace` while it is made; `None` leaves it as it is.
    pub tablespace: Option<String>,
    /// `default_table_access_method` while it is made; `None` leaves it as it is.
    pub access_method: Option<String>,
    /// Who is to own it; empty for nobody in particular.
    pub owner: String,
    /// Entries that come before it.
    pub needs: Vec<DumpId>,
    /// Its data file without the suffix of the compression; empty for none.
    pub file: String,
}

/// The file's name in the directory.
pub const TOC_NAME: &str = "toc.dat";

/// What it begins with.
const MAGIC: &[u8] = b"PGDMP";

/// `archTar`: the directory format says that it is tar's.
const FORMAT_TAR: u8 = 3;

impl TocSection {
    fn from_number(number: i32) -> Option<Self> {
        Some(match number {
            1 => Self::None,
            2 => Self::PreData,
            3 => Self::Data,
            4 => Self::PostData,
            _ => return None,
        })
    }

    fn number(self) -> i32 {
        match self {
            Self::None => 1,
            Self::PreData => 2,
            Self::Data => 3,
            Self::PostData => 4,
        }
    }
}
