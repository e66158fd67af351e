//! Whatever is killed, and whenever: `--resume` ends with every row there, once.
use crate::support::{
    cli::{Running, Workspace},
    database::Database,
    judge,
    proxy::{End, Proxy},
    sample,
    server::Server,
    wait_for,
};

/// A migration of a copy of the sample, in clusters of its own.
struct Migration {
    database: Database,
    copy: Database,
    workspace: Workspace,
    expected: Vec<String>,
    _alone: crate::support::lock::Lock,
}

/// Many small chunks, so that there is much to interrupt.
fn config(source: &str, copy: &Database, workspace: &Workspace) {
    workspace.config(
        source,
        &copy.uri(),
        "schemas: { mode: all }
parallel: { max_jobs: 2 }
tables:
  include:
    - { schema: bookings, name: flights, chunk_column: flight_id, chunk_size: 50 }
    - { schema: bookings, name: tickets, chunk_column: ticket_no, chunk_size: 500 }
    - { schema: bookings, name: ticket_flights, chunk_column: ticket_no, chunk_size: 1000 }",
    );
}

impl Migration {
    /// `None` where the sample can't be loaded.
    fn prepare() -> Option<Self> {
        let (source, target) = (Server::main("source"), Server::main("resume"));
        let database = sample::database(&source)?;
        let alone = target.alone();
        let expected = sample::digests(&database);
        let (copy, workspace) = (Database::absent(&target), Workspace::new());
        config(&database.uri(), &copy, &workspace);
        Some(Self { database, copy, workspace, expected, _alone: alone })
    }

    fn begin(&self) -> Running {
        self.workspace.with_config("migrate").spawn()
    }

    fn go_on(&self) -> Running {
        self.workspace.with_config("migrate").arg("--resume").spawn()
    }

    /// The number of steps, from a plan that is made beside the run's.
    fn steps(&self) -> usize {
        self.workspace.with_config("plan").args(["--plan", "measure.tsv"]).run().assert_code(0);
        // The header and the row about the plan itself are no steps.
        self.workspace.read("measure.tsv").lines().count() - 2
    }

    fn must_be_whole(&self) {
        assert_eq!(self.expected, sample::digests(&self.copy));
        assert!(
            !self.copy.has("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmigrate'"),
            "the journal is still there"
        );
        judge::assert_equal(&self.database, &self.copy);
        self.workspace.with_config("verify").run().assert_code(0);
    }

    /// Kills a run when a share of all steps is done, and resumes it.
    fn killed_at(percent: usize) {
        let Some(migration) = Self::prepare() else { return };
        let threshold = migration.steps() * percent / 100;
        let workspace = &migration.workspace;
        migration.begin().kill_when("steps", || {
            workspace.path("plan.tsv").exists() && workspace.steps_done() >= threshold
        });
        migration.go_on().wait().assert_code(0);
        migration.must_be_whole();
    }
}

#[test]
fn killed_as_soon_as_there_is_a_plan() {
    Migration::killed_at(0);
}

#[test]
fn killed_among_the_first_definitions() {
    Migration::killed_at(8);
}

#[test]
fn killed_before_the_data() {
    Migration::killed_at(30);
}

#[test]
fn killed_between_chunks() {
    Migration::killed_at(55);
}

#[test]
fn killed_among_indexes() {
    Migration::killed_at(75);
}

#[test]
fn killed_near_the_end() {
    Migration::killed_at(97);
}

#[test]
fn killed_again_and_again() {
    let Some(migration) = Migration::prepare() else { return };
    let workspace = &migration.workspace;
    let every = migration.steps() / 7 + 1;
    let mut threshold = every;
    let mut killed = migration.begin().kill_when("steps", || workspace.steps_done() >= threshold);
    let mut kills = 0;
    while killed {
        kills += 1;
        assert!(workspace.path("plan.tsv").exists());
        threshold = workspace.steps_done() + every;
        killed = migration.go_on().kill_when("steps", || workspace.steps_done() >= threshold);
    }
    assert!(kills > 2, "killed only {kills} times");
    // The last one ran to its end.
    migration.go_on().wait().assert_code(0);
    migration.must_be_whole();
}

#[test]
fn killed_in_the_middle_of_a_chunk() {
    let Some(migration) = Migration::prepare() else { return };
    let proxy = Proxy::after(1_500_000, End::Stall, migration.database.server.port);
    config(&migration.database.uri_through(proxy.port()), &migration.copy, &migration.workspace);
    let killed = migration.begin().kill_when("the stall", || proxy.reached());
    assert!(killed, "the run ended before the source had sent so much");
    config(&migration.database.uri(), &migration.copy, &migration.workspace);
    migration.go_on().wait().assert_code(0);
    migration.must_be_whole();
}

#[test]
fn a_cut_line_costs_at_most_a_resume() {
    let Some(migration) = Migration::prepare() else { return };
    let proxy = Proxy::after(1_500_000, End::Cut, migration.database.server.port);
    config(&migration.database.uri_through(proxy.port()), &migration.copy, &migration.workspace);
    let outcome = migration.begin().wait();
    proxy.wait_until_reached();
    match outcome.status.code() {
        Some(0) => {}
        Some(3 | 5) => _ = migration.go_on().wait().assert_code(0),
        _ => panic!("{outcome}"),
    }
    migration.must_be_whole();
}

#[test]
fn a_line_that_swallows_everything_is_noticed() {
    let Some(migration) = Migration::prepare() else { return };
    let proxy = Proxy::after(1_500_000, End::Swallow, migration.database.server.port);
    config(&migration.database.uri_through(proxy.port()), &migration.copy, &migration.workspace);
    let text = migration.workspace.read("config.yaml") + "\noptions: { stall_timeout: 2 }\n";
    migration.workspace.write("config.yaml", &text);
    let outcome = migration.begin().wait();
    proxy.wait_until_reached();
    outcome.assert_code(0);
    assert!(migration.workspace.read("pgmigrate.log").contains("nothing moves"));
    migration.must_be_whole();
}

#[test]
fn killed_while_the_server_builds_an_index() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    // Each entry takes its time; the server goes on building when its client is gone.
    let database = Database::with(
        &source,
        "CREATE FUNCTION slow(n integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql
           AS 'BEGIN PERFORM pg_catalog.pg_sleep(0.01); RETURN n; END';
         CREATE TABLE item (n integer PRIMARY KEY);
         CREATE INDEX item_slow ON item (slow(n));
         INSERT INTO item SELECT generate_series(1, 150)",
    );
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    let building = format!(
        "SELECT 1 FROM pg_stat_activity WHERE datname = '{}' AND state = 'active' AND query ~ 'CREATE INDEX item_slow' \
         AND pid <> pg_backend_pid()",
        copy.name
    );
    let mut session = target.session();
    let running = workspace.between("migrate", &database, &copy).spawn();
    assert!(
        running.kill_when("the index", || session.exists(&building)),
        "it ended before the index was built"
    );
    workspace.between("migrate", &database, &copy).arg("--resume").run().assert_code(0);
    workspace.between("verify", &database, &copy).run().assert_code(0);
    assert_eq!(copy.count("item"), 150);
    assert_eq!(
        copy.value("SELECT count(*) FROM pg_index WHERE indrelid = 'item'::regclass AND indisvalid"),
        "2"
    );
    judge::assert_equal(&database, &copy);
}

#[test]
fn killed_while_the_server_creates_the_database() {
    let (database, copy) = small();
    let workspace = Workspace::new();
    let mut session = copy.server.session();
    // Nobody creates a database until this lock goes.
    let mut holder = copy.server.session();
    holder.execute("BEGIN; LOCK TABLE pg_catalog.pg_database IN SHARE MODE");
    let creating = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE DATABASE%{}%' AND wait_event_type = 'Lock' \
         AND pid <> pg_backend_pid()",
        copy.name
    );
    let running = workspace.between("migrate", &database, &copy).spawn();
    assert!(running.kill_when("CREATE DATABASE", || session.value(&creating) == "1"));
    let mut resumed = workspace.between("migrate", &database, &copy).arg("--resume").spawn();
    // The first may be gone before the second is there: its server has noticed that it was killed.
    wait_for("the second", || resumed.ended() || session.value(&creating) != "1");
    holder.execute("ROLLBACK");
    resumed.wait().assert_code(0);
    assert_eq!(sample::digests(&database), sample::digests(&copy));
}

fn small() -> (Database, Database) {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(
        &source,
        "CREATE TABLE item AS SELECT n, repeat(md5(n::text), 20) AS text FROM generate_series(1, 5000) n;
         CREATE TABLE other AS SELECT generate_series(1, 10) AS n",
    );
    (database, Database::absent(&target))
}

#[test]
fn a_finished_run_has_nothing_to_resume() {
    let (database, copy) = small();
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &copy).run().assert_code(0);
    let before = copy.fingerprint();
    let outcome = workspace.between("migrate", &database, &copy).arg("--resume").run();
    outcome.assert_code(0).says("nothing to do");
    assert_eq!(before, copy.fingerprint());
}

#[test]
fn a_resume_before_there_is_a_plan_begins() {
    let (database, copy) = small();
    Workspace::new().between("migrate", &database, &copy).arg("--resume").run().assert_code(0);
    assert_eq!(sample::digests(&database), sample::digests(&copy));
}

#[test]
fn the_plan_of_another_run_is_refused() {
    let (database, copy) = small();
    let workspace = Workspace::new();
    let proxy = Proxy::after(1_000_000, End::Stall, database.server.port);
    let running = workspace
        .pgmigrate(["migrate", "--source", &database.uri_through(proxy.port()), "--target", &copy.uri()])
        .spawn();
    assert!(running.kill_when("the stall", || proxy.reached()));
    let before = copy.fingerprint();
    // The other database has one more table, and so another plan.
    let (other, _) = small();
    other.execute("CREATE TABLE more (n integer)");
    workspace
        .between("plan", &other, &Database::absent(&copy.server))
        .args(["--plan", "other.tsv"])
        .run()
        .assert_code(0);
    for source in [&other, &database] {
        let outcome =
            workspace.between("migrate", source, &copy).args(["--resume", "--plan", "other.tsv"]).run();
        outcome.assert_code(6);
    }
    let outcome = workspace.between("migrate", &other, &copy).arg("--resume").run();
    outcome.assert_code(6).stderr_contains("source");
    assert_eq!(before, copy.fingerprint());
    workspace.between("migrate", &database, &copy).arg("--resume").run().assert_code(0);
    assert_eq!(sample::digests(&database), sample::digests(&copy));
}

#[test]
fn other_settings_and_servers_are_named() {
    let (database, copy) = small();
    let workspace = Workspace::new();
    let with = |target: &Database, rest: &str| {
        workspace.config(&database.uri(), &target.uri(), rest);
        workspace.with_config("migrate")
    };
    let died = with(&copy, "tables: { exclude: [ { schema: public, name: other } ] }")
        .env("PGMIGRATE_FAILPOINT", "rows_sent");
    assert_eq!(died.run().status.code(), None);
    let before = copy.fingerprint();
    with(&copy, "schemas: { exclude: [ x ] }")
        .arg("--resume")
        .run()
        .assert_code(6)
        .stderr_contains("`schemas.exclude` was the default, is `[\"x\"]`")
        .stderr_contains(
            "`tables.exclude` was `[{\"name\":\"other\",\"schema\":\"public\"}]`, is the default",
        );
    // A database of the same name in another cluster.
    let elsewhere = Database::absent_named(&database.server, &copy.name);
    with(&elsewhere, "tables: { exclude: [ { schema: public, name: other } ] }")
        .arg("--resume")
        .run()
        .assert_code(6);
    assert_eq!(before, copy.fingerprint());
    // What does not shape the plan may change.
    let rest = "tables: { exclude: [ { schema: public, name: other } ] }\nparallel: { max_jobs: 1 }\noptions: { stall_timeout: 5 }";
    with(&copy, rest).arg("--resume").run().assert_code(0);
    assert_eq!(copy.count("item"), 5000);
}

/// A run that ended, on a target that had the table before; then the source changes.
fn ended_before() -> (Database, Database, Workspace) {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(&source, "CREATE TABLE item AS SELECT generate_series(1, 10) AS n");
    let copy = Database::with(&target, "CREATE TABLE item (n integer); INSERT INTO item VALUES (0)");
    let workspace = Workspace::new();
    workspace.between("migrate", &database, &copy).args(TRUNCATE).run().assert_code(0);
    database.execute("INSERT INTO item VALUES (11)");
    (database, copy, workspace)
}

const TRUNCATE: [&str; 2] = ["--on-existing", "truncate"];

#[test]
fn what_an_earlier_run_left_is_not_taken_for_this_one() {
    for (moment, code) in [("file_renamed:1", 4), ("file_written:2", 4), ("file_renamed:2", 0)] {
        let (database, copy, workspace) = ended_before();
        let again = || workspace.between("migrate", &database, &copy);
        let died = again().args(TRUNCATE).env("PGMIGRATE_FAILPOINT", moment).run();
        assert_eq!(died.status.code(), None, "{died}");
        // Where there is no plan yet a resume begins, and tables with rows are refused unless the user says otherwise.
        again().arg("--resume").run().assert_code(code);
        if code != 0 {
            again().args(TRUNCATE).run().assert_code(0);
        }
        assert_eq!(copy.count("item"), 11, "{moment}");
    }
}

#[test]
fn a_plan_is_run_though_an_earlier_one_was() {
    let (database, copy, workspace) = ended_before();
    workspace.between("plan", &database, &copy).args(TRUNCATE).run().assert_code(0);
    workspace.between("migrate", &database, &copy).arg("--resume").run().assert_code(0);
    assert_eq!(copy.count("item"), 11);
}

#[test]
fn the_state_of_another_plan_is_not_taken_for_this_one() {
    let (database, copy, workspace) = ended_before();
    workspace
        .between("plan", &database, &copy)
        .args(TRUNCATE)
        .args(["--plan", "more.tsv"])
        .run()
        .assert_code(0);
    workspace.write("state.tsv", "truncate:tables\tDONE\ndata:public.item:0001\tDONE\n");
    let resumed = workspace.between("migrate", &database, &copy).args(["--plan", "more.tsv"]).arg("--resume");
    resumed.run().assert_code(6).stderr_contains("has no journal of them");
}

#[test]
fn a_target_without_its_rows_is_no_finished_run() {
    let (database, copy, workspace) = ended_before();
    let again = || workspace.between("migrate", &database, &copy).arg("--resume").run();
    again().assert_code(0).says("nothing to do");
    copy.execute("TRUNCATE item");
    again().assert_code(6).stderr_contains("public.item has no rows on the target, and some on the source");
    // Nor does the source have any: that is equal.
    database.execute("DELETE FROM item");
    again().assert_code(0).says("nothing to do");
}

#[test]
fn what_cannot_be_carried_takes_nothing_else_along() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let _alone = [source.alone(), target.alone()];
    let role = format!("carried_{}", std::process::id());
    let sql = format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'secret'; CREATE TABLE item AS SELECT 1 AS n; GRANT SELECT ON item TO {role};
         CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (a 'b')"
    );
    let database = Database::with(&source, &sql);
    let copy = Database::with(&target, "CREATE TABLE item (n integer)");
    let workspace = Workspace::new();
    let migrate = || workspace.between("migrate", &database, &copy);
    assert_eq!(migrate().env("PGMIGRATE_FAILPOINT", "journal_begun").run().status.code(), None);
    database.execute("DROP USER MAPPING FOR PUBLIC SERVER s");
    // The rows wait, so that the source's snapshot is held all the while.
    let mut holder = copy.session();
    holder.execute("BEGIN; LOCK TABLE item IN SHARE MODE");
    let mut running = migrate().arg("--resume").spawn();
    let carried = |state: &str| ["password:", "user_mapping:"].iter().all(|kind| state.contains(kind));
    wait_for("both", || running.ended() || carried(&workspace.read("state.tsv")));
    holder.execute("ROLLBACK");
    running.wait().assert_code(5).says("USER MAPPING FOR PUBLIC SERVER s is no longer on the source");
    let state = workspace.read("state.tsv");
    assert!(state.contains(&format!("password:{role}\tDONE")), "{state}");
    assert!(state.contains("user_mapping:s.public\tFAILED"), "{state}");
    assert_eq!(copy.count("item"), 1);
    drop((database, copy));
    source.forget_roles("carried_");
    target.forget_roles("carried_");
}
