//! A run is cut off, the source changes, the run is resumed: it says which rows come from which moment, and copies again
//! what it is asked to.
use crate::support::{cli::Workspace, database::Database, server::Server};

const SOURCE: &str = "
    CREATE TABLE whole (id integer PRIMARY KEY, text text);
    CREATE TABLE part (id integer PRIMARY KEY, text text);
    INSERT INTO whole SELECT n, repeat('w', 300) FROM generate_series(1, 2000) n;
    INSERT INTO part SELECT n, repeat('p', 200) FROM generate_series(1, 2000) n;
    CREATE MATERIALIZED VIEW counted AS SELECT count(*), max(text) FROM whole;
    ANALYZE";

/// Dies when `whole` and one chunk of `part` are copied; then rows of both change on the source.
fn cut_off() -> (Database, Database, Workspace) {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy, workspace) =
        (Database::with(&source, SOURCE), Database::absent(&target), Workspace::new());
    let rest = "parallel: { max_jobs: 1 }
tables:
  include:
    - { schema: public, name: whole, chunk_column: id, chunk_size: 1000 }
    - { schema: public, name: part, chunk_column: id, chunk_size: 500 }";
    workspace.config(&database.uri(), &copy.uri(), rest);
    let died = workspace.with_config("migrate").env("PGMIGRATE_FAILPOINT", "chunk_committed:3").run();
    assert_eq!(died.status.code(), None, "{died}");
    assert_eq!(copy.count("whole"), 2000);
    assert!((1..2000).contains(&copy.count("part")));
    database.execute("UPDATE whole SET text = 'changed' WHERE id = 1; UPDATE part SET text = 'changed'");
    (database, copy, workspace)
}

#[test]
fn what_was_read_in_part_and_changed_is_copied_again() {
    let (_database, copy, workspace) = cut_off();
    let outcome = workspace.with_config("migrate").arg("--resume").run();
    outcome
        .assert_code(0)
        .stderr_contains("copied again: public.part\n")
        .stderr_contains("changed on the source since, or may have: public.whole\n")
        .stderr_contains("--consistent");
    assert_eq!(copy.count("part WHERE text = 'changed'"), 2000);
    workspace.with_config("verify").run().assert_code(1).says("public.whole");
}

#[test]
fn a_clock_that_steps_back_hides_no_change() {
    let (_database, copy, workspace) = cut_off();
    copy.execute("UPDATE pgmigrate.step SET finished_at = finished_at - interval '1 day'");
    let outcome = workspace.with_config("migrate").arg("--resume").run();
    outcome.assert_code(0).stderr_contains("copied again: public.part\n");
    assert_eq!(copy.count("part WHERE text = 'changed'"), 2000);
}

#[test]
fn rows_of_several_moments_have_to_be_asked_for() {
    let (_database, copy, workspace) = cut_off();
    let before = copy.count("part");
    let outcome = workspace.with_config("migrate").args(["--resume", "--consistent=none"]).run();
    outcome
        .assert_code(0)
        .stderr_contains(
            "WARNING: changed in between, so rows can be there twice or be missing: public.part\n",
        )
        .stderr_contains("partly read before, and partly now: public.part")
        .stderr_contains("changed on the source since, or may have: public.part, public.whole");
    assert_eq!(copy.count("part WHERE text = 'changed'"), 2000 - before);
    workspace.with_config("verify").run().assert_code(1).says("public.whole").says("public.part");
}

/// Cut where the rows lie (by the key on servers before 14), and killed at the second chunk of `moved`; then `change` runs.
fn moved(change: &str) -> (Database, Database, Workspace) {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let sql = "CREATE TABLE moved (id integer PRIMARY KEY, text text);
        INSERT INTO moved SELECT n, repeat('m', 200) FROM generate_series(1, 4000) n ORDER BY md5(n::text); ANALYZE";
    let (database, copy, workspace) =
        (Database::with(&source, sql), Database::absent(&target), Workspace::new());
    let rest = "parallel: { split_larger_than: 100kB, chunk_bytes: 200kB, max_jobs: 1 }";
    workspace.config(&database.uri(), &copy.uri(), rest);
    let died = workspace.with_config("migrate").env("PGMIGRATE_FAILPOINT", "chunk_committed:2").run();
    assert_eq!(died.status.code(), None, "{died}");
    assert!((1..4000).contains(&copy.count("moved")));
    for statement in change.split("; ") {
        database.execute(statement);
    }
    (database, copy, workspace)
}

#[test]
fn rows_that_moved_are_there_once() {
    for change in [
        "UPDATE moved SET text = 'changed' WHERE id % 2 = 0",
        "DELETE FROM moved WHERE id % 3 = 0; VACUUM FULL moved",
        "CLUSTER moved USING moved_pkey",
    ] {
        let (database, copy, workspace) = moved(change);
        let outcome = workspace.with_config("migrate").arg("--resume").run();
        outcome.assert_code(0).stderr_contains("copied again: public.moved\n");
        assert_eq!(database.fingerprint(), copy.fingerprint(), "{change}");
    }
}

/// Partitions whose rows go in through their root, and partitions between which a row moves; killed at the third step.
fn partitions() -> (Database, Database, Workspace) {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let sql = "CREATE TYPE mood AS ENUM ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
        CREATE TABLE hashed (mood mood, n integer) PARTITION BY HASH (mood);
        CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 0);
        CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 1);
        CREATE TABLE hashed_2 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 2);
        INSERT INTO hashed SELECT m, n FROM unnest(enum_range(NULL::mood)) m, generate_series(1, 100) n;
        CREATE TABLE listed (n integer, t text) PARTITION BY LIST (n);
        CREATE TABLE listed_1 PARTITION OF listed FOR VALUES IN (1);
        CREATE TABLE listed_2 PARTITION OF listed FOR VALUES IN (2);
        INSERT INTO listed SELECT 1, repeat('t', 1000) FROM generate_series(1, 500); INSERT INTO listed VALUES (2, 't');
        ANALYZE";
    let (database, copy, workspace) =
        (Database::with(&source, sql), Database::absent(&target), Workspace::new());
    workspace.config(&database.uri(), &copy.uri(), "parallel: { max_jobs: 1 }");
    (database, copy, workspace)
}

#[test]
fn a_row_that_moves_to_another_partition_is_there_once() {
    if crate::support::server::main_version() < 11 {
        return;
    }
    let (database, copy, workspace) = partitions();
    let died = workspace.with_config("migrate").env("PGMIGRATE_FAILPOINT", "chunk_committed").run();
    assert_eq!(died.status.code(), None, "{died}");
    assert_eq!((copy.count("listed_1"), copy.count("listed_2")), (500, 0));
    database.execute("UPDATE listed SET n = 2 WHERE ctid = (SELECT min(ctid) FROM listed_1)");
    let outcome = workspace.with_config("migrate").arg("--resume").run();
    outcome.assert_code(0).stderr_contains("copied again: public.listed_1\n");
    assert_eq!((copy.count("listed_1"), copy.count("listed_2")), (499, 2));
    workspace.with_config("verify").run().assert_code(0);
}

#[test]
fn what_shares_a_target_is_copied_again_together() {
    if crate::support::server::main_version() < 11 {
        return;
    }
    for consistent in ["--consistent=changed", "--consistent=all"] {
        let (database, copy, workspace) = partitions();
        let died = workspace.with_config("migrate").env("PGMIGRATE_FAILPOINT", "run_ended").run();
        assert_eq!(died.status.code(), None, "{died}");
        assert_eq!(copy.count("hashed"), 800);
        database.execute("UPDATE hashed SET n = -n WHERE mood IN (SELECT mood FROM hashed LIMIT 1)");
        let outcome = workspace.with_config("migrate").args(["--resume", consistent]).run();
        outcome.assert_code(0).stderr_contains("public.hashed_0, public.hashed_1, public.hashed_2");
        assert_eq!(copy.count("hashed"), 800);
        workspace.with_config("verify").run().assert_code(0);
    }
}

#[test]
fn a_table_whose_columns_changed_is_refused() {
    let (database, copy, workspace) = cut_off();
    let before = copy.fingerprint();
    for change in ["ALTER COLUMN text TYPE varchar(500)", "ADD COLUMN more integer"] {
        database.execute(&format!("ALTER TABLE part {change}"));
        let outcome = workspace.with_config("migrate").arg("--resume").run();
        outcome
            .assert_code(6)
            .stderr_contains("the columns of public.part are no longer those of `plan.tsv`");
        database.execute("ALTER TABLE part ALTER COLUMN text TYPE text");
    }
    assert_eq!(copy.fingerprint(), before, "nothing was touched");
    database.execute("ALTER TABLE part DROP COLUMN more");
    workspace.with_config("migrate").arg("--resume").run().assert_code(0);
}

#[test]
fn each_table_can_be_of_one_moment() {
    let (_database, copy, workspace) = cut_off();
    let outcome = workspace.with_config("migrate").args(["--resume", "--consistent=table"]).run();
    outcome
        .assert_code(0)
        .stderr_contains("copied again: public.part\n")
        .stderr_contains("may have: public.whole\n");
    assert_eq!(copy.count("part WHERE text = 'changed'"), 2000);
    assert_eq!(copy.count("whole WHERE text = 'changed'"), 0);
}

#[test]
fn what_changed_can_be_copied_again() {
    for consistent in ["--consistent", "--consistent=all"] {
        let (database, copy, workspace) = cut_off();
        let outcome = workspace.with_config("migrate").args(["--resume", consistent]).run();
        outcome.assert_code(0).stderr_contains("copied again: public.part, public.whole\n");
        database.execute("REFRESH MATERIALIZED VIEW counted");
        assert_eq!(database.fingerprint(), copy.fingerprint());
        workspace.with_config("verify").run().assert_code(0);
    }
}

#[test]
fn rows_that_were_appended_cannot_be_told_apart() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let tables = "CREATE TABLE a (id integer, text text); CREATE TABLE b (id integer, text text)";
    let rows = "INSERT INTO a SELECT n, repeat('a', 90) FROM generate_series(1, 100) n; INSERT INTO b VALUES (1, 'b')";
    let database = Database::with(&source, &format!("{tables}; {rows}"));
    let copy = Database::with(&target, &format!("{tables}; INSERT INTO a VALUES (0, 'theirs')"));
    let workspace = Workspace::new();
    let rest = "tables: { include: [ { schema: public, name: a, chunk_column: id, chunk_size: 50 } ] }";
    workspace.config(&database.uri(), &copy.uri(), rest);
    let append = ["--on-existing", "append"];
    workspace.with_config("migrate").args(append).env("PGMIGRATE_FAILPOINT", "chunk_committed").run();
    database.execute("UPDATE a SET text = 'changed'");
    for consistent in ["--consistent=torn", "--consistent"] {
        let outcome = workspace.with_config("migrate").args(["--resume", consistent]).run();
        outcome.assert_code(4).stderr_contains("cannot be told apart").says("--consistent=none");
    }
    workspace.with_config("migrate").args(["--resume", "--consistent=none"]).run().assert_code(0);
    assert_eq!(copy.count("a"), 101);
}

/// Rows of a table that is hashed by an enum go in through it, as the hash differs from database to database: what was read of
/// one partition lies in several of the copy.
#[test]
fn partitions_are_emptied_together_where_rows_go_in_above_them() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let partitions = (0..3).map(|n| {
        format!("CREATE TABLE hashed_{n} PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER {n});")
    });
    let database = Database::with(
        &source,
        &format!(
            "CREATE TYPE shade AS ENUM ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
             CREATE TABLE kind (id integer PRIMARY KEY); INSERT INTO kind SELECT generate_series(0, 9);
             CREATE TABLE hashed (shade shade, n integer, pad text) PARTITION BY HASH (shade); {}
             INSERT INTO hashed SELECT ('{{a,b,c,d,e,f,g,h}}'::shade[])[n % 8 + 1], n % 10, repeat('x', 1000)
               FROM generate_series(1, 8000) n;
             ALTER TABLE hashed ADD FOREIGN KEY (n) REFERENCES kind; ANALYZE",
            partitions.collect::<String>()
        ),
    );
    for (moment, changed) in [("chunk_committed:2", "public.hashed_"), ("run_ended", "public.kind")] {
        let (copy, workspace) = (Database::absent(&target), Workspace::new());
        workspace.config(&database.uri(), &copy.uri(), "parallel: { max_jobs: 1 }");
        let died = workspace.with_config("migrate").env("PGMIGRATE_FAILPOINT", moment).run();
        assert_eq!(died.status.code(), None, "{died}");
        database.execute("INSERT INTO kind SELECT max(id) + 1 FROM kind; UPDATE hashed SET n = (SELECT max(id) FROM kind) WHERE n = 7");
        let outcome = workspace.with_config("migrate").args(["--resume", "--consistent=all"]).run();
        outcome.assert_code(0).stderr_contains("copied again: ").stderr_contains(changed);
        for rows in ["SELECT count(*), sum(n) FROM hashed", "SELECT count(*), sum(id) FROM kind"] {
            assert_eq!(database.rows(rows), copy.rows(rows), "{moment}");
        }
        workspace.with_config("verify").run().assert_code(0);
    }
}
