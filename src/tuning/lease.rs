//! The session that holds the lease, and the gate through which one at a time changes the server's settings.
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::{
    config::Endpoint,
    error::{Context as _, Error, ErrorKind, Result},
    net::gucs::APPLICATION_NAME,
    pg::SqlState,
    session::Session,
};

/// The database of the undo. Advisory locks are a database's own, so all runs have to agree on one; every new cluster has it.
/// `template1` would do less well: no database can be created from it while somebody is connected.
pub(super) const DATABASE: &str = "postgres";

/// First key of our locks: "pgmi", as for the locks of a run.
const CLASS: u32 = 1_885_826_409;

/// Second key of the lock of who is at the settings just now.
const GATE: u32 = 3;

/// That of the lock that every run shares that works with changed settings.
const LEASE: u32 = 4;

/// That of the lock that every run shares whose clients write before its end.
const CLIENTS: u32 = 5;

/// A lock is waited for so long; whoever is in the gate may be at a checkpoint.
const LOCK_TIMEOUT: &str = "30s";

/// SQLSTATE of a lock that was not got in time.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// How often the lease of a run that may be dying is asked for, and the pause between.
const FREE_ATTEMPTS: u32 = 4;
const FREE_PAUSE: Duration = Duration::from_millis(100);

/// The server is to have read its files within so long; its postmaster does it between two other things.
const RELOAD_TIMEOUT: Duration = Duration::from_secs(30);
const RELOAD_PAUSE: Duration = Duration::from_millis(20);

/// A session that holds one of the locks.
#[derive(Debug, Deserialize)]
struct Holder {
    pid: i32,
    role: String,
    application: String,
}

impl Holder {
    fn told(&self) -> String {
        let Self { pid, role, application } = self;
        format!("pid {pid}, role {}, application `{}`", role.escape_debug(), application.escape_debug())
    }
}

/// A session in [`DATABASE`] of an endpoint's server.
pub(super) async fn connect(target: &Endpoint) -> Result<Session> {
    Session::connect(&target.of_database(DATABASE), "tuning", APPLICATION_NAME).await
}

/// Waits for the gate. It is let go by [`leave_gate`], or with the session.
pub(super) async fn enter_gate(session: &Session) -> Result<()> {
    lock(session, "pg_advisory_lock", GATE).await
}

/// Lets the next one in.
pub(super) async fn leave_gate(session: &Session) -> Result<()> {
    session.execute(&format!("SELECT pg_catalog.pg_advisory_unlock({CLASS}, {GATE})")).await
}

/// Whether no run at all holds the lease; the caller is in the gate, so that none can take it meanwhile. A backend whose client was
/// killed just now lets go of it within moments.
pub(super) async fn is_free(session: &Session) -> Result<bool> {
    for _ in 1..FREE_ATTEMPTS {
        if try_free(session).await? {
            return Ok(true);
        }
        tokio::time::sleep(FREE_PAUSE).await;
    }
    try_free(session).await
}

async fn try_free(session: &Session) -> Result<bool> {
    Ok(users(session).await?.is_empty())
}

/// The other sessions that hold the lease, a line each. A lock is anybody's to take: only those count that could act as our role,
/// as a superuser can and our role itself.
pub(super) async fn users(session: &Session) -> Result<Vec<String>> {
    let is_trusted = "pg_catalog.pg_has_role(a.usesysid, current_user, 'MEMBER')";
    holders(session, LEASE, is_trusted).await
}

/// Whether clients of another run write already. Whoever says so is believed: then the server is safer, at most.
pub(super) async fn has_clients(session: &Session) -> Result<bool> {
    Ok(!holders(session, CLIENTS, "true").await?.is_empty())
}

/// The other sessions that hold a lock and meet a condition.
async fn holders(session: &Session, key: u32, condition: &str) -> Result<Vec<String>> {
    let sql = format!(
        "SELECT a.pid, coalesce(a.usename::text, '') AS role, coalesce(a.application_name, '') AS application \
           FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
           JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = pg_catalog.current_database() \
          WHERE l.locktype = 'advisory' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid() \
            AND l.classid = {CLASS} AND l.objid = {key} AND l.objsubid = 2 AND {condition} ORDER BY a.pid"
    );
    let holders: Vec<Holder> =
        session.query_json(&sql).await.context(|| "who holds the locks of tuned settings")?;
    Ok(holders.iter().map(Holder::told).collect())
}

/// Waits for a lock, but not without end: anybody could hold it.
async fn lock(session: &Session, function: &str, key: u32) -> Result<()> {
    let sql = format!(
        "SET lock_timeout = '{LOCK_TIMEOUT}'; SELECT pg_catalog.{function}({CLASS}, {key}); SET lock_timeout = 0"
    );
    let error = match session.execute(&sql).await {
        Err(error) if error.code().is_some_and(|state| state.as_str() == LOCK_NOT_AVAILABLE) => error,
        done => return done,
    };
    let holders = holders(session, key, "true").await?;
    if holders.is_empty() {
        return Err(error);
    }
    let message = format!(
        "another session is at the settings of the target's server for more than {LOCK_TIMEOUT}, in the database `{DATABASE}`: {}",
        holders.join("; ")
    );
    Err(Error::new(ErrorKind::Server, message)
        .sqlstate(SqlState::new(LOCK_NOT_AVAILABLE))
        .hint("wait for it to end, or end it: `SELECT pg_terminate_backend(pid)`"))
}

/// Takes a share in the lease.
pub(super) async fn take(session: &Session) -> Result<()> {
    lock(session, "pg_advisory_lock_shared", LEASE).await
}

/// Tells other runs, as long as the session lives, that clients write meanwhile.
pub(super) async fn announce_clients(session: &Session) -> Result<()> {
    lock(session, "pg_advisory_lock_shared", CLIENTS).await
}

/// Gives the share back.
pub(super) async fn give_back(session: &Session) -> Result<()> {
    session.execute(&format!("SELECT pg_catalog.pg_advisory_unlock_shared({CLASS}, {LEASE})")).await
}

/// Lets the server read its files, and waits until this session, which is told as all the others are, has done so.
pub(super) async fn reload(session: &Session) -> Result<()> {
    const READ_AT: &str = "SELECT pg_catalog.pg_conf_load_time()::text";
    let before = session.one_text(READ_AT).await?;
    session.execute("SELECT pg_catalog.pg_reload_conf()").await?;
    let asked = Instant::now();
    while session.one_text(READ_AT).await? == before {
        if asked.elapsed() > RELOAD_TIMEOUT {
            let message = "the target's server does not read its configuration files again";
            return Err(Error::new(ErrorKind::Server, message).hint(
                "its log says why, and so does `SELECT * FROM pg_file_settings WHERE error IS NOT NULL`",
            ));
        }
        tokio::time::sleep(RELOAD_PAUSE).await;
    }
    Ok(())
}
