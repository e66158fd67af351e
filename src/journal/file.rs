//! `state.tsv`: one line `<step id>\tDONE` or `<step id>\tFAILED` for each step that ended, for people and scripts.
//!
//! It mirrors the target's journal and is repaired from it ([`StateFile::replace_all`]). Ids are escaped as COPY
//! text; the last line of an id counts. Every [`StateFile::record`] is one write and one sync, so a crash leaves at
//! most one line cut off, which the next load drops. The run holds the only handle.
use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
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

/// `state.tsv`, open for appending.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    file: File,
    /// Bytes of whole lines: a write that fails half way is cut back to here.
    length: u64,
}

impl StateFile {
    /// What the file says; nothing if there is none. The file is not changed.
    pub fn load(path: &Path) -> Result<HashMap<StepId, Mark>> {
        Ok(read(path)?.0)
    }

    /// Whether the file says, in its last line, that its run ended. What is no state file does not.
    pub fn is_ended(path: &Path) -> bool {
        let is_end = |(id, mark): (&StepId, &Mark)| *mark == Mark::Done && is_run_line(id);
        path.is_file() && Self::load(path).is_ok_and(|marks| marks.iter().any(is_end))
    }

    /// Empties the file if its run ended: what a run with another plan did says nothing of the next one.
    pub fn clear_ended(path: &Path) -> Result<()> {
        if Self::is_ended(path) { durable::write_atomically(path, b"") } else { Ok(()) }
    }

    /// Opens the file, or makes it, drops a line that a crash cut off, and gives what the file says.
    pub fn open(path: &Path) -> Result<(Self, HashMap<StepId, Mark>)> {
        let (marks, length) = read(path)?;
        let file =
            Self::open_at(path, length).map_err(|cause| durable::cannot("open", path).caused_by(cause))?;
        Ok((Self { path: path.to_owned(), file, length }, marks))
    }

    /// Appends a batch; it is on disk when this returns.
    pub fn record(&mut self, batch: &[(&StepId, Mark)]) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let text = render(batch.iter().copied());
        if Failpoint::StateTorn.is_due() {
            _ = self.file.write_all(&text.as_bytes()[..text.len() / 2]);
            std::process::abort();
        }
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        if let Err(cause) = written {
            // Best effort: if it fails too, the next load drops the line that was cut off.
            _ = self.file.set_len(self.length);
            return Err(durable::cannot("write", &self.path).caused_by(cause));
        }
        self.length += text.len() as u64;
        Ok(())
    }

    /// Replaces the whole file by what the target's journal says, in the order given.
    pub fn replace_all<'a>(&mut self, marks: impl IntoIterator<Item = (&'a StepId, Mark)>) -> Result<()> {
        let text = render(marks);
        durable::write_atomically(&self.path, text.as_bytes())?;
        self.length = text.len() as u64;
        self.file = Self::open_at(&self.path, self.length)
            .map_err(|cause| durable::cannot("open", &self.path).caused_by(cause))?;
        Ok(())
    }

    fn open_at(path: &Path, length: u64) -> io::Result<File> {
        let file = OpenOptions::new().append(true).create(true).mode(durable::PRIVATE).open(path)?;
        file.set_len(length)?;
        file.sync_all()?;
        durable::sync_directory_of(path)?;
        Ok(file)
    }
}

pub(super) fn render<'a>(marks: impl IntoIterator<Item = (&'a StepId, Mark)>) -> String {
    let mut text = String::new();
    for (id, mark) in marks {
        escape_into(&mut text, &id.0);
        text.extend(["\t", mark.as_str(), "\n"]);
    }
    text
}

/// The marks, and the length of the whole lines.
fn read(path: &Path) -> Result<(HashMap<StepId, Mark>, u64)> {
    let bytes = match durable::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(cause) => return Err(durable::cannot("read", path).caused_by(cause)),
    };
    parse(&bytes).context(|| format!("`{}`", path.display()))
}

pub(super) fn parse(bytes: &[u8]) -> Result<(HashMap<StepId, Mark>, u64)> {
    let length = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    let mut marks = HashMap::new();
    for (i, line) in bytes[..length].split_inclusive(|byte| *byte == b'\n').enumerate() {
        let (id, mark) = parse_line(&line[..line.len() - 1]).map_err(|what| {
            Error::new(ErrorKind::Plan, what)
                .hint(
                    "this is not a state file, or it was edited: restore it, or name another with `--state`",
                )
                .context(format!("line {}", i + 1))
        })?;
        marks.insert(id, mark);
    }
    Ok((marks, length as u64))
}

fn parse_line(line: &[u8]) -> Result<(StepId, Mark), String> {
    let line = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8")?;
    let (id, mark) = line.split_once('\t').ok_or("a line needs a step id, a tab, and DONE or FAILED")?;
    let mark = match mark {
        "DONE" => Mark::Done,
        "FAILED" => Mark::Failed,
        _ => return Err(format!("`{}` is neither DONE nor FAILED", mark.escape_debug())),
    };
    Ok((StepId(unescape(id)?), mark))
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use proptest::prelude::*;

    use super::*;
    use crate::{durable::tests::Scratch, plan::copy_text::tests::hostile};

    fn id(text: &str) -> StepId {
        StepId(text.to_owned())
    }

    #[test]
    fn lines_are_appended_and_the_last_of_an_id_counts() {
        let scratch = Scratch::new("state");
        let path = scratch.file("state.tsv");
        let (a, b) = (id("data:a"), id("odd\tid"));
        let (mut state, marks) = StateFile::open(&path).unwrap();
        assert!(marks.is_empty());
        state.record(&[(&a, Mark::Failed), (&b, Mark::Done)]).unwrap();
        state.record(&[]).unwrap();
        state.record(&[(&a, Mark::Done)]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "data:a\tFAILED\nodd\\tid\tDONE\ndata:a\tDONE\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(StateFile::load(&path).unwrap(), HashMap::from([(a, Mark::Done), (b, Mark::Done)]));
    }

    #[test]
    fn a_line_that_was_cut_off_is_dropped_and_overwritten() {
        let scratch = Scratch::new("state-torn");
        let path = scratch.file("state.tsv");
        fs::write(&path, "a\tDONE\nb\tDO").unwrap();
        let (mut state, marks) = StateFile::open(&path).unwrap();
        assert_eq!(marks, HashMap::from([(id("a"), Mark::Done)]));
        state.record(&[(&id("c"), Mark::Failed)]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a\tDONE\nc\tFAILED\n");
    }

    #[test]
    fn the_file_is_replaced_and_appended_to_again() {
        let scratch = Scratch::new("state-replace");
        let path = scratch.file("state.tsv");
        fs::write(&path, "x\tFAILED\ny\tDONE\nz\tDONE\n").unwrap();
        let (mut state, _) = StateFile::open(&path).unwrap();
        state.replace_all([(&id("a"), Mark::Done)]).unwrap();
        state.record(&[(&id("b"), Mark::Done)]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a\tDONE\nb\tDONE\n");
    }

    #[test]
    fn a_damaged_line_is_refused_by_its_number() {
        let reports = ["\n", "a\tDONE\nb DONE\n", "a\tdone\n", "\\x\tDONE\n"]
            .map(|text| parse(text.as_bytes()).unwrap_err().report());
        insta::assert_snapshot!(reports.join("\n"), @r#"
        line 1: a line needs a step id, a tab, and DONE or FAILED
        line 2: a line needs a step id, a tab, and DONE or FAILED
        line 1: `done` is neither DONE nor FAILED
        line 1: unknown escape `\x`
        "#);
    }

    proptest! {
        #[test]
        fn any_prefix_of_a_file_is_readable(
            lines in proptest::collection::vec((hostile(), any::<bool>()), 0..8),
            cut in any::<proptest::sample::Index>(),
        ) {
            let lines: Vec<_> = lines.into_iter()
                .map(|(text, done)| (StepId(text), if done { Mark::Done } else { Mark::Failed }))
                .collect();
            let text = render(lines.iter().map(|(id, mark)| (id, *mark)));
            prop_assert_eq!(&parse(text.as_bytes()).unwrap().0, &lines.iter().cloned().collect());
            let prefix = &text.as_bytes()[..cut.index(text.len() + 1)];
            let whole = prefix.split(|byte| *byte == b'\n').count() - 1;
            prop_assert_eq!(parse(prefix).unwrap().0, lines[..whole].iter().cloned().collect());
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            _ = parse(&bytes);
        }
    }
}
