//! What is left out, or comes otherwise than it stands on the source, and is named.
use crate::support::{
    cli::Workspace,
    database::Database,
    server::{Server, versions},
};

/// Migrates and verifies; the notes are those that the run must give.
fn migrated(database: &Database, copy: &Database, notes: &[&str]) {
    let workspace = Workspace::new();
    let outcome = workspace.between("migrate", database, copy).run();
    outcome.assert_code(0);
    for note in notes {
        outcome.says(note);
    }
    workspace.between("verify", database, copy).run().assert_code(0);
}

#[test]
fn a_disabled_foreign_key_is_enforced_and_named() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(
        &source,
        "CREATE TABLE named (n integer PRIMARY KEY); CREATE TABLE p (n integer REFERENCES named) PARTITION BY RANGE (n); \
         CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); INSERT INTO named VALUES (1); INSERT INTO p VALUES (1); \
         ALTER TABLE p1 DISABLE TRIGGER ALL",
    );
    let copy = Database::absent(&target);
    migrated(
        &database,
        &copy,
        &["constraint p_n_fkey on table public.p1: carried with its triggers enabled"],
    );
}

#[test]
fn an_interrupted_detach_is_named() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    if source.major < 14 {
        eprintln!("skipped: DETACH PARTITION CONCURRENTLY came with PostgreSQL 14");
        return;
    }
    let database = Database::with(
        &source,
        "CREATE TABLE p (n integer) PARTITION BY RANGE (n); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); \
         INSERT INTO p VALUES (1); UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = 'p1'::regclass",
    );
    let copy = Database::absent(&target);
    migrated(&database, &copy, &["TABLE public.p1: attached again"]);
    assert_eq!(copy.count("p"), 1);
}

/// Debian's servers have LZ4, and those that `scripts/pg-versions.sh` fetches have not.
#[test]
fn columns_lose_lz4_where_the_target_was_built_without() {
    let has_lz4 = |server: &Server| {
        server.session().exists(
            "SELECT 1 FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)",
        )
    };
    let known = versions().into_iter().filter(|version| *version >= 14);
    let [with, without]: [Vec<u32>; 2] = {
        let (with, without) = known.partition(|version| has_lz4(&Server::start("source", *version)));
        [with, without]
    };
    let pair = with.iter().find_map(|from| Some((*from, *without.iter().find(|to| *to > from)?)));
    let Some((from, to)) = pair else {
        eprintln!("skipped: no server with LZ4, and none without it that is newer");
        return;
    };
    let (source, target) = (Server::start("source", from), Server::start("target", to));
    let database = Database::with(
        &source,
        "CREATE TABLE squeezed (id integer, a text COMPRESSION lz4, b text COMPRESSION pglz); \
         CREATE MATERIALIZED VIEW m AS SELECT a FROM squeezed; ALTER TABLE m ALTER a SET COMPRESSION lz4; \
         INSERT INTO squeezed SELECT 1, repeat('a', 10000), repeat('b', 10000); REFRESH MATERIALIZED VIEW m",
    );
    let copy = Database::absent(&target);
    let notes =
        ["COLUMN public.squeezed.a: carried without COMPRESSION lz4", "COLUMN public.m.a: carried without"];
    migrated(&database, &copy, &notes);
    assert_eq!(
        copy.value(
            "SELECT attcompression FROM pg_attribute WHERE attrelid = 'squeezed'::regclass AND attname = 'b'"
        ),
        "p"
    );
}
