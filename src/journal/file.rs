//! `state.tsv`: one line `<step id>\tDONE` or `<step id>\tFAILED` for each step that ended, for people and scripts. Where
//! several databases share it, the target database follows as a third column.
//!
//! It mirrors the target's journal and is repaired from it ([`StateFile::replace_all`]). Ids are escaped as COPY
//! text; the last line of an id counts. Every [`StateFile::record`] is one write and one sync, so a crash leaves at
//! most one line cut off, which the next load drops. The runs of a command hold the only handle.
use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    durable,
    error::{Context as _, Error, ErrorKind, Result},
    failpoint::Failpoint,
    journal::{Status, resume::is_run_line},
    plan::{
        StepId,
        copy_text::{escape_into, unescape},
    },
};

/// What `state.tsv` says of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It is done.
    Done,
    /// It failed; `--resume` repeats it.
    Failed,
}

impl Mark {
    /// The mark of a status.
    pub fn of(status: &Status) -> Self {
        match status {
            Status::Done { .. } => Self::Done,
            Status::Failed => Self::Failed,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Done => "DONE",
            Self::Failed => "FAILED",
        }
    }
}

/// Where a run's marks are kept: in a file of its own, or with those of other databases.
#[derive(Debug, Clone)]
pub struct StatePlace {
    shared: Arc<Mutex<Shared>>,
    database: Option<String>,
}

/// `state.tsv`, open for appending.
#[derive(Debug)]
pub struct StateFile(StatePlace);

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    /// Opened with the first run that begins.
    open: Option<Appended>,
}

#[derive(Debug)]
struct Appended {
    file: File,
    /// Bytes of whole lines: a write that fails half way is cut back to here.
    length: u64,
}

/// A line: the step, its mark, the database where several share the file.
type Line = (StepId, Mark, Option<String>);

impl StatePlace {
    /// A file of one run.
    pub fn whole(path: &Path) -> Self {
        let shared = Shared { path: path.to_owned(), open: None };
        Self { shared: Arc::new(Mutex::new(shared)), database: None }
    }

    /// A file that is shared, for the run of this target database.
    #[must_use]
    pub fn of(&self, database: &str) -> Self {
        Self { shared: Arc::clone(&self.shared), database: Some(database.to_owned()) }
    }

    /// The file.
    pub fn path(&self) -> PathBuf {
        self.lock().path.clone()
    }

    /// Opens the file, or makes it, drops a line that a crash cut off, and gives what the file says.
    pub fn open(&self) -> Result<(StateFile, HashMap<StepId, Mark>)> {
        let mut shared = self.lock();
        let (lines, length) = read(&shared.path)?;
        let marks = self.marks(lines).context(|| format!("`{}`", shared.path.display()))?;
        if shared.open.is_none() {
            shared.open_at(length)?;
        }
        drop(shared);
        Ok((StateFile(self.clone()), marks))
    }

    /// The marks that are this run's.
    fn marks(&self, lines: Vec<Line>) -> Result<HashMap<StepId, Mark>> {
        if lines.iter().any(|(_, _, database)| database.is_some() != self.database.is_some()) {
            let (whose, this) = match self.database {
                None => ("several databases", "one"),
                Some(_) => ("one database", "several"),
            };
            let message = format!("the file is of a run of {whose}, and this is a run of {this}");
            return Err(Error::new(ErrorKind::Plan, message).hint("name another file with `--state`"));
        }
        let ours = lines.into_iter().filter(|(_, _, database)| *database == self.database);
        Ok(ours.map(|(id, mark, _)| (id, mark)).collect())
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateFile {
    /// Whether the file says that its run ended, or that of this target database. What is no state file does not.
    pub fn is_ended(path: &Path, database: Option<&str>) -> bool {
        let is_ours = |of: &Option<String>| of.is_none() || database.is_none() || of.as_deref() == database;
        let is_end = |(id, mark, of): &Line| *mark == Mark::Done && is_run_line(id) && is_ours(of);
        path.is_file() && read(path).is_ok_and(|(lines, _)| lines.iter().any(is_end))
    }

    /// Empties the file if its run ended: what a run with another plan did says nothing of the next one.
    pub fn clear_ended(path: &Path) -> Result<()> {
        if Self::is_ended(path, None) { durable::write_atomically(path, b"") } else { Ok(()) }
    }

    /// Appends a batch; it is on disk when this returns.
    pub fn record(&mut self, batch: &[(&StepId, Mark)]) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let text = render(batch.iter().copied(), self.0.database.as_deref());
        let mut shared = self.0.lock();
        let Shared { path, open } = &mut *shared;
        let Some(Appended { file, length }) = open else { return Err(durable::cannot("write", path)) };
        if Failpoint::StateTorn.is_due() {
            _ = file.write_all(&text.as_bytes()[..text.len() / 2]);
            std::process::abort();
        }
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_data());
        if let Err(cause) = written {
            // Best effort: if it fails too, the next load drops the line that was cut off.
            _ = file.set_len(*length);
            return Err(durable::cannot("write", path).caused_by(cause));
        }
        *length += text.len() as u64;
        Ok(())
    }

    /// Replaces what the file says of this run by what the target's journal says, in the order given.
    pub fn replace_all<'a>(&mut self, marks: impl IntoIterator<Item = (&'a StepId, Mark)>) -> Result<()> {
        let mut shared = self.0.lock();
        let mut text = String::new();
        if self.0.database.is_some() {
            let others = read(&shared.path)?.0.into_iter().filter(|(_, _, of)| *of != self.0.database);
            for (id, mark, database) in others {
                text += &render([(&id, mark)], database.as_deref());
            }
        }
        text += &render(marks, self.0.database.as_deref());
        durable::write_atomically(&shared.path, text.as_bytes())?;
        shared.open_at(text.len() as u64)
    }
}

impl Shared {
    fn open_at(&mut self, length: u64) -> Result<()> {
        let open = || -> io::Result<File> {
            let file =
                OpenOptions::new().append(true).create(true).mode(durable::PRIVATE).open(&self.path)?;
            file.set_len(length)?;
            file.sync_all()?;
            durable::sync_directory_of(&self.path)?;
            Ok(file)
        };
        let file = open().map_err(|cause| durable::cannot("open", &self.path).caused_by(cause))?;
        self.open = Some(Appended { file, length });
        Ok(())
    }
}

pub(super) fn render<'a>(
    marks: impl IntoIterator<Item = (&'a StepId, Mark)>,
    database: Option<&str>,
) -> String {
    let mut text = String::new();
    for (id, mark) in marks {
        escape_into(&mut text, &id.0);
        text.extend(["\t", mark.as_str()]);
        if let Some(database) = database {
            text.push('\t');
            escape_into(&mut text, database);
        }
        text.push('\n');
    }
    text
}

/// The lines, and the length of the whole ones.
fn read(path: &Path) -> Result<(Vec<Line>, u64)> {
    let bytes = match durable::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(cause) => return Err(durable::cannot("read", path).caused_by(cause)),
    };
    parse(&bytes).context(|| format!("`{}`", path.display()))
}

pub(super) fn parse(bytes: &[u8]) -> Result<(Vec<Line>, u64)> {
    let length = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    let mut lines = Vec::new();
    for (i, line) in bytes[..length].split_inclusive(|byte| *byte == b'\n').enumerate() {
        lines.push(parse_line(&line[..line.len() - 1]).map_err(|what| {
            Error::new(ErrorKind::Plan, what)
                .hint(
                    "this is not a state file, or it was edited: restore it, or name another with `--state`",
                )
                .context(format!("line {}", i + 1))
        })?);
    }
    Ok((lines, length as u64))
}

fn parse_line(line: &[u8]) -> Result<Line, String> {
    let line = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8")?;
    let (id, rest) = line.split_once('\t').ok_or("a line needs a step id, a tab, and DONE or FAILED")?;
    let (mark, database) = match rest.split_once('\t') {
        Some((mark, database)) => (mark, Some(unescape(database)?)),
        None => (rest, None),
    };
    let mark = match mark {
        "DONE" => Mark::Done,
        "FAILED" => Mark::Failed,
        _ => return Err(format!("`{}` is neither DONE nor FAILED", mark.escape_debug())),
    };
    Ok((StepId(unescape(id)?), mark, database))
}

#[cfg(test)]
mod tests;
