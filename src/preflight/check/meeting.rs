//! How an endpoint treats two connections: whether each keeps its own server process, and whether both reach one server.
//!
//! A pooler that lends a process for a transaction takes away what a run stands on: settings, the exported snapshot,
//! locks, temporary objects. It shows by process ids: the one that the login gave (for cancelling) is the pooler's own,
//! and the one that answers changes, or is another connection's too.
use std::sync::Arc;

use futures_util::future;
use serde::Deserialize;

use crate::{
    blocking, config::Endpoint, error::Result, net::gucs::APPLICATION_NAME, session::Session,
    wire::Connection,
};

/// How often a session is asked who it is; each time is a transaction of its own.
const ASKED: usize = 4;

/// What the other session of ours has must not be seen, and what ours has must stay.
const WHO: &str = "SELECT pg_catalog.pg_backend_pid() AS pid, \
     pg_catalog.current_setting('extra_float_digits') = '3' AS keeps_settings, \
     pg_catalog.pg_postmaster_start_time()::text || ' ' || pg_catalog.pg_is_in_recovery() AS server";

/// What two connections saw.
#[derive(Debug, Default)]
pub(super) struct Meeting {
    /// Process ids by which the first was served, from its login on.
    pub(super) first: Vec<i32>,
    /// Whether the first found its settings each time.
    pub(super) keeps_settings: bool,
    /// The second's process id, and the one that its login gave.
    pub(super) second: Option<[i32; 2]>,
    /// When the servers of both began, and whether they are standbys.
    pub(super) servers: Vec<String>,
}

#[derive(Deserialize)]
struct Who {
    pid: i32,
    keeps_settings: bool,
    server: String,
}

impl Meeting {
    /// Opens a second connection beside the session. What fails stays unknown: others say it.
    pub(super) async fn of(endpoint: &Endpoint, session: &Session) -> Self {
        let second = second(endpoint, session.database());
        let asked = (0..ASKED).map(async |_| session.query_json::<Who>(WHO).await);
        let (second, answers) = tokio::join!(second, future::join_all(asked));
        let second = second.inspect_err(|error| tracing::debug!("{}", error.report())).ok();
        let answers: Vec<Who> = answers.into_iter().flatten().flatten().collect();
        let servers = answers.iter().map(|who| who.server.clone());
        Self {
            first: [session.backend_pid()].into_iter().chain(answers.iter().map(|who| who.pid)).collect(),
            keeps_settings: answers.iter().all(|who| who.keeps_settings),
            servers: servers.chain(second.as_ref().map(|(_, server)| server.clone())).collect(),
            second: second.map(|(pids, _)| pids),
        }
    }

    /// Whether a process is lent for a transaction only.
    pub(super) fn lends_processes(&self) -> bool {
        let changes = self.first.iter().any(|pid| Some(pid) != self.first.first());
        let shared = self.second.is_some_and(|[pid, _]| self.first.contains(&pid));
        !self.first.is_empty() && (changes || shared || !self.keeps_settings)
    }

    /// Whether somebody else than the server answers the login.
    pub(super) fn has_pooler(&self) -> bool {
        self.second.is_some_and(|[pid, of_login]| pid != of_login)
    }

    /// Whether connections end at different servers.
    pub(super) fn has_several_servers(&self) -> bool {
        self.servers.iter().any(|server| Some(server) != self.servers.first())
    }
}

/// A data connection knows both ids.
async fn second(endpoint: &Endpoint, database: &str) -> Result<([i32; 2], String)> {
    let endpoint = Arc::new(endpoint.with_database(database));
    let asked = blocking::start("check", move || {
        let mut connection = Connection::connect(&endpoint, APPLICATION_NAME)?;
        let rows = connection.query(WHO)?;
        let server = rows.into_iter().next().and_then(|row| row.into_iter().nth(2)).flatten();
        let pids = [connection.backend_pid(), connection.login_pid()];
        Ok((pids, server.unwrap_or_default()))
    });
    asked?.end().await?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meeting(first: &[i32], second: [i32; 2]) -> Meeting {
        Meeting {
            first: first.to_vec(),
            keeps_settings: true,
            second: Some(second),
            servers: vec!["a".to_owned(), "a".to_owned()],
        }
    }

    #[test]
    fn a_pooler_shows_by_its_process_ids() {
        let told = |meeting: &Meeting| (meeting.lends_processes(), meeting.has_pooler());
        assert_eq!(told(&meeting(&[7, 7, 7], [8, 8])), (false, false));
        assert_eq!(told(&meeting(&[7, 7, 7], [8, 4711])), (false, true));
        assert_eq!(told(&meeting(&[7, 7, 8], [9, 9])), (true, false));
        assert_eq!(told(&meeting(&[7, 7, 7], [7, 4711])), (true, true));
        assert_eq!(told(&Meeting { keeps_settings: false, ..meeting(&[7, 7], [8, 8]) }), (true, false));
        assert_eq!(told(&Meeting::default()), (false, false));
    }

    #[test]
    fn two_servers_behind_one_address() {
        let mut meeting = meeting(&[7], [8, 8]);
        assert!(!meeting.has_several_servers());
        meeting.servers[1] = "b".to_owned();
        assert!(meeting.has_several_servers());
    }
}
