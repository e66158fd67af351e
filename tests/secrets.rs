//! Passwords, of logins and in definitions: they reach the target, and no file or output of ours, nor a server's log.
use std::{fs, os::unix::fs::PermissionsExt as _, process::id};

use crate::support::{
    cli::{Invocation, Workspace},
    database::Database,
    server::{SCRAM_GROUP, Server, literal},
};

const SECRET: &str = "correct_horse";

/// In rows: servers write it into their logs, where no secret may be found.
const ROW_VALUE: &str = "battery_staple";

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
    let waits =
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    assert!(running.kill_when("a wait", || copy.has(waits)));
    other.execute("ROLLBACK");
    database.execute("DROP USER MAPPING FOR PUBLIC SERVER s");
    let resumed = workspace.between("migrate", &database, &copy).arg("--resume").run();
    assert!(!resumed.status.success(), "{resumed}");
    resumed.says("USER MAPPING FOR PUBLIC SERVER s is no longer on the source");
    assert!(!workspace.read("state.tsv").contains("user_mapping:s.PUBLIC\tDONE"));
    assert!(!format!("{resumed}{}", workspace.read("pgmigrate.log")).contains("horse"));
}

/// A role that needs a password, on one server; its password stands nowhere but where it is planted.
struct Planted {
    server: Server,
    role: String,
}

impl Planted {
    /// A superuser to log in with.
    fn new(server: &Server, password: &str) -> Self {
        Self::with(server, "planted", &format!("LOGIN SUPERUSER PASSWORD '{password}' IN ROLE {SCRAM_GROUP}"))
    }

    fn with(server: &Server, name: &str, options: &str) -> Self {
        let role = format!("test_{name}_{}", id());
        let mut session = server.session();
        session.execute("SET password_encryption = 'scram-sha-256'");
        session.execute(&format!("DROP ROLE IF EXISTS {role}; CREATE ROLE {role} {options}"));
        Self { server: server.clone(), role }
    }
}

impl Drop for Planted {
    fn drop(&mut self) {
        drop(self.server.session().try_execute(&format!("DROP ROLE {}", self.role)));
    }
}

/// What a server writes into its log from now on.
struct ServerLog {
    path: String,
    from: String,
}

impl ServerLog {
    fn of(database: &Database) -> Self {
        let path = literal("server.log");
        let from = database.value(&format!("SELECT size FROM pg_stat_file({path})"));
        Self { path, from }
    }

    fn read(&self, database: &Database) -> String {
        let Self { path, from } = self;
        database.value(&format!(
            "SELECT convert_from(pg_read_binary_file({path}, {from}, 100000000), 'SQL_ASCII')"
        ))
    }
}

/// All that lies in the directory of a run, but what was planted there.
fn files(workspace: &Workspace, planted: &[&str]) -> String {
    let entries = fs::read_dir(&workspace.dir).expect("the directory").flatten();
    let files = entries.filter(|entry| entry.path().is_file());
    let ours = files.filter(|entry| !planted.iter().any(|name| entry.file_name() == *name));
    ours.map(|entry| String::from_utf8_lossy(&fs::read(entry.path()).expect("a file")).into_owned()).collect()
}

/// Passwords of both logins from four places, hashes of roles, options of a user mapping, a subscription's: with a
/// target that logs every statement, and a death while the journal is there.
#[test]
fn no_planted_secret_is_found_in_any_place() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (from, to) = (Planted::new(&source, "horse-one"), Planted::new(&target, "horse-two"));
    let carried = Planted::with(&source, "carried", "LOGIN PASSWORD 'horse-three'");
    let _carried = Planted { server: target.clone(), role: carried.role.clone() };
    let database = Database::with(
        &source,
        &format!(
            "{DEFINITIONS}; CREATE TABLE item AS SELECT 1 AS n; GRANT SELECT ON item TO {}",
            carried.role
        ),
    );
    let copy = Database::create(&target);
    copy.execute(&format!(
        "ALTER DATABASE {0} SET log_statement = 'all'; ALTER DATABASE {0} SET log_min_duration_statement = 0; \
         ALTER DATABASE {0} SET log_duration = on",
        copy.name
    ));
    let log = ServerLog::of(&copy);
    let workspace = Workspace::new();
    let uri = database.uri_as(&from.role, "${SOURCE_PASSWORD}");
    workspace.config(&uri, &copy.uri_as(&to.role, ""), "");
    workspace.write("pgpass", "*:*:*:*:horse-two\n").write(
        "config.yaml",
        &workspace.read("config.yaml").replacen("target: {", "target: { passfile: pgpass,", 1),
    );
    fs::set_permissions(workspace.path("pgpass"), fs::Permissions::from_mode(0o600)).expect("rights");
    let with = |subcommand: &str| workspace.with_config(subcommand).env("SOURCE_PASSWORD", "horse-one");
    let running = with("migrate").arg("-v").env("PGMIGRATE_FAILPOINT", "run_ended").spawn();
    let process = format!("/proc/{}", running.id());
    let command_line = fs::read_to_string(format!("{process}/cmdline")).unwrap_or_default();
    let children =
        fs::read_to_string(format!("{process}/task/{}/children", running.id())).unwrap_or_default();
    let died = running.wait();
    assert!(died.status.code().is_none(), "{died}");
    let journal: String = ["run", "step"]
        .iter()
        .map(|table| copy.value(&format!("SELECT string_agg(t::text, ' ') FROM pgmigrate.{table} AS t")))
        .collect();
    let mut said = vec![command_line, children.clone(), journal, died.to_string()];
    for (subcommand, arguments) in [
        ("migrate", &["--resume"][..]),
        ("verify", &["--json"]),
        ("verify", &[]),
        ("schema", &["--diff"]),
        ("plan", &["--json"]),
    ] {
        let outcome = arguments.iter().fold(with(subcommand), Invocation::arg).run();
        said.push(outcome.to_string());
    }
    assert!(children.is_empty(), "it starts no other program: {children}");
    assert!(copy.value("SELECT subconninfo FROM pg_subscription WHERE subname = 'uri'").contains("horse"));
    let written = log.read(&copy);
    assert!(
        written.contains("CREATE SCHEMA") || written.contains("CREATE SERVER"),
        "the server logs statements"
    );
    assert!(copy.has(&format!(
        "SELECT FROM pg_authid WHERE rolname = '{}' AND rolpassword LIKE 'SCRAM%'",
        carried.role
    )));
    assert!(!written.contains("SCRAM-SHA-256$"), "not even the hash of a role's password");
    said.extend([files(&workspace, &["config.yaml", "pgpass"]), written]);
    for text in said {
        let lines: Vec<&str> = text.lines().filter(|line| line.contains("horse")).collect();
        assert!(lines.is_empty(), "{}", lines.join("\n"));
    }
    copy.execute(&format!("DROP OWNED BY {}", to.role));
}

/// What a backup holds is restored as quietly as it is migrated, also where a statement fails.
#[test]
fn a_restore_tells_the_servers_log_no_secret() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let role = Planted::with(&source, "mapped", "NOLOGIN");
    let mapping = format!(
        "CREATE USER MAPPING FOR {} SERVER s OPTIONS (user 'u', password 'correct_horse')",
        role.role
    );
    let workspace = Workspace::new();
    for (definitions, code) in [(DEFINITIONS.to_owned(), 0), (format!("{DEFINITIONS}; {mapping}"), 5)] {
        let database = Database::with(&source, &definitions);
        let backup = |directory: &str| {
            workspace
                .pgmigrate(["backup", "--target", &database.uri(), "--dir", directory])
                .run()
                .assert_code(0);
            let entries = fs::read_dir(workspace.path(directory)).expect("the directory");
            entries.flatten().next().expect("a backup").path()
        };
        let directory = backup(&format!("backup{code}"));
        let copy = Database::create(&target);
        copy.execute(&format!(
            "ALTER DATABASE {0} SET log_statement = 'all'; ALTER DATABASE {0} SET log_min_duration_statement = 0",
            copy.name
        ));
        let log = ServerLog::of(&copy);
        let restore = ["restore", directory.to_str().expect("UTF-8"), "--target", &copy.uri()];
        let outcome = workspace.pgmigrate(restore).run();
        outcome.assert_code(code);
        let written = log.read(&copy);
        assert!(written.contains("CREATE SERVER"), "the server logs statements");
        assert!(copy.has("SELECT FROM pg_user_mappings WHERE umoptions::text LIKE '%horse%'"));
        assert!(!format!("{written}{outcome}").contains("horse"), "{outcome}");
        database.execute(&format!("DROP OWNED BY {}", role.role));
    }
}

/// Wrong in one way each, with passwords in every place: no message shows one.
#[test]
fn no_refusal_shows_a_password() {
    let server = Server::main("source");
    let database = Database::with(&server, "CREATE TABLE item (n int)");
    let locked = Planted::new(&server, "horse-right");
    let here = format!("127.0.0.1:{}", server.port);
    let workspace = Workspace::new();
    workspace.write("services", "[air]\nhost=127.0.0.1\npassword=horse-1\nhots=horse-2\n");
    workspace.write(
        "c.yaml",
        "source: { conninfo: 'host=a password=horse-3 horse-4' }\ntarget: { conninfo: horse-5 }\n",
    );
    workspace.write("d.yaml", "source: { conninfo: { password: horse-6 } }\nhorse: [");
    for conninfo in [
        format!("postgresql://{}:horse-wrong@{here}/{}", locked.role, database.name),
        format!("postgresql://{}:horse-right@{here}/nowhere", locked.role),
        format!("postgresql://{}:horse-right@{here}/{}?sslmode=require", locked.role, database.name),
        "postgresql://u:horse/7@h/d".to_owned(),
        "postgresql://u:horse@8@h/d".to_owned(),
        "postgresql://u:horse%zz@h/d".to_owned(),
        "host=h password=horse 9=horse".to_owned(),
        "host=h password='horse".to_owned(),
        "password=horse hots=x".to_owned(),
        "service=air servicefile=services".to_owned(),
    ] {
        for subcommand in ["migrate", "plan", "verify", "schema"] {
            let mut line = workspace.pgmigrate([subcommand, "--source", &conninfo]);
            if subcommand != "schema" {
                line = line.args(["--target", &database.uri()]);
            }
            let outcome = line.env("PGPASSWORD", "horse-10").run();
            assert!(!outcome.status.success(), "{outcome}");
            assert!(!format!("{}{}", outcome.stdout, outcome.stderr).contains("horse"), "{outcome}");
        }
    }
    for file in ["c.yaml", "d.yaml"] {
        let outcome = workspace.pgmigrate(["migrate", "--config", file]).run();
        outcome.assert_code(2);
        assert!(!outcome.stderr.contains("horse"), "{outcome}");
    }
    assert!(!files(&workspace, &["services", "c.yaml", "d.yaml"]).contains("horse"));
}

/// Whoever puts a password on the command line is told who can read it there.
#[test]
fn a_password_on_the_command_line_is_warned_about() {
    let outcome =
        Workspace::new().pgmigrate(["schema", "--source", "postgresql://u:horse@127.0.0.1:1/d"]).run();
    outcome
        .assert_code(3)
        .stderr_contains("warning: the password in `--source` can be seen in the system's list of processes");
}

/// Rows that the target refuses: what stands in them is told neither by a COPY nor by an index, in whatever language it speaks.
#[test]
fn values_of_rows_stand_nowhere() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    // What the source has let in only because nobody migrated.
    let shared = "CREATE FUNCTION picky(text) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$BEGIN
            IF current_setting('application_name') LIKE 'pgmigrate%' THEN RETURN $1::integer; END IF; RETURN 0; END$$;
        CREATE TABLE keyed (k text PRIMARY KEY);
        CREATE TABLE apart (k text, EXCLUDE USING btree (k WITH =));
        CREATE TABLE checked (k text CONSTRAINT short CHECK (current_setting('application_name') NOT LIKE 'pgmigrate%'));
        CREATE TABLE parted (k text) PARTITION BY LIST (k);
        CREATE TABLE indexed (k text)";
    let rows = format!(
        "INSERT INTO keyed VALUES ('{ROW_VALUE}'); INSERT INTO apart VALUES ('{ROW_VALUE}'); INSERT INTO checked VALUES ('{ROW_VALUE}');
         INSERT INTO indexed VALUES ('{ROW_VALUE}'); CREATE INDEX picked ON indexed (picky(k))"
    );
    let database = Database::with(&source, &format!("{shared}; {rows}"));
    for language in ["C", "de_DE.UTF-8", "fr_FR.UTF-8"] {
        let copy = Database::with(
            &target,
            &format!(
                "{shared}; INSERT INTO keyed VALUES ('{ROW_VALUE}'); INSERT INTO apart VALUES ('{ROW_VALUE}')"
            ),
        );
        let speak = format!("ALTER DATABASE \"{}\" SET lc_messages = '{language}'", copy.name);
        if copy.session().try_execute(&speak).is_err() {
            eprintln!("skipped: the server does not speak {language}");
            continue;
        }
        let workspace = Workspace::new();
        let outcome = workspace.between("migrate", &database, &copy).args(["--on-existing", "append"]).run();
        outcome.assert_code(5).says("keyed").says("apart").says("checked").says("picked");
        assert!(!format!("{}{}", outcome.stdout, outcome.stderr).contains("battery"), "{outcome}");
        for file in ["pgmigrate.log", "report.json", "state.tsv", "plan.tsv"] {
            assert!(!workspace.read(file).contains("battery"), "{language}: {file}");
        }
    }
}
