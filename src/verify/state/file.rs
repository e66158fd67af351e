//! The file itself, which the comparisons of several databases may share.
use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{
    Entry,
    lines::{Contents, Known, Sides, is_ours, part_line, side_line},
};
use crate::{
    durable,
    error::{Error, ErrorKind, NOTICE, Result},
    failpoint::Failpoint,
    pg::Ident,
};

/// The file is synced at most so often: a part that is lost costs a second look at it.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// `verify.tsv`: what it said, and the place for what becomes known. It is written to when the first comparison has begun.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    /// Whether what is in it counts.
    resume: bool,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    contents: Contents,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// Nothing was written yet.
    Untouched,
    Open(Appended),
    /// It resisted. It only saves work.
    GivenUp,
}

#[derive(Debug)]
struct Appended {
    file: File,
    synced: Instant,
}

impl StateFile {
    /// Reads the file. With `resume` what it says counts, otherwise it will be begun anew. What is no file of ours is refused
    /// in either case: it is not to be written over.
    pub fn load(path: &Path, resume: bool) -> Result<Arc<Self>> {
        let contents = read(path, resume)?;
        let inner = Mutex::new(Inner { contents, place: Place::Untouched });
        Ok(Arc::new(Self { path: path.to_owned(), resume, inner }))
    }

    /// A comparison begins, of this database with these sides; gives what is known of it. What the file says of other sides, or
    /// of these before they were started anew, is void.
    pub(super) fn begin(&self, database: &str, identities: [String; 2]) -> Result<Sides> {
        let mut inner = self.lock();
        let found = inner.contents.of(database).cloned();
        if self.resume && found.is_none() {
            self.tell_nothing(database, &inner.contents);
        }
        let mut sides = found.unwrap_or_default();
        let mut changed = String::new();
        for (side, (known, identity)) in sides.iter_mut().zip(identities).enumerate() {
            if known.identity == identity {
                continue;
            }
            if self.resume && !known.identity.is_empty() {
                self.tell_another(database, ["source", "target"][side]);
            }
            changed += &side_line(database, side, &identity);
            *known = Known { identity, ..Known::default() };
        }
        if matches!(inner.place, Place::Untouched) {
            durable::write_atomically(&self.path, inner.contents.render().as_bytes())?;
            inner.place = Place::Open(self.open()?);
        }
        self.append(&mut inner.place, &changed);
        Ok(sides)
    }

    /// Writes down a part.
    pub(super) fn record(&self, database: &str, side: usize, digest: &str, entry: &Entry) {
        let line = part_line(database, side, digest, entry);
        if self.append(&mut self.lock().place, &line) {
            Failpoint::PartCompared.reach();
        }
    }

    /// A comparison is done.
    pub(super) fn sync(&self) {
        if let Place::Open(open) = &self.lock().place {
            // What is lost is compared again.
            _ = open.file.sync_data();
        }
    }

    fn open(&self) -> Result<Appended> {
        let file = OpenOptions::new().append(true).mode(durable::PRIVATE).open(&self.path);
        let file = file.map_err(|cause| durable::cannot("open", &self.path).caused_by(cause))?;
        Ok(Appended { file, synced: Instant::now() })
    }

    /// Whether it is written. A file that resists is given up.
    fn append(&self, place: &mut Place, text: &str) -> bool {
        let Place::Open(open) = place else { return false };
        if let Err(cause) = open.append(text) {
            let error = durable::cannot("write", &self.path).caused_by(cause);
            tracing::warn!(target: NOTICE, "{}; `--resume` will compare the rest again", error.report());
            *place = Place::GivenUp;
            return false;
        }
        true
    }

    fn tell_nothing(&self, database: &str, contents: &Contents) {
        // That there is no file was said when it was looked for.
        if *contents != Contents::default() {
            let (path, database) = (self.path.display(), Ident(database.to_owned()));
            tracing::warn!(target: NOTICE, "`{path}` says nothing of the database {database}: all of it is compared");
        }
    }

    fn tell_another(&self, database: &str, side: &str) {
        let (path, database) = (self.path.display(), Ident(database.to_owned()));
        tracing::warn!(
            target: NOTICE,
            "what `{path}` says of the database {database} is of another {side}, or of this one before it was started anew: all of it is compared"
        );
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Appended {
    fn append(&mut self, text: &str) -> io::Result<()> {
        self.file.write_all(text.as_bytes())?;
        if self.synced.elapsed() >= SYNC_EVERY {
            self.file.sync_data()?;
            self.synced = Instant::now();
        }
        Ok(())
    }
}

/// What the file says that counts. No file says nothing.
fn read(path: &Path, resume: bool) -> Result<Contents> {
    let bytes = match durable::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if resume {
                let path = path.display();
                tracing::warn!(target: NOTICE, "there is no `{path}` to go on from: everything is compared");
            }
            return Ok(Contents::default());
        }
        Err(cause) => return Err(durable::cannot("read", path).caused_by(cause)),
    };
    let text = String::from_utf8_lossy(&bytes);
    match Contents::parse(&text) {
        Ok(contents) if resume => Ok(contents),
        Ok(_) => Ok(Contents::default()),
        Err(_) if !resume && is_ours(&text) => Ok(Contents::default()),
        Err(what) => Err(Error::new(ErrorKind::Plan, what)
            .hint("name another file with `--state`, or remove this one")
            .context(format!("`{}`", path.display()))),
    }
}
