//! Writes `toc.dat` in version 1.14.
use super::{Compression, FORMAT_TAR, MAGIC, Toc, TocEntry};

/// Bytes of a number, its sign not counted.
const INT_SIZE: u8 = 4;

/// Bytes of an offset; the directory format has none.
const OFF_SIZE: u8 = 8;

impl Toc {
    /// The file.
    pub fn render(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(MAGIC);
        out.extend([1, 14, 0, INT_SIZE, OFF_SIZE, FORMAT_TAR]);
        let level = match self.compression {
            Compression::Gzip(level) => level,
            Compression::None | Compression::Other(_) => 0,
        };
        put_int(&mut out, level);
        let at = &self.created;
        // The last says whether it is summer time, -1 that nobody knows.
        for number in [at.second, at.minute, at.hour, at.day, at.month, at.year, -1] {
            put_int(&mut out, number);
        }
        for text in [&self.database, &self.server_version, &self.dump_version] {
            put_text(&mut out, text);
        }
        put_int(&mut out, count(self.entries.len()));
        for entry in &self.entries {
            put_entry(&mut out, entry);
        }
        out
    }
}

fn put_entry(out: &mut Vec<u8>, entry: &TocEntry) {
    put_int(out, entry.id);
    put_int(out, entry.has_data.into());
    put_text(out, &entry.class.to_string());
    put_text(out, &entry.oid.to_string());
    put_text(out, &entry.tag);
    put_text(out, &entry.desc);
    put_int(out, entry.section.number());
    for text in [&entry.definition, &entry.drop, &entry.copy, &entry.namespace] {
        put_text(out, text);
    }
    put_optional(out, entry.tablespace.as_deref());
    put_optional(out, entry.access_method.as_deref());
    put_text(out, &entry.owner);
    // WITH OIDS, which no archive has had since 12.
    put_text(out, "false");
    for needed in &entry.needs {
        put_text(out, &needed.to_string());
    }
    put_optional(out, None);
    put_text(out, &entry.file);
}

/// Sign, then the lowest byte first (`WriteInt`).
fn put_int(out: &mut Vec<u8>, number: i32) {
    out.push(number.is_negative().into());
    out.extend(number.unsigned_abs().to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_optional(out, Some(text));
}

/// Length, then bytes; nothing is a length of -1 (`WriteStr`).
fn put_optional(out: &mut Vec<u8>, text: Option<&str>) {
    put_int(out, text.map_or(-1, |text| count(text.len())));
    out.extend_from_slice(text.unwrap_or_default().as_bytes());
}

/// A server's texts are below 1 GB, and so is a list of entries that fits into memory.
fn count(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}
