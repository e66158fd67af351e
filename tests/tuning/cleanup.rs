//! `pgmigrate cleanup --drop-journal`: the journal of a run goes only when the user says so, and never under a run.
use rustix::process::Signal;
use serde_json::Value;

use super::{SOURCE, slow};
use crate::support::{
    cli::{Invocation, Workspace},
    database::Database,
    server::Server,
    wait_for,
};

/// A run that goes to another database of the tests' servers; the server is not tuned.
struct Stopped {
    database: Database,
    copy: Database,
    workspace: Workspace,
}

impl Stopped {
    fn new(source: &str) -> Self {
        let database = Database::with(&Server::main("source"), source);
        Self { database, copy: Database::absent(&Server::main("target")), workspace: Workspace::new() }
    }

    fn migrate(&self) -> Invocation {
        self.workspace.between("migrate", &self.database, &self.copy)
    }

    fn cleanup(&self) -> Invocation {
        self.workspace.pgmigrate(["cleanup", "--target", &self.copy.uri()])
    }

    fn has_journal(&self) -> bool {
        self.copy.has("SELECT FROM pg_namespace WHERE nspname = 'pgmigrate'")
    }
}

#[test]
fn a_journal_goes_when_it_is_asked_for() {
    let stopped = Stopped::new(SOURCE);
    stopped.cleanup().arg("--drop-journal").run().assert_code(0).says("no journal to drop");
    let died = stopped.migrate().env("PGMIGRATE_FAILPOINT", "chunk_committed").run();
    assert_eq!(died.status.code(), None, "{died}");
    stopped.cleanup().run().assert_code(0).says("nothing to put back");
    assert!(stopped.has_journal(), "nobody asked");

    stopped.copy.execute("CREATE TABLE pgmigrate.of_the_user (n int)");
    stopped.cleanup().arg("--drop-journal").run().assert_code(5).says("of_the_user");
    assert!(stopped.has_journal(), "all of it, or nothing");
    stopped.copy.execute("DROP TABLE pgmigrate.of_the_user");

    let dropped = stopped.cleanup().args(["--drop-journal", "--json"]).run();
    dropped.assert_code(0);
    let dropped: Value = serde_json::from_str(&dropped.stdout).expect("JSON");
    assert_eq!(dropped["dropped_journal"]["database"], stopped.copy.name.as_str(), "{dropped:#}");
    assert!(dropped["dropped_journal"]["steps_done"].as_u64() > Some(0), "{dropped:#}");
    assert!(!stopped.has_journal() && stopped.copy.count("item") == 3000, "its rows stay");
    stopped.cleanup().arg("--drop-journal").run().assert_code(0).says("no journal to drop");
    // What the files say is not the target's word any more.
    stopped.migrate().arg("--resume").run().assert_code(6);
    stopped.migrate().args(["--on-existing", "truncate"]).run().assert_code(0);
    assert_eq!(stopped.database.fingerprint(), stopped.copy.fingerprint());
}

#[test]
fn a_journal_stays_under_a_run() {
    let stopped = Stopped::new(&slow(2000));
    let mut running = stopped.migrate().spawn();
    wait_for("the journal", || running.ended() || (stopped.copy.exists() && stopped.has_journal()));
    running.signal(Signal::STOP);
    stopped.cleanup().arg("--drop-journal").run().assert_code(4).says("another pgmigrate works");
    running.signal(Signal::CONT);
    running.wait().assert_code(0);
    assert_eq!(stopped.database.fingerprint(), stopped.copy.fingerprint());
}
