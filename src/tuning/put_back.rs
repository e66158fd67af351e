//! Putting back what was changed of the target's server: at the end of a run, after a failure, or after a run that died.
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde::Serialize;

use super::{
    apply::SYNC,
    choice::OF_DURABILITY,
    lease, server,
    undo::{self, UndoRow},
};
use crate::{
    catalog::Note,
    config::Endpoint,
    error::{Context as _, Error, ErrorKind, Result},
    failpoint::Failpoint,
    policy,
    session::Session,
};

/// A server that is being restarted is tried so often, with this pause: half a minute.
const ATTEMPTS: u32 = 60;
const PAUSE: Duration = Duration::from_millis(500);

/// But no longer than this in all: a lock of somebody else's may not be got at each attempt.
const LONGEST: Duration = Duration::from_secs(300);

/// What helps where the undo is somebody else's.
const AS_ITS_OWNER: &str = "run `pgmigrate cleanup` as the role that the schema belongs to";

/// What became of changed settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PutBack {
    /// Settings that are as they were.
    pub put_back: Vec<String>,
    /// What somebody else has changed meanwhile, and stays as it is.
    pub left: Vec<Note>,
    /// Whether the server, and where needed its machine, wrote everything to disk afterwards.
    pub synced: bool,
    /// Another run still works with the changed settings; the last one puts them back.
    pub is_in_use: bool,
    /// The sessions of those who do.
    pub used_by: Vec<String>,
}

/// Puts back what a run has left that is no more; one attempt, for somebody who waits.
pub async fn put_back_leftovers(target: &Endpoint) -> Result<PutBack> {
    try_put_back(target, None, false).await.map_err(|error| {
        let is_refused = error.kind() == ErrorKind::Refused;
        let error = error.context("putting back the settings of the target's server");
        if is_refused { error.hint(AS_ITS_OWNER) } else { error }
    })
}

/// Puts back what was changed by a run of ours that was cut off. It is patient with a server that is just restarted.
pub async fn put_back_own(target: &Endpoint) -> Result<PutBack> {
    put_back(target, None).await
}

/// Gives up the share in the lease that `session` holds, and puts back if it was the last one. It is patient with a server that is
/// just restarted: then the share is gone already.
pub(super) async fn put_back(target: &Endpoint, session: Option<Session>) -> Result<PutBack> {
    let mut held = session.filter(|session| !session.is_closed());
    let (mut attempt, began) = (1, Instant::now());
    loop {
        let error = match try_put_back(target, held.take(), true).await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        if !policy::of(&error).retry || attempt == ATTEMPTS || began.elapsed() > LONGEST {
            return Err(with_hint(error));
        }
        attempt += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

fn with_hint(error: Error) -> Error {
    let hint = match error.kind() {
        ErrorKind::Refused => AS_ITS_OWNER,
        _ => "`pgmigrate cleanup` puts them back",
    };
    error.context("putting back the settings of the target's server").hint(hint)
}

/// Whoever `leaves` takes safety along that others could keep from him; a cleanup changes nothing under those who work.
async fn try_put_back(target: &Endpoint, held: Option<Session>, leaves: bool) -> Result<PutBack> {
    let session = if let Some(session) = held {
        lease::enter_gate(&session).await?;
        lease::give_back(&session).await?;
        session
    } else {
        let session = lease::connect(target).await?;
        lease::enter_gate(&session).await?;
        session
    };
    if lease::is_free(&session).await? {
        return restore(&session).await;
    }
    // Whoever leaves is done, and what he committed is to outlive a power cut, as is what others commit.
    let (unsafe_rows, rest): (Vec<_>, Vec<_>) =
        undo::read_undo(&session).await?.into_iter().partition(is_of_durability);
    let unsafe_rows = if leaves { unsafe_rows } else { Vec::new() };
    let done = restore_rows(&session, &unsafe_rows, !rest.is_empty()).await?;
    if undo::read_undo(&session).await?.is_empty() {
        return Ok(done);
    }
    Ok(PutBack { is_in_use: true, used_by: lease::users(&session).await?, ..done })
}

/// Puts back all that is written down; the caller is in the gate, and nobody holds the lease. Whatever it was cut off at, doing
/// it again ends the same.
///
/// While `fsync` was off, checkpoints forgot what they wrote without syncing it, so that a checkpoint alone makes nothing
/// of it safe: PostgreSQL's documentation (`fsync` in runtime-config-wal.html) asks for a sync of the machine after it is on
/// again.
pub(super) async fn restore(session: &Session) -> Result<PutBack> {
    let rows = undo::read_undo(session).await?;
    restore_rows(session, &rows, false).await
}

/// Puts back some of what is written down, and forgets it. What cannot be put back keeps no other setting from it: it stays written
/// down, and the first error is told at the end. `has_more`: other settings stay written down.
async fn restore_rows(session: &Session, rows: &[UndoRow], has_more: bool) -> Result<PutBack> {
    let mut done = PutBack::default();
    if rows.is_empty() {
        return Ok(done);
    }
    // Safety comes back first.
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by_key(|row| !is_of_durability(row));
    let in_file = server::read_file(session).await?;
    let mut failed = None;
    let mut over = Vec::new();
    for row in rows {
        match restore_row(session, row, &in_file, &mut done).await {
            Ok(()) => over.push(row),
            Err(error) if session.is_closed() => return Err(error),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    lease::reload(session).await?;
    if over.iter().any(|row| is_of_durability(row)) {
        sync(session, &over).await?;
        done.synced = true;
    }
    Failpoint::TargetPutBack.reach();
    if failed.is_none() && !has_more {
        undo::drop_undo(session).await?;
    } else if !over.is_empty() {
        let names: Vec<_> = over.iter().map(|row| row.name.as_str()).collect();
        undo::forget(session, &names).await?;
    }
    failed.map_or(Ok(done), Err)
}

async fn restore_row(
    session: &Session,
    row: &UndoRow,
    in_file: &BTreeMap<String, String>,
    done: &mut PutBack,
) -> Result<()> {
    let now = in_file.get(&row.name);
    if now == row.was.as_ref() {
        // It was never changed, or an earlier attempt got so far.
        done.put_back.push(row.name.clone());
    } else if now == Some(&row.set_to) {
        let sql = undo::alter_sql(&row.name, row.was.as_deref());
        session.execute(&sql).await.context(|| format!("setting `{}`", row.name))?;
        Failpoint::SettingPutBack.reach();
        done.put_back.push(row.name.clone());
    } else {
        let reason = match now {
            Some(now) => format!("somebody else has set it to {now} meanwhile: it stays so"),
            None => {
                "somebody else has taken it out of postgresql.auto.conf meanwhile: it stays so".to_owned()
            }
        };
        done.left.push(Note { object: row.name.clone(), reason });
    }
    Ok(())
}

fn is_of_durability(row: &UndoRow) -> bool {
    OF_DURABILITY.contains(&row.name.as_str())
}

async fn sync(session: &Session, rows: &[&UndoRow]) -> Result<()> {
    session.execute("CHECKPOINT").await.context(|| "checkpoint")?;
    if rows.iter().any(|row| row.name == "fsync") {
        session.execute(SYNC).await.context(|| "`sync` on the target's machine")?;
    }
    Ok(())
}
