//! Foreign keys of large tables: added and validated in two steps, as if in one.
use crate::support::{
    cli::Workspace,
    database::Database,
    judge,
    server::{Server, versions},
};

/// More than the 4 MB from which keys are validated in a step of their own.
const LARGE: &str =
    "SELECT n, n % 10 + 1, (n % 10) * 2 + 2, n, repeat('x', 60) FROM generate_series(1, 60000) n";

const SCHEMA: &str = "
    CREATE TABLE one (id integer PRIMARY KEY, other integer UNIQUE);
    CREATE TABLE two (a integer, b integer, PRIMARY KEY (a, b));
    INSERT INTO one SELECT n, n * 2 FROM generate_series(1, 10) n;
    INSERT INTO two SELECT n, n * 2 FROM generate_series(1, 10) n;
    CREATE TABLE facts (id integer PRIMARY KEY, a integer, b integer, next integer, pad text);
    CREATE TABLE more (id integer PRIMARY KEY, a integer, b integer, next integer, pad text);
    CREATE INDEX ON facts (b, a);
    CREATE UNIQUE INDEX ON more (next) INCLUDE (id);
    CREATE INDEX ON more (a) WHERE a > 5;";

const KEYS: &str = "
    ALTER TABLE facts ADD CONSTRAINT to_one FOREIGN KEY (a) REFERENCES one ON DELETE CASCADE;
    ALTER TABLE facts ADD CONSTRAINT \"to Two\" FOREIGN KEY (b, a) REFERENCES two (b, a) MATCH FULL;
    ALTER TABLE facts ADD CONSTRAINT to_self FOREIGN KEY (next) REFERENCES facts DEFERRABLE INITIALLY DEFERRED;
    ALTER TABLE facts ADD CONSTRAINT to_more FOREIGN KEY (id) REFERENCES more ON UPDATE SET NULL;
    ALTER TABLE more ADD CONSTRAINT to_facts FOREIGN KEY (id) REFERENCES facts DEFERRABLE;
    ALTER TABLE more ADD CONSTRAINT to_one FOREIGN KEY (b) REFERENCES one (other);
    ALTER TABLE more ADD CONSTRAINT unchecked FOREIGN KEY (a) REFERENCES one NOT VALID;
    COMMENT ON CONSTRAINT to_self ON facts IS 'a circle of one'";

fn source(server: &Server) -> Database {
    let unique = "ALTER TABLE two ADD UNIQUE (b, a)";
    let schema = if server.major < 11 { SCHEMA.replace(" INCLUDE (id)", "") } else { SCHEMA.to_owned() };
    Database::with(
        server,
        &format!("{schema} {unique}; INSERT INTO facts {LARGE}; INSERT INTO more {LARGE}; {KEYS}"),
    )
}

fn carry(from: &Server, to: &Server) {
    let (database, copy, workspace) = (source(from), Database::absent(to), Workspace::new());
    workspace.between("migrate", &database, &copy).args(["--index-jobs", "2"]).run().assert_code(0);
    let plan = workspace.read("plan.tsv");
    for key in ["facts.to_one", "facts.\"\"to Two\"\"", "facts.to_self", "facts.to_more", "more.to_facts"] {
        let key = key.replace("\"\"", "\"");
        assert!(plan.contains(&format!("\nvalidate:public.{key}\t")), "{key}\n{plan}");
    }
    // What the source never checked stays so.
    assert!(!plan.contains("validate:public.more.unchecked"), "{plan}");
    judge::assert_equal(&database, &copy);
    workspace.between("verify", &database, &copy).run().assert_code(0);
}

#[test]
fn two_steps_leave_what_one_would() {
    carry(&Server::main("source"), &Server::main("target"));
}

#[test]
fn two_steps_from_the_oldest_version_to_the_newest() {
    let all = versions();
    if let [oldest, .., newest] = all[..] {
        carry(&Server::start("source", oldest), &Server::start("target", newest));
    }
}

#[test]
fn partitioned_tables_are_validated_where_the_target_can() {
    for major in versions().into_iter().filter(|major| *major >= 12) {
        let (source, target) = (Server::start("source", major), Server::start("target", major));
        let database = Database::with(
            &source,
            &format!(
                "CREATE TABLE dim (id integer PRIMARY KEY) PARTITION BY RANGE (id);
                 CREATE TABLE dim1 PARTITION OF dim FOR VALUES FROM (1) TO (6);
                 CREATE TABLE dim2 PARTITION OF dim FOR VALUES FROM (6) TO (11);
                 INSERT INTO dim SELECT generate_series(1, 10);
                 CREATE TABLE facts (id integer, a integer REFERENCES dim, b integer, next integer, pad text) PARTITION BY RANGE (id);
                 CREATE TABLE facts1 PARTITION OF facts FOR VALUES FROM (1) TO (30000);
                 CREATE TABLE facts2 PARTITION OF facts DEFAULT;
                 CREATE INDEX ON facts (a);
                 CREATE TABLE plain (id integer, a integer REFERENCES dim, b integer, next integer, pad text);
                 INSERT INTO facts {LARGE}; INSERT INTO plain {LARGE}"
            ),
        );
        let (copy, workspace) = (Database::absent(&target), Workspace::new());
        workspace.between("migrate", &database, &copy).run().assert_code(0);
        let plan = workspace.read("plan.tsv");
        for key in ["plain.plain_a_fkey", "facts.facts_a_fkey"] {
            assert_eq!(plan.contains(&format!("\nvalidate:public.{key}\t")), major >= 18, "{plan}");
        }
        // The rows of partitions too, which pg_dump does not look at.
        assert!(!copy.has("SELECT 1 FROM pg_constraint WHERE NOT convalidated"), "{major}");
        judge::assert_equal(&database, &copy);
    }
}

/// The source's own keys can be broken: by replicated rows, or by who switched its triggers off.
#[test]
fn a_broken_key_is_named_and_resumed_after_its_repair() {
    let (main, target) = (Server::main("source"), Server::main("target"));
    let (database, copy, workspace) = (source(&main), Database::absent(&target), Workspace::new());
    database.execute("SET session_replication_role = replica; DELETE FROM one WHERE id = 3");
    let outcome = workspace.between("migrate", &database, &copy).run();
    outcome.assert_code(5);
    outcome.says("validate:public.facts.to_one").says("violates foreign key constraint \"to_one\"");
    // It was added; what cannot be vouched for is not.
    assert!(copy.has("SELECT 1 FROM pg_constraint WHERE conname = 'to_one' AND NOT convalidated"));
    for repaired in [&database, &copy] {
        repaired.execute("SET session_replication_role = replica; INSERT INTO one VALUES (3, 6)");
    }
    workspace.between("migrate", &database, &copy).args(["--resume"]).run().assert_code(0);
    judge::assert_equal(&database, &copy);
}
