//! The source's tables, held still until the last row is read.
//!
//! The session that exported the snapshot has locked them. When it is lost, the lanes still see the snapshot, but nothing keeps
//! others from a TRUNCATE or a rewrite, which leaves a table empty for it (documentation, "Caveats" of MVCC). So it is opened
//! again, with the locks, and before it lets go the tables' files are compared with those of the beginning.
use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::AtomicBool, atomic::Ordering::Relaxed},
    time::Duration,
};

use super::{Run, link::Link};
use crate::{
    error::{Error, ErrorKind, Result},
    journal::SourceMark,
    plan::StepKind,
    session::{self, Session},
};

/// A server that does not answer within so long cannot be asked whether its tables held still.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Hold {
    link: Arc<Link>,
    /// The backend that has held the locks from the beginning.
    first: i32,
    /// The tables that are read, as SQL names them.
    tables: BTreeSet<String>,
    /// [`Session::read_mark`] before the snapshot.
    mark: String,
    reopening: Arc<AtomicBool>,
}

impl Hold {
    /// Takes over the session that has the locks.
    pub(super) fn new(session: Session, run: &Run) -> Self {
        let data = run.plan.steps.iter().filter(|step| step.kind == StepKind::Data);
        let open = data.filter(|step| !run.done.contains(&step.id));
        let tables: BTreeSet<String> = open.map(|step| step.object.clone()).collect();
        let first = session.backend_pid();
        let link = Arc::new(Link::new(session, &run.source, session::lock_for_snapshot(&tables)));
        Self { link, first, tables, mark: run.mark.clone(), reopening: Arc::default() }
    }

    /// The session, for what else is asked of the source.
    pub(super) fn link(&self) -> &Arc<Link> {
        &self.link
    }

    /// Has a lost session opened again, without waiting for it.
    pub(super) fn keep(&self) {
        if !self.link.is_lost() || self.reopening.swap(true, Relaxed) {
            return;
        }
        let (link, reopening) = (Arc::clone(&self.link), Arc::clone(&self.reopening));
        tokio::spawn(async move {
            if let Err(error) = link.session().await {
                tracing::debug!("{}", error.report());
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            reopening.store(false, Relaxed);
        });
    }

    /// Lets the tables and the snapshot go. Refused if they may not have held still.
    pub(super) async fn release(&self) -> Result<()> {
        let lost = |cause| Error::new(ErrorKind::SnapshotLost, LOST).caused_by(cause).hint(AGAIN);
        let released = tokio::time::timeout(PATIENCE, self.checked()).await;
        released
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::Connection, "the source does not answer")))
            .map_err(lost)
    }

    async fn checked(&self) -> Result<()> {
        let session = match self.link.session().await {
            Ok(session) if session.backend_pid() == self.first => match session.release_snapshot().await {
                // It was there until now.
                Ok(()) => return Ok(()),
                Err(_) => self.link.session().await?,
            },
            other => other?,
        };
        let (was, is) = (SourceMark::parse(&self.mark)?, SourceMark::parse(&session.read_mark().await?)?);
        let moved = self.tables.iter().filter(|table| was.file_of(table) != is.file_of(table));
        let moved: Vec<&str> = moved.map(String::as_str).collect();
        if moved.is_empty() {
            return session.release_snapshot().await;
        }
        Err(Error::new(
            ErrorKind::SnapshotLost,
            format!("truncated or rewritten meanwhile: {}", moved.join(", ")),
        ))
    }
}

const LOST: &str = "the session that held the source's tables still was lost while rows were read";
const AGAIN: &str = "rows may be missing: copy what changed again with `--resume --consistent`";
