//! Globals from server to server, judged by `pg_dumpall --globals-only`: equal but for the roles that stay untouched, and nothing
//! left to do the second time.
mod labels;
mod of_databases;
mod side_by_side;
mod tablespaces;

use std::{path::PathBuf, process::Command};

use serde_json::Value;

use crate::support::{
    cli::{Invocation, Outcome, Workspace},
    database::Database,
    lock::Lock,
    server::{Server, bin_dirs, script, version_in},
};

/// All roles of these tests; predefined ones begin with `pg_`.
const BEGINNING: &str = "gl_";

/// Two servers that nobody else changes the roles of meanwhile.
struct Pair {
    source: Server,
    target: Server,
    _alone: [Lock; 2],
}

impl Pair {
    /// Servers of our own, as all of their roles are carried; both without roles of ours.
    fn new(from: u32, to: u32) -> Self {
        let (source, target) = (Server::start("globals", from), Server::start("globals-copy", to));
        // In the order of names, as others lock them, so that no two tests wait for each other.
        let alone = [source.alone(), target.alone()];
        for server in [&source, &target] {
            forget(server);
        }
        Self { source, target, _alone: alone }
    }

    /// `globals` with these keys in its file.
    fn run(&self, keys: &str, arguments: &[&str]) -> Outcome {
        self.run_as("postgres", keys, arguments)
    }

    fn run_as(&self, login: &str, keys: &str, arguments: &[&str]) -> Outcome {
        let workspace = Workspace::new();
        let target = self.target.uri("postgres").replacen("postgres@", &format!("{login}@"), 1);
        workspace.config(&self.source.uri("postgres"), &target, keys);
        let invocation = workspace.with_config("globals");
        arguments.iter().fold(invocation, Invocation::arg).run()
    }

    /// The same, which must end well.
    fn migrated(&self, keys: &str) -> Value {
        let outcome = self.run(keys, &["--json"]);
        outcome.assert_code(0);
        serde_json::from_str(&outcome.stdout).expect("JSON")
    }

    /// The steps that are left.
    fn left(&self, keys: &str) -> Vec<String> {
        let outcome = self.run(keys, &["--json", "--dry-run"]);
        outcome.assert_code(0);
        let result: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
        let steps = result["steps"].as_array().expect("steps");
        steps.iter().map(|step| step["id"].as_str().expect("an id").to_owned()).collect()
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        for server in [&self.source, &self.target] {
            forget(server);
        }
    }
}

/// Drops every role of ours, with what holds them: privileges on parameters and tablespaces.
fn forget(server: &Server) {
    let mut session = server.session();
    for row in session.rows("SELECT spcname FROM pg_tablespace WHERE spcname LIKE 'gl\\_%'") {
        let name = row[0].clone().expect("a name");
        session.execute(&format!("DROP TABLESPACE \"{}\"", name.replace('"', "\"\"")));
    }
    for row in session.rows("SELECT rolname FROM pg_roles WHERE rolname LIKE 'gl\\_%'") {
        let name = row[0].clone().expect("a name").replace('"', "\"\"");
        drop(session.try_execute(&format!("DROP OWNED BY \"{name}\" CASCADE")));
    }
    server.forget_roles(BEGINNING);
}

/// `pg_dumpall --globals-only` without what is the cluster's own: statements in their order, sorted lines where several
/// versions order differently.
fn dumped(server: &Server, newest: u32) -> Vec<String> {
    let Some(program) = dumpall(newest) else { return Vec::new() };
    let output = Command::new(program)
        .args(["--globals-only", "--no-sync", "-d", &server.uri("postgres")])
        .env("PGTZ", "UTC")
        .output()
        .expect("pg_dumpall");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let own = |line: &&str| line.contains("gl_") || line.contains("PARAMETER");
    let mut lines: Vec<String> = text.lines().filter(own).map(str::to_owned).collect();
    lines.sort();
    lines
}

/// A `pg_dumpall` of this version or newer.
fn dumpall(major: u32) -> Option<PathBuf> {
    let mut dirs = bin_dirs();
    dirs.extend(script("pg.sh", &["list"]).lines().map(PathBuf::from));
    dirs.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    dirs.push(home.join(".cache/pgmigrate-tools/pg18/root/usr/lib/postgresql/18/bin"));
    let programs = dirs.into_iter().map(|dir| dir.join("pg_dumpall")).filter_map(|program| {
        let output = Command::new(&program).arg("--version").output().ok()?;
        Some((version_in(&String::from_utf8_lossy(&output.stdout))?, program))
    });
    let found = programs.filter(|(version, _)| *version >= major).min().map(|(_, program)| program);
    if found.is_none() {
        eprintln!("pg_dumpall {major} or newer isn't here: only pgmigrate itself judges");
    }
    found
}

fn available(versions: &[u32]) -> bool {
    let all = crate::support::server::versions();
    let is_there = versions.iter().all(|version| all.contains(version));
    if !is_there {
        eprintln!("skipped: PostgreSQL {versions:?} are not all here");
    }
    is_there
}

const ALL: &str = "roles: { mode: all }";

fn round_trip(from: u32, to: u32, more: &[&str], expected: fn(&str) -> String) {
    if !available(&[from, to]) {
        return;
    }
    let pair = Pair::new(from, to);
    pair.source.session().execute(include_str!("roles.sql"));
    for sql in more {
        pair.source.session().execute(sql);
    }
    let done = pair.migrated(ALL);
    assert_eq!(done["applied"]["failed"], Value::Array(Vec::new()), "{done:#}");
    assert_eq!(pair.left(ALL), Vec::<String>::new());
    let wanted: Vec<String> = dumped(&pair.source, to).iter().map(|line| expected(line)).collect();
    assert_eq!(wanted, dumped(&pair.target, to));
    // A second run changes nothing.
    assert_eq!(pair.migrated(ALL)["applied"]["done"], 0);
}

#[test]
fn within_a_version() {
    round_trip(15, 15, &[include_str!("parameters.sql")], str::to_owned);
}

#[test]
fn grantors_of_memberships_are_kept() {
    round_trip(16, 18, &[include_str!("grantors.sql"), include_str!("parameters.sql")], str::to_owned);
}

#[test]
fn from_an_old_version_memberships_get_the_options_that_they_meant() {
    round_trip(13, 18, &[], |line| {
        let Some(bare) = line.strip_prefix("GRANT ").and_then(|rest| rest.strip_suffix(';')) else {
            return line.to_owned();
        };
        // Before server 16 the member's attribute decided, and who had granted it did not matter.
        let inherit = if bare.contains("gl_member2") || bare.contains("gl_all") { "FALSE" } else { "TRUE" };
        let admin = bare.contains("WITH ADMIN OPTION");
        let bare = bare.split(" GRANTED BY ").next().unwrap_or(bare).replace(" WITH ADMIN OPTION", "");
        let admin = if admin { "ADMIN OPTION, " } else { "" };
        format!("GRANT {bare} WITH {admin}INHERIT {inherit} GRANTED BY postgres;")
    });
}

#[test]
fn roles_that_are_there_are_kept_or_updated() {
    let pair = Pair::new(15, 15);
    pair.source.session().execute(
        "CREATE ROLE gl_there LOGIN CREATEDB CONNECTION LIMIT 3 PASSWORD 'md5a3556571e93b0d20722ba62be61e8c2d'; \
         CREATE ROLE gl_group; GRANT gl_group TO gl_there; ALTER ROLE gl_there SET work_mem = '8MB'; \
         COMMENT ON ROLE gl_there IS 'of the source'",
    );
    let there = "CREATE ROLE gl_there NOLOGIN CREATEROLE VALID UNTIL '2030-01-01 00:00:00+00' \
                 PASSWORD 'md5b3556571e93b0d20722ba62be61e8c2d'; \
                 ALTER ROLE gl_there SET work_mem = '16MB'; ALTER ROLE gl_there SET jit = off; \
                 COMMENT ON ROLE gl_there IS 'of the target'";
    pair.target.session().execute(there);
    let role = || {
        let row = "SELECT rolcanlogin, rolcreatedb, rolcreaterole, rolconnlimit, rolpassword, rolvaliduntil, \
                   shobj_description(oid, 'pg_authid'), \
                   (SELECT setconfig FROM pg_db_role_setting WHERE setrole = r.oid AND setdatabase = 0), \
                   (SELECT count(*) FROM pg_auth_members WHERE member = r.oid) FROM pg_authid r WHERE rolname = 'gl_there'";
        let row = pair.target.session().rows(row).remove(0);
        row.iter().map(|value| value.clone().unwrap_or_default()).collect::<Vec<_>>().join(" | ")
    };
    let kept = pair.run(ALL, &[]);
    kept.assert_code(0).says(
        "ROLE gl_there: the target has it, and it is left as it is; it lacks: NOCREATEROLE, CREATEDB, LOGIN",
    );
    kept.says("its password");
    assert_eq!(
        role(),
        "f | f | t | -1 | md5b3556571e93b0d20722ba62be61e8c2d | 2030-01-01 00:00:00+00 | of the target | \
         {work_mem=16MB,jit=off} | 1"
    );
    let update = "roles: { mode: all, on_existing: update }";
    pair.migrated(update);
    assert_eq!(
        role(),
        "t | t | f | 3 | md5a3556571e93b0d20722ba62be61e8c2d | infinity | of the source | {work_mem=8MB,jit=off} | 1"
    );
    assert_eq!(pair.left(update), Vec::<String>::new());
}

#[test]
fn only_roles_that_are_used_come_with_referenced() {
    let pair = Pair::new(15, 15);
    pair.source.session().execute(
        "CREATE ROLE gl_owner; CREATE ROLE gl_above; CREATE ROLE gl_unused; GRANT gl_above TO gl_owner",
    );
    let database = Database::create(&pair.source);
    database.execute("CREATE TABLE t (id int); ALTER TABLE t OWNER TO gl_owner");
    pair.migrated("");
    assert!(pair.target.has_role("gl_owner") && pair.target.has_role("gl_above"));
    assert!(!pair.target.has_role("gl_unused"));
}

#[test]
fn the_role_that_migrates_and_renamed_ones() {
    let pair = Pair::new(15, 15);
    pair.source.session().execute(
        "CREATE ROLE gl_me SUPERUSER LOGIN CONNECTION LIMIT 5; ALTER ROLE gl_me SET work_mem = '3MB'; \
         CREATE ROLE gl_old LOGIN PASSWORD 'md5a3556571e93b0d20722ba62be61e8c2d'; CREATE ROLE gl_team; \
         GRANT gl_team TO gl_me; GRANT gl_team TO gl_old WITH ADMIN OPTION",
    );
    pair.target.session().execute("CREATE ROLE gl_me SUPERUSER LOGIN");
    let keys = "roles: { mode: all, on_existing: update }\nmap: { roles: { gl_old: gl_new } }";
    let outcome = pair.run_as("gl_me", keys, &[]);
    outcome.assert_code(0).says("ROLE gl_new: made without its password: it is stored as MD5");
    let mut session = pair.target.session();
    let me = session.value(
        "SELECT rolconnlimit || ' ' || (SELECT count(*) FROM pg_db_role_setting WHERE setrole = r.oid) || ' ' || \
         (SELECT count(*) FROM pg_auth_members WHERE member = r.oid) FROM pg_roles r WHERE rolname = 'gl_me'",
    );
    assert_eq!(me, "-1 0 0");
    assert!(session.exists(
        "SELECT FROM pg_auth_members WHERE member = 'gl_new'::regrole AND roleid = 'gl_team'::regrole AND admin_option"
    ));
    assert!(!pair.target.has_role("gl_old"));
}

#[test]
fn without_superuser_what_is_not_permitted_is_named() {
    for (from, to) in [(15, 15), (16, 18)] {
        if !available(&[from, to]) {
            continue;
        }
        let pair = Pair::new(from, to);
        pair.source.session().execute(
            "CREATE ROLE gl_power SUPERUSER LOGIN; CREATE ROLE gl_plain LOGIN CREATEDB; CREATE ROLE gl_group; \
             ALTER ROLE gl_plain SET log_statement = 'all'; ALTER ROLE gl_plain SET work_mem = '3MB'; \
             GRANT gl_group TO gl_plain; GRANT pg_monitor TO gl_plain; GRANT SET ON PARAMETER work_mem TO gl_plain",
        );
        pair.target.session().execute("CREATE ROLE gl_login LOGIN CREATEROLE");
        let outcome = pair.run_as("gl_login", ALL, &[]);
        outcome
            .assert_code(0)
            .says("ROLE gl_power: made without what only a superuser gives: SUPERUSER")
            .says("ROLE gl_plain: its setting log_statement is left out: the target says: permission denied")
            .says("PARAMETER work_mem: its privileges are left out");
        let mut session = pair.target.session();
        let plain = "SELECT setconfig FROM pg_db_role_setting WHERE setrole = 'gl_plain'::regrole";
        assert_eq!(session.value(plain), "{work_mem=3MB}");
        assert!(session.exists(
            "SELECT FROM pg_auth_members WHERE member = 'gl_plain'::regrole AND roleid = 'gl_group'::regrole"
        ));
        let again = pair.run_as("gl_login", ALL, &[]);
        again.assert_code(0).says("the target lacks nothing");
    }
}

#[test]
fn no_password_is_printed_or_logged() {
    let pair = Pair::new(15, 15);
    let verifier = "md5a3556571e93b0d20722ba62be61e8c2d";
    pair.source.session().execute(&format!("CREATE ROLE gl_secret LOGIN PASSWORD '{verifier}'"));
    let shown = pair.run(ALL, &["--dry-run"]);
    shown
        .assert_code(0)
        .says("CREATE ROLE gl_secret")
        .says("-- its password is carried over from the source");
    let json = pair.run(ALL, &["--dry-run", "--json"]);
    let mut session = pair.target.session();
    session.execute("ALTER SYSTEM SET log_statement = 'all'");
    session.execute("SELECT pg_reload_conf()");
    let done = pair.run(ALL, &[]);
    session.execute("ALTER SYSTEM RESET log_statement");
    session.execute("SELECT pg_reload_conf()");
    done.assert_code(0);
    for outcome in [shown, json, done] {
        assert!(!outcome.to_string().contains(verifier), "{outcome}");
    }
    let log = session.value("SELECT pg_read_file('server.log')");
    assert!(log.contains("statement: ") && !log.contains(verifier));
    assert_eq!(session.value("SELECT rolpassword FROM pg_authid WHERE rolname = 'gl_secret'"), verifier);
}

#[test]
fn a_setting_that_the_target_lacks_is_named() {
    if !available(&[13, 18]) {
        return;
    }
    let pair = Pair::new(13, 18);
    pair.source.session().execute(
        "CREATE ROLE gl_old; ALTER ROLE gl_old SET operator_precedence_warning = on; ALTER ROLE gl_old SET work_mem = '3MB'",
    );
    let outcome = pair.run(ALL, &[]);
    outcome.assert_code(0).says(
        "ROLE gl_old: its setting operator_precedence_warning is left out: the target says: unrecognized configuration parameter",
    );
    assert_eq!(pair.left(ALL), Vec::<String>::new());
}
