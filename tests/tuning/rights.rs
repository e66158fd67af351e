//! Roles that may not change the server, or only some of its settings.
use super::{SOURCE, Tuning};
use crate::support::server::main_version;

#[test]
fn a_role_that_may_not_is_told_and_migrates() {
    let tuning = Tuning::new(SOURCE);
    let role =
        "DO $$ BEGIN CREATE ROLE tuned_limited LOGIN CREATEDB; EXCEPTION WHEN duplicate_object THEN END $$";
    tuning.copy.server.session().execute(role);
    let target = tuning.copy.uri_as("tuned_limited", "");
    let arguments =
        ["migrate", "--source", &tuning.database.uri(), "--target", &target, "--no-owner", "--no-privileges"];
    let outcome = tuning.workspace.pgmigrate(arguments).args(["--tune-target", "server"]).run();
    outcome.assert_code(0).says("not tuned: max_wal_size: the role may not change it");
    tuning.must_be_as_before("a limited role");
}

#[test]
fn a_role_with_privileges_on_parameters_tunes_those() {
    if main_version() < 15 {
        return;
    }
    let tuning = Tuning::new(SOURCE);
    tuning.copy.server.session().execute(
        "DO $$ BEGIN CREATE ROLE tuned_granted LOGIN CREATEDB; EXCEPTION WHEN duplicate_object THEN END $$;
         GRANT ALTER SYSTEM ON PARAMETER max_wal_size, checkpoint_timeout, autovacuum TO tuned_granted;
         GRANT EXECUTE ON FUNCTION pg_reload_conf(), pg_show_all_file_settings() TO tuned_granted;
         GRANT CREATE ON DATABASE postgres TO tuned_granted",
    );
    let target = tuning.copy.uri_as("tuned_granted", "");
    let migrate = || {
        let ends = ["migrate", "--source", &tuning.database.uri(), "--target", &target];
        tuning.workspace.pgmigrate(ends).args(["--no-owner", "--no-privileges", "--tune-target", "server"])
    };
    let died = migrate().env("PGMIGRATE_FAILPOINT", "target_tuned").run();
    assert_eq!(died.status.code(), None, "{died}");
    // A superuser must not do what rows of another role's table say.
    tuning.cleanup().run().assert_code(4).says("as the role that the schema belongs to");
    let outcome = migrate().arg("--resume").run();
    outcome
        .assert_code(0)
        .says("is tuned: max_wal_size = 8192MB, checkpoint_timeout = 1800s, autovacuum = off");
    outcome.says("not tuned: full_page_writes: the role may not change it");
    tuning.must_be_as_before("a role with privileges");
}
