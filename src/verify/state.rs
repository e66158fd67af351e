//! What a comparison found out so far, in a file: so that one that was interrupted goes on where it ended.
//!
//! A line holds the tally of one part of a table on one side. It counts again only where the server proves that the part holds the
//! same rows still ([`proof`]); a part that is not proven is read again. So a line can save work, and cannot hide a difference.
//! Tallies of a side hang on nothing of the other. Verdicts are not kept: they follow from the tallies.
//!
//! The file has a first line with what the sides were, then a line a part, escaped as COPY text. It is written as parts are
//! done and synced now and then: what a crash takes away is read again. `rows` calls it.
mod proof;

use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::rows::Tally;
use crate::{
    durable,
    error::{Error, ErrorKind, NOTICE, Result},
    failpoint::Failpoint,
    plan::copy_text::{escape_into, unescape},
};

pub(super) use proof::{Mark, Seen};

/// First field of the file; another number is another format.
const MAGIC: &str = "pgmigrate verify 1";

/// The file is synced at most so often: a part that is lost costs a second look at it.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// Where the file is, and whether what is in it counts.
#[derive(Debug, Clone)]
pub struct StateOptions {
    /// The file.
    pub path: PathBuf,
    /// Go on with what it says; otherwise it is begun anew.
    pub resume: bool,
}

/// What is known of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// What could be seen when it was read.
    pub(super) seen: Seen,
    /// The file that its rows are in; empty if they are in several.
    pub(super) file: String,
    pub(super) tally: Tally,
}

/// The file, open, and what it said.
#[derive(Debug)]
pub(super) struct State {
    marks: [Mark; 2],
    /// By the part's digest.
    known: [HashMap<String, Entry>; 2],
    writer: Mutex<Option<Writer>>,
}

#[derive(Debug)]
struct Writer {
    path: PathBuf,
    file: File,
    synced: Instant,
}

impl State {
    /// Opens the file. What it says of other servers, or of these before they were started anew, is dropped.
    pub(super) fn open(options: &StateOptions, marks: [Mark; 2]) -> Result<Self> {
        // Without `resume` it is read too: what is no file of ours is not written over.
        let known = load(options, &marks)?;
        let mut text = header(&marks);
        for (side, known) in known.iter().enumerate() {
            for (digest, entry) in known {
                line_into(&mut text, side, digest, entry);
            }
        }
        durable::write_atomically(&options.path, text.as_bytes())?;
        let file = OpenOptions::new().append(true).mode(durable::PRIVATE).open(&options.path);
        let file = file.map_err(|cause| durable::cannot("open", &options.path).caused_by(cause))?;
        let writer = Writer { path: options.path.clone(), file, synced: Instant::now() };
        Ok(Self { marks, known, writer: Mutex::new(Some(writer)) })
    }

    /// How many parts an earlier attempt has read.
    pub(super) fn parts(&self) -> usize {
        self.known.iter().map(HashMap::len).sum()
    }

    /// What is known of a part.
    pub(super) fn known(&self, side: usize, digest: &str) -> Option<&Entry> {
        self.known[side].get(digest)
    }

    /// The side as it is seen now.
    pub(super) fn mark(&self, side: usize) -> &Mark {
        &self.marks[side]
    }

    /// Writes down a part that was read, or proven. A file that resists is given up: it only saves work.
    pub(super) fn record(&self, side: usize, digest: &str, file: String, tally: Tally) {
        let mut line = String::new();
        line_into(&mut line, side, digest, &Entry { seen: self.marks[side].seen.clone(), file, tally });
        let mut writer = self.writer();
        let Some(open) = writer.as_mut() else { return };
        if let Err(cause) = open.append(&line) {
            let error = durable::cannot("write", &open.path).caused_by(cause);
            tracing::warn!(target: NOTICE, "{}; `--resume` will compare the rest again", error.report());
            *writer = None;
            return;
        }
        Failpoint::PartCompared.reach();
    }

    /// All is done.
    pub(super) fn close(&self) {
        if let Some(open) = self.writer().take() {
            // What is lost is compared again.
            _ = open.file.sync_data();
        }
    }

    fn writer(&self) -> MutexGuard<'_, Option<Writer>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    fn append(&mut self, line: &str) -> io::Result<()> {
        self.file.write_all(line.as_bytes())?;
        if self.synced.elapsed() >= SYNC_EVERY {
            self.file.sync_data()?;
            self.synced = Instant::now();
        }
        Ok(())
    }
}

fn header(marks: &[Mark; 2]) -> String {
    let mut text = MAGIC.to_owned();
    for mark in marks {
        text.push('\t');
        escape_into(&mut text, &mark.identity());
    }
    text + "\n"
}

fn line_into(text: &mut String, side: usize, digest: &str, entry: &Entry) {
    let Entry { seen, file, tally } = entry;
    let (rows, sum) = (tally.rows.to_string(), tally.sum.to_string());
    let fields = [["source", "target"][side], digest, seen.as_str(), file, &rows, &sum];
    for (place, field) in fields.into_iter().enumerate() {
        if place > 0 {
            text.push('\t');
        }
        escape_into(text, field);
    }
    text.push('\n');
}

/// What the file says of each side, if it is that side's still. No file says nothing.
fn load(options: &StateOptions, marks: &[Mark; 2]) -> Result<Known> {
    let StateOptions { path, resume } = options;
    let told = |what: String| {
        if *resume {
            tracing::warn!(target: NOTICE, "{what}");
        }
    };
    let bytes = match durable::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            told(format!("there is no `{}` to go on from: everything is compared", path.display()));
            return Ok(Known::default());
        }
        Err(cause) => return Err(durable::cannot("read", path).caused_by(cause)),
    };
    let (known, others) = parse(&String::from_utf8_lossy(&bytes), marks).map_err(|what| {
        Error::new(ErrorKind::Plan, what)
            .hint("name another file with `--state`, or remove this one")
            .context(format!("`{}`", path.display()))
    })?;
    if !resume {
        return Ok(Known::default());
    }
    for side in others {
        told(format!(
            "`{}` is of another {side}, or of this one before it was started anew: all of it is compared",
            path.display()
        ));
    }
    Ok(known)
}

type Known = [HashMap<String, Entry>; 2];

/// The parts, and the sides that are others than the file's. A line that cannot be read, as a crash may leave one, ends the
/// file: what stands behind it is compared again.
fn parse(text: &str, marks: &[Mark; 2]) -> Result<(Known, Vec<&'static str>), String> {
    let mut known = [HashMap::new(), HashMap::new()];
    let Some((header, lines)) = text.split_once('\n') else {
        return if text.is_empty() || MAGIC.starts_with(text) || text.starts_with(MAGIC) {
            Ok((known, Vec::new()))
        } else {
            Err("this is not a file of `verify`".to_owned())
        };
    };
    let mut fields = header.split('\t');
    if fields.next() != Some(MAGIC) {
        return Err("this is not a file of `verify`, or of another version".to_owned());
    }
    let mut is_same = [false; 2];
    for (same, mark) in is_same.iter_mut().zip(marks) {
        *same = fields.next().is_some_and(|field| unescape(field).as_ref() == Ok(&mark.identity()));
    }
    for line in lines.split_inclusive('\n') {
        let Some((side, digest, entry)) = line.strip_suffix('\n').and_then(parse_line) else { break };
        if is_same[side] {
            known[side].insert(digest, entry);
        }
    }
    let names = ["source", "target"].into_iter().zip(is_same);
    Ok((known, names.filter(|(_, same)| !same).map(|(name, _)| name).collect()))
}

fn parse_line(line: &str) -> Option<(usize, String, Entry)> {
    let fields: Result<Vec<String>, String> = line.split('\t').map(unescape).collect();
    let [side, digest, seen, file, rows, sum] = <[String; 6]>::try_from(fields.ok()?).ok()?;
    let side = ["source", "target"].iter().position(|name| *name == side)?;
    let tally = Tally { rows: rows.parse().ok()?, sum: sum.parse().ok()? };
    Some((side, digest, Entry { seen: Seen::parse(&seen)?, file, tally }))
}

#[cfg(test)]
mod tests;
