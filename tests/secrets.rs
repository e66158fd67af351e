//! Definitions that hold passwords: they reach the target, and no file or output of ours.
use std::{fs, process::id};

use crate::support::{cli::Workspace, database::Database, server::Server};

const SECRET: &str = "correct_horse";

/// What a superuser may read, and others may not.
const DEFINITIONS: &str = "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; \
     CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (user 'u', token 'correct_horse'); \
     CREATE SUBSCRIPTION \"s; ub\" CONNECTION 'dbname=d password=''correct_horse''' PUBLICATION p \
     WITH (connect = false, slot_name = NONE); \
     CREATE SUBSCRIPTION uri CONNECTION 'postgresql://u:correct%20horse@nowhere.invalid/d?password=correct_horse' \
     PUBLICATION p WITH (connect = false, slot_name = 'uri_slot'); COMMENT ON SUBSCRIPTION uri IS 'c'";

#[test]
fn passwords_go_from_server_to_server_and_stand_nowhere() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(&source, DEFINITIONS);
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    for subcommand in ["migrate", "verify"] {
        let outcome = workspace.between(subcommand, &database, &copy).run();
        outcome.assert_code(0);
        assert!(!format!("{}{}", outcome.stdout, outcome.stderr).contains("horse"), "{subcommand}");
    }
    let schema = workspace.pgmigrate(["schema", "--source", &database.uri()]).run();
    schema.says("OPTIONS (\"user\" 'u') /* and token */").says("CREATE SUBSCRIPTION uri CONNECTION");
    assert!(!schema.stdout.contains("horse"), "{}", schema.stdout);
    for entry in fs::read_dir(&workspace.dir).expect("the directory").flatten() {
        if entry.path().is_file() {
            let text = fs::read_to_string(entry.path()).expect("text");
            assert!(!text.contains("horse"), "{}", entry.path().display());
        }
    }
    for sql in [
        "SELECT umoptions::text FROM pg_user_mappings",
        "SELECT string_agg(subconninfo, ' ' ORDER BY subname) FROM pg_subscription s \
         JOIN pg_database d ON d.oid = subdbid WHERE datname = current_database()",
    ] {
        assert!(copy.value(sql).contains(SECRET), "{sql}");
        assert_eq!(copy.value(sql), database.value(sql));
    }
    assert!(workspace.read("plan.tsv").contains("its slot `uri_slot` goes on serving the source"));
}

#[test]
fn an_ordinary_role_is_told_what_it_cannot_read() {
    let server = Server::main("source");
    let database = Database::with(&server, DEFINITIONS);
    let role = format!("secrets_{}", id());
    server.session().execute(&format!("CREATE ROLE {role} LOGIN"));
    let uri = database.uri_as(&role, "");
    let outcome = Workspace::new().pgmigrate(["schema", "--source", &uri]).run();
    server.session().execute(&format!("DROP ROLE {role}"));
    outcome
        .says("-- note: USER MAPPING FOR PUBLIC SERVER s: made without its options")
        .says("-- note: subscription s; ub: left out")
        .assert_code(0);
}

/// A run that was killed goes on by its plan, and what the plan carries at the last moment may be gone by then.
#[test]
fn what_is_gone_before_it_is_carried_is_not_done() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(&source, &format!("CREATE SCHEMA waits; {DEFINITIONS}"));
    let copy = Database::create(&target);
    let mut other = copy.session();
    other.execute("BEGIN; CREATE SCHEMA waits");
    let workspace = Workspace::new();
    let running = workspace.between("migrate", &database, &copy).spawn();
    let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
                 AND wait_event_type = 'Lock' AND query LIKE '%CREATE SCHEMA waits%'";
    assert!(running.kill_when("a wait", || copy.has(waits)));
    other.execute("ROLLBACK");
    database.execute("DROP USER MAPPING FOR PUBLIC SERVER s");
    let resumed = workspace.between("migrate", &database, &copy).arg("--resume").run();
    assert!(!resumed.status.success(), "{resumed}");
    resumed.says("USER MAPPING FOR PUBLIC SERVER s is no longer on the source");
    assert!(!workspace.read("state.tsv").contains("user_mapping:s.PUBLIC\tDONE"));
    assert!(!format!("{resumed}{}", workspace.read("pgmigrate.log")).contains("horse"));
}
