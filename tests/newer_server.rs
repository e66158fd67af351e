//! What a target cannot hold is named, with what needs it, before anything is made; the rest is complete.
use std::ops::RangeInclusive;

use crate::support::{
    cli::Workspace,
    database::Database,
    server::{Server, versions},
};

/// Both sides: the oldest server of those versions, and the newest one that is `to` or newer.
fn servers(from: RangeInclusive<u32>, to: u32) -> Option<[Server; 2]> {
    let all = versions();
    let source = all.iter().find(|version| from.contains(version));
    if let (Some(source), Some(target)) = (source, all.last().filter(|newest| **newest >= to)) {
        return Some([Server::start("source", *source), Server::start("target", *target)]);
    }
    eprintln!("skipped: PostgreSQL {from:?} and {to} or newer are not both here");
    None
}

fn migrated(database: &Database, copy: &Database, notes: &[&str]) {
    let workspace = Workspace::new();
    let outcome = workspace.between("migrate", database, copy).run();
    outcome.assert_code(0);
    for note in notes {
        outcome.says(note);
    }
    // What is left out is told again, and without a table the target is no copy.
    let left_out: Vec<&&str> = notes.iter().filter(|note| note.contains(": left out")).collect();
    let lacks_table = left_out.iter().any(|note| note.starts_with("TABLE "));
    let verified = workspace.between("verify", database, copy).run();
    verified.assert_code(i32::from(lacks_table));
    let diff = workspace.between("schema", database, copy).arg("--diff").run();
    diff.assert_code(i32::from(!left_out.is_empty()));
    for note in left_out {
        let (object, reason) = note.split_once(": ").expect("a reason");
        verified.says(object).says(reason);
        diff.says(object).says(reason);
    }
}

#[test]
fn postfix_operators_and_aggregates_of_old_signatures_are_left_out() {
    let Some([source, target]) = servers(10..=13, 14) else { return };
    let database = Database::with(
        &source,
        "CREATE FUNCTION factorial_of(bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0'; \
         CREATE OPERATOR !!! (PROCEDURE = factorial_of, LEFTARG = bigint); \
         CREATE AGGREGATE gathered(anyelement) (SFUNC = array_append, STYPE = anyarray, INITCOND = '{}'); \
         CREATE AGGREGATE numbers(integer) (SFUNC = array_append, STYPE = integer[], INITCOND = '{}'); \
         CREATE TABLE kept (a bigint); INSERT INTO kept VALUES (1), (2); \
         CREATE VIEW of_gathered AS SELECT gathered(a) AS all_of_it FROM kept; \
         CREATE VIEW of_view AS SELECT 1 AS one FROM of_gathered; \
         CREATE VIEW of_postfix AS SELECT a OPERATOR(public.!!!) AS b FROM kept",
    );
    let copy = Database::absent(&target);
    let notes = [
        "OPERATOR public.!!! (bigint, NONE): left out: servers 14 and newer have no postfix operators",
        "AGGREGATE public.gathered(anyelement): left out: array_append takes anycompatiblearray since server 14",
        "VIEW public.of_gathered: left out: it needs AGGREGATE public.gathered(anyelement), which the target cannot hold",
        "VIEW public.of_view: left out: it needs VIEW public.of_gathered",
        "VIEW public.of_postfix: left out: it needs OPERATOR public.!!!",
    ];
    migrated(&database, &copy, &notes);
    assert_eq!(copy.count("kept"), 2);
    assert!(copy.has("SELECT 1 FROM pg_proc WHERE proname = 'numbers'"));
}

#[test]
fn what_uses_lost_system_objects_is_left_out() {
    let Some([source, target]) = servers(10..=13, 17) else { return };
    let database = Database::with(
        &source,
        "CREATE TABLE kept (a bigint, b bigint[]); INSERT INTO kept VALUES (1, '{2}'); \
         CREATE VIEW factorials AS SELECT a ! AS x, !! a AS y FROM kept; \
         CREATE VIEW written AS SELECT buffers_backend FROM pg_stat_bgwriter; \
         CREATE VIEW longer AS SELECT b || a AS c, array_append(b, a) AS d, upper(a::text) AS e FROM kept; \
         CREATE VIEW relations AS SELECT oid::regclass AS r, relname FROM pg_class; \
         CREATE TABLE checked (a bigint CHECK (a ! > 0)); CREATE INDEX kept_factorial ON kept ((a !))",
    );
    let copy = Database::absent(&target);
    let notes = [
        "VIEW public.factorials: left out: it uses operator !",
        "VIEW public.written: left out: it uses column pg_catalog.pg_stat_bgwriter.buffers_backend, which server",
        "TABLE public.checked: left out: it uses operator !(bigint,NONE)",
        "INDEX public.kept_factorial: left out: it uses operator !(bigint,NONE)",
    ];
    migrated(&database, &copy, &notes);
    assert_eq!((copy.count("kept"), copy.count("longer")), (1, 1));
    assert!(copy.has("SELECT 1 FROM relations"));
}

#[test]
fn tables_of_removed_types_are_left_out_and_oids_stay_behind() {
    let Some([source, target]) = servers(10..=11, 12) else { return };
    let database = Database::with(
        &source,
        "CREATE TABLE since (a abstime, b integer); CREATE TABLE since_more () INHERITS (since); \
         CREATE FUNCTION age_of(reltime) RETURNS integer LANGUAGE sql AS 'SELECT 1'; \
         CREATE TABLE numbered (a integer) WITH OIDS; INSERT INTO numbered VALUES (7)",
    );
    let copy = Database::absent(&target);
    let notes = [
        "TABLE public.since: left out: type abstime was removed in server 12",
        "TABLE public.since_more: left out: ",
        "FUNCTION public.age_of(reltime): left out: type reltime was removed in server 12",
        "TABLE public.numbered: carried without its OIDs",
    ];
    migrated(&database, &copy, &notes);
    assert_eq!(copy.value("SELECT a::text FROM numbered"), "7");
}

#[test]
fn children_generated_unlike_their_parents_are_left_out() {
    let Some([source, target]) = servers(12..=15, 16) else { return };
    let database = Database::with(
        &source,
        "CREATE TABLE plain (a integer, b integer); INSERT INTO plain VALUES (1, 2); \
         CREATE TABLE apart (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED); \
         ALTER TABLE apart INHERIT plain; CREATE INDEX ON apart (b); INSERT INTO apart VALUES (3)",
    );
    let copy = Database::absent(&target);
    let notes = [
        "TABLE public.apart: left out: column b is generated and is not in public.plain",
        "INDEX public.apart_b_idx: left out: it needs TABLE public.apart",
    ];
    migrated(&database, &copy, &notes);
    assert_eq!(copy.count("plain"), 1);
}

#[test]
fn functions_without_their_code_are_left_out() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    // The server looks for the code when a function is made, and not when its row changes.
    let database = Database::with(
        &source,
        "CREATE FUNCTION gone(integer) RETURNS integer LANGUAGE internal AS 'int4abs'; \
         CREATE FUNCTION there(integer) RETURNS integer LANGUAGE internal AS 'int4abs'; \
         CREATE FUNCTION fires() RETURNS trigger LANGUAGE internal AS 'suppress_redundant_updates_trigger'; \
         CREATE TABLE kept (a integer CHECK (there(a) > 0)); INSERT INTO kept VALUES (1); \
         CREATE TRIGGER fires BEFORE UPDATE ON kept FOR EACH ROW EXECUTE PROCEDURE fires(); \
         CREATE VIEW of_gone AS SELECT gone(a) FROM kept; \
         UPDATE pg_proc SET prosrc = 'no such ''code''' WHERE proname IN ('gone', 'fires')",
    );
    let copy = Database::absent(&target);
    let notes = [
        "FUNCTION public.gone(integer): left out: the target says: there is no built-in function named",
        "VIEW public.of_gone: left out: it needs FUNCTION public.gone(integer), which the target cannot hold",
        "TRIGGER fires ON public.kept: left out: it needs FUNCTION public.fires()",
    ];
    migrated(&database, &copy, &notes);
    assert_eq!(copy.count("kept"), 1);
}

#[test]
fn privileges_of_system_objects_need_a_superuser() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database =
        Database::with(&source, "REVOKE ALL ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC");
    let copy = Database::create(&target);
    let role = format!("test_plain_{}", std::process::id());
    target.session().execute(&format!("CREATE ROLE {role} LOGIN"));
    let workspace = Workspace::new();
    let plan =
        workspace.pgmigrate(["plan", "--source", &database.uri(), "--target", &copy.uri_as(&role, "")]).run();
    target.session().execute(&format!("DROP ROLE {role}"));
    plan.assert_code(0).says(
        "PRIVILEGES ON FUNCTION pg_catalog.pg_sleep(double precision): left out: \
         only a superuser changes the privileges of what initdb made",
    );
    migrated(&database, &copy, &[]);
    assert!(
        !copy.has(
            "SELECT 1 WHERE has_function_privilege('pg_monitor', 'pg_sleep(double precision)', 'EXECUTE')"
        )
    );
}
