//! What an earlier comparison found counts if and only if the rows are the same.
use super::{differences, rows_of};
use crate::support::{
    cli::{Invocation, Outcome, Workspace},
    database::Database,
    server::Server,
    wait_for,
};

const SCHEMA: &str = "
    CREATE TYPE mood AS ENUM ('good', 'bad');
    CREATE TABLE item (id integer PRIMARY KEY, note text, price integer DEFAULT 5);
    INSERT INTO item SELECT n, 'note ' || n FROM generate_series(1, 5000) n;
    CREATE TABLE other (id integer PRIMARY KEY);
    INSERT INTO other SELECT n FROM generate_series(1, 100) n;
    CREATE TABLE felt (id integer PRIMARY KEY, mood mood);
    INSERT INTO felt VALUES (1, 'good'), (2, 'bad')";

/// Something that changes no row, and has a transaction's number.
const UNRELATED: &str = "INSERT INTO other VALUES (-1); DELETE FROM other WHERE id = -1";

struct Scene {
    source: Database,
    copy: Database,
    workspace: Workspace,
}

impl Scene {
    fn new() -> Self {
        let (source, target) = (Server::main("source"), Server::main("target"));
        let (source, copy) = (Database::with(&source, SCHEMA), Database::with(&target, SCHEMA));
        Self { source, copy, workspace: Workspace::new() }
    }

    fn verify(&self, options: &[&str]) -> Outcome {
        let verify = self.workspace.between("verify", &self.source, &self.copy).args(["--json", "-v"]);
        options.iter().fold(verify, Invocation::arg).run()
    }

    /// Changes what the file says of the target's table with so many rows.
    fn falsify(&self, rows: u64) {
        let text = self.workspace.read("verify.tsv");
        let line = |line: &str| match line.rsplit_once('\t') {
            Some((head, sum)) if line.contains("\ttarget\t") && head.ends_with(&format!("\t{rows}")) => {
                format!("{head}\t{}\n", sum.parse::<i128>().unwrap() + 1)
            }
            _ => format!("{line}\n"),
        };
        let falsified: String = text.lines().map(line).collect();
        assert_ne!(text, falsified);
        self.workspace.write("verify.tsv", &falsified);
    }
}

#[test]
fn a_killed_comparison_goes_on_where_it_ended() {
    let scene = Scene::new();
    let verify = scene.workspace.between("verify", &scene.source, &scene.copy);
    let outcome = verify.env("PGMIGRATE_FAILPOINT", "part_compared:3").run();
    assert_eq!(outcome.status.code(), None, "{outcome}");
    assert_eq!(scene.workspace.read("verify.tsv").lines().count(), 1 + 2 + 3);
    let resumed = scene.verify(&["--resume"]);
    resumed.assert_code(0).stderr_contains("3 parts of tables were compared by an earlier attempt");
    let again = scene.verify(&["--resume"]);
    again.assert_code(0).stderr_contains("6 parts of tables were compared by an earlier attempt");
}

/// A file that says something wrong is believed where the server proves that nothing changed: so it is believed at all.
#[test]
fn what_is_proven_is_not_read_again() {
    let scene = Scene::new();
    // Versions that are younger than somebody's transaction, in whatever database, prove nothing.
    let made = scene.copy.value("SELECT txid_current()");
    wait_for("the end of all transactions that began before", || {
        scene.copy.has(&format!("SELECT 1 WHERE txid_snapshot_xmin(txid_current_snapshot()) > {made}"))
    });
    scene.verify(&[]).assert_code(0);
    scene.falsify(5000);
    scene.copy.execute(UNRELATED);
    let outcome = scene.verify(&["--resume"]);
    outcome.assert_code(1);
    assert_eq!(rows_of(&outcome, "public.item")["outcome"], "differs");
    // An enum's labels can change without its rows: their versions prove nothing.
    scene.verify(&[]).assert_code(0);
    scene.falsify(2);
    scene.copy.execute(UNRELATED);
    scene.verify(&["--resume"]).assert_code(0);
}

#[test]
fn what_changed_since_is_found() {
    let changes = [
        "UPDATE item SET note = 'x' WHERE id = 7",
        "DELETE FROM item WHERE id = 7",
        "DELETE FROM item WHERE id = 7; INSERT INTO item VALUES (7, 'x')",
        "BEGIN; SAVEPOINT a; UPDATE item SET note = 'x' WHERE id = 7; RELEASE a; COMMIT",
        // Nobody counts it.
        "SET track_counts = off; UPDATE item SET note = 'x' WHERE id = 7",
        // No row is written.
        "ALTER TABLE item DROP price; ALTER TABLE item ADD price integer DEFAULT 6",
        "CREATE TABLE kept AS SELECT * FROM item; TRUNCATE item; \
         INSERT INTO item SELECT id, CASE id WHEN 7 THEN 'x' ELSE note END, price FROM kept; DROP TABLE kept",
        "DELETE FROM item WHERE id = 7; VACUUM FULL item; INSERT INTO item VALUES (7, 'x')",
        "UPDATE item SET note = 'x' WHERE id = 7; VACUUM FREEZE item",
        "ALTER TYPE mood RENAME VALUE 'good' TO 'fine'",
    ];
    let scene = Scene::new();
    for change in changes {
        scene.verify(&[]).assert_code(0);
        let mut session = scene.copy.session();
        // One by one: VACUUM wants no company.
        change.split("; ").for_each(|statement| session.execute(statement));
        let table = if change.contains("TYPE") { "public.felt" } else { "public.item" };
        for _ in 0..2 {
            let outcome = scene.verify(&["--resume"]);
            outcome.assert_code(1);
            assert_eq!(rows_of(&outcome, table)["outcome"], "differs", "{change}");
        }
        session.execute("DROP TABLE item, other, felt; DROP TYPE mood");
        session.execute(SCHEMA);
    }
}

/// Whose number is older than the snapshot, and which was not in it.
#[test]
fn what_was_under_way_is_found_once_it_is_committed() {
    for begin in ["BEGIN", "BEGIN; SELECT txid_current(); SAVEPOINT a"] {
        let scene = Scene::new();
        let mut session = scene.copy.session();
        session.execute(begin);
        session.execute("DELETE FROM item WHERE id = 7; INSERT INTO item VALUES (7, 'x')");
        scene.copy.execute(UNRELATED);
        scene.verify(&[]).assert_code(0);
        session.execute("COMMIT");
        let outcome = scene.verify(&["--resume"]);
        outcome.assert_code(1);
        assert_eq!(differences(&rows_of(&outcome, "public.item")), ["differs 7 [note]"]);
    }
}

#[test]
fn another_database_knows_nothing() {
    let scene = Scene::new();
    scene.verify(&[]).assert_code(0);
    let other = Database::with(&scene.copy.server, SCHEMA);
    other.execute("UPDATE item SET note = 'x' WHERE id = 7");
    let outcome = scene.workspace.between("verify", &scene.source, &other).arg("--resume").run();
    outcome.assert_code(1).stderr_contains("is of another target").says("id = '7': differs in note");
}

#[test]
fn another_mode_reads_for_itself() {
    let scene = Scene::new();
    scene.copy.execute("UPDATE item SET note = 'x' WHERE id = 7");
    scene.verify(&["--mode", "counts"]).assert_code(0);
    scene.verify(&["--resume"]).assert_code(1);
}

#[test]
fn a_file_of_something_else_stays() {
    let scene = Scene::new();
    scene.workspace.write("mine", "precious\n");
    scene.verify(&["--state", "mine"]).assert_code(6).says("this is not a file of `verify`");
    scene.verify(&["--state", "mine", "--resume"]).assert_code(6);
    assert_eq!(scene.workspace.read("mine"), "precious\n");
    scene.verify(&["--state", "none/verify.tsv"]).assert_code(8);
    scene.verify(&["--resume"]).assert_code(0).stderr_contains("there is no `verify.tsv` to go on from");
}
