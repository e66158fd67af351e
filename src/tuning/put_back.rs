//! Putting back what was changed of the target's server: at the end of a run, after a failure, or after a run that died.
use std::time::Duration;

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
}

/// Puts back what a run has left that is no more; one attempt, for somebody who waits.
pub async fn put_back_leftovers(target: &Endpoint) -> Result<PutBack> {
    try_put_back(target, None).await.map_err(|error| {
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
    let mut attempt = 1;
    loop {
        let error = match try_put_back(target, held.take()).await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        if !policy::of(&error).retry || attempt == ATTEMPTS {
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

async fn try_put_back(target: &Endpoint, held: Option<Session>) -> Result<PutBack> {
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
    let is_in_use = !undo::read_undo(&session).await?.is_empty();
    Ok(PutBack { is_in_use, ..PutBack::default() })
}

/// Puts back all that is written down; the caller is in the gate, and nobody holds the lease. Whatever it was cut off at, doing
/// it again ends the same.
///
/// While `fsync` was off, checkpoints forgot what they wrote without syncing it, so that a checkpoint alone makes nothing
/// of it safe: PostgreSQL's documentation (`fsync` in runtime-config-wal.html) asks for a sync of the machine after it is on
/// again.
pub(super) async fn restore(session: &Session) -> Result<PutBack> {
    let mut rows = undo::read_undo(session).await?;
    if rows.is_empty() {
        return Ok(PutBack::default());
    }
    // Safety comes back first.
    rows.sort_by_key(|row| !is_of_durability(row));
    let in_file = server::read_file(session).await?;
    let mut done = PutBack::default();
    for row in &rows {
        let now = in_file.get(&row.name);
        if now == row.was.as_ref() {
            // It was never changed, or an earlier attempt got so far.
            done.put_back.push(row.name.clone());
        } else if now == Some(&row.set_to) {
            let sql = undo::alter_sql(&row.name, row.was.as_deref());
            session.execute(&sql).await?;
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
    }
    lease::reload(session).await?;
    if rows.iter().any(is_of_durability) {
        sync(session, &rows).await?;
        done.synced = true;
    }
    Failpoint::TargetPutBack.reach();
    undo::drop_undo(session).await?;
    Ok(done)
}

fn is_of_durability(row: &UndoRow) -> bool {
    OF_DURABILITY.contains(&row.name.as_str())
}

async fn sync(session: &Session, rows: &[UndoRow]) -> Result<()> {
    session.execute("CHECKPOINT").await.context(|| "checkpoint")?;
    if rows.iter().any(|row| row.name == "fsync") {
        session.execute(SYNC).await.context(|| "`sync` on the target's machine")?;
    }
    Ok(())
}
