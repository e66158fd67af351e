//! One run, and a second one. Within a version: the tests of failures and kills end with all databases equal.
use super::{TAKEN, Whole, database, oldest_and_newest};

fn moves_and_changes_nothing_again(from: u32, to: u32) {
    let whole = Whole::between(from, to);
    whole.fill();
    let ran = whole.run("migrate").run();
    ran.assert_code(0)
        .says(&format!("{TAKEN} databases done"))
        .says("DATABASE closed: left out: it accepts no connections");
    assert_eq!(whole.judge(), Vec::<String>::new());

    let before = whole.target_as_it_is();
    whole.run("migrate").arg("--resume").run().assert_code(0).says("done before");
    // One that was not asked to resume finds rows, and says what there is to choose.
    let refused = whole.run("migrate").run();
    refused.assert_code(4).says("databases failed").says("--on-existing");
    whole
        .run("migrate")
        .args(["--on-existing", "skip"])
        .run()
        .assert_code(0)
        .says("the target lacks nothing");
    assert_eq!(whole.target_as_it_is(), before);
    // Whoever was refused has left the plan of the run that is done.
    whole.run("migrate").arg("--resume").run().assert_code(0).says("done before");
}

#[test]
fn from_the_oldest_to_the_newest_version() {
    match oldest_and_newest() {
        Some((oldest, newest)) if oldest < newest => moves_and_changes_nothing_again(oldest, newest),
        _ => eprintln!("skipped: one version only"),
    }
}

#[test]
fn one_that_cannot_be_moved_does_not_stop_the_others() {
    let mut whole = Whole::filled();
    // Rows of its own in one, an object of another shape in the next.
    whole.target.session().execute("CREATE DATABASE measures");
    let measures = database(&whole.target, "measures");
    measures.execute("CREATE TABLE thing (id integer NOT NULL, name text); INSERT INTO thing VALUES (-1)");
    whole.target.session().execute("CREATE DATABASE latin");
    database(&whole.target, "latin").execute("CREATE SCHEMA größe CREATE TABLE straße (a int)");
    let ran = whole.run("migrate").run();
    ran.says("2 of 11 databases failed").says("thing").says("another definition");
    assert!([4, 5].contains(&ran.status.code().expect("an exit code")), "{ran}");
    for (name, outcome) in
        [("measures", "failed"), ("latin", "failed"), ("shop", "done"), ("documents", "done")]
    {
        assert_eq!(whole.report_of(name)["outcome"], outcome, "{name}");
    }
    assert_eq!(measures.value("SELECT array_agg(id) FROM thing"), "{-1}");
    drop(std::mem::ManuallyDrop::into_inner(database(&whole.target, "latin")));
    measures.execute("DROP TABLE thing");
    whole.run("migrate").arg("--resume").run().assert_code(0).says("done before");
    assert_eq!(whole.judge(), Vec::<String>::new());
    whole.again();
}
