//! What each mode finds, what it leaves unfound, and what it says of that.
use super::{differences, pairs, rows_of};
use crate::support::{
    cli::{Invocation, Outcome, Workspace},
    database::Database,
    server::Server,
    wait_for,
};

/// Before 15 everybody may create in `public`, and since then its owner is another.
const SCHEMA: &str = "
    ALTER SCHEMA public OWNER TO postgres; GRANT ALL ON SCHEMA public TO PUBLIC;
    CREATE TABLE item (id integer PRIMARY KEY, note text);
    INSERT INTO item SELECT n, 'note ' || n FROM generate_series(1, 5000) n;
    CREATE TABLE bare (note text);
    INSERT INTO bare SELECT 'note ' || n FROM generate_series(1, 500) n;
    SELECT lo_from_bytea(4711, 'content');
    ANALYZE";

fn judge(workspace: &Workspace, source: &Database, target: &Database, options: &str) -> Outcome {
    let verify = workspace.between("verify", source, target).arg("--json");
    options.split_whitespace().fold(verify, Invocation::arg).run()
}

#[test]
fn each_mode_finds_what_it_looks_at() {
    for [source, target] in pairs() {
        let (database, copy) = (Database::with(&source, SCHEMA), Database::with(&target, SCHEMA));
        let workspace = Workspace::new();
        let run = |options: &str| judge(&workspace, &database, &copy, options);
        for mode in ["--mode fast", "--mode counts", "--mode checksum", "--sample 100", "--sample 30%"] {
            run(mode).assert_code(0);
        }
        copy.execute("UPDATE item SET note = 'x' WHERE id = 7");
        let outcome = run("--mode fast");
        outcome.assert_code(0);
        assert_eq!(rows_of(&outcome, "pg_catalog.pg_largeobject")["outcome"], "skipped");
        run("--mode counts").assert_code(0);
        for mode in ["--mode checksum", "--sample 100"] {
            let outcome = run(mode);
            outcome.assert_code(1);
            assert_eq!(differences(&rows_of(&outcome, "public.item")), ["differs 7 [note]"], "{mode}");
        }
        copy.execute("UPDATE item SET note = 'note 7' WHERE id = 7; DELETE FROM item WHERE id = 4000");
        run("--mode fast").assert_code(0);
        // One row of 5000 is missed by a sample of a ten-thousandth, and by the count it is not.
        for mode in ["--mode counts", "--mode checksum", "--sample 100", "--sample 0.01"] {
            let outcome = run(mode);
            outcome.assert_code(1);
            assert_eq!(differences(&rows_of(&outcome, "public.item")), ["missing 4000 []"], "{mode}");
        }
        copy.execute(
            "INSERT INTO item VALUES (4000, 'note 4000'); UPDATE bare SET note = 'x' WHERE note = 'note 9'",
        );
        let outcome = run("--sample 0.01");
        outcome.assert_code(1);
        let verdict = rows_of(&outcome, "public.bare");
        assert!(verdict["note"].as_str().unwrap().contains("compared whole: no key"), "{verdict}");
        run("--mode counts").assert_code(0);
    }
}

/// Of 5000 rows 2500 differ: that a hundredth of all has none of them has a chance of about 1 in 2^50.
#[test]
fn a_small_sample_finds_what_is_frequent() {
    for [source, target] in pairs() {
        let (database, copy) = (Database::with(&source, SCHEMA), Database::with(&target, SCHEMA));
        copy.execute("UPDATE item SET note = 'x' WHERE id % 2 = 0");
        let outcome = judge(&Workspace::new(), &database, &copy, "--sample 1");
        outcome.assert_code(1);
        let verdict = rows_of(&outcome, "public.item");
        let found = differences(&verdict);
        assert!(found.iter().all(|row| row.starts_with("differs ")) && !found.is_empty(), "{verdict}");
    }
}

#[test]
fn a_difference_of_estimates_is_a_warning() {
    for [source, target] in pairs() {
        let (database, copy) = (Database::with(&source, SCHEMA), Database::with(&target, SCHEMA));
        let workspace = Workspace::new();
        copy.execute("DELETE FROM item WHERE id > 2000; ANALYZE item");
        let outcome = judge(&workspace, &database, &copy, "--mode fast");
        outcome.assert_code(0);
        let verdict = rows_of(&outcome, "public.item");
        assert_eq!(verdict["outcome"], "warned", "{verdict}");
        assert_eq!(verdict["detail"], "source about 5000 rows, target about 2000", "{verdict}");
        database.execute("ALTER TABLE bare SET (autovacuum_enabled = off)");
        copy.execute("DROP TABLE bare; CREATE TABLE bare (note text) WITH (autovacuum_enabled = off)");
        copy.execute("INSERT INTO bare SELECT 'note ' || n FROM generate_series(1, 500) n");
        let text = workspace.between("verify", &database, &copy).args(["--mode", "fast"]).run();
        text.assert_code(0)
            .says("Warnings:")
            .says("never analyzed on the target")
            .says("planner's estimates");
        // What is not estimated is compared as ever.
        copy.execute("DROP TABLE bare");
        judge(&workspace, &database, &copy, "--mode fast").assert_code(1);
    }
}

#[test]
fn the_file_says_how_and_the_command_line_goes_before_it() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy) = (Database::with(&source, SCHEMA), Database::with(&target, SCHEMA));
    copy.execute("UPDATE item SET note = 'x' WHERE id <= 3");
    let workspace = Workspace::new();
    let rest = "verify: { mode: counts, sample_percent: 100, concurrency: 1, max_differences: 2 }";
    workspace.config(&database.uri(), &copy.uri(), rest);
    let run = |options: &[&str]| {
        let verify = workspace.with_config("verify").arg("--json");
        options.iter().fold(verify, Invocation::arg).run()
    };
    run(&[]).assert_code(0).says("\"mode\": \"counts\"");
    let outcome = run(&["--mode", "sample", "--jobs", "2"]);
    outcome.assert_code(1).says("\"sample_percent\": 100.0");
    outcome.says(&format!("\"database\": \"{}\"", database.name));
    assert_eq!(differences(&rows_of(&outcome, "public.item")).len(), 2);
    run(&["--mode", "counts", "--sample", "5"]).assert_code(2).says("leave one of them out");
    run(&["--sample", "101"]).assert_code(2).says("up to 100");
    workspace.config(&database.uri(), &copy.uri(), "verify: { sample_percent: 0 }");
    run(&[]).assert_code(2).says("verify.sample_percent").says("up to 100");
}

/// One connection to each side is enough for all that may come: a stale view, a difference, sequences.
#[test]
fn one_connection_a_side_does() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy) = (Database::with(&source, SCHEMA), Database::with(&target, SCHEMA));
    for side in [&database, &copy] {
        side.execute("CREATE MATERIALIZED VIEW total AS SELECT count(*) FROM bare; CREATE SEQUENCE s");
        side.execute("INSERT INTO bare VALUES ('new')");
    }
    copy.execute("REFRESH MATERIALIZED VIEW total; DELETE FROM item WHERE id = 7");
    let outcome = judge(&Workspace::new(), &database, &copy, "--verify-concurrency 1");
    outcome.assert_code(1).says("the source's is stale");
    assert_eq!(differences(&rows_of(&outcome, "public.item")), ["missing 7 []"]);
}

#[test]
fn a_lost_connection_costs_one_query() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy) = (Database::with(&source, SCHEMA), Database::with(&target, SCHEMA));
    let workspace = Workspace::new();
    let rest =
        "tables: { include: [{ schema: public, name: item, where: (SELECT pg_sleep(2)) IS NOT NULL }] }";
    workspace.config(&database.uri(), &copy.uri(), rest);
    let run = workspace.with_config("verify").spawn();
    let mut session = database.session();
    wait_for("the query that sleeps", || {
        session.exists(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
             AND wait_event = 'PgSleep' AND query LIKE '%hashtext%' AND pid <> pg_backend_pid()",
        )
    });
    run.wait().assert_code(0).says("are equal");
}
