//! `options.statistics: carry`: the target plans with the source's statistics, and nothing was analyzed.
use crate::support::{
    cli::Workspace,
    database::Database,
    server::{Server, versions},
    wait_for,
};

/// The oldest server that takes statistics.
const TAKES: u32 = 18;

const CARRY: &str = "options: { statistics: carry }";

/// A source of this version and an absent database of a newer server; `None` if there is no such server here.
fn ends(from: impl Fn(u32) -> bool) -> Vec<(Server, Server)> {
    let targets: Vec<u32> = versions().into_iter().filter(|major| *major >= TAKES).collect();
    let pairs = versions().into_iter().filter(|major| from(*major));
    let pairs = pairs.flat_map(|source| targets.iter().map(move |target| (source, *target)));
    let pairs: Vec<_> = pairs.filter(|(source, target)| source <= target).collect();
    if pairs.is_empty() {
        eprintln!("skipped: no server of version {TAKES} here");
    }
    let start = |(source, target)| (Server::start("source", source), Server::start("target", target));
    pairs.into_iter().map(start).collect()
}

/// Migrates with these lines of configuration; gives the directory of the run.
fn migrate(database: &Database, copy: &Database, config: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.config(&database.uri(), &copy.uri(), config);
    workspace.with_config("migrate").run().assert_code(0);
    workspace
}

/// `pg_stats`, a row a line: without the names that a server gives to the expressions of an index, and without ranges, whose
/// statistics older servers do not show.
fn of_columns(database: &Database) -> Vec<String> {
    let mut session = database.session();
    // Servers before 12 print fewer digits; so all do.
    session.execute("SET extra_float_digits = 0");
    let rows = session.rows(
        "SELECT tablename, CASE relkind WHEN 'i' THEN attnum::text ELSE s.attname END, inherited, null_frac, avg_width, n_distinct, \
         most_common_vals::text, most_common_freqs::text, histogram_bounds::text, correlation, most_common_elems::text, \
         most_common_elem_freqs::text, elem_count_histogram::text \
         FROM pg_stats s JOIN pg_namespace n ON nspname = schemaname JOIN pg_class c ON relname = tablename AND relnamespace = n.oid \
         JOIN pg_attribute a ON attrelid = c.oid AND a.attname = s.attname WHERE nspname = 'air' ORDER BY 1, 2, 3",
    );
    rows.iter().map(|row| format!("{row:?}")).collect()
}

/// `reltuples` of everything that has any.
fn of_relations(database: &Database) -> Vec<String> {
    let rows = database.rows(
        "SELECT relname, relkind, reltuples FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace \
         WHERE nspname = 'air' AND relkind IN ('r', 'm', 'i') ORDER BY relname",
    );
    rows.iter().map(|row| format!("{row:?}")).collect()
}

/// Equal, or the first line that is not.
fn assert_equal(here: &[String], there: &[String], what: &str) {
    for (here, there) in here.iter().zip(there) {
        assert_eq!(here, there, "{what}");
    }
    assert_eq!(here.len(), there.len(), "{what}");
}

/// Tables that ANALYZE was run on.
fn analyzed(database: &Database) -> String {
    database.value(
        "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_stat_user_tables WHERE analyze_count > 0",
    )
}

/// The same, when it has become so: servers before 15 collect these numbers late.
fn wait_for_analyzed(database: &Database, tables: &str) {
    wait_for(&format!("ANALYZE of {tables}"), || analyzed(database) == tables);
}

/// All that has statistics of its own form, analyzed; nothing analyzes again behind our back.
const ALL_FORMS: &str = r#"
    CREATE SCHEMA air;
    CREATE TYPE air.mood AS ENUM ('so', 'it''s', E'back\\slash');
    CREATE DOMAIN air.code AS text CHECK (value <> '');
    CREATE TABLE air.flight (id integer PRIMARY KEY, gate text, note text, at timestamptz, tags text[], span int4range,
        how air.mood, hows air.mood[], code air.code, nothing integer, amount numeric, "odd ""col $1" bytea, words tsvector,
        dropped integer, late text)
        WITH (autovacuum_enabled = off);
    ALTER TABLE air.flight DROP COLUMN dropped;
    INSERT INTO air.flight SELECT n, 'g' || n % 7, CASE WHEN n % 3 = 0 THEN E'it''s \\ "' || n % 5 END, 'epoch'::timestamptz + n * interval '1 h',
        ARRAY['a' || n % 3, 'b,' || n % 2, '{'], int4range(n % 50, n % 50 + n % 9), (ARRAY['so', 'it''s', E'back\\slash'])[1 + n % 3]::air.mood,
        ARRAY['so', 'it''s']::air.mood[], 'c' || n % 400, NULL, n / 3.0, decode(md5(n::text), 'hex'), to_tsvector('simple', 'word' || n % 4), repeat('é', n % 3)
        FROM generate_series(1, 3000) n;
    CREATE INDEX flight_gate ON air.flight (lower(gate), id, (id % 10)) WHERE id > 5;
    CREATE UNIQUE INDEX "odd index" ON air.flight ((id + 1));
    CREATE TABLE air."odd ""table $statistics$" (n integer) WITH (autovacuum_enabled = off);
    INSERT INTO air."odd ""table $statistics$" SELECT n % 20 FROM generate_series(1, 500) n;
    CREATE TABLE air.part (day date, n integer) PARTITION BY RANGE (day);
    CREATE TABLE air.part_1 PARTITION OF air.part FOR VALUES FROM ('2026-01-01') TO ('2026-02-01') WITH (autovacuum_enabled = off);
    CREATE TABLE air.part_2 (n integer, day date) WITH (autovacuum_enabled = off);
    ALTER TABLE air.part ATTACH PARTITION air.part_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
    INSERT INTO air.part SELECT '2026-01-01'::date + n % 59, n % 100 FROM generate_series(1, 2000) n;
    CREATE INDEX part_1_n ON air.part_1 (abs(n));
    CREATE TABLE air.parent (n integer) WITH (autovacuum_enabled = off);
    CREATE TABLE air.child (m integer) INHERITS (air.parent) WITH (autovacuum_enabled = off);
    INSERT INTO air.parent SELECT n % 5 FROM generate_series(1, 100) n;
    INSERT INTO air.child SELECT n % 9, 1 FROM generate_series(1, 300) n;
    CREATE MATERIALIZED VIEW air.seen WITH (autovacuum_enabled = off) AS SELECT gate, count(*) AS n FROM air.flight GROUP BY gate;
    CREATE INDEX seen_gate ON air.seen (upper(gate));
    CREATE MATERIALIZED VIEW air.seen_twice WITH (autovacuum_enabled = off) AS SELECT n FROM air.seen;
    ANALYZE air.flight; ANALYZE air."odd ""table $statistics$"; ANALYZE air.part; ANALYZE air.parent; ANALYZE air.child;
    ANALYZE air.seen; ANALYZE air.seen_twice"#;

#[test]
fn the_source_s_statistics_arrive_and_nothing_is_analyzed() {
    for (source, target) in ends(|_| true) {
        let database = Database::with(&source, ALL_FORMS);
        if source.major > 10 {
            database.execute("CREATE INDEX part_n ON air.part (abs(n)); ANALYZE air.part");
        }
        let copy = Database::absent(&target);
        let workspace = migrate(&database, &copy, CARRY);
        assert_eq!(analyzed(&copy), "", "{source:?}");
        let (here, there) = (of_columns(&database), of_columns(&copy));
        assert!(here.len() > 25, "{source:?}: {here:?}");
        assert_equal(&here, &there, &source.name);
        assert_equal(&of_relations(&database), &of_relations(&copy), &source.name);
        if source.major >= 17 {
            assert!(
                copy.has(
                    "SELECT FROM pg_stats WHERE attname = 'span' AND range_bounds_histogram IS NOT NULL"
                )
            );
        }
        // `relpages` is the copy's own.
        let wrong = "SELECT relname, relpages, pg_relation_size(oid) / 8192 FROM pg_class \
             WHERE relnamespace = 'air'::regnamespace AND relkind IN ('r', 'm', 'i') \
             AND (relpages <> pg_relation_size(oid) / 8192 OR relallvisible > relpages)";
        assert!(!copy.has(wrong), "{source:?}: {:?}", copy.rows(wrong));
        let plan = workspace.read("plan.tsv");
        assert!(!plan.contains("instead of"), "{source:?}: {plan}");
        workspace.with_config("verify").run().assert_code(0);
    }
}

/// Tables whose statistics the source does not have, or that will not have the source's rows; and `part_1` and `part_2`.
const UNFIT: &str = "
    CREATE SCHEMA air;
    CREATE TABLE air.never (n integer) WITH (autovacuum_enabled = off);
    INSERT INTO air.never SELECT generate_series(1, 100);
    CREATE TABLE air.empty (n integer) WITH (autovacuum_enabled = off);
    CREATE TABLE air.stale (n integer) WITH (autovacuum_enabled = off);
    ANALYZE air.stale; INSERT INTO air.stale SELECT generate_series(1, 100);
    CREATE TABLE air.some_rows (n integer) WITH (autovacuum_enabled = off);
    INSERT INTO air.some_rows SELECT generate_series(1, 100);
    CREATE TABLE air.sorted (n integer) WITH (autovacuum_enabled = off);
    INSERT INTO air.sorted SELECT generate_series(1, 100);
    CREATE TABLE air.new_index (n integer) WITH (autovacuum_enabled = off);
    INSERT INTO air.new_index SELECT generate_series(1, 100);
    CREATE TABLE air.together (n integer, m integer) WITH (autovacuum_enabled = off);
    INSERT INTO air.together SELECT n, n FROM generate_series(1, 100) n;
    CREATE STATISTICS air.both ON n, m FROM air.together;
    CREATE TABLE air.part (n integer) PARTITION BY LIST (n);
    CREATE TABLE air.part_1 PARTITION OF air.part FOR VALUES IN (1) WITH (autovacuum_enabled = off);
    CREATE TABLE air.part_2 PARTITION OF air.part FOR VALUES IN (2) WITH (autovacuum_enabled = off);
    INSERT INTO air.part SELECT 1 + n % 2 FROM generate_series(1, 100) n;
    CREATE TYPE air.kind AS ENUM ('a', 'b');
    CREATE TABLE air.hashed (k air.kind) PARTITION BY HASH (k);
    CREATE TABLE air.hashed_0 PARTITION OF air.hashed FOR VALUES WITH (MODULUS 1, REMAINDER 0) WITH (autovacuum_enabled = off);
    INSERT INTO air.hashed SELECT 'a' FROM generate_series(1, 100);
    CREATE TABLE air.parent (n integer) WITH (autovacuum_enabled = off);
    CREATE TABLE air.left_out (m integer) INHERITS (air.parent) WITH (autovacuum_enabled = off);
    INSERT INTO air.parent SELECT generate_series(1, 100); INSERT INTO air.left_out SELECT generate_series(1, 100);
    CREATE MATERIALIZED VIEW air.seen WITH (autovacuum_enabled = off) AS SELECT * FROM air.some_rows;
    ANALYZE air.some_rows; ANALYZE air.sorted; ANALYZE air.new_index; ANALYZE air.together; ANALYZE air.part_1; ANALYZE air.part_2;
    ANALYZE air.hashed; ANALYZE air.parent; ANALYZE air.left_out; ANALYZE air.seen;
    CREATE INDEX new_index_abs ON air.new_index (abs(n))";

#[test]
fn what_cannot_be_carried_is_analyzed_and_named() {
    for (source, target) in ends(|major| major >= TAKES) {
        let database = Database::with(&source, UNFIT);
        let tables = "tables: { include: [{ schema: air, name: some_rows, where: 'n > 50' }, \
             { schema: air, name: sorted, order_by: n }], exclude: [{ schema: air, name: left_out }] }";
        let copy = Database::absent(&target);
        let workspace = migrate(&database, &copy, &format!("{CARRY}\n{tables}"));
        wait_for_analyzed(
            &copy,
            "empty,hashed,hashed_0,never,new_index,parent,part,seen,some_rows,sorted,stale,together",
        );
        let plan = workspace.read("plan.tsv");
        for (object, why) in [
            ("TABLE air.hashed", "its rows can come into other partitions"),
            ("TABLE air.never", "the source has none, or its role may not see them"),
            ("TABLE air.new_index", "the source has none of the expressions of index air.new_index_abs"),
            ("TABLE air.parent", "not all tables below it are carried"),
            ("TABLE air.part", "the source has none, or its role may not see them"),
            ("MATERIALIZED VIEW air.seen", "not all rows are copied as they are"),
            ("TABLE air.some_rows", "only some of its rows are copied"),
            ("TABLE air.sorted", "its rows come in another order"),
            ("TABLE air.stale", "the source has none, or its role may not see them"),
            ("TABLE air.together", "it has extended statistics, which cannot be carried"),
        ] {
            let note = format!(
                r#"{{"object":"{object}","reason":"ANALYZE instead of the source's statistics: {why}"}}"#
            );
            assert!(plan.contains(&note), "{note} is not in {plan}");
        }
        assert!(!plan.contains(r#"{"object":"TABLE air.empty""#), "{plan}");

        let copy = Database::absent(&target);
        let config = format!("options: {{ statistics: carry, analyze_after_load: false }}\n{tables}");
        let workspace = migrate(&database, &copy, &config);
        assert_eq!(analyzed(&copy), "");
        let with_statistics =
            "SELECT string_agg(DISTINCT tablename, ',') FROM pg_stats WHERE schemaname = 'air'";
        assert_eq!(copy.value(with_statistics), "part_1,part_2");
        assert!(workspace.read("plan.tsv").contains("nothing instead of the source's statistics"));
    }
}

#[test]
fn rows_that_were_there_make_the_source_s_statistics_wrong() {
    for (source, target) in ends(|major| major >= TAKES) {
        let table = "CREATE TABLE item (n integer) WITH (autovacuum_enabled = off); INSERT INTO item SELECT generate_series(1, 100); \
             ANALYZE item";
        let database = Database::with(&source, table);
        for (existing, expected) in [("append", "item"), ("truncate", "")] {
            let copy = Database::with(&target, &table.replace("ANALYZE item", ""));
            let workspace = Workspace::new();
            workspace.config(&database.uri(), &copy.uri(), CARRY);
            workspace.with_config("migrate").args(["--on-existing", existing]).run().assert_code(0);
            wait_for_analyzed(&copy, expected);
            assert!(copy.has("SELECT FROM pg_stats WHERE tablename = 'item'"), "{existing}");
        }
    }
}

#[test]
fn a_role_that_is_no_superuser_carries_its_own() {
    for (source, target) in ends(|major| major >= TAKES) {
        let _alone = target.alone();
        let role = format!("test_carrier_{}", std::process::id());
        for server in [&source, &target] {
            server.session().execute(&format!("DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN"));
        }
        let database = Database::create_with(&source, &format!("TEMPLATE template0 OWNER {role}"));
        database.execute(&format!(
            "SET ROLE {role}; CREATE SCHEMA air; CREATE TABLE air.item (n integer) WITH (autovacuum_enabled = off);
             INSERT INTO air.item SELECT generate_series(1, 100); CREATE INDEX ON air.item (abs(n)); ANALYZE air.item"
        ));
        let copy = Database::create_with(&target, &format!("TEMPLATE template0 OWNER {role}"));
        let workspace = Workspace::new();
        workspace.config(&database.uri_as(&role, ""), &copy.uri_as(&role, ""), CARRY);
        workspace.with_config("migrate").run().assert_code(0);
        assert_eq!(analyzed(&copy), "");
        assert_equal(&of_columns(&database), &of_columns(&copy), &source.name);
        drop((database, copy));
        for server in [&source, &target] {
            server.session().execute(&format!("DROP ROLE {role}"));
        }
    }
}

#[test]
fn a_table_whose_statistics_the_target_refuses_is_analyzed() {
    for (source, target) in ends(|major| major >= TAKES) {
        let table = "CREATE TYPE mood AS ENUM ('sad', 'happy');
             CREATE TABLE item (n integer, how mood) WITH (autovacuum_enabled = off);
             CREATE TABLE other (n integer, how mood) WITH (autovacuum_enabled = off)";
        let database = Database::with(&source, table);
        database.execute(
            "INSERT INTO item SELECT n, 'sad' FROM generate_series(1, 100) n; INSERT INTO other SELECT n, 'happy' FROM generate_series(1, 100) n;
             ANALYZE item; ANALYZE other",
        );
        // The last step of a run that was interrupted, and an enum that has lost a word meanwhile.
        let copy = Database::with(&target, table);
        let workspace = Workspace::new();
        workspace.config(&database.uri(), &copy.uri(), CARRY);
        workspace.with_config("plan").run().assert_code(0);
        let plan = workspace.read("plan.tsv");
        workspace.write("plan.tsv", &plan.replace("{happy}", "{happier}"));
        workspace.with_config("migrate").arg("--resume").run().assert_code(0);
        wait_for_analyzed(&copy, "other");
        assert_eq!(copy.value("SELECT count(*) FROM pg_stats WHERE schemaname = 'public'"), "4");
    }
}

#[test]
fn a_target_that_takes_no_statistics_analyzes() {
    let old = versions().into_iter().rfind(|major| *major < TAKES);
    let Some(old) = old else { return };
    let (source, target) = (Server::start("source", old), Server::start("target", old));
    let database = Database::with(&source, "CREATE TABLE item AS SELECT generate_series(1, 100) AS n");
    let copy = Database::absent(&target);
    let workspace = migrate(&database, &copy, CARRY);
    wait_for_analyzed(&copy, "item");
    let plan = workspace.read("plan.tsv");
    assert!(plan.contains("ANALYZE instead of the source's statistics: the target is before 18"), "{plan}");
}
