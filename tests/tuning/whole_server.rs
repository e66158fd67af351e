//! Several databases, `postgres` among them, are one run: tuned once, put back once, told of once.
use serde_json::Value;

use super::{SOURCE, Tuning};
use crate::support::{
    database::Database,
    server::{Server, main_version},
};

#[test]
fn all_databases_are_loaded_into_a_tuned_server() {
    let mut tuning = Tuning::new(SOURCE);
    // Every database of it is migrated: no other test may have any there.
    let source = Server::start("tuned-source", main_version());
    let _alone = source.alone();
    source
        .session()
        .execute("DROP TABLE IF EXISTS noted; CREATE TABLE noted AS SELECT generate_series(1, 500) AS n");
    tuning.database = Database::with(&source, SOURCE);
    tuning.copy = Database { server: tuning.copy.server.clone(), name: tuning.database.name.clone() };
    tuning.copy.server.session().execute("DROP TABLE IF EXISTS noted");
    let of_servers = |command: &str| {
        let ends = ["--source", &source.uri("postgres"), "--target", &tuning.copy.server.uri("postgres")];
        let command = tuning.workspace.pgmigrate([command]).args(ends);
        command.args(["--all-databases", "--tune-target", "server"])
    };
    of_servers("plan").run().assert_code(0).says("max_wal_size").says("8192MB");
    tuning.must_be_as_before("a plan");

    let died = of_servers("migrate").env("PGMIGRATE_FAILPOINT", "step_committed").run();
    assert_eq!(died.status.code(), None, "{died}");
    assert_eq!(tuning.works("autovacuum"), "off");
    let outcome = of_servers("migrate").arg("--resume").run();
    let rows: u64 =
        tuning.copy.server.session().value("SELECT count(*) FROM noted").parse().expect("a number");
    tuning.copy.server.session().execute("DROP TABLE noted");
    outcome.assert_code(0).says("is tuned").says("as before");
    assert_eq!(rows, 500);
    tuning.must_be_equal();
    tuning.must_be_as_before("a whole server");

    let report: Value = serde_json::from_str(&tuning.workspace.read("report.json")).expect("JSON");
    let settings = report["tuning"]["settings"].as_array().expect("settings");
    assert!(settings.len() == 4 && settings.iter().all(|one| one["put_back"] == true), "{report:#}");
}
