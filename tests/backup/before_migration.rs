//! `migrate --backup`: the target is backed up before it is changed, or it is not changed.
use std::fs;

use super::{SHOP, only_backup, restore};
use crate::support::{cli::Workspace, database::Database, server::Server};

#[test]
fn what_the_target_held_is_backed_up_once() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(&source, "CREATE TABLE fresh (id integer); INSERT INTO fresh VALUES (1)");
    let there = Database::with(&target, SHOP);
    let before = there.fingerprint();
    let workspace = Workspace::new();
    workspace
        .between("migrate", &database, &there)
        .args(["--backup", "--on-existing", "append"])
        .run()
        .assert_code(0)
        .says("read back");
    assert_eq!(there.count("fresh"), 1);
    let directory = only_backup(&workspace);
    workspace
        .between("migrate", &database, &there)
        .args(["--backup", "--resume"])
        .run()
        .assert_code(0)
        .says("nothing to do");
    assert_eq!(only_backup(&workspace), directory);
    let copy = Database::absent(&target);
    restore(&workspace, &directory, &copy).assert_code(0);
    assert_eq!(copy.fingerprint(), before);
}

#[test]
fn an_empty_or_absent_target_needs_none() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(&source, "CREATE TABLE fresh (id integer); INSERT INTO fresh VALUES (1)");
    for there in [Database::absent(&target), Database::create(&target)] {
        let workspace = Workspace::new();
        let outcome = workspace.between("migrate", &database, &there).arg("--backup=kept").run();
        outcome.assert_code(0).says("the target holds nothing");
        assert!(!workspace.path("kept").exists());
    }
}

#[test]
fn without_a_backup_nothing_begins() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(&source, "CREATE TABLE fresh (id integer)");
    let there = Database::with(&target, SHOP);
    let before = there.fingerprint();
    let workspace = Workspace::new();
    // A file lies where the directory should be.
    fs::write(workspace.path("backup"), "").unwrap();
    let outcome = workspace.between("migrate", &database, &there).arg("--backup").run();
    outcome.assert_code(8).says("backup");
    assert_eq!(there.fingerprint(), before);
    assert!(!workspace.path("plan.tsv").exists());
}
