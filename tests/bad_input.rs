//! Wrong input of every kind: the documented exit code, a message that names the culprit, a target as it was.
use std::{net::TcpListener, process::id};

use crate::support::{
    cli::Workspace,
    database::Database,
    proxy::{End, Proxy},
    server::{SCRAM_GROUP, Server, ident, installations, main_version},
    wait_for,
};

const ONE_TABLE: &str = "CREATE TABLE item (id integer PRIMARY KEY, note text);
    INSERT INTO item SELECT n, 'note ' || n FROM generate_series(1, 10) n";

fn servers() -> (Server, Server) {
    (Server::main("source"), Server::main("target"))
}

/// A port at which nobody listens.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

#[test]
fn an_unknown_key_is_shown_with_its_place_and_the_nearest_one() {
    let workspace = Workspace::new();
    workspace.config("host=nowhere", "host=nowhere", "schemas: { mode: all }\ntables:\n  moed: include");
    let outcome = workspace.with_config("migrate").run();
    outcome.assert_code(2).stderr_contains("config.yaml:5").stderr_contains("moed").stderr_contains("mode");
}

#[test]
fn an_unknown_option_is_shown() {
    let outcome = Workspace::new().pgmigrate(["migrate", "--jbos", "4"]).run();
    outcome.assert_code(2).stderr_contains("--jbos");
}

#[test]
fn a_config_that_is_not_there_is_named() {
    let outcome = Workspace::new().pgmigrate(["plan", "--config", "nothing.yaml"]).run();
    let code = outcome.status.code();
    assert!(matches!(code, Some(2 | 8)), "{outcome}");
    outcome.stderr_contains("nothing.yaml");
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let (source, target) = servers();
    let (database, copy) = (Database::with(&source, ONE_TABLE), Database::absent(&target));
    let port = closed_port();
    let outcome = Workspace::new()
        .pgmigrate(["migrate", "--source", &database.uri_through(port), "--target", &copy.uri()])
        .run();
    outcome.assert_code(3).stderr_contains(&port.to_string()).stderr_contains("source");
    let outcome = Workspace::new()
        .pgmigrate(["migrate", "--source", &database.uri(), "--target", &copy.uri_through(port)])
        .run();
    outcome.assert_code(3).stderr_contains(&port.to_string()).stderr_contains("target");
    let outcome = Workspace::new()
        .pgmigrate([
            "migrate",
            "--source",
            "host=no-such-host.invalid dbname=x user=y",
            "--target",
            &copy.uri(),
        ])
        .run();
    outcome.assert_code(3).stderr_contains("no-such-host.invalid");
    assert!(!copy.exists());
}

/// A role that is dropped at the end; the database whose privileges it may hold goes first.
struct Role {
    server: Server,
    name: String,
}

impl Role {
    fn create(server: &Server, name: &str, options: &str) -> Self {
        let name = format!("{name}_{}", id());
        server
            .session()
            .execute(&format!("DROP ROLE IF EXISTS {0}; CREATE ROLE {0} LOGIN {options}", ident(&name)));
        Self { server: server.clone(), name }
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        if let Err(error) = self.server.session().try_execute(&format!("DROP ROLE {}", ident(&self.name))) {
            eprintln!("role {} stays: {error}", self.name);
        }
    }
}

#[test]
fn a_wrong_password_names_the_user_and_is_not_shown() {
    let (source, target) = servers();
    // The digest that a server makes on its own may be MD5 up to version 13.
    let secret = format!("PASSWORD 'correct horse' IN ROLE {SCRAM_GROUP}");
    let mut session = source.session();
    session.execute("SET password_encryption = 'scram-sha-256'");
    let role = Role { server: source.clone(), name: format!("test_locked_{}", id()) };
    session.execute(&format!("DROP ROLE IF EXISTS {0}; CREATE ROLE {0} LOGIN {secret}", role.name));
    let (database, copy) = (Database::with(&source, ONE_TABLE), Database::absent(&target));
    database.execute(&format!("GRANT SELECT ON item TO {}", role.name));
    let migrate = |password: &str| {
        let uri = database.uri_as(&role.name, password);
        Workspace::new().pgmigrate(["migrate", "--source", &uri, "--target", &copy.uri()]).run()
    };
    let outcome = migrate("battery-staple");
    outcome.assert_code(3).stderr_contains(&role.name);
    assert!(!outcome.stderr.contains("battery-staple"), "{outcome}");
    migrate("").assert_code(3).stderr_contains(&role.name);
    assert!(!copy.exists());
    let uri = database.uri_as(&role.name, "");
    let outcome = Workspace::new()
        .pgmigrate(["migrate", "--source", &uri, "--target", &copy.uri()])
        .env("PGPASSWORD", "correct horse")
        .run();
    outcome.assert_code(0);
    assert_eq!(copy.count("item"), 10);
    // The source's role came along, as it is granted something.
    copy.execute(&format!("DROP OWNED BY {0}; DROP ROLE {0}", role.name));
}

#[test]
fn a_missing_source_database_is_named() {
    let (source, target) = servers();
    let (database, copy) = (Database::absent(&source), Database::absent(&target));
    let outcome = Workspace::new().between("migrate", &database, &copy).run();
    outcome.assert_code(3).stderr_contains(&database.name);
    assert!(!copy.exists());
}

#[test]
fn a_table_that_may_not_be_read_is_named() {
    let (source, target) = servers();
    let role = Role::create(&source, "test_reader", "");
    let (database, copy) = (Database::with(&source, ONE_TABLE), Database::absent(&target));
    database.execute(&format!("CREATE TABLE secret (id integer); GRANT SELECT ON item TO {}", role.name));
    let uri = database.uri_as(&role.name, "");
    let outcome = Workspace::new().pgmigrate(["migrate", "--source", &uri, "--target", &copy.uri()]).run();
    outcome.stderr_contains("secret");
    match outcome.status.code() {
        Some(4) => assert!(!copy.exists()),
        Some(5) => {}
        _ => panic!("{outcome}"),
    }
}

#[test]
fn a_role_that_may_create_nothing_on_the_target_is_refused() {
    let (source, target) = servers();
    let role = Role::create(&target, "test_guest", "");
    let (database, copy) = (Database::with(&source, ONE_TABLE), Database::create(&target));
    copy.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC");
    let before = copy.fingerprint();
    let uri = copy.uri_as(&role.name, "");
    let outcome =
        Workspace::new().pgmigrate(["migrate", "--source", &database.uri(), "--target", &uri]).run();
    outcome.assert_code(4).stderr_contains("may not create").stderr_contains(&role.name);
    assert_eq!(before, copy.fingerprint());
}

#[test]
fn a_target_with_rows_is_refused_and_left_alone() {
    let (source, target) = servers();
    let database = Database::with(&source, ONE_TABLE);
    database.execute("CREATE TABLE other (id integer)");
    let copy = Database::with(&target, ONE_TABLE);
    let before = copy.fingerprint();
    let outcome = Workspace::new().between("migrate", &database, &copy).run();
    outcome.assert_code(4).stderr_contains("item");
    assert_eq!(before, copy.fingerprint());
}

#[test]
fn a_table_with_another_definition_is_refused_and_left_alone() {
    let (source, target) = servers();
    let database = Database::with(&source, ONE_TABLE);
    let copy = Database::with(&target, "CREATE TABLE item (id bigint, remark text)");
    let before = copy.fingerprint();
    for on_existing in ["fail", "truncate", "append"] {
        let workspace = Workspace::new();
        let outcome =
            workspace.between("migrate", &database, &copy).args(["--on-existing", on_existing]).run();
        outcome.assert_code(4).stderr_contains("item");
        assert_eq!(before, copy.fingerprint());
    }
}

#[test]
fn a_table_that_disappears_before_the_resume_is_named_and_all_others_are_done() {
    let (source, target) = servers();
    let database = Database::with(
        &source,
        "CREATE TABLE big AS SELECT n, repeat(md5(n::text), 10) AS text FROM generate_series(1, 20000) n;
         CREATE TABLE small AS SELECT generate_series(1, 10) AS n;
         CREATE TABLE doomed AS SELECT 1 AS n",
    );
    let copy = Database::absent(&target);
    let proxy = Proxy::after(2_000_000, End::Stall, source.port);
    let workspace = Workspace::new();
    workspace.config(&database.uri_through(proxy.port()), &copy.uri(), "");
    // The largest table goes first: the line stalls in the middle of it.
    let running = workspace.with_config("migrate").args(["--jobs", "1"]).spawn();
    assert!(running.kill_when("the stall", || proxy.reached()));
    // The server notices the death of its client when the proxy's line closes; until then the table is locked.
    let blockers = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()",
        database.name
    );
    database.execute(&blockers);
    wait_for("the end of the killed run's connections", || {
        !database.has(&blockers.replace("pg_terminate_backend(pid)", "1"))
    });
    database.execute("DROP TABLE doomed");
    workspace.config(&database.uri(), &copy.uri(), "");
    let outcome = workspace.with_config("migrate").arg("--resume").run();
    outcome.assert_code(5).says("doomed");
    assert_eq!((copy.count("big"), copy.count("small")), (20_000, 10));
}

#[test]
fn an_extension_that_the_target_does_not_have_is_named() {
    let source = Server::main("source");
    let lacking = installations()
        .iter()
        .filter(|other| other.major > main_version())
        .map(|other| Server::start("target", other.major))
        .find(|server| source.has_extension("citext") && !server.has_extension("citext"));
    let Some(target) = lacking else {
        eprintln!("skipped: every server here has the same extensions");
        return;
    };
    let database = Database::with(&source, "CREATE EXTENSION citext; CREATE TABLE item (name citext)");
    let copy = Database::absent(&target);
    let outcome = Workspace::new().between("migrate", &database, &copy).run();
    outcome.assert_code(4).stderr_contains("citext");
    assert!(!copy.exists());
}
