//! The session that holds the lease, and the gate through which one at a time changes the server's settings.
use std::time::{Duration, Instant};

use crate::{
    config::Endpoint,
    error::{Error, ErrorKind, Result},
    net::gucs::APPLICATION_NAME,
    session::Session,
};

/// The database of the undo. Advisory locks are a database's own, so all runs have to agree on one; every new cluster has it.
/// `template1` would do less well: no database can be created from it while somebody is connected.
pub(super) const DATABASE: &str = "postgres";

/// Key of the lock of who is at the settings just now ("pgmi" and a number, as for the locks of a run).
const GATE: &str = "1885826409, 3";

/// Key of the lock that every run shares that works with changed settings.
const LEASE: &str = "1885826409, 4";

/// How often the lease of a run that may be dying is asked for, and the pause between.
const FREE_ATTEMPTS: u32 = 4;
const FREE_PAUSE: Duration = Duration::from_millis(100);

/// The server is to have read its files within so long; its postmaster does it between two other things.
const RELOAD_TIMEOUT: Duration = Duration::from_secs(30);
const RELOAD_PAUSE: Duration = Duration::from_millis(20);

/// A session in [`DATABASE`] of an endpoint's server.
pub(super) async fn connect(target: &Endpoint) -> Result<Session> {
    Session::connect(&target.of_database(DATABASE), "tuning", APPLICATION_NAME).await
}

/// Waits for the gate. It is let go by [`leave_gate`], or with the session.
pub(super) async fn enter_gate(session: &Session) -> Result<()> {
    session.execute(&format!("SELECT pg_catalog.pg_advisory_lock({GATE})")).await
}

/// Lets the next one in.
pub(super) async fn leave_gate(session: &Session) -> Result<()> {
    session.execute(&format!("SELECT pg_catalog.pg_advisory_unlock({GATE})")).await
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
    let sql = format!(
        "SELECT CASE WHEN pg_catalog.pg_try_advisory_lock({LEASE}) \
         THEN pg_catalog.pg_advisory_unlock({LEASE}) ELSE false END::text"
    );
    Ok(session.one_text(&sql).await? == "true")
}

/// Takes a share in the lease.
pub(super) async fn take(session: &Session) -> Result<()> {
    session.execute(&format!("SELECT pg_catalog.pg_advisory_lock_shared({LEASE})")).await
}

/// Gives the share back.
pub(super) async fn give_back(session: &Session) -> Result<()> {
    session.execute(&format!("SELECT pg_catalog.pg_advisory_unlock_shared({LEASE})")).await
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
