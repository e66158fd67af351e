//! `options.rebuild_indexes`: indexes of a prepared target are gone while rows are loaded, and there afterwards, whenever the run dies.
use crate::support::{
    cli::Workspace,
    database::Database,
    judge,
    server::{Server, main_version, versions},
};

/// Secondary indexes of each sort, and those that have to stay.
const TABLES: &str = r#"
    CREATE TABLE "a table's" (
        id integer PRIMARY KEY, code text, n integer, CONSTRAINT "a ""key""" UNIQUE (n, code), EXCLUDE (id WITH =));
    COMMENT ON CONSTRAINT "a ""key""" ON "a table's" IS 'another';
    CREATE INDEX "the ""index""" ON "a table's" (n DESC) WHERE n > 0;
    COMMENT ON INDEX "the ""index""" IS 'a comment';
    CREATE UNIQUE INDEX codes ON "a table's" (code);
    CREATE UNIQUE INDEX referred ON "a table's" (n);
    CREATE TABLE child (
        id integer PRIMARY KEY, n integer REFERENCES "a table's" (n), code text CONSTRAINT named UNIQUE DEFERRABLE);
    CREATE TABLE grandchild (code text PRIMARY KEY, child integer CONSTRAINT pointed UNIQUE);
    CREATE TABLE pointer (child integer REFERENCES grandchild (child));
    CREATE INDEX child_n ON child (n);"#;

/// An index of a partitioned table needs server 11.
const PARTITIONED: &str = "
    CREATE TABLE p (id integer, n integer) PARTITION BY RANGE (id);
    CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (0) TO (500);
    CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM (500) TO (1000);
    CREATE INDEX p_n ON p (n);";

const ROWS: &str = r#"
    INSERT INTO "a table's" SELECT n, 'code ' || n, n FROM generate_series(1, 900) n;
    INSERT INTO child SELECT n, n, n::text FROM generate_series(1, 900) n;
    INSERT INTO grandchild VALUES ('a', 1); INSERT INTO pointer VALUES (1);
    INSERT INTO p SELECT n, n FROM generate_series(1, 900) n;
    ANALYZE"#;

fn pairs() -> Vec<(u32, u32)> {
    let oldest = versions().into_iter().find(|version| *version >= 11).expect("a version");
    let across = (oldest, *versions().last().expect("a version"));
    let mut pairs = vec![(main_version(), main_version())];
    pairs.extend((across != pairs[0]).then_some(across));
    pairs
}

fn prepare(source: u32, target: u32) -> (Database, Database, Workspace) {
    let tables = [TABLES, PARTITIONED].concat();
    let source = Database::with(&Server::start("source", source), &[&tables, ROWS].concat());
    let copy = Database::with(&Server::start("target", target), &tables);
    let workspace = Workspace::new();
    workspace.config(
        &source.uri(),
        &copy.uri(),
        "options: { rebuild_indexes: true }\nparallel: { max_jobs: 1 }",
    );
    (source, copy, workspace)
}

fn indexes(database: &Database) -> Vec<String> {
    let rows = database.rows(
        "SELECT relname || CASE WHEN indisvalid THEN '' ELSE ' INVALID' END \
         FROM pg_index JOIN pg_class c ON c.oid = indexrelid \
         WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
    );
    rows.into_iter().filter_map(|mut row| row[0].take()).collect()
}

#[test]
fn they_are_gone_while_rows_are_loaded() {
    for (from, to) in pairs() {
        let (source, copy, workspace) = prepare(from, to);
        let died = workspace.with_config("migrate").env("PGMIGRATE_FAILPOINT", "rows_sent").run();
        assert_eq!(died.status.code(), None, "{died:?}");
        let kept =
            ["a table's_id_excl", "a table's_pkey", "child_pkey", "grandchild_pkey", "pointed", "referred"];
        assert_eq!(indexes(&copy), kept, "{from} {to}");
        assert!(
            workspace
                .read("plan.tsv")
                .contains("kept while rows are loaded: another object of the target needs it")
        );
        workspace.with_config("migrate").arg("--resume").run().assert_code(0);
        assert_eq!(indexes(&copy), indexes(&source), "{from} {to}");
        judge::assert_equal(&source, &copy);
        workspace.with_config("verify").run().assert_code(0);
    }
}

#[test]
fn a_run_that_dies_while_it_drops_or_builds_them_ends_whole() {
    let (source, copy, workspace) = prepare(main_version(), main_version());
    let mut died = 0;
    for point in
        ["definitions_committed:1", "rows_sent:1", "step_committed:1", "step_committed:1", "step_committed:1"]
    {
        let run = workspace.with_config("migrate").env("PGMIGRATE_FAILPOINT", point);
        let run = if died > 0 { run.arg("--resume").run() } else { run.run() };
        died += u32::from(run.status.code().is_none());
    }
    assert!(died >= 4, "{died}");
    workspace.with_config("migrate").arg("--resume").run().assert_code(0);
    assert_eq!(indexes(&copy), indexes(&source));
    judge::assert_equal(&source, &copy);
}

#[test]
fn they_stay_unless_it_is_asked_for_or_rows_are_kept() {
    let (source, copy, workspace) = prepare(main_version(), main_version());
    copy.execute(r#"INSERT INTO "a table's" VALUES (-1, 'own', -1); INSERT INTO child VALUES (-1, -1, 'x')"#);
    copy.execute("CREATE INDEX own ON child (id, n)");
    workspace.with_config("migrate").args(["--on-existing", "append"]).arg("--dry-run").run().assert_code(0);
    workspace.with_config("plan").args(["--on-existing", "append"]).run().assert_code(0);
    let plan = workspace.read("plan.tsv");
    assert!(plan.contains("it is unique, and rows are appended"), "{plan}");
    assert!(plan.contains("the source has no such index"), "{plan}");
    assert!(
        plan.contains("drop_index:public.child_n") && !plan.contains("drop_index:public.codes"),
        "{plan}"
    );
    assert!(!plan.contains("drop_key:"), "{plan}");
    workspace.config(&source.uri(), &copy.uri(), "");
    workspace.with_config("plan").args(["--on-existing", "append"]).run().assert_code(0);
    assert!(!workspace.read("plan.tsv").contains("drop_index:"));
    workspace
        .with_config("plan")
        .args(["--on-existing", "truncate", "--rebuild-indexes"])
        .run()
        .assert_code(0);
    let plan = workspace.read("plan.tsv");
    assert!(
        plan.contains("drop_index:public.codes") && plan.contains("drop_key:public.child.named"),
        "{plan}"
    );
}
