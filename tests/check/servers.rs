//! Two clusters of this test's own, whose configuration it changes: first as they should be, then as badly as can be.
use crate::support::{
    database::Session,
    server::{Server, literal},
};

/// As a server should be that takes a copy; the rest is the default.
const GOOD: &[(&str, &str)] = &[("fsync", "on"), ("full_page_writes", "on"), ("wal_level", "logical")];

const BAD_SOURCE: &[(&str, &str)] = &[
    ("wal_level", "replica"),
    ("max_wal_senders", "0"),
    ("max_replication_slots", "0"),
    ("max_locks_per_transaction", "10"),
    ("max_connections", "20"),
    ("max_slot_wal_keep_size", "1GB"),
];

const BAD_TARGET: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("autovacuum", "off"),
    ("archive_mode", "on"),
    ("max_wal_size", "64MB"),
    ("synchronous_standby_names", "nobody"),
];

/// Which of them.
#[derive(Debug, Clone, Copy)]
pub(super) enum State {
    Good,
    Bad,
}

/// Both clusters, configured anew.
pub(super) fn both(state: State) -> [Server; 2] {
    let servers = [Server::main("check-source"), Server::main("check-target")];
    for (server, bad) in servers.iter().zip([BAD_SOURCE, BAD_TARGET]) {
        let settings = match state {
            State::Good => GOOD,
            State::Bad => bad,
        };
        let mut session = server.session();
        session.execute("ALTER SYSTEM RESET ALL");
        for (name, value) in settings {
            session.execute(&format!("ALTER SYSTEM SET {name} = {}", literal(value)));
        }
        drop(session);
        server.crash();
    }
    servers
}

/// A server's `pg_hba.conf` with other lines, until dropped. A restart would fail by a broken one.
pub(super) struct Rules {
    session: Session,
    path: String,
    before: Vec<String>,
}

impl Rules {
    pub(super) fn change(server: &Server, change: impl FnOnce(&[String]) -> Vec<String>) -> Self {
        let mut session = server.session();
        let path = session.value("SELECT current_setting('hba_file')");
        let text = session.value("SELECT pg_read_file('pg_hba.conf')");
        let rules = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        let before: Vec<String> = rules.map(str::to_owned).collect();
        write(&mut session, &path, &change(&before));
        Self { session, path, before }
    }
}

impl Drop for Rules {
    fn drop(&mut self) {
        let (path, before) = (self.path.clone(), self.before.clone());
        write(&mut self.session, &path, &before);
    }
}

fn write(session: &mut Session, path: &str, rules: &[String]) {
    let values: Vec<String> = rules.iter().map(|rule| format!("({})", literal(rule))).collect();
    session.execute(&format!("COPY (VALUES {}) TO {}", values.join(", "), literal(path)));
}
