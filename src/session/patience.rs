//! A wait for somebody else's lock, told while it lasts.
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Semaphore;

use super::Session;
use crate::{
    config::{Endpoint, RoundTrips},
    error::{NOTICE, Result},
    net::gucs::APPLICATION_NAME,
};

/// After so long it is asked whether a statement waits for somebody, and then after twice as long each time: one that builds
/// an index is long at work.
const FIRST_PATIENCE: Duration = Duration::from_secs(5);
const MOST_PATIENCE: Duration = Duration::from_secs(60);

/// Whoever asks has a connection for it, which is not in the run's budget: one at a time.
static ASKING: Semaphore = Semaphore::const_new(1);

/// A session that holds a statement of ours up.
#[derive(Debug, Deserialize)]
struct Blocker {
    pid: i32,
    /// As far as we may know.
    role: String,
    application: String,
    /// Since its transaction began.
    seconds: i64,
}

impl Session {
    /// As [`Session::execute`], for statements that may wait for others: while they do, the user hears for whom. `what`
    /// says what waits.
    pub async fn execute_patiently(&self, sql: &str, what: &str) -> Result<()> {
        let mut work = Box::pin(self.execute(sql));
        let mut patience = FIRST_PATIENCE;
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(patience) => {}
            }
            patience = (patience * 2).min(MOST_PATIENCE);
            let blockers = tokio::select! {
                done = &mut work => return done,
                blockers = self.blockers() => blockers,
            };
            match blockers {
                Ok(blockers) if !blockers.is_empty() => {
                    let who: Vec<String> = blockers.iter().map(ToString::to_string).collect();
                    tracing::warn!(target: NOTICE, "{}: {what} waits for {}", self.endpoint.side, who.join("; "));
                }
                Ok(_) => {}
                Err(error) => tracing::debug!("{}", error.report()),
            }
        }
    }

    /// Who holds up what runs here, asked in a session of its own.
    async fn blockers(&self) -> Result<Vec<Blocker>> {
        // Never closed.
        let _turn = ASKING.acquire().await;
        let endpoint = Endpoint { round_trips: RoundTrips::default(), ..(*self.endpoint).clone() };
        let asker = Self::connect(&endpoint, "blockers", APPLICATION_NAME).await?;
        asker.query_json(&blockers_of(self.backend_pid)).await
    }
}

fn blockers_of(pid: i32) -> String {
    format!(
        "SELECT b.pid, coalesce(a.usename::text, '') AS role, coalesce(a.application_name, '') AS application, \
                coalesce(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.xact_start)::bigint, 0) AS seconds \
           FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids({pid})) b(pid) \
           LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid ORDER BY b.pid"
    )
}

impl std::fmt::Display for Blocker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { pid, role, application, seconds } = self;
        write!(f, "pid {pid}")?;
        if !role.is_empty() {
            write!(f, " of {role}")?;
        }
        if !application.is_empty() {
            write!(f, " ({})", application.escape_debug())?;
        }
        write!(f, ", in its transaction for {seconds} s")
    }
}
