//! What a database has besides its objects, judged by `pg_dump --create`: settings, privileges, comment, limit of connections.
use std::process::Command;

use crate::support::{
    cli::Workspace,
    database::Database,
    judge,
    lock::Lock,
    server::{Server, ident, versions},
};

const ROLES: &str =
    "CREATE ROLE dp_owner; CREATE ROLE \"dp_It's\" LOGIN; CREATE ROLE dp_grantor; CREATE ROLE dp_set LOGIN";

/// Statements in which `%` is the database.
const PROPERTIES: &str = "
ALTER DATABASE % OWNER TO dp_owner;
ALTER DATABASE % SET search_path = public, \"odd \"\"schema\"\"\", \"$user\";
ALTER DATABASE % SET default_transaction_read_only = on;
ALTER DATABASE % SET statement_timeout = '5s';
ALTER DATABASE % SET \"my.par\" = 'it''s';
ALTER DATABASE % SET DateStyle = 'ISO, DMY';
ALTER ROLE dp_set IN DATABASE % SET search_path = '';
ALTER ROLE dp_set IN DATABASE % SET work_mem = '3MB';
ALTER ROLE \"dp_It's\" IN DATABASE % SET enable_sort = off;
COMMENT ON DATABASE % IS E'two\\nlines; it''s';
REVOKE ALL ON DATABASE % FROM PUBLIC;
GRANT TEMPORARY ON DATABASE % TO PUBLIC;
GRANT CONNECT ON DATABASE % TO dp_grantor WITH GRANT OPTION;
SET ROLE dp_grantor;
GRANT CONNECT ON DATABASE % TO \"dp_It's\";
RESET ROLE;
REVOKE CREATE ON DATABASE % FROM dp_owner;
ALTER DATABASE % CONNECTION LIMIT 0;";

fn set(database: &Database, statements: &str) {
    let mut session = database.server.session();
    for statement in statements.split(";\n").filter(|statement| !statement.trim().is_empty()) {
        session.execute(&statement.replace('%', &ident(&database.name)));
    }
}

/// Both servers, without roles of ours, and the locks that keep others away.
fn servers(from: u32, to: u32) -> ([Server; 2], [Lock; 2]) {
    let servers = [Server::start("source", from), Server::start("target", to)];
    let locks = servers.each_ref().map(Server::alone);
    forget(&servers);
    (servers, locks)
}

fn forget(servers: &[Server]) {
    for server in servers {
        server.forget_roles("dp_");
    }
}

/// `pg_dump --create` of the definitions, without what speaks of objects; names of databases made equal.
fn dumped(database: &Database) -> Option<Vec<String>> {
    let program = judge::program(database.server.major)?;
    let output = Command::new(program)
        .args(["--create", "--schema-only", "--no-sync", "--dbname", &database.uri()])
        // It must not be ended by what it dumps.
        .env("PGOPTIONS", "-c timezone=UTC -c statement_timeout=0")
        .output()
        .expect("pg_dump");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8").replace(&database.name, "the_database");
    let own = |line: &&str| {
        let meta = ["--", "\\", "CREATE DATABASE", "SET ", "SELECT pg_catalog.set_config"];
        !line.is_empty() && !meta.iter().any(|start| line.starts_with(start))
    };
    // Settings of roles come in the order of the catalog.
    let mut lines: Vec<String> = text.lines().filter(own).map(str::to_owned).collect();
    lines.sort();
    Some(lines)
}

fn round_trip(from: u32, to: u32) {
    let ([source, target], _locks) = servers(from, to);
    source.session().execute(ROLES);
    let database =
        Database::with(&source, "CREATE TABLE t AS SELECT 1 AS a; CREATE VIEW v AS SELECT a FROM t");
    set(&database, PROPERTIES);
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &copy).run().assert_code(0);
    // A pg_dump that is old enough for the one side may be too old for the other.
    if let (Some(dumped_source), Some(dumped_copy)) = (dumped(&database), dumped(&copy)) {
        let is_property = |line: &String| line.contains("the_database") || line.contains("dp_");
        let wanted: Vec<String> = dumped_source.into_iter().filter(is_property).collect();
        let found: Vec<String> = dumped_copy.into_iter().filter(is_property).collect();
        assert_eq!(wanted, found);
    }
    workspace.between("verify", &database, &copy).run().assert_code(0);
    workspace.between("schema", &database, &copy).arg("--diff").run().assert_code(0);
    target.session().execute(&format!("ALTER DATABASE {} RESET statement_timeout", copy.name));
    let verified = workspace.between("verify", &database, &copy).run();
    verified.assert_code(1).says("SET statement_timeout = '5s'");
    drop(copy);
    drop(database);
    forget(&[source, target]);
}

#[test]
fn a_database_that_is_made_has_all_properties() {
    let main = crate::support::server::main_version();
    round_trip(main, main);
}

#[test]
fn from_the_oldest_to_the_newest_version() {
    let all = versions();
    if let [oldest, .., newest] = all[..] {
        round_trip(oldest, newest);
    }
}

#[test]
fn a_database_that_is_there_gets_what_it_lacks_and_keeps_what_it_has() {
    let main = crate::support::server::main_version();
    let ([source, target], _locks) = servers(main, main);
    source.session().execute(ROLES);
    let database = Database::create(&source);
    set(&database, PROPERTIES);
    let copy = Database::create(&target);
    set(
        &copy,
        "ALTER DATABASE % SET statement_timeout = '1h';\nCOMMENT ON DATABASE % IS 'its own';\nALTER DATABASE % CONNECTION LIMIT 9",
    );
    let workspace = Workspace::new();
    let outcome = workspace.between("migrate", &database, &copy).run();
    outcome.assert_code(0).says(
        "the target has it, and it keeps what the source has otherwise: its comment, CONNECT of PUBLIC, CREATE of postgres, \
         SET statement_timeout, CONNECTION LIMIT 9",
    );
    let row = target.session().rows(&format!(
        "SELECT datconnlimit, shobj_description(oid, 'pg_database'), (SELECT setconfig FROM pg_db_role_setting \
         WHERE setdatabase = d.oid AND setrole = 0), has_database_privilege('dp_It''s', oid, 'CONNECT') \
         FROM pg_database d WHERE datname = '{}'",
        copy.name
    ));
    let told: Vec<String> = row[0].iter().map(|value| value.clone().unwrap_or_default()).collect();
    assert_eq!(told[0], "9");
    assert_eq!(told[1], "its own");
    assert!(
        told[2].contains("statement_timeout=1h") && told[2].contains("default_transaction_read_only=on"),
        "{told:?}"
    );
    workspace.between("verify", &database, &copy).run().assert_code(0);
    drop(copy);
    drop(database);
    forget(&[source, target]);
}

#[test]
fn parts_stay_behind_if_told() {
    let main = crate::support::server::main_version();
    let ([source, target], _locks) = servers(main, main);
    source.session().execute(ROLES);
    let database = Database::create(&source);
    set(&database, PROPERTIES);
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    let migrate = workspace.between("migrate", &database, &copy);
    migrate.args(["--no-owner", "--no-privileges", "--no-comments"]).run().assert_code(0);
    let found = target.session().value(&format!(
        "SELECT concat_ws('|', datacl, shobj_description(oid, 'pg_database'), datconnlimit, pg_get_userbyid(datdba)) \
         FROM pg_database WHERE datname = '{}'",
        copy.name
    ));
    assert_eq!(found, "0|postgres");
    let verify = workspace.between("verify", &database, &copy);
    verify.args(["--no-owner", "--no-privileges", "--no-comments"]).run().assert_code(0);
    drop(copy);
    drop(database);
    forget(&[source, target]);
}

#[test]
fn a_library_that_the_target_lacks_shuts_nobody_out() {
    let main = crate::support::server::main_version();
    let ([source, target], _locks) = servers(main, main);
    let database = Database::create(&source);
    // Nobody can connect to the source from then on: the run's sessions are of a superuser who sets it aside.
    source
        .session()
        .execute(&format!("ALTER DATABASE {} SET local_preload_libraries = 'no_such'", database.name));
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    let outcome = workspace
        .pgmigrate([
            "migrate",
            "--source",
            &format!("{}?options=-clocal_preload_libraries%3D", database.uri()),
        ])
        .args(["--target", &copy.uri()])
        .run();
    outcome.assert_code(0).says("SET local_preload_libraries: left out: the target says:");
    assert_eq!(copy.value("SELECT 1"), "1");
}
