//! Changing the settings of the target's server, and what holds them until they are put back.
use std::collections::BTreeMap;

use super::{
    choice::{Choice, Others, choose, endangers, wished_names},
    lease,
    put_back::{PutBack, put_back, restore},
    server,
    undo::{self, UndoRow},
};
use crate::{
    catalog::Note,
    config::{Endpoint, TuningOptions},
    error::{Error, ErrorKind, Result},
    failpoint::Failpoint,
    policy,
    session::Session,
};

/// Has the server's machine write everything to disk that its system holds in memory (see [`restore`]).
pub(super) const SYNC: &str = "COPY (SELECT WHERE false) TO PROGRAM 'sync'";

/// A target whose settings are changed. They are put back by [`Tuned::put_back`]; whoever drops it without leaves that to the
/// next run.
#[derive(Debug)]
pub struct Tuned {
    target: Endpoint,
    /// Holds the lease as long as it lives.
    session: Option<Session>,
    /// Of a run that changes nothing, but whose clients write: tells other runs so as long as it lives.
    clients: Option<Session>,
    /// What was changed, and what was not.
    pub choice: Choice,
    /// What an earlier run had left, and is put back now.
    pub leftovers: PutBack,
}

impl Tuned {
    /// Puts back what was changed, unless another run still works with it.
    pub async fn put_back(self) -> Result<PutBack> {
        drop(self.clients);
        match self.session {
            Some(session) => put_back(&self.target, Some(session)).await,
            None => Ok(PutBack::default()),
        }
    }
}

/// What [`tune`] would change now; nothing if the server is not to be changed.
pub async fn preview(target: &Endpoint, options: &TuningOptions) -> Result<Option<Choice>> {
    if !options.tunes_server() {
        return Ok(None);
    }
    let choice = match lease::connect(target).await {
        Ok(session) => look(&session, options, &[]).await,
        Err(error) => without_undo(error),
    };
    choice.map(Some)
}

/// Puts back what a dead run has left, and changes what is wished for. What the role may not change is left out and named. After an
/// error, or when it is not driven to its end, [`super::put_back_own`] is needed.
pub async fn tune(target: &Endpoint, options: &TuningOptions) -> Result<Tuned> {
    let session = match lease::connect(target).await {
        Ok(session) => session,
        Err(error) => {
            // A run that changes nothing has no need to be let in there.
            let choice = if options.tunes_server() { without_undo(error)? } else { Choice::default() };
            let target = target.clone();
            return Ok(Tuned { target, session: None, clients: None, choice, leftovers: PutBack::default() });
        }
    };
    let mut tuned = Tuned {
        target: target.clone(),
        session: None,
        clients: None,
        choice: Choice::default(),
        leftovers: PutBack::default(),
    };
    let concerns_us = options.tunes_server() || options.has_clients;
    if !concerns_us && undo::read_undo(&session).await?.is_empty() {
        return Ok(tuned);
    }
    lease::enter_gate(&session).await?;
    if lease::is_free(&session).await? {
        tuned.leftovers = restore(&session).await?;
    }
    if options.has_clients {
        refuse_danger(&session).await?;
        lease::announce_clients(&session).await?;
    }
    if options.tunes_server() {
        lease::take(&session).await?;
        let others = undo::read_undo(&session).await?;
        tuned.choice = look(&session, options, &others).await?;
        change(&session, &mut tuned.choice).await?;
        lease::leave_gate(&session).await?;
        tuned.session = Some(session);
    } else if options.has_clients {
        lease::leave_gate(&session).await?;
        tuned.clients = Some(session);
    }
    Ok(tuned)
}

/// Clients must not commit into a server that another run lets lose it.
async fn refuse_danger(session: &Session) -> Result<()> {
    let rows = undo::read_undo(session).await?;
    let off: Vec<_> = rows
        .iter()
        .filter(|row| endangers(&row.name, &row.set_to))
        .map(|row| format!("`{}`", row.name))
        .collect();
    if off.is_empty() {
        return Ok(());
    }
    let users = lease::users(session).await?.join("; ");
    let message = format!(
        "another run works with {} of the target's server switched off ({users}): a power cut could lose what clients commit \
         before the late rows are there",
        off.join(" and ")
    );
    Err(Error::new(ErrorKind::Refused, message)
        .hint("wait for that run to end, which puts them back, then run the same command with `--resume`"))
}

/// A server without the database of the undo, or that does not let us in there: nothing can be written down, so nothing is changed.
fn without_undo(error: Error) -> Result<Choice> {
    if policy::of(&error).retry {
        return Err(error);
    }
    let reason = format!("where its undo would be written cannot be reached: {}", error.report());
    let note = Note { object: "settings of the target's server".to_owned(), reason };
    Ok(Choice { left_out: vec![note], ..Choice::default() })
}

async fn look(session: &Session, options: &TuningOptions, others: &[UndoRow]) -> Result<Choice> {
    let rights = server::read_rights(session).await?;
    let settings = server::read_settings(session, &wished_names(options)).await?;
    let in_file = if rights.may_read_files { server::read_file(session).await? } else { BTreeMap::new() };
    let tuned = others.iter().map(|row| (row.name.clone(), row.set_to.clone())).collect();
    let others = Others { tuned, has_clients: lease::has_clients(session).await? };
    Ok(choose(options, rights, &settings, &in_file, &others))
}

/// Changes what was chosen; what the server refuses moves to what is left out.
async fn change(session: &Session, choice: &mut Choice) -> Result<()> {
    try_sync(session, choice).await?;
    if choice.changes.is_empty() {
        return Ok(());
    }
    undo::write_undo(session, &choice.changes).await?;
    Failpoint::UndoWritten.reach();
    let mut refused = Vec::new();
    for change in &choice.changes {
        let sql = undo::alter_sql(&change.name, Some(&change.value));
        match session.execute(&sql).await {
            Ok(()) => Failpoint::SettingWritten.reach(),
            // A value that it does not take, or a privilege that a managed server hides.
            Err(error)
                if matches!(error.kind(), ErrorKind::Server | ErrorKind::Privilege)
                    && !session.is_closed() =>
            {
                refused.push(Note { object: change.name.clone(), reason: error.report() });
            }
            Err(error) => return Err(error),
        }
    }
    if !refused.is_empty() {
        let names: Vec<_> = refused.iter().map(|note| note.object.as_str()).collect();
        undo::forget(session, &names).await?;
        choice.changes.retain(|change| !names.contains(&change.name.as_str()));
        choice.left_out.append(&mut refused);
    }
    lease::reload(session).await?;
    Failpoint::TargetTuned.reach();
    Ok(())
}

/// Without `sync` on the server's machine, a server that did without `fsync` could never be made whole: it is tried before.
async fn try_sync(session: &Session, choice: &mut Choice) -> Result<()> {
    let Some(at) = choice.changes.iter().position(|change| change.name == "fsync") else { return Ok(()) };
    match session.execute(SYNC).await {
        Ok(()) => Ok(()),
        Err(error) if policy::of(&error).retry => Err(error),
        Err(error) => {
            let reason = format!("the server's machine cannot be told to sync its disks: {}", error.report());
            choice.changes.remove(at);
            choice.left_out.push(Note { object: "fsync".to_owned(), reason });
            Ok(())
        }
    }
}
