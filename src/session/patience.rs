//! A wait for somebody else's lock, told while it lasts.
use std::time::Duration;

use serde::Deserialize;

use super::Session;
use crate::{
    config::{Endpoint, RoundTrips},
    error::{NOTICE, Result},
    net::gucs::APPLICATION_NAME,
};

/// After so long a statement that only takes locks is worth a word, and again after as long.
const PATIENCE: Duration = Duration::from_secs(5);

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
        let mut asker = None;
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(PATIENCE) => {}
            }
            let asked = async {
                if asker.is_none() {
                    let endpoint =
                        Endpoint { round_trips: RoundTrips::default(), ..(*self.endpoint).clone() };
                    asker = Some(Self::connect(&endpoint, "blockers", APPLICATION_NAME).await?);
                }
                match &asker {
                    Some(asker) => asker.query_json::<Blocker>(&blockers_of(self.backend_pid)).await,
                    None => Ok(Vec::new()),
                }
            };
            let blockers = tokio::select! {
                done = &mut work => return done,
                blockers = asked => blockers,
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
