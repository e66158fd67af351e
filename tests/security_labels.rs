//! Security labels, given by the server's own test module `dummy_seclabel`; skipped where it is not installed.
use crate::support::{cli::Workspace, database::Database, server::Server};

const LABELLED: &str = "LOAD 'dummy_seclabel'; CREATE SCHEMA \"la\"\"bels\"; \
     CREATE TABLE \"la\"\"bels\".t (id integer, \"c; --\" text); CREATE VIEW v AS SELECT 1 AS a; \
     CREATE FUNCTION f(i integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE TYPE e AS ENUM ('a'); \
     SECURITY LABEL ON SCHEMA \"la\"\"bels\" IS 'unclassified'; SECURITY LABEL ON TABLE \"la\"\"bels\".t IS 'classified'; \
     SECURITY LABEL ON COLUMN \"la\"\"bels\".t.\"c; --\" IS 'unclassified'; SECURITY LABEL ON VIEW v IS 'classified'; \
     SECURITY LABEL ON FUNCTION f(integer) IS 'classified'; SECURITY LABEL ON TYPE e IS 'unclassified'";

const LABELS: &str = "SELECT string_agg(objtype || ' ' || objname || ' ' || provider || ' ' || label, ', ' \
     ORDER BY objtype, objname) FROM pg_seclabels WHERE objtype NOT IN ('role', 'database', 'tablespace')";

/// Source and target, if both have the module.
fn servers() -> Option<[Server; 2]> {
    let servers = ["source", "target"].map(Server::main);
    let can = |server: &Server| server.session().try_execute("LOAD 'dummy_seclabel'").is_ok();
    if servers.iter().all(can) {
        return Some(servers);
    }
    eprintln!("skipped: the servers have no dummy_seclabel");
    None
}

#[test]
fn labels_are_carried_where_the_target_has_their_provider() {
    let Some([source, target]) = servers() else { return };
    let (database, copy) = (Database::with(&source, LABELLED), Database::create(&target));
    copy.execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_preload_libraries = dummy_seclabel', \
         current_database()); END $$",
    );
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &copy).run().assert_code(0);
    let labels = database.value(LABELS);
    assert!(labels.matches("classified").count() == 6, "{labels}");
    assert_eq!(copy.value(LABELS), labels);
    workspace.between("verify", &database, &copy).run().assert_code(0);
    copy.execute("SECURITY LABEL ON VIEW v IS 'unclassified'");
    workspace
        .between("verify", &database, &copy)
        .run()
        .assert_code(1)
        .says("SECURITY LABEL FOR dummy ON VIEW");
}

#[test]
fn labels_without_their_provider_are_named() {
    let Some([source, target]) = servers() else { return };
    let (database, copy) = (Database::with(&source, LABELLED), Database::absent(&target));
    let workspace = Workspace::new();
    let outcome = workspace.between("migrate", &database, &copy).run();
    outcome
        .assert_code(0)
        .says("SECURITY LABELS of dummy: 6 left out: the target has not loaded the provider");
    assert!(!copy.has("SELECT 1 FROM pg_seclabel"));
    workspace.between("verify", &database, &copy).run().assert_code(0);
}
