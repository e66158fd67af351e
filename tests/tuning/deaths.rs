//! Runs that die, and servers that do: the next run, or `cleanup`, puts the settings back.
use std::{
    process::id,
    time::{Duration, Instant, UNIX_EPOCH},
};

use rustix::process::Signal;

use super::{SOURCE, Tuning, slow};
use crate::support::wait_for;

/// Dies at a moment, at each time that a run gets there; then a cleanup, or the resumed run, mends it, and may die there too.
fn dies_at(mut tuning: Tuning, point: &str) {
    let ways = (1..8).flat_map(|count| [(count, true), (count, false)]);
    for (count, by_resume) in ways.filter(|(count, by_resume)| *count == 1 || *by_resume == (count % 2 == 0))
    {
        let when = format!("{point}:{count}, by resume: {by_resume}");
        let migrate = || tuning.migrate().arg("--unsafe-fsync-off");
        let first = migrate().env("PGMIGRATE_FAILPOINT", format!("{point}:{count}")).run();
        if first.status.code().is_some() {
            first.assert_code(0);
            assert!(count > 1, "no run gets to {point}");
            return;
        }
        if by_resume {
            migrate().arg("--resume").env("PGMIGRATE_FAILPOINT", point).run();
        } else {
            tuning.cleanup().env("PGMIGRATE_FAILPOINT", point).run();
            tuning.cleanup().run().assert_code(0);
            tuning.must_be_as_before(&when);
        }
        migrate().arg("--resume").run().assert_code(0);
        tuning.must_be_as_before(&when);
        tuning.must_be_equal();
        tuning.anew();
    }
    panic!("{point} is reached too often");
}

#[test]
fn killed_when_the_undo_is_written() {
    dies_at(Tuning::new(SOURCE), "undo_written");
}

#[test]
fn killed_after_each_setting() {
    dies_at(Tuning::new(SOURCE), "setting_written");
}

#[test]
fn killed_when_it_is_tuned() {
    dies_at(Tuning::new(SOURCE), "target_tuned");
}

#[test]
fn killed_after_each_setting_put_back() {
    dies_at(Tuning::new(SOURCE), "setting_put_back");
}

#[test]
fn killed_when_all_is_put_back() {
    dies_at(Tuning::new(SOURCE).with_fsync(), "target_put_back");
}

/// Kills a run, and every other time its resume too, after times by chance; the last attempt ends well.
fn killed_by_chance(mut tuning: Tuning, times: u32) {
    let clock = UNIX_EPOCH.elapsed().expect("a clock").subsec_nanos();
    let mut chance = u64::from(clock) ^ u64::from(id());
    let mut milliseconds = |most: u64| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis((chance >> 33) % most)
    };
    let kill = |tuning: &Tuning, resumes: bool, after: Duration| {
        let migrate = tuning.migrate().arg("--unsafe-fsync-off");
        let mut running = if resumes { migrate.arg("--resume") } else { migrate }.spawn();
        std::thread::sleep(after);
        running.signal(Signal::KILL);
        running.wait();
    };
    for round in 0..times {
        // A run takes a second or so.
        let after = [milliseconds(900), milliseconds(900)];
        let when = format!("round {round}, killed after {after:?}");
        kill(&tuning, false, after[0]);
        if round % 2 == 0 {
            kill(&tuning, true, after[1]);
        }
        // Whatever its level, a run puts back what was left.
        let last = tuning.workspace.between("migrate", &tuning.database, &tuning.copy).arg("--resume").run();
        assert_eq!(last.status.code(), Some(0), "{when}\n{last}");
        tuning.must_be_as_before(&when);
        tuning.must_be_equal();
        tuning.anew();
    }
}

#[test]
fn killed_by_chance_and_resumed() {
    killed_by_chance(Tuning::new(&slow(300)), 10);
}

#[test]
#[ignore = "takes minutes"]
fn killed_by_chance_thirty_times() {
    killed_by_chance(Tuning::new(&slow(1500)).with_fsync(), 30);
}

/// The server crashes under a run that has tuned it; the run may survive that, its resume has to.
#[test]
fn a_crash_of_the_server_under_a_run() {
    let tuning = Tuning::new(&slow(2000));
    let mut running = tuning.migrate().spawn();
    wait_for("the tuning", || running.ended() || tuning.works("autovacuum") == "off");
    tuning.copy.server.crash();
    let outcome = running.wait();
    if outcome.status.code() != Some(0) {
        outcome.says("--resume");
        tuning.migrate().arg("--resume").run().assert_code(0);
    }
    tuning.must_be_as_before("a crash of the server");
    tuning.must_be_equal();
}

#[test]
fn a_crash_of_both() {
    let tuning = Tuning::new(&slow(2000));
    let mut running = tuning.migrate().spawn();
    wait_for("the tuning", || running.ended() || tuning.works("autovacuum") == "off");
    tuning.copy.server.crash_and_stay_down();
    running.signal(Signal::KILL);
    running.wait();
    tuning.copy.server.start_again();
    assert_eq!(tuning.works("autovacuum"), "off", "the file outlives it");
    tuning.migrate().arg("--resume").run().assert_code(0).says("are put back");
    tuning.must_be_as_before("a crash of both");
    tuning.must_be_equal();
}

#[test]
fn a_server_that_is_down_is_not_waited_for_by_cleanup() {
    let tuning = Tuning::new(SOURCE);
    tuning.copy.server.crash_and_stay_down();
    let asked = Instant::now();
    let outcome = tuning.cleanup().run();
    tuning.copy.server.start_again();
    outcome.assert_code(3);
    assert!(asked.elapsed() < Duration::from_secs(15), "{outcome}");
}

#[test]
fn a_restart_of_the_server_keeps_the_undo() {
    let tuning = Tuning::new(SOURCE);
    let died = tuning.migrate().env("PGMIGRATE_FAILPOINT", "target_tuned").run();
    assert_eq!(died.status.code(), None, "{died}");
    tuning.copy.server.crash();
    assert_eq!(tuning.works("autovacuum"), "off");
    tuning.cleanup().run().assert_code(0).says("are put back: full_page_writes");
    tuning.must_be_as_before("a restart");
}
