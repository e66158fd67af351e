//! `backup` and `restore`: there and back by stock `pg_restore` and by `pgmigrate restore`, of every kind of object; what is
//! damaged is refused before anything is changed; and the backup before a migration.
mod before_migration;
mod damage;
mod refusal;
mod stock;
mod there_and_back;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::{
    cli::{Outcome, Workspace},
    database::Database,
    server::{Server, bin_dirs, version_in},
};

/// Tables of several shapes, with what a text file could trip over; `copies` of the rows.
const SHOP: &str = "
    CREATE SCHEMA shop;
    CREATE TYPE shop.mood AS ENUM ('good', 'bad', 'so-so');
    CREATE TABLE shop.item (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text, raw bytea, mood shop.mood,
        twice bigint GENERATED ALWAYS AS (id * 2) STORED);
    INSERT INTO shop.item (note, raw, mood)
        SELECT CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN '\\.' WHEN 3 THEN E'tab\\t line\\n back\\\\ cr\\r' ELSE 'ä€𝄞' || n END,
               decode(md5(n::text), 'hex'), (enum_range(NULL::shop.mood))[1 + n % 3]
          FROM generate_series(1, 3000) n;
    CREATE TABLE shop.sold (item bigint REFERENCES shop.item, at date) PARTITION BY RANGE (at);
    CREATE TABLE shop.sold_1 PARTITION OF shop.sold FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE TABLE shop.sold_2 PARTITION OF shop.sold FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
    INSERT INTO shop.sold SELECT 1 + n % 3000, date '2020-01-01' + n % 700 FROM generate_series(1, 2000) n;
    CREATE TABLE shop.nothing ();
    INSERT INTO shop.nothing SELECT FROM generate_series(1, 3);
    CREATE INDEX item_note ON shop.item (note);
    CREATE MATERIALIZED VIEW shop.moods AS SELECT mood, count(*) FROM shop.item GROUP BY 1;
    CREATE UNIQUE INDEX ON shop.moods (mood);
    CREATE SEQUENCE shop.numbers INCREMENT -3;
    SELECT nextval('shop.numbers'), nextval('shop.numbers');";

/// Backs a database up; the directory.
fn back_up(workspace: &Workspace, database: &Database) -> PathBuf {
    workspace.pgmigrate(["backup", "--target", &database.uri(), "--jobs", "2"]).run().assert_code(0);
    only_backup(workspace)
}

/// The one backup in the workspace.
fn only_backup(workspace: &Workspace) -> PathBuf {
    let entries = fs::read_dir(workspace.path("backup")).expect("the directory of backups");
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// `pgmigrate restore`.
fn restore(workspace: &Workspace, directory: &Path, into: &Database) -> Outcome {
    workspace
        .pgmigrate(["restore", directory.to_str().expect("UTF-8"), "--target", &into.uri(), "--jobs", "3"])
        .run()
}

/// Every program of PostgreSQL of this name at hand that knows such a server, with its version.
fn programs(name: &str, server: &Server) -> Vec<(u32, PathBuf)> {
    let mut dirs = bin_dirs();
    dirs.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let mut found: Vec<(u32, PathBuf)> = dirs
        .into_iter()
        .map(|dir| dir.join(name))
        .filter_map(|program| {
            let output = Command::new(&program).arg("--version").output().ok()?;
            Some((version_in(&String::from_utf8_lossy(&output.stdout))?, program))
        })
        .filter(|(major, _)| *major >= server.major.max(15))
        .collect();
    found.sort();
    found.dedup_by_key(|(major, _)| *major);
    if found.is_empty() {
        eprintln!("no {name} {} or newer is here: only pgmigrate is tried", server.major);
    }
    found
}

/// Every `pg_restore` at hand that restores into a server of this version. From 17 on it begins with `SET transaction_timeout`,
/// which older servers refuse.
fn pg_restores(server: &Server) -> Vec<(u32, PathBuf)> {
    let mut found = programs("pg_restore", server);
    found.retain(|(major, _)| *major < 17 || server.major >= 17);
    found
}

/// Runs a program of PostgreSQL; what it printed.
fn stock(program: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(arguments).output().map_err(|error| error.to_string())?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    if output.status.success() && !stderr.contains("warning") {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{} {}: {}\n{stderr}", program.display(), arguments.join(" "), output.status))
    }
}
