//! Others at the same server: runs whose clients write already, runs that leave while another stays, sessions that hold our locks.
use super::{SOURCE, Tuning, slow};
use crate::support::{
    cli::Workspace,
    database::{Database, Session},
    wait_for,
};

/// Whether somebody holds one of the locks of tuned settings.
fn is_held(session: &mut Session, key: u32) -> bool {
    session.exists(&format!(
        "SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 1885826409 AND objid = {key} AND granted"
    ))
}

#[test]
fn who_leaves_takes_safety_along() {
    let tuning = Tuning::new(&slow(1500)).with_fsync();
    let long = Database::with(&tuning.database.server, &slow(8000));
    let (other, elsewhere) = (Database::absent(&tuning.copy.server), Workspace::new());
    let mut first = tuning.migrate().arg("--unsafe-fsync-off").spawn();
    wait_for("the tuning", || first.ended() || tuning.works("fsync") == "off");
    let mut second = elsewhere.between("migrate", &long, &other).args(["--tune-target", "server"]).spawn();
    let left = first.wait();
    assert!(!second.ended(), "it is to outlast the first");
    assert_eq!(
        ["fsync", "full_page_writes", "autovacuum"].map(|name| tuning.works(name)),
        ["on", "on", "off"]
    );
    left.assert_code(0).says("are put back: fsync, full_page_writes, and all is written to disk");
    left.says("another run works with them, and puts them back (pid ");
    second.wait().assert_code(0).says("are put back");
    tuning.must_be_as_before("two runs");
}

#[test]
fn clients_are_not_let_into_a_server_that_may_lose_what_they_commit() {
    let tuning = Tuning::new(&slow(5000)).with_fsync();
    let (other, elsewhere) = (Database::absent(&tuning.copy.server), Workspace::new());
    let mut running = tuning.migrate().spawn();
    wait_for("the tuning", || running.ended() || tuning.works("full_page_writes") == "off");
    for level in ["session", "server"] {
        let late = elsewhere.between("migrate", &tuning.database, &other);
        let late = late.args(["--delay-data", "public.item", "--tune-target", level]);
        // The first one has begun, and got no further.
        let refused = if level == "server" { late.arg("--resume") } else { late }.run();
        refused.assert_code(4).says("`full_page_writes` of the target's server switched off (pid ");
        refused.says("wait for that run to end");
    }
    assert_eq!(tuning.works("full_page_writes"), "off", "nothing is taken from under it");
    running.wait().assert_code(0);
    tuning.must_be_as_before("the run that was there first");
}

#[test]
fn a_run_beside_clients_keeps_what_they_commit_safe() {
    let tuning = Tuning::new(&slow(6000)).with_fsync();
    let small = Database::with(&tuning.database.server, SOURCE);
    let (other, elsewhere) = (Database::absent(&tuning.copy.server), Workspace::new());
    let late = tuning.workspace.between("migrate", &tuning.database, &tuning.copy);
    let mut late = late.args(["--delay-data", "public.item"]).spawn();
    let mut session = tuning.copy.server.session();
    wait_for("its clients", || late.ended() || is_held(&mut session, 5));
    let beside = elsewhere.between("migrate", &small, &other).args(["--tune-target", "server"]).run();
    assert!(!late.ended(), "it is to outlast the other");
    beside.assert_code(0).says("autovacuum = off").says("are put back");
    beside.says("not tuned: full_page_writes: a run whose clients write already is under way");
    late.wait().assert_code(0);
    assert!(!is_held(&mut session, 5));
    tuning.must_be_as_before("a run beside clients");
}

#[test]
fn a_stranger_who_holds_our_locks_keeps_nothing_tuned() {
    let tuning = Tuning::new(SOURCE);
    let role = "DO $$ BEGIN CREATE ROLE tuned_stranger LOGIN; EXCEPTION WHEN duplicate_object THEN END $$";
    tuning.copy.server.session().execute(role);
    let uri = tuning.copy.server.uri("postgres").replacen("postgres@", "tuned_stranger@", 1);
    let mut stranger = Session::open(&uri);
    stranger.execute("SELECT pg_advisory_lock_shared(1885826409, 4)");
    tuning.migrate().run().assert_code(0).says("is tuned").says("are put back");
    tuning.must_be_as_before("a stranger in the lease");

    stranger.execute("SELECT pg_advisory_lock(1885826409, 3)");
    tuning.cleanup().run().assert_code(5).says("role tuned_stranger");
}

/// A setting that the server takes back no more.
#[test]
fn one_setting_that_cannot_be_put_back_keeps_no_other() {
    let tuning = Tuning::new(SOURCE);
    let died = tuning.migrate().env("PGMIGRATE_FAILPOINT", "target_tuned").run();
    assert_eq!(died.status.code(), None, "{died}");
    let mut session = tuning.copy.server.session();
    session.execute("UPDATE pgmigrate_undo.setting SET was = 'neither' WHERE name = 'full_page_writes'");
    tuning.cleanup().run().assert_code(5).says("setting `full_page_writes`");
    assert_eq!(["autovacuum", "max_wal_size"].map(|name| tuning.works(name)), ["on", "1500MB"]);
    let left = session.rows("SELECT name FROM pgmigrate_undo.setting");
    assert_eq!(left, [[Some("full_page_writes".to_owned())]], "it stays written down");
    session.execute("UPDATE pgmigrate_undo.setting SET was = 'true'");
    tuning.cleanup().run().assert_code(0).says("are put back: full_page_writes");
    tuning.must_be_as_before("a second cleanup");
}
