//! Several databases of a server in one run: lanes and connections shared, each with an end of its own.
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use serde_json::Value;

use crate::support::{
    cli::{Invocation, Workspace},
    database::Database,
    judge,
    server::{Server, ident, main_version},
};

/// Databases of a source, and what becomes of them on a target.
struct Fleet {
    sources: Vec<Database>,
    targets: Vec<Database>,
    source: Server,
    target: Server,
    workspace: Workspace,
}

/// A table with `rows` rows, an index, a sequence and a view.
fn shop(rows: u32) -> String {
    format!(
        "CREATE TABLE item (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, price numeric);
         INSERT INTO item (name, price) SELECT 'item ' || n, n / 7.0 FROM generate_series(1, {rows}) n;
         CREATE INDEX ON item (name);
         CREATE VIEW cheap AS SELECT id FROM item WHERE price < 3;"
    )
}

impl Fleet {
    fn new(scripts: &[String]) -> Self {
        let major = main_version();
        // Of their own: all roles of the source come along, and on servers that others use some are in the middle of a test.
        Self::between(Server::start("databases", major), Server::start("databases-copy", major), scripts)
    }

    fn between(source: Server, target: Server, scripts: &[String]) -> Self {
        let sources: Vec<Database> = scripts.iter().map(|script| Database::with(&source, script)).collect();
        let twin = |of: &Database| Database { server: target.clone(), name: of.name.clone() };
        let targets = sources.iter().map(twin).collect();
        Self { sources, targets, source, target, workspace: Workspace::new() }
    }

    /// Another database, under a name that must be quoted.
    fn with_name(mut self, name: &str, script: &str) -> Self {
        let database = Database::absent_named(&self.source, name);
        self.source
            .session()
            .execute(&format!("CREATE DATABASE {} TEMPLATE template0", ident(&database.name)));
        database.execute(script);
        self.targets.push(Database { server: self.target.clone(), name: database.name.clone() });
        self.sources.push(database);
        self
    }

    /// A command of all of them; globs are taken for what they are.
    fn run(&self, command: &str) -> Invocation {
        let mut invocation = self.workspace.pgmigrate([
            command,
            "--source",
            &self.source.uri("postgres"),
            "--target",
            &self.target.uri("postgres"),
        ]);
        for database in &self.sources {
            let name = database.name.replace('\\', "\\\\").replace('*', "\\*").replace('?', "\\?");
            invocation = invocation.args(["--include-database", &name]);
        }
        invocation
    }

    fn assert_equal(&self) {
        for (source, target) in self.sources.iter().zip(&self.targets) {
            judge::assert_equal(source, target);
            self.workspace.between("verify", source, target).run().assert_code(0);
            assert!(
                !target.has("SELECT FROM pg_namespace WHERE nspname = 'pgmigrate'"),
                "the journal is gone"
            );
        }
    }

    fn report(&self) -> Value {
        serde_json::from_str(&self.workspace.read("report.json")).expect("JSON")
    }
}

fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    value.pointer(path).and_then(Value::as_str).expect("a text")
}

#[test]
fn every_database_is_migrated_and_told_of() {
    let fleet = Fleet::new(&[shop(3000), shop(20), String::new()]).with_name("we\"ird * n\täme", &shop(100));
    let planned = fleet.run("plan").run();
    planned.assert_code(0).says("Lanes").says("Connections at most");
    let ran = fleet.run("migrate").args(["--jobs", "2"]).run();
    ran.assert_code(0).says("4 databases done").says("waited");
    fleet.assert_equal();

    let report = fleet.report();
    assert_eq!((text(&report, "/outcome"), &report["totals"]["rows"]), ("done", &3120.into()));
    let databases = report["databases"].as_array().expect("databases");
    for database in &fleet.sources {
        let of = databases.iter().find(|one| one["database"] == database.name.as_str()).expect("its report");
        assert_eq!((text(of, "/outcome"), text(of, "/report/outcome")), ("done", "done"));
        // What it waited for its turn is told apart from what it took.
        let seconds = |value: &Value| value.as_f64().expect("seconds");
        let (waited, own) = (seconds(&of["waited_seconds"]), seconds(&of["seconds"]));
        assert!(seconds(&of["report"]["seconds"]) <= own && waited + own <= seconds(&report["seconds"]));
    }
    let waited = databases.iter().filter(|one| one["waited_seconds"].as_f64() > Some(0.001)).count();
    assert!(waited >= 2, "two are planned at a time, the others wait: {databases:?}");
    let plan = fleet.workspace.read("plan.tsv");
    assert_eq!(plan.lines().filter(|line| line.starts_with("plan\tPLAN\t")).count(), 4);
    let state = fleet.workspace.read("state.tsv");
    assert!(state.lines().all(|line| line.split('\t').count() == 3), "{state}");

    let again = fleet.run("migrate").arg("--resume").run();
    again.assert_code(0).says("done before");
}

#[test]
fn every_database_is_compared() {
    let fleet = Fleet::new(&[shop(500), shop(20)]);
    fleet.run("migrate").run().assert_code(0);
    fleet.run("verify").run().assert_code(0).says(&format!("== {}", fleet.sources[1].name));
    fleet.targets[1].execute("UPDATE item SET price = 0 WHERE id = 7");
    let found = fleet.run("verify").arg("--json").run();
    found.assert_code(1).says("1 of 2 databases are not equal");
    let report: Value = serde_json::from_str(&found.stdout).expect("JSON");
    assert_eq!(report["equal"], false);
    let unequal: Vec<&Value> = report["databases"]
        .as_array()
        .expect("databases")
        .iter()
        .filter(|one| !one["error"].is_null())
        .map(|one| &one["database"])
        .collect();
    assert_eq!(unequal, [fleet.sources[1].name.as_str()]);
}

#[test]
fn a_comparison_of_databases_goes_on_where_it_ended() {
    let fleet = Fleet::new(&[shop(500), shop(20)]);
    fleet.run("migrate").run().assert_code(0);
    let killed = fleet.run("verify").env("PGMIGRATE_FAILPOINT", "part_compared:3").run();
    assert_eq!(killed.status.code(), None, "{killed}");
    let parts = || {
        let text = fleet.workspace.read("verify.tsv");
        let parts = text.lines().filter(|line| line.starts_with("part\t"));
        // Kind, database, side and digest: one that was proven is written down again.
        let named: BTreeSet<Vec<&str>> = parts.map(|line| line.split('\t').take(4).collect()).collect();
        named.len()
    };
    assert_eq!(parts(), 3);
    let page = ["--resume", "--html", "verify.html", "-v"];
    let resumed = fleet.run("verify").args(page).run();
    resumed.assert_code(0).stderr_contains("compared by an earlier attempt");
    assert_eq!(parts(), 4, "a table on two sides of two databases");
    // One of them alone goes on from there, too, and leaves what is known of the other.
    let [source, target] = [&fleet.sources[0], &fleet.targets[0]];
    let alone = fleet.workspace.between("verify", source, target).args(["--resume", "-v"]).run();
    alone.assert_code(0).stderr_contains("2 parts of tables were compared by an earlier attempt");
    let found = fleet.workspace.read("verify.html");
    assert!(found.contains("<h1 data-found=\"equal\">Source and target are equal: all 2 databases</h1>"));
    for database in &fleet.sources {
        assert!(found.contains(&format!("<h2>{}: <span class=\"good\">equal", database.name)), "{found}");
    }

    fleet.targets[1].execute("UPDATE item SET price = 0 WHERE id = 7");
    let differs = fleet.run("verify").args(page).run();
    differs.assert_code(1).says("id = '7': differs in price");
    let found = fleet.workspace.read("verify.html");
    assert!(
        found.contains("not equal: 1 of 2 databases</h1>") && found.contains("id = &#39;7&#39;"),
        "{found}"
    );
}

#[test]
fn one_that_fails_does_not_stop_the_others() {
    let fleet = Fleet::new(&[shop(200), shop(100)]);
    let bad = &fleet.targets[0];
    fleet.target.session().execute(&format!("CREATE DATABASE {}", ident(&bad.name)));
    bad.execute("CREATE TABLE item (id int); INSERT INTO item VALUES (1)");
    let ran = fleet.run("migrate").run();
    ran.assert_code(4)
        .says("another definition")
        .says(&fleet.sources[0].name)
        .says("1 of 2 databases failed");
    assert_eq!(fleet.targets[1].count("item"), 100);
    let report = fleet.report();
    assert_eq!(text(&report, "/outcome"), "failed");

    bad.execute("DROP TABLE item");
    fleet.run("migrate").arg("--resume").run().assert_code(0).says("done before");
    fleet.assert_equal();
}

#[test]
fn no_more_connections_than_were_allowed() {
    let fleet = Fleet::new(&(0..6).map(|n| shop(2000 + n)).collect::<Vec<_>>());
    let names: Vec<String> = fleet.sources.iter().map(|one| format!("'{}'", one.name)).collect();
    let count = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pgmigrate%' AND datname IN ({})",
        names.join(", ")
    );
    let ended = AtomicBool::new(false);
    let most = [AtomicU64::new(0), AtomicU64::new(0)];
    std::thread::scope(|scope| {
        for (server, most) in [&fleet.source, &fleet.target].into_iter().zip(&most) {
            let (count, ended) = (&count, &ended);
            scope.spawn(move || {
                let mut session = server.session();
                while !ended.load(Ordering::Relaxed) {
                    most.fetch_max(session.value(count).parse().expect("a number"), Ordering::Relaxed);
                }
            });
        }
        let limits =
            ["--jobs", "8", "--index-jobs", "8", "--source-connections", "6", "--target-connections", "8"];
        let ran = fleet.run("migrate").args(limits).run();
        ended.store(true, Ordering::Relaxed);
        ran.assert_code(0);
    });
    let [source, target] = most.map(AtomicU64::into_inner);
    assert!((1..=6).contains(&source) && (1..=8).contains(&target), "{source} {target}");
    fleet.assert_equal();
}

#[test]
fn what_is_selected_must_be_there_and_fit() {
    let fleet = Fleet::new(&[shop(1), shop(1)]);
    let absent = fleet.run("plan").args(["--include-database", "no such database"]).run();
    absent.assert_code(2).says("the source has no database \"no such database\"");
    let [one, other] = [0, 1].map(|at| fleet.sources[at].name.clone());
    fleet.workspace.config(
        &fleet.source.uri("postgres"),
        &fleet.target.uri("postgres"),
        &format!("databases: {{ mode: include, include: [{one}, {other}], rename: {{ {one}: {other} }} }}"),
    );
    let both = fleet.workspace.with_config("plan").run();
    both.assert_code(2).says("cannot both become");
}

#[test]
fn a_killed_run_goes_on_where_it_was() {
    let fleet = Fleet::new(&[shop(30_000), shop(20_000), shop(10_000)]);
    let mut killed = 0;
    for part in [30, 70, 150, 300] {
        let running = fleet.run("migrate").args(["--resume", "--jobs", "2"]).spawn();
        let lines = || {
            fleet.workspace.path("state.tsv").exists()
                && fleet.workspace.read("state.tsv").lines().count() > part / 10
        };
        killed += u32::from(running.kill_when("some steps are done", lines));
    }
    assert!(killed > 0, "at least one run was killed");
    fleet.run("migrate").arg("--resume").run().assert_code(0);
    fleet.assert_equal();
}
