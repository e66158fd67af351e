//! Large objects beyond their definitions: roles that may not write or read them, a target that has some, runs that are killed.
use crate::support::{
    cli::Workspace,
    database::Database,
    judge,
    proxy::{End, Proxy},
    server::Server,
};

/// 40 objects of 200 kB, and one of 4 MB.
const MANY: &str = "SELECT lo_from_bytea(o::oid, string_agg(decode(md5(o || ' ' || n), 'hex'), '')) \
     FROM (SELECT 100000 + i AS o, 12500 AS parts FROM generate_series(1, 40) i UNION ALL SELECT 200000, 262144) t, \
     generate_series(1, parts) n GROUP BY o";

/// What every object holds, and its owner.
fn contents(database: &Database) -> Vec<String> {
    let rows = database.rows(
        "SELECT oid, lomowner::regrole, lomacl, length(lo_get(oid)), md5(lo_get(oid)) FROM pg_largeobject_metadata ORDER BY oid",
    );
    rows.iter().map(|row| format!("{row:?}")).collect()
}

fn ends(sql: &str) -> (Database, Database) {
    let (source, target) = (Server::main("source"), Server::main("target"));
    (Database::with(&source, sql), Database::absent(&target))
}

#[test]
fn a_run_killed_among_them_goes_on() {
    let (database, copy) = ends(MANY);
    let workspace = Workspace::new();
    workspace.config(
        &database.uri(),
        &copy.uri(),
        "parallel: { split_larger_than: 100kB, chunk_bytes: 100kB, max_jobs: 2 }",
    );
    workspace.with_config("plan").args(["--plan", "measure.tsv"]).run().assert_code(0);
    let chunks = workspace.read("measure.tsv").matches("\tDATA\t").count();
    assert!(chunks > 20 || database.server.major < 14, "{chunks} chunks");
    let proxy = Proxy::after(3_000_000, End::Stall, database.server.port);
    let stalled = Workspace::new();
    stalled.config(
        &database.uri_through(proxy.port()),
        &copy.uri(),
        "parallel: { split_larger_than: 100kB, chunk_bytes: 100kB, max_jobs: 2 }",
    );
    assert!(stalled.with_config("migrate").spawn().kill_when("the stall", || proxy.reached()));
    stalled.between("migrate", &database, &copy).arg("--resume").run().assert_code(0);
    assert_eq!(contents(&database), contents(&copy));
    workspace.with_config("verify").run().assert_code(0);
    copy.execute("SELECT lo_put(100007, 5000, 'other')");
    workspace.with_config("verify").run().assert_code(1).says("where loid >= 100007");
}

/// An ordinary role with a database of its own, on both servers.
fn ordinary(sql: &str) -> (Database, Database) {
    let role = "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lo_ordinary') THEN \
         CREATE ROLE lo_ordinary LOGIN CREATEDB; END IF; END $$";
    let (source, target) = (Server::main("source"), Server::main("target"));
    let _alone = [source.alone(), target.alone()];
    source.session().execute(role);
    target.session().execute(role);
    let options = "TEMPLATE template0 OWNER lo_ordinary";
    let database = Database::create_with(&source, options);
    database.execute(&format!("SET ROLE lo_ordinary; {sql}"));
    (database, Database::create_with(&target, options))
}

#[test]
fn a_role_that_may_not_write_pages_writes_objects() {
    let (database, copy) = ordinary(&format!(
        "{MANY}; SELECT lo_create(5); SELECT lo_put(5, 1000000, 'behind a hole');
         SELECT lo_create(6); SELECT lo_truncate64(lo_open(6, 393216), 4096);
         GRANT SELECT ON LARGE OBJECT 5 TO PUBLIC; COMMENT ON LARGE OBJECT 6 IS 'empty pages'"
    ));
    let workspace = Workspace::new();
    workspace.config(&database.uri(), &copy.uri_as("lo_ordinary", ""), "");
    workspace.with_config("migrate").run().assert_code(0);
    assert_eq!(contents(&database), contents(&copy));
    judge::assert_equal(&database, &copy);
    assert!(!copy.has("SELECT FROM pg_namespace WHERE nspname = 'pgmigrate'"));
    workspace.between("verify", &database, &copy).run().assert_code(0);
}

#[test]
fn the_view_is_made_anew_where_a_crash_took_what_went_through_it() {
    let (database, copy) = ordinary(MANY);
    let workspace = Workspace::new();
    workspace.config(&database.uri(), &copy.uri_as("lo_ordinary", ""), "");
    let died = workspace.with_config("migrate").env("PGMIGRATE_FAILPOINT", "run_ended").run();
    assert_eq!(died.status.code(), None, "{died}");
    // What a crash leaves: the chunk was not on disk yet, the end of the view was done by the run that went on.
    copy.execute(
        "TRUNCATE pgmigrate.no_crash; DELETE FROM pgmigrate.step WHERE step_id LIKE 'data:pg_catalog.pg_largeobject:%'",
    );
    copy.execute("SELECT lo_truncate64(lo_open(oid, 393216), 0) FROM pg_largeobject_metadata");
    workspace.with_config("migrate").arg("--resume").run().assert_code(0);
    assert_eq!(contents(&database), contents(&copy));
    assert!(!copy.has("SELECT FROM pg_namespace WHERE nspname = 'pgmigrate'"));
}

#[test]
fn a_role_that_may_not_read_them_has_them_named() {
    let (database, copy) = ordinary("SELECT lo_from_bytea(5, 'mine'); CREATE TABLE t AS SELECT 1 AS n");
    let workspace = Workspace::new();
    workspace.config(&database.uri_as("lo_ordinary", ""), &copy.uri(), "");
    workspace.with_config("migrate").run().assert_code(0).says("1 large objects");
    assert_eq!(contents(&copy), [] as [String; 0]);
    assert!(copy.has("SELECT FROM t"));
}

#[test]
fn what_the_target_has_is_refused_kept_or_written_anew() {
    let (database, _) = ends("SELECT lo_from_bytea(5, 'five'); SELECT lo_from_bytea(6, 'six')");
    let target = Server::main("target");
    let expected = contents(&database);
    for (there, mode, code) in [
        ("SELECT lo_from_bytea(5, 'other'); SELECT lo_from_bytea(6, 'other')", "fail", 4),
        ("SELECT lo_from_bytea(6, 'other')", "truncate", 4),
        ("SELECT lo_from_bytea(6, 'other')", "append", 4),
        ("SELECT lo_from_bytea(5, 'other'); SELECT lo_from_bytea(6, 'other')", "truncate", 0),
        ("SELECT lo_from_bytea(5, 'other'); SELECT lo_from_bytea(6, 'other')", "skip", 0),
        ("SELECT lo_from_bytea(7, 'more')", "fail", 0),
        // Made and not filled: by the output of `schema`, say.
        ("SELECT lo_create(5), lo_create(6)", "fail", 0),
        ("SELECT lo_create(5), lo_create(6)", "append", 0),
        ("SELECT lo_create(5), lo_create(6)", "truncate", 0),
        ("SELECT lo_create(5), lo_create(6)", "skip", 0),
        ("SELECT lo_from_bytea(5, 'five'), lo_create(6)", "skip", 0),
        (
            "SELECT lo_from_bytea(5, 'other'); SELECT lo_from_bytea(6, 'other'), lo_from_bytea(7, 'more')",
            "truncate",
            0,
        ),
    ] {
        let copy = Database::with(&target, there);
        let before = contents(&copy);
        let workspace = Workspace::new();
        let outcome = workspace.between("migrate", &database, &copy).args(["--on-existing", mode]).run();
        outcome.assert_code(code);
        let after = contents(&copy);
        let of_7 = before.iter().filter(|object| object.contains("\"7\"")).cloned().collect();
        let kept = mode == "skip" && there.contains("(6, 'other')");
        if code == 0 && !kept {
            assert_eq!(after, [expected.clone(), of_7].concat(), "{mode}: {there}");
            let verified = workspace.between("verify", &database, &copy).run();
            verified.assert_code(0);
            assert_eq!(
                verified.stdout.contains("Only on the target:\n  LARGE OBJECT 7"),
                there.contains("(7,")
            );
        } else {
            assert_eq!(after, before, "{mode}: {there}");
        }
    }
}
