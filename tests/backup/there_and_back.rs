//! A restored database equals the one that was backed up: by the judge, by `pgmigrate verify`, by every row.
use std::fmt::Write as _;

use super::{SHOP, back_up, pg_restores, restore, stock};
use crate::support::{
    case::{self, Case},
    cli::Workspace,
    database::Database,
    judge, sample,
    server::{Server, main_version, versions},
};

/// Backs up, restores in every way there is, and compares.
fn there_and_back(database: &Database, jobs: &[&str]) -> Result<(), String> {
    let workspace = Workspace::new();
    let before = database.fingerprint();
    workspace.pgmigrate(["backup", "--target", &database.uri(), "--jobs", "2"]).run().check(0)?;
    let directory = super::only_backup(&workspace);
    let path = directory.to_str().expect("UTF-8");
    for (major, program) in pg_restores(&database.server) {
        for jobs in jobs {
            let copy = Database::create(&database.server);
            let arguments = ["--exit-on-error", "--jobs", jobs, "--dbname", &copy.uri(), path];
            stock(&program, &arguments)?;
            equal(database, &copy).map_err(|told| format!("pg_restore {major} -j {jobs}: {told}"))?;
        }
        // What is piped to psql runs in the same way.
        stock(&program, &["--file", "-", path])?;
        stock(&program, &["--list", path])?;
    }
    let copy = Database::absent(&database.server);
    restore(&workspace, &directory, &copy).check(0)?;
    equal(database, &copy).map_err(|told| format!("pgmigrate restore: {told}"))?;
    if before != database.fingerprint() {
        return Err("the database was changed".to_owned());
    }
    Ok(())
}

fn equal(database: &Database, copy: &Database) -> Result<(), String> {
    judge::compare(database, copy)?;
    Workspace::new().between("verify", database, copy).run().check(0)?;
    Ok(())
}

fn kinds_on(major: u32) {
    let server = Server::start("source", major);
    let _alone = server.alone();
    // A large object with holes has its length and its bytes afterwards, but no holes: a test of its own looks at these.
    let kinds = case::kinds().into_iter().filter(|kind| kind != "large_object");
    let cases: Vec<Case> = kinds.flat_map(|kind| case::of_kind(&kind)).collect();
    let mut failures = String::new();
    for pack in case::pack(cases, &server, &server) {
        if let Err(told) = there_and_back(&pack.database, &["2"]) {
            _ = write!(failures, "\n==== {}\n{told}\n", pack.cases.join(", "));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn every_kind_of_the_main_version() {
    kinds_on(main_version());
}

#[test]
fn every_kind_of_the_newest_version() {
    match versions().last() {
        Some(newest) if *newest != main_version() => kinds_on(*newest),
        _ => eprintln!("skipped: only one version is here"),
    }
}

#[test]
fn the_sample() {
    let Some(database) = sample::database(&Server::main("source")) else { return };
    there_and_back(&database, &["1", "2"]).unwrap_or_else(|told| panic!("{told}"));
}

#[test]
fn tables_of_several_shapes() {
    there_and_back(&Database::with(&Server::main("source"), SHOP), &["1", "2"])
        .unwrap_or_else(|told| panic!("{told}"));
}

#[test]
fn an_empty_database() {
    let server = Server::main("source");
    there_and_back(&Database::create(&server), &["2"]).unwrap_or_else(|told| panic!("{told}"));
    let without_public = Database::with(&server, "DROP SCHEMA public");
    there_and_back(&without_public, &["1", "2"]).unwrap_or_else(|told| panic!("{told}"));
}

#[test]
fn encodings_and_their_bytes() {
    let server = Server::main("source");
    let texts = "CREATE TABLE \"t\u{e4}\" (\"c\u{f6}l\" text);
        INSERT INTO \"t\u{e4}\" SELECT '\u{e4}\u{f6}\u{fc} ' || n FROM generate_series(1, 100) n";
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let options = format!("TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'");
        let database = Database::create_with(&server, &options);
        if encoding == "LATIN1" {
            database.execute(texts);
        } else {
            // No text in any encoding.
            database.execute(
                "CREATE TABLE t (a text); INSERT INTO t VALUES (E'\\xe4\\xff'), (E'plain'), (E'\\xc3\\xa4')",
            );
        }
        let workspace = Workspace::new();
        let directory = back_up(&workspace, &database);
        let copy = Database::absent(&server);
        restore(&workspace, &directory, &copy).assert_code(0);
        let table = if encoding == "LATIN1" { "\"t\u{e4}\"" } else { "t" };
        let rows =
            format!("SELECT md5(string_agg(md5(x.*::text), '' ORDER BY md5(x.*::text))) FROM {table} x");
        assert_eq!(copy.value(&rows), database.value(&rows), "{encoding}");
        assert_eq!(copy.value("SHOW server_encoding"), encoding);
        for (_, program) in pg_restores(&server) {
            let copy = Database::create_with(&server, &options);
            stock(&program, &["--exit-on-error", "--dbname", &copy.uri(), directory.to_str().unwrap()])
                .unwrap();
            assert_eq!(copy.value(&rows), database.value(&rows), "{encoding}");
        }
    }
}

#[test]
fn a_name_that_no_file_could_have() {
    let server = Server::main("source");
    let database = Database::absent_named(&server, "we\"ird/../n\u{e4}me\t\n'");
    server.session().execute(&format!("CREATE DATABASE \"{}\"", database.name.replace('"', "\"\"")));
    database.execute(
        "CREATE SCHEMA \"s\t\"\"1\n\"; CREATE TABLE \"s\t\"\"1\n\".\"t\n; --\" (\"c\t\" text);
         INSERT INTO \"s\t\"\"1\n\".\"t\n; --\" VALUES ('x'); CREATE INDEX \"i\r\" ON \"s\t\"\"1\n\".\"t\n; --\" (\"c\t\")",
    );
    there_and_back(&database, &["1", "2"]).unwrap_or_else(|told| panic!("{told}"));
}

#[test]
fn large_objects_with_owners_comments_and_privileges() {
    let server = Server::main("source");
    let _alone = server.alone();
    let database = Database::with(
        &server,
        "SELECT lo_from_bytea(47110, decode(repeat('00ff10', 400000), 'hex'));
         SELECT lo_create(47120); SELECT lo_from_bytea(47130, '\\\\.'); SELECT lo_put(47120, 3000000, 'end');
         COMMENT ON LARGE OBJECT 47130 IS 'it''s a dot'; REVOKE ALL ON LARGE OBJECT 47130 FROM postgres",
    );
    large_objects_there_and_back(&database);
    for pack in case::pack(case::of_kind("large_object"), &server, &server) {
        large_objects_there_and_back(&pack.database);
    }
}

fn large_objects_there_and_back(database: &Database) {
    let contents =
        "SELECT string_agg(oid || ' ' || md5(lo_get(oid)), ', ' ORDER BY oid) FROM pg_largeobject_metadata";
    let workspace = Workspace::new();
    let directory = back_up(&workspace, database);
    let check = |copy: &Database| {
        assert_eq!(copy.value(contents), database.value(contents));
        judge::assert_equal(database, copy);
    };
    for (_, program) in pg_restores(&database.server) {
        let copy = Database::create(&database.server);
        let path = directory.to_str().unwrap();
        stock(&program, &["--exit-on-error", "-j", "2", "--dbname", &copy.uri(), path]).unwrap();
        check(&copy);
    }
    let copy = Database::absent(&database.server);
    restore(&workspace, &directory, &copy).assert_code(0).says(" large objects");
    check(&copy);
}
