//! What may happen to a server's databases while they are moved, and who may move them: it works, or it is named.
use std::mem::ManuallyDrop;

use super::{Whole, database};
use crate::support::{cli::Outcome, wait_for};

/// What the summary says of one database that failed.
fn failed(ran: &Outcome, whole: &Whole, name: &str, why: &str) {
    let report = whole.report_of(name);
    assert_eq!(report["outcome"], "failed", "{name}");
    let message = report["error"]["message"].as_str().expect("a message");
    assert!(message.contains(why), "{name}: {message}\n{ran}");
}

#[test]
fn databases_that_go_away_before_their_turn_are_named() {
    let whole = Whole::filled();
    // The globals wait: somebody makes one of the roles, and has not said yet whether he means it.
    let mut other = whole.target.session();
    other.execute("BEGIN; CREATE ROLE gl_top");
    let running = whole.run("migrate").spawn();
    let waits =
        "SELECT FROM pg_stat_activity WHERE application_name LIKE 'pgmigrate%' AND wait_event_type = 'Lock'";
    wait_for("the globals to wait", || whole.target.session().exists(waits));
    let mut source = whole.source.session();
    source.execute("ALTER DATABASE shop_2 RENAME TO shop_3");
    source.execute("DROP DATABASE empty");
    source.execute("ALTER DATABASE documents ALLOW_CONNECTIONS false");
    other.execute("ROLLBACK");
    let ran = running.wait();
    ran.says("3 of 11 databases failed");
    assert!([3, 5].contains(&ran.status.code().expect("an exit code")), "{ran}");
    failed(&ran, &whole, "shop_2", "database \"shop_2\" does not exist");
    failed(&ran, &whole, "empty", "database \"empty\" does not exist");
    failed(&ran, &whole, "documents", "not currently accepting connections");
    source.execute("ALTER DATABASE documents ALLOW_CONNECTIONS true");
    // Nothing of those that are gone was begun; the new one is one more.
    whole.run("migrate").arg("--resume").run().assert_code(0).says("done before");
    assert_eq!(whole.judge(), Vec::<String>::new());
}

#[test]
fn a_database_that_is_half_there_does_not_pass_for_done() {
    let whole = Whole::filled();
    let begun = || whole.workspace.read("state.tsv").contains("\tshop_2\n");
    let running = whole.run("migrate").args(["--jobs", "1"]).spawn();
    assert!(running.kill_when("a step of it is done", begun), "it was killed");
    let mut source = whole.source.session();
    // Ours may still be there.
    wait_for("its new name", || source.try_execute("ALTER DATABASE shop_2 RENAME TO shop_3").is_ok());
    let resumed = whole.run("migrate").arg("--resume").run();
    resumed.assert_code(6).says("1 of 12 databases failed").says("--exclude-database");
    failed(&resumed, &whole, "shop_2", "the source has no database shop_2 any more");
    assert_eq!(whole.report_of("shop_3")["outcome"], "done");
    let left = whole.run("migrate").args(["--resume", "--exclude-database", "shop_2"]).run();
    left.assert_code(0).says("DATABASE shop_2: its migration into shop_2 was begun and is not done");
    drop(ManuallyDrop::into_inner(database(&whole.target, "shop_2")));
    assert_eq!(whole.judge(), Vec::<String>::new());
}

#[test]
fn a_reader_moves_what_it_may_read() {
    let whole = Whole::filled();
    if whole.source.major < 14 {
        return eprintln!("skipped: pg_read_all_data came with 14");
    }
    whole.source.session().execute("CREATE ROLE gl_reader LOGIN; GRANT pg_read_all_data TO gl_reader");
    let source = whole.source.uri("postgres").replacen("postgres@", "gl_reader@", 1);
    let target = whole.target.uri("postgres");
    let all = ["migrate", "--source", &source, "--target", &target, "--all-databases"];
    let ran = whole.workspace.pgmigrate(all).run();
    ran.says("4 of 11 databases failed");
    failed(&ran, &whole, "tenant", "permission denied for database \"tenant\"");
    for shop in ["shop", "shop_2", "stock"] {
        // Rows that a policy hides from it would be missing in silence.
        failed(&ran, &whole, shop, "customer");
    }
    for name in ["measures", "documents", "latin", "postgres"] {
        assert_eq!(whole.report_of(name)["outcome"], "done", "{name}");
    }
}

#[test]
fn names_are_chosen_to_the_letter() {
    let whole = Whole::filled();
    let hostile = "we\"ird näme\tt\nn";
    let without =
        whole.run("plan").args(["--exclude-database", hostile, "--exclude-database", "shop?2"]).run();
    without.assert_code(0).says("tenant");
    assert!(!without.stdout.contains("we\"ird") && !without.stdout.contains("shop_2"), "{without}");
    let (source, target) = (whole.source.uri("postgres"), whole.target.uri("postgres"));
    let only = ["plan", "--source", &source, "--target", &target, "--include-database", hostile];
    whole.workspace.pgmigrate(only).run().assert_code(0).says("we\"ird näme\tt\\u{a}n");
    let none = whole.workspace.pgmigrate([
        "plan",
        "--source",
        &source,
        "--target",
        &target,
        "--include-database",
        "closed",
    ]);
    none.run().assert_code(2).says("DATABASE closed is left out: it accepts no connections");
    // Onto one that is taken itself, and onto one that is there and of another encoding.
    whole.workspace.config(&source, &target, "databases: { mode: all, rename: { shop: documents } }");
    whole
        .workspace
        .with_config("plan")
        .run()
        .assert_code(2)
        .says("the databases shop and documents cannot both become documents");
}

#[test]
fn template1_is_carried_when_it_is_asked_for() {
    let whole = Whole::between_main();
    let template = database(&whole.source, "template1");
    template.execute("CREATE TABLE public.job AS SELECT n FROM generate_series(1, 10) n");
    whole
        .run("migrate")
        .run()
        .assert_code(0)
        .says("DATABASE template1: left out, since the target has its own");
    whole
        .run("migrate")
        .args(["--include-database", "template1", "--on-existing", "skip"])
        .run()
        .assert_code(0);
    assert_eq!(database(&whole.target, "template1").count("public.job"), 10);
}
