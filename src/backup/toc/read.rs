//! Reads `toc.dat`, which anybody may have written: every length is held to what the file has left before anything is
//! kept of it, and what is wrong is told with its place.
use std::collections::HashSet;

use super::{Compression, Created, DumpId, FORMAT_TAR, MAGIC, Toc, TocEntry, TocSection};
use crate::error::{Error, ErrorKind, Result};

/// The oldest version with a directory format, and the newest that we know.
const VERSIONS: std::ops::RangeInclusive<u8> = 12..=16;

/// The shortest entry: its numbers and lengths, all texts empty.
const ENTRY_BYTES: usize = 16;

impl Toc {
    /// Reads the file's bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader { bytes, at: 0, minor: 0, int_size: 0 };
        let toc = reader.toc()?;
        if reader.at < bytes.len() {
            return Err(reader.wrong("something follows the last entry"));
        }
        Ok(toc)
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    /// The second number of the format's version.
    minor: u8,
    /// Bytes of a number.
    int_size: usize,
}

impl Reader<'_> {
    fn toc(&mut self) -> Result<Toc> {
        let compression = self.head()?;
        let [second, minute, hour, day, month, year, _] = self.ints()?;
        let created = Created { second, minute, hour, day, month, year };
        let (database, server_version, dump_version) = (self.text()?, self.text()?, self.text()?);
        let count = self.count()?;
        let mut entries: Vec<TocEntry> = Vec::with_capacity(count);
        let mut seen = HashSet::with_capacity(count);
        for _ in 0..count {
            let at = self.at;
            let entry = self.entry()?;
            if entry.id <= 0 || !seen.insert(entry.id) {
                return Err(self.wrong_at(at, &format!("an entry has the number {} (again)", entry.id)));
            }
            entries.push(entry);
        }
        Ok(Toc { created, compression, database, server_version, dump_version, entries })
    }

    /// Up to the compression.
    fn head(&mut self) -> Result<Compression> {
        if self.take(MAGIC.len())? != MAGIC {
            return Err(self.wrong_at(0, "it does not begin with PGDMP"));
        }
        let (major, minor, _) = (self.byte()?, self.byte()?, self.byte()?);
        if major != 1 || !VERSIONS.contains(&minor) {
            let message = format!("the archive's version {major}.{minor} is none of 1.12 to 1.16");
            return Err(Error::new(ErrorKind::Unsupported, message)
                .hint("restore it with the pg_restore of the version that made it"));
        }
        self.minor = minor;
        self.int_size = self.byte()?.into();
        if !(1..=8).contains(&self.int_size) {
            return Err(self.wrong("numbers have 1 to 8 bytes"));
        }
        let _offset_size = self.byte()?;
        let format = self.byte()?;
        if format != FORMAT_TAR {
            return Err(
                self.wrong(&format!("its format is {format}, and that of a directory is {FORMAT_TAR}"))
            );
        }
        if minor >= 15 {
            return Ok(match self.byte()? {
                0 => Compression::None,
                1 => Compression::Gzip(-1),
                other => Compression::Other(other),
            });
        }
        Ok(match self.int()? {
            0 => Compression::None,
            level => Compression::Gzip(level),
        })
    }

    fn entry(&mut self) -> Result<TocEntry> {
        let id = self.int()?;
        let has_data = self.int()? != 0;
        let (class, oid) = (self.oid()?, self.oid()?);
        let (tag, desc) = (self.text()?, self.text()?);
        let section = self.int()?;
        let section = TocSection::from_number(section)
            .ok_or_else(|| self.wrong(&format!("{section} is no section")))?;
        let [definition, drop, copy, namespace] = [self.text()?, self.text()?, self.text()?, self.text()?];
        let tablespace = self.optional()?;
        let access_method = if self.minor >= 14 { self.optional()? } else { None };
        if self.minor >= 16 {
            let _relation_kind = self.int()?;
        }
        let owner = self.text()?;
        if self.text()? == "true" {
            return Err(self.wrong("a table WITH OIDS, which PostgreSQL no longer has"));
        }
        let needs = self.needs()?;
        let file = self.text()?;
        Ok(TocEntry {
            id,
            has_data,
            class,
            oid,
            tag,
            desc,
            section,
            definition,
            drop,
            copy,
            namespace,
            tablespace,
            access_method: access_method.filter(|method| !method.is_empty()),
            owner,
            needs,
            file,
        })
    }

    fn needs(&mut self) -> Result<Vec<DumpId>> {
        let mut needs = Vec::new();
        while let Some(text) = self.optional()? {
            needs.push(text.parse().map_err(|_| self.wrong("a dependency is no number"))?);
        }
        Ok(needs)
    }

    fn oid(&mut self) -> Result<u32> {
        self.text()?.parse().map_err(|_| self.wrong("an OID is no number"))
    }

    fn ints<const N: usize>(&mut self) -> Result<[i32; N]> {
        let mut numbers = [0; N];
        for number in &mut numbers {
            *number = self.int()?;
        }
        Ok(numbers)
    }

    /// How many entries there are: no more than the file can hold.
    fn count(&mut self) -> Result<usize> {
        let count = self.int()?;
        let most = (self.bytes.len() - self.at) / ENTRY_BYTES;
        usize::try_from(count)
            .ok()
            .filter(|count| *count <= most)
            .ok_or_else(|| self.wrong(&format!("{count} entries do not fit into the file")))
    }

    /// Sign, then the lowest byte first.
    fn int(&mut self) -> Result<i32> {
        let is_negative = self.byte()? != 0;
        let size = self.int_size;
        let magnitude = self.take(size)?.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        let number = i64::try_from(magnitude).ok().map(|number| if is_negative { -number } else { number });
        number
            .and_then(|number| i32::try_from(number).ok())
            .ok_or_else(|| self.wrong("a number is too large"))
    }

    /// Nothing is an empty text.
    fn text(&mut self) -> Result<String> {
        Ok(self.optional()?.unwrap_or_default())
    }

    fn optional(&mut self) -> Result<Option<String>> {
        let at = self.at;
        let Ok(length) = usize::try_from(self.int()?) else { return Ok(None) };
        let bytes = self.take(length)?;
        let Ok(text) = std::str::from_utf8(bytes).map(str::to_owned) else {
            let error = self.wrong_at(at, "a text is not in UTF8");
            return Err(error.hint("make the archive with `pg_dump --encoding=UTF8`"));
        };
        Ok(Some(text))
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, length: usize) -> Result<&[u8]> {
        let rest = &self.bytes[self.at..];
        if rest.len() < length {
            return Err(self.wrong(&format!("it ends where {length} bytes should follow")));
        }
        self.at += length;
        Ok(&rest[..length])
    }

    fn wrong(&self, what: &str) -> Error {
        self.wrong_at(self.at, what)
    }

    #[expect(clippy::unused_self, reason = "its errors are made in one place")]
    fn wrong_at(&self, at: usize, what: &str) -> Error {
        Error::new(ErrorKind::Refused, format!("at byte {at}: {what}"))
            .hint("the table of contents is damaged, or is none: take another backup")
    }
}
