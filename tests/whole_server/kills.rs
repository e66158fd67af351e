//! Runs of a whole server that are killed, and go on.
use super::Whole;

#[test]
fn a_killed_run_goes_on_until_all_is_equal() {
    let whole = Whole::filled();
    let mut killed = 0;
    // When so many lines more are in the log: in the globals, while databases are made, in the middle, towards the end.
    for more in [2, 40, 150, 400, 800] {
        let log = || whole.workspace.read("pgmigrate.log").lines().count();
        let before = log();
        let running = whole.run("migrate").args(["--resume", "--jobs", "2"]).spawn();
        killed += u32::from(running.kill_when("the log grows", || log() > before + more));
    }
    assert!(killed >= 3, "only {killed} runs were killed");
    whole.run("migrate").arg("--resume").run().assert_code(0);
    assert_eq!(whole.judge(), Vec::<String>::new());
}
