//! Data files: written compressed, counted and hashed on the way, and read back to be held to that.
use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use flate2::{read::MultiGzDecoder, write::GzEncoder};
use sha2::{Digest as _, Sha256};

use super::{manifest::FileRecord, toc::Compression};
use crate::{
    durable::{self, PRIVATE},
    error::{Error, ErrorKind, Result},
};

/// Bytes that are compressed, or read back, at a time.
const PIECE: usize = 128 * 1024;

/// What ends the rows of a table, as `pg_dump` writes it: COPY's own mark, and two empty lines.
pub(super) const END_OF_ROWS: &[u8] = b"\\.\n\n\n";

/// The line ends in it that are no rows'.
const LINES_OF_END: u64 = 3;

/// Of hexadecimal numbers.
const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// A file under way.
pub(super) struct DataFile {
    name: String,
    encoder: Encoder,
    plain_bytes: u64,
}

enum Encoder {
    Plain(Hashed<BufWriter<File>>),
    Gzip(Box<GzEncoder<Hashed<BufWriter<File>>>>),
}

impl DataFile {
    /// Begins a file; the compression adds its suffix to the name.
    pub(super) fn create(directory: &Path, name: &str, compression: Compression) -> Result<Self> {
        let name = format!("{name}{}", suffix(compression));
        let path = directory.join(&name);
        let file = create(&path).map_err(|cause| durable::cannot("write", &path).caused_by(cause))?;
        let file = Hashed::new(BufWriter::with_capacity(PIECE, file));
        let encoder = match compression {
            Compression::Gzip(level) => {
                let level = u32::try_from(level)
                    .map_or_else(|_| flate2::Compression::default(), flate2::Compression::new);
                Encoder::Gzip(Box::new(GzEncoder::new(file, level)))
            }
            Compression::None | Compression::Other(_) => Encoder::Plain(file),
        };
        Ok(Self { name, encoder, plain_bytes: 0 })
    }

    /// Adds bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.plain_bytes += bytes.len() as u64;
        let written = match &mut self.encoder {
            Encoder::Plain(file) => file.write_all(bytes),
            Encoder::Gzip(file) => file.write_all(bytes),
        };
        written.map_err(|cause| cannot_write(&self.name).caused_by(cause))
    }

    /// Ends it, durably.
    pub(super) fn finish(self, rows: Option<u64>) -> Result<FileRecord> {
        let Self { name, encoder, plain_bytes } = self;
        let ended = || -> io::Result<Hashed<File>> {
            let file = match encoder {
                Encoder::Plain(file) => file,
                Encoder::Gzip(file) => file.finish()?,
            };
            let Hashed { inner, digest, bytes } = file;
            let inner = inner.into_inner().map_err(io::IntoInnerError::into_error)?;
            inner.sync_all()?;
            Ok(Hashed { inner, digest, bytes })
        };
        let file = ended().map_err(|cause| cannot_write(&name).caused_by(cause))?;
        Ok(FileRecord { name, bytes: file.bytes, sha256: file.hex(), plain_bytes, rows })
    }
}

/// The suffix of a data file's name.
fn suffix(compression: Compression) -> &'static str {
    match compression {
        Compression::Gzip(_) => ".gz",
        Compression::None | Compression::Other(_) => "",
    }
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path)
}

fn cannot_write(name: &str) -> Error {
    durable::cannot("write", Path::new(name))
}

/// A data file's content, whatever its name says of its compression.
pub(super) fn open(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    let file = BufReader::with_capacity(PIECE, File::open(path)?);
    Ok(decoder(path, file))
}

fn decoder<R: Read + Send + 'static>(path: &Path, file: R) -> Box<dyn Read + Send> {
    if path.extension().is_some_and(|extension| extension == "gz") {
        Box::new(MultiGzDecoder::new(BufReader::with_capacity(PIECE, file)))
    } else {
        Box::new(file)
    }
}

/// Reads a file to its end and holds it to what is known of it.
pub(super) fn check(directory: &Path, record: &FileRecord) -> Result<()> {
    let path = directory.join(&record.name);
    let refused = |what: &str| {
        Error::new(ErrorKind::Refused, format!("`{}`: {what}", path.display()))
            .hint("take another backup, or restore another one")
    };
    let length = match path.metadata() {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(refused("the file is missing")),
        Err(error) => return Err(durable::cannot("read", &path).caused_by(error)),
    };
    if length != record.bytes {
        return Err(refused(&format!("it has {length} bytes, and {} were written", record.bytes)));
    }
    let read = read_through(&path).map_err(|cause| match cause.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            refused("it is damaged").caused_by(cause)
        }
        _ => durable::cannot("read", &path).caused_by(cause),
    })?;
    if read.sha256 != record.sha256 {
        return Err(refused("its bytes are others than were written (SHA-256 differs)"));
    }
    if read.plain_bytes != record.plain_bytes {
        return Err(refused("its content has another length than was written"));
    }
    match record.rows {
        Some(rows) if !read.ends_rows || read.lines.checked_sub(LINES_OF_END) != Some(rows) => {
            Err(refused(&format!("it does not hold the {rows} rows that the server sent")))
        }
        _ => Ok(()),
    }
}

struct ReadThrough {
    sha256: String,
    plain_bytes: u64,
    lines: u64,
    ends_rows: bool,
}

fn read_through(path: &Path) -> io::Result<ReadThrough> {
    let file = Hashed::new(File::open(path)?);
    let is_compressed = path.extension().is_some_and(|extension| extension == "gz");
    let (mut plain_bytes, mut lines, mut tail) = (0, 0, Vec::new());
    let mut take_in = |piece: &[u8]| {
        plain_bytes += piece.len() as u64;
        lines += piece.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        tail.extend_from_slice(&piece[piece.len().saturating_sub(END_OF_ROWS.len())..]);
        tail.drain(..tail.len().saturating_sub(END_OF_ROWS.len()));
    };
    let mut piece = vec![0; PIECE];
    let mut pass = |from: &mut dyn Read| -> io::Result<()> {
        loop {
            match from.read(&mut piece)? {
                0 => return Ok(()),
                read => take_in(&piece[..read]),
            }
        }
    };
    let file = if is_compressed {
        let mut decoder = MultiGzDecoder::new(BufReader::with_capacity(PIECE, file));
        pass(&mut decoder)?;
        decoder.into_inner().into_inner()
    } else {
        let mut file = file;
        pass(&mut file)?;
        file
    };
    Ok(ReadThrough { sha256: file.hex(), plain_bytes, lines, ends_rows: tail == END_OF_ROWS })
}

/// Counts and hashes what goes through.
struct Hashed<T> {
    inner: T,
    digest: Sha256,
    bytes: u64,
}

impl<T> Hashed<T> {
    fn new(inner: T) -> Self {
        Self { inner, digest: Sha256::new(), bytes: 0 }
    }

    fn take_in(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    fn hex(&self) -> String {
        hex(&self.digest.clone().finalize())
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.take_in(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(space)?;
        self.take_in(&space[..read]);
        Ok(read)
    }
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The digest of some bytes.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::durable::tests::Scratch;

    fn written(scratch: &Scratch, compression: Compression) -> FileRecord {
        let directory = scratch.file("");
        let mut file = DataFile::create(&directory, "1.dat", compression).unwrap();
        file.write(b"1\ta\n2\tb\n").unwrap();
        file.write(END_OF_ROWS).unwrap();
        file.finish(Some(2)).unwrap()
    }

    #[test]
    fn every_damage_of_a_file_is_found() {
        for compression in [Compression::None, Compression::Gzip(1), Compression::Gzip(9)] {
            let scratch = Scratch::new(&format!("backup-file-{compression:?}"));
            let record = written(&scratch, compression);
            let (directory, path) = (scratch.file(""), scratch.file(&record.name));
            check(&directory, &record).unwrap();
            let whole = fs::read(&path).unwrap();
            assert_eq!(whole.len() as u64, record.bytes);
            for at in 0..whole.len() {
                let mut damaged = whole.clone();
                damaged[at] ^= 1;
                fs::write(&path, damaged).unwrap();
                assert_eq!(check(&directory, &record).unwrap_err().kind(), ErrorKind::Refused, "{at}");
                fs::write(&path, &whole[..at]).unwrap();
                assert_eq!(check(&directory, &record).unwrap_err().kind(), ErrorKind::Refused, "{at}");
            }
            fs::write(&path, &whole).unwrap();
            let other = FileRecord { rows: Some(3), ..record.clone() };
            assert!(check(&directory, &other).unwrap_err().to_string().contains("3 rows"));
            fs::remove_file(&path).unwrap();
            assert!(check(&directory, &record).unwrap_err().to_string().ends_with("the file is missing"));
        }
    }
}
