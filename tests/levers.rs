//! What makes the copy faster must not change it: each lever is seen to be pulled, and the rows are held to the source's.
use crate::support::{
    cli::Workspace,
    database::Database,
    judge,
    server::{Server, versions},
};

fn servers() -> (Server, Server) {
    (Server::main("source"), Server::main("target"))
}

/// Migrates with these arguments, holds the copy to the source, and gives the plan's text.
fn arrives<const N: usize>(database: &Database, copy: &Database, arguments: [&str; N]) -> String {
    let workspace = Workspace::new();
    workspace.between("migrate", database, copy).args(arguments).run().assert_code(0);
    assert_eq!(database.fingerprint(), copy.fingerprint());
    judge::assert_equal(database, copy);
    workspace.between("verify", database, copy).run().assert_code(0);
    workspace.read("plan.tsv")
}

fn steps<'p>(plan: &'p str, table: &str) -> Vec<&'p str> {
    plan.lines().filter(|line| line.starts_with(&format!("data:{table}:"))).collect()
}

/// 30 MB in a few thousand rows, with one of another size each so that an order shows.
const LARGE: &str = "CREATE TABLE large (id integer PRIMARY KEY, filler text);
     INSERT INTO large SELECT n, repeat(md5(n::text), 40 + n % 3) FROM generate_series(1, 20000) n;
     CREATE TABLE small (id integer REFERENCES large);
     INSERT INTO small SELECT generate_series(1, 100)";

#[test]
fn a_large_table_is_loaded_frozen_and_a_small_one_is_not() {
    for major in versions() {
        let (source, target) = (Server::start("source", major), Server::start("target", major));
        let database = Database::with(&source, LARGE);
        let copy = Database::absent(&target);
        let plan = arrives(&database, &copy, ["--jobs", "2"]);
        assert!(
            steps(&plan, "public.large")[0].contains("FREEZE"),
            "the step of the table is not as it should be"
        );
        assert!(
            !steps(&plan, "public.small")[0].contains("FREEZE"),
            "the step of the table is not as it should be"
        );
        // Frozen rows are visible to all since 14 (COPY sets the visibility map); ANALYZE counts the pages. From 16 on a
        // table grows by many pages at once, of which the last stay empty.
        if copy.has("SELECT 1 WHERE current_setting('server_version_num')::int >= 140000") {
            let all_visible =
                "SELECT 1 FROM pg_class WHERE oid = 'large'::regclass AND relallvisible > relpages * 0.9";
            assert!(copy.has(all_visible), "{major}: its pages are not all-visible");
        }
        assert_eq!(
            copy.value(
                "SELECT string_agg(id::text, ',' ORDER BY ctid) FROM (SELECT ctid, id FROM large LIMIT 9) t"
            ),
            database.value(
                "SELECT string_agg(id::text, ',' ORDER BY ctid) FROM (SELECT ctid, id FROM large LIMIT 9) t"
            )
        );
    }
}

#[test]
fn rows_that_somebody_else_put_into_a_new_table_are_not_thrown_away() {
    let (source, target) = servers();
    let database = Database::with(&source, LARGE);
    let copy = Database::with(
        &target,
        "CREATE FUNCTION intrude() RETURNS event_trigger LANGUAGE plpgsql AS $$
         BEGIN IF to_regclass('public.large') IS NOT NULL THEN EXECUTE 'INSERT INTO public.large VALUES (-1)'; END IF; END $$;
         CREATE EVENT TRIGGER intrude ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION intrude();
         -- One that is nobody's would be refused.
         ALTER EXTENSION plpgsql ADD EVENT TRIGGER intrude",
    );
    let workspace = Workspace::new();
    let outcome = workspace.between("migrate", &database, &copy).run();
    outcome.assert_code(5).says("public.large was filled by another session");
    assert!(copy.has("SELECT 1 FROM large WHERE id = -1"), "the stranger's row is gone");
    // Once they are out of the way, the run goes on.
    copy.execute("ALTER EXTENSION plpgsql DROP EVENT TRIGGER intrude; DROP EVENT TRIGGER intrude; DROP FUNCTION intrude(); DELETE FROM large");
    workspace.between("migrate", &database, &copy).arg("--resume").run().assert_code(0);
    assert_eq!(database.fingerprint(), copy.fingerprint());
}

#[test]
fn constraints_before_the_data_forbid_the_truncate_of_a_frozen_load() {
    let (source, target) = servers();
    let database = Database::with(&source, LARGE);
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    workspace.config(&database.uri(), &copy.uri(), "options: { create_constraints_after_data: false }");
    workspace.with_config("migrate").run().assert_code(0);
    assert!(!workspace.read("plan.tsv").contains("FREEZE"));
    assert_eq!(database.fingerprint(), copy.fingerprint());
}

#[test]
fn small_chunks_of_every_table_hold_every_row_once() {
    for major in versions() {
        let (source, target) = (Server::start("source", major), Server::start("target", major));
        let database = Database::with(
            &source,
            "CREATE TABLE heap (id integer, filler text);
             INSERT INTO heap SELECT n % 700, repeat('x', n % 900) FROM generate_series(1, 9000) n;
             INSERT INTO heap VALUES (NULL, NULL);
             CREATE TABLE key (id uuid PRIMARY KEY, filler text);
             INSERT INTO key SELECT md5(n::text)::uuid, repeat('y', 300) FROM generate_series(1, 9000) n;
             CREATE TABLE toast (id timestamptz PRIMARY KEY, big text);
             ALTER TABLE toast ALTER big SET STORAGE EXTERNAL;
             INSERT INTO toast SELECT 'epoch'::timestamptz + n * interval '1 h', repeat(md5(n::text), 300) FROM generate_series(1, 300) n;
             ANALYZE",
        );
        let copy = Database::absent(&target);
        let plan = arrives(
            &database,
            &copy,
            ["--jobs", "3", "--split-larger-than", "1MB", "--chunk-bytes", "256kB"],
        );
        for table in ["public.key", "public.toast"] {
            assert!(steps(&plan, table).len() > 2, "{major}: {table} is not cut");
        }
    }
}

#[test]
fn large_values_are_compressed_by_lz4_unless_the_server_is_to_choose() {
    let (source, target) = servers();
    let database = Database::with(
        &source,
        "CREATE TABLE doc (id integer, body text, own text);
         ALTER TABLE doc ALTER own SET COMPRESSION pglz;
         INSERT INTO doc SELECT n, repeat(md5(n::text), 500), repeat(md5(n::text), 500) FROM generate_series(1, 50) n",
    );
    let methods = "SELECT string_agg(DISTINCT pg_column_compression(body) || ' ' || pg_column_compression(own), ',') FROM doc";
    let copy = Database::absent(&target);
    let plan = arrives(&database, &copy, []);
    let lz4 = copy
        .has("SELECT 1 FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)");
    assert_eq!(copy.value(methods), if lz4 { "lz4 pglz" } else { "pglz pglz" });
    assert_eq!(
        plan.contains("\"toast_compression\":\"lz4\"") || plan.contains(r#"toast_compression\":\"lz4"#),
        lz4,
        "{plan}"
    );

    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    workspace.config(&database.uri(), &copy.uri(), "options: { toast_compression: server }");
    workspace.with_config("migrate").run().assert_code(0);
    assert_eq!(copy.value(methods), "pglz pglz");
}

#[test]
fn blanks_that_stay_behind_are_there_again() {
    for major in versions() {
        let (source, target) = (Server::start("source", major), Server::start("target", major));
        let database = Database::with(
            &source,
            "CREATE DOMAIN code AS character(60);
             CREATE TABLE padded (id integer, c character(84), d code, full_ character(40), free bpchar, \"we\"\"ird\" character(200));
             INSERT INTO padded SELECT n,
               CASE n % 7 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN repeat('é', 84) WHEN 3 THEN '  in front' WHEN 4 THEN E'tab\\t' ELSE 'x' END,
               'd', repeat('f', 40), 'free   ', CASE WHEN n % 5 > 0 THEN '日本' || n END
             FROM generate_series(1, 50000) n",
        );
        let copy = Database::absent(&target);
        let plan = arrives(&database, &copy, []);
        let step = steps(&plan, "public.padded")[0];
        let trims = copy.has("SELECT 1 WHERE current_setting('server_version_num')::int >= 140000");
        assert_eq!(step.contains("bpcharsend(c)"), trims, "{major}: {step}");
        for whole in ["bpcharsend(d)", "bpcharsend(full_)", "bpcharsend(free)"] {
            assert!(!step.contains(whole), "{major}: {step}");
        }
        let bytes = "SELECT md5(string_agg(md5(bpcharsend(c) || bpcharsend(d) || bpcharsend(full_) || bpcharsend(free)), '' ORDER BY id)) FROM padded WHERE c IS NOT NULL";
        assert_eq!(database.value(bytes), copy.value(bytes), "{major}");
    }
}

#[test]
fn a_size_without_a_unit_is_refused() {
    let (source, target) = servers();
    let (database, copy) = (Database::create(&source), Database::absent(&target));
    let workspace = Workspace::new();
    let outcome = workspace.between("plan", &database, &copy).args(["--chunk-bytes", "64"]).run();
    outcome.assert_code(2).says("`--chunk-bytes` must be a size with a unit, such as 512MB or 2GB, not `64`");
    workspace.config(&database.uri(), &copy.uri(), "parallel:\n  split_larger_than: lots");
    let outcome = workspace.with_config("plan").run();
    outcome.says("parallel.split_larger_than: must be a size with a unit");
}
