//! Problems that are put there one by one, and the checks that must find them.
use std::collections::BTreeSet;

use super::{
    Findings, check,
    servers::{Rules, State, both},
};
use crate::support::{
    cli::Workspace,
    database::Database,
    server::{Server, main_version, versions},
};

/// How many problems must be found at least.
const ENOUGH: usize = 50;

/// The check, what is done to the source's database, and a word that the finding must have.
const ON_THE_SOURCE: &[(&str, &str, &str)] = &[
    ("no-primary-key", "CREATE TABLE keyless (n integer)", "public.keyless"),
    (
        "replica-identity",
        "CREATE TABLE silent (n integer PRIMARY KEY); ALTER TABLE silent REPLICA IDENTITY NOTHING",
        "public.silent",
    ),
    ("large-objects", "SELECT lo_create(0)", "large objects (1,"),
    ("unlogged-tables", "CREATE UNLOGGED TABLE fleeting (n integer PRIMARY KEY)", "public.fleeting"),
    (
        "foreign-tables",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE far (n integer) SERVER s",
        "public.far",
    ),
    (
        "partitioned-tables",
        "CREATE TABLE parts (n integer PRIMARY KEY) PARTITION BY RANGE (n); \
         CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (9)",
        "public.parts (1 partitions)",
    ),
    (
        "inherited-tables",
        "CREATE TABLE above (n integer PRIMARY KEY); CREATE TABLE below (PRIMARY KEY (n)) INHERITS (above)",
        "public.below",
    ),
    (
        "sequences-near-end",
        "CREATE SEQUENCE ending MAXVALUE 100; SELECT setval('ending', 97)",
        "public.ending (97 %",
    ),
    (
        "invalid-indexes",
        "CREATE INDEX broken ON keyless (n); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass",
        "public.broken",
    ),
    (
        "duplicate-indexes",
        "CREATE INDEX one ON above (n) WHERE n > 0; CREATE INDEX another ON above (n) WHERE n > 0",
        "public.another",
    ),
    (
        "not-valid-constraints",
        "ALTER TABLE above ADD CONSTRAINT positive CHECK (n > 0) NOT VALID",
        "positive ON public.above",
    ),
    (
        "disabled-triggers",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
         CREATE TRIGGER asleep BEFORE INSERT ON above FOR EACH ROW EXECUTE PROCEDURE f(); ALTER TABLE above DISABLE TRIGGER asleep",
        "asleep ON public.above (disabled)",
    ),
    ("journal-schema", "CREATE SCHEMA pgmigrate", "the source has a schema"),
    (
        "subscriptions",
        "CREATE SUBSCRIPTION incoming CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false)",
        "incoming (disabled)",
    ),
    (
        "prepared-transactions",
        "BEGIN; INSERT INTO keyless VALUES (1); PREPARE TRANSACTION 'halfway'",
        "halfway",
    ),
    (
        "collation-version",
        "CREATE COLLATION old (provider = icu, locale = 'de'); UPDATE pg_collation SET collversion = '0' WHERE collname = 'old'",
        "public.old (0, now",
    ),
    ("icu-missing", "", "public.old"),
    (
        "extension-version",
        "UPDATE pg_extension SET extversion = '0.9' WHERE extname = 'plpgsql'",
        "plpgsql 0.9 (the target has 1.0)",
    ),
    (
        "extension-missing",
        "INSERT INTO pg_extension SELECT (jsonb_populate_record(e, '{\"oid\": 99999, \"extname\": \"nowhere\"}')).* \
         FROM pg_extension e WHERE extname = 'plpgsql'",
        "extension nowhere is not available",
    ),
    ("left-out", "", "broken"),
    (
        "max-locks",
        "DO $$BEGIN FOR n IN 1..160 LOOP EXECUTE 'CREATE TABLE many_' || n || ' (n integer)'; END LOOP; END$$",
        "room for about 300 locks",
    ),
    ("disk-space", "", "on disk"),
];

/// The same of the target's database.
const ON_THE_TARGET: &[(&str, &str, &str)] = &[
    ("target-not-empty", "CREATE TABLE mine (n integer)", "public.mine"),
    ("target-rows", "CREATE TABLE keyless (n integer); INSERT INTO keyless VALUES (1)", "public.keyless"),
    ("target-definitions", "CREATE TABLE silent (n text)", "public.silent"),
    (
        "target-triggers",
        "CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
         CREATE TRIGGER fires BEFORE INSERT ON keyless FOR EACH ROW EXECUTE PROCEDURE own()",
        "fires ON public.keyless",
    ),
    (
        "target-prepared-transactions",
        "BEGIN; INSERT INTO mine VALUES (1); PREPARE TRANSACTION 'undecided'",
        "undecided",
    ),
    ("target-publications", "CREATE PUBLICATION everything FOR ALL TABLES", "everything"),
    (
        "target-subscriptions",
        "CREATE SUBSCRIPTION coming CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false); \
         UPDATE pg_subscription SET subenabled = true WHERE subname = 'coming'",
        "coming (enabled)",
    ),
    (
        "target-event-triggers",
        "DELETE FROM pg_collation WHERE collprovider = 'i'; \
         CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; \
         CREATE EVENT TRIGGER watches ON ddl_command_end EXECUTE PROCEDURE seen()",
        "watches",
    ),
];

/// The check, a setting of the source's database, one of the target's, a word of the finding.
const SETTINGS: &[(&str, &str, &str, &str)] = &[
    ("time-zone", "timezone = 'Asia/Tokyo'", "", "Asia/Tokyo"),
    ("session-timeouts", "statement_timeout = '1h'", "", "statement_timeout (3600000 ms)"),
    (
        "preloaded-libraries",
        "session_preload_libraries = 'plpgsql'",
        "",
        "plpgsql (session_preload_libraries)",
    ),
    ("target-temp-limit", "", "temp_file_limit = '1GB'", "1048576 kB"),
    ("target-statement-log", "", "log_statement = 'ddl'", "`log_statement` is ddl"),
    ("target-read-only", "", "default_transaction_read_only = on", "default_transaction_read_only"),
];

/// What the servers' configuration (`BAD_SOURCE`, `BAD_TARGET`) and the databases themselves are found for.
const BY_THEMSELVES: &[(&str, &str)] = &[
    ("wal-level", "replica"),
    ("wal-senders", "all 0"),
    ("replication-slots", "all 0"),
    ("slot-wal-limit", "1024 MB"),
    ("hba-replication", "pg_hba.conf"),
    ("hba-errors", "pg_hba.conf"),
    ("md5-passwords", "test_md5"),
    ("target-durability", "fsync"),
    ("target-autovacuum", "off"),
    ("target-archiving", "on"),
    ("target-wal-size", "64 MB"),
    ("target-synchronous", "nobody"),
    ("target-checksums", "checksums"),
    ("target-sessions", "pid "),
    ("encoding-differs", "LATIN1"),
    ("collation-differs", "icu"),
    ("database-collation-version", "(0, now"),
    ("tablespaces-missing", "test_place"),
];

#[test]
fn nothing_is_found_between_good_servers_and_every_problem_between_bad_ones() {
    let alone = Server::main("check-source").alone();
    good();
    let found = bad();
    drop(alone);
    assert!(found >= ENOUGH, "only {found} problems");
}

fn good() {
    let [source, target] = both(State::Good);
    let schema = "CREATE TABLE item (id integer PRIMARY KEY, note text); INSERT INTO item VALUES (1, 'one'); \
        CREATE TABLE part_of (id integer PRIMARY KEY REFERENCES item); CREATE VIEW notes AS SELECT note FROM item";
    let database = Database::with(&source, schema);
    for copy in [Database::absent(&target), Database::create(&target)] {
        let outcome = Workspace::new().pgmigrate(super::ends(&database.uri(), &copy.uri())).run();
        let found = Findings::of(outcome.assert_code(0));
        assert!(found.worse_than_notes().is_empty(), "{found:?}");
        let expected = if found.ids().contains("target-checksums") { 2 } else { 1 };
        assert!(found.ids().contains("disk-space") && found.ids().len() == expected, "{found:?}");
    }
}

/// Gives how many were found.
fn bad() -> usize {
    let [source, target] = both(State::Bad);
    let icu = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de'";
    let database =
        Database::create_with(&source, if main_version() >= 15 { icu } else { "TEMPLATE template0" });
    let copy =
        Database::create_with(&target, "TEMPLATE template0 ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C'");
    source.session().execute(
        "DROP ROLE IF EXISTS test_md5; CREATE ROLE test_md5 PASSWORD 'md5d41d8cd98f00b204e9800998ecf8427e'",
    );
    let name = format!("UPDATE pg_database SET datcollversion = '0' WHERE datname = '{}'", database.name);
    source.session().execute(if main_version() >= 15 { &name } else { "" });
    tablespace(&source, &database);
    for (_, sql, _) in ON_THE_SOURCE {
        database.execute(sql);
    }
    let mut open = copy.session();
    for (_, sql, _) in ON_THE_TARGET {
        open.execute(sql);
    }
    for (_, here, there, _) in SETTINGS {
        for (database, setting) in [(&database, here), (&copy, there)] {
            if !setting.is_empty() {
                database.execute(&format!("ALTER DATABASE {} SET {setting}", database.name));
            }
        }
    }
    let rules = Rules::change(&source, |before| {
        let kept = before.iter().filter(|rule| !rule.contains("replication"));
        kept.cloned().chain(["host all all 127.0.0.1/32 no_such_method".to_owned()]).collect()
    });
    let found = check(&database.uri(), &copy.uri());
    drop(rules);
    // The first session began before the database was read-only.
    open.execute("ROLLBACK PREPARED 'undecided'");
    database.execute("ROLLBACK PREPARED 'halfway'");
    drop(database);
    drop(source.session().try_execute("DROP TABLESPACE test_place"));
    source.session().execute("DROP ROLE test_md5");
    judge(&found)
}

/// A place within the server's own directory (15 and newer).
fn tablespace(source: &Server, database: &Database) {
    let mut session = source.session();
    session.execute("SET allow_in_place_tablespaces = on");
    drop(session.try_execute("CREATE TABLESPACE test_place LOCATION ''"));
    database.execute("CREATE TABLE elsewhere (n integer PRIMARY KEY) TABLESPACE test_place");
}

fn judge(found: &Findings) -> usize {
    let both = ON_THE_SOURCE.iter().chain(ON_THE_TARGET).map(|(id, _, word)| (*id, *word));
    let settings = SETTINGS.iter().map(|(id, _, _, word)| (*id, *word));
    let all: Vec<_> = both.chain(settings).chain(BY_THEMSELVES.iter().copied()).collect();
    let missed: Vec<_> = all.iter().filter(|(id, word)| !found.tells(id, word)).collect();
    // 18 has checksums unless told otherwise.
    let missed: Vec<_> =
        missed.into_iter().filter(|(id, _)| *id != "target-checksums" || main_version() < 18).collect();
    assert!(missed.is_empty(), "missed: {missed:?}\n{found:#?}");
    all.iter().map(|(id, _)| *id).collect::<BTreeSet<_>>().len()
}

#[test]
fn a_lock_that_a_run_would_wait_for_is_told_and_not_waited_for() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy) =
        (Database::with(&source, "CREATE TABLE t (n integer PRIMARY KEY)"), Database::absent(&target));
    let mut other = database.session();
    other.execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
    let found = check(&database.uri(), &copy.uri());
    assert!(found.tells("exclusive-locks", "public.t (pid "), "{found:?}");
    assert!(found.tells("plan", "was not tried"), "{found:?}");
}

/// Each with all the others: one refusal does not hide the next.
#[test]
fn what_a_plan_is_refused_for_is_found() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let same = Database::create(&source);
    assert!(check(&same.uri(), &same.uri()).tells("same-database", "are the same database"));

    let role = format!("test_expected_{}", std::process::id());
    source.session().execute(&format!("CREATE ROLE {role}"));
    let schema = format!(
        "CREATE TABLE t (n integer PRIMARY KEY); CREATE TABLE u (n integer); ALTER TABLE t OWNER TO {role}"
    );
    let database = Database::with(&source, &schema);
    let copy = Database::with(&target, "CREATE TABLE u (n integer); INSERT INTO u VALUES (1)");
    let refused = |rest: &str| {
        let workspace = Workspace::new();
        workspace.config(&database.uri(), &copy.uri(), rest);
        let outcome = workspace.with_config("check").arg("--json").run();
        Findings::of(outcome.assert_code(4))
    };
    let found = refused(
        "roles: { mode: none }\ntables: { include: [ { schema: public, name: t, chunk_column: nowhere }, \
         { schema: public, name: u, chunk_column: n } ] }",
    );
    let wrong = refused("tables: { include: [ { schema: public, name: t, where: 'nowhere > 1' } ] }");
    drop(database);
    source.session().execute(&format!("DROP ROLE {role}"));
    for (id, word) in [("chunk-column", "nowhere"), ("target-roles", &role), ("target-rows", "public.u")] {
        assert!(found.tells(id, word), "{id}: {found:?}");
    }
    for (id, word) in [("conditions", "public.t"), ("target-rows", "public.u")] {
        assert!(wrong.tells(id, word), "{id}: {wrong:?}");
    }
}

#[test]
fn standbys_are_told() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy) = (Database::create(&source), Database::absent(&target));
    let standby = crate::errors::standby();
    let from = check(&standby.uri("postgres"), &copy.uri());
    assert!(from.tells("source-standby", "replay may cancel the run"), "{from:?}");
    let to = check(&database.uri(), &standby.uri("postgres"));
    assert!(to.tells("target-standby", "which takes no writes"), "{to:?}");
}

#[test]
fn encodings_and_versions_that_do_not_go_together_are_found() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let plain = "TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING";
    let database = Database::create_with(&source, &format!("{plain} SQL_ASCII"));
    let copy = Database::create_with(&target, &format!("{plain} LATIN1"));
    assert!(check(&database.uri(), &copy.uri()).tells("encoding", "nothing converts them"));
    let all = versions();
    let [oldest, .., newest] = all[..] else {
        eprintln!("skipped: one version only");
        return;
    };
    let (source, target) = (Server::start("source", newest), Server::start("target", oldest));
    let (database, copy) = (Database::with(&source, "CREATE TABLE t (n integer)"), Database::create(&target));
    let found = check(&database.uri(), &copy.uri());
    assert!(found.tells("target-older", "is older than the source"), "{found:?}");
    // The rest is looked at all the same.
    assert!(found.tells("no-primary-key", "public.t"), "{found:?}");
}
