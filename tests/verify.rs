//! `verify` finds what differs, names it, and says so by its exit code.
use crate::support::{cli::Workspace, database::Database, server::Server};

const SCHEMA: &str = "
    CREATE TABLE item (id integer PRIMARY KEY, note text, price numeric(10, 2));
    INSERT INTO item SELECT n, 'note ' || n, n / 7.0 FROM generate_series(1, 1000) n;
    CREATE SEQUENCE ticket START 100;
    SELECT nextval('ticket');
    CREATE INDEX item_note ON item (note);
    CREATE VIEW dear AS SELECT id FROM item WHERE price > 100;";

#[test]
fn every_difference_is_found_and_named() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (source, copy) = (Database::with(&source, SCHEMA), Database::with(&target, SCHEMA));
    let workspace = Workspace::new();
    workspace.between("verify", &source, &copy).run().assert_code(0);
    for (change, undo, culprit) in [
        (
            "UPDATE item SET note = 'Note 7' WHERE id = 7",
            "UPDATE item SET note = 'note 7' WHERE id = 7",
            "item",
        ),
        ("UPDATE item SET note = NULL WHERE id = 7", "UPDATE item SET note = 'note 7' WHERE id = 7", "item"),
        (
            "DELETE FROM item WHERE id = 1000",
            "INSERT INTO item VALUES (1000, 'note 1000', 1000 / 7.0)",
            "item",
        ),
        ("INSERT INTO item VALUES (0)", "DELETE FROM item WHERE id = 0", "item"),
        // Two notes change places: neither the count nor a sum of single columns tells.
        (
            "UPDATE item SET note = 'note ' || (17 - id) WHERE id IN (8, 9)",
            "UPDATE item SET note = 'note ' || id WHERE id IN (8, 9)",
            "item",
        ),
        ("SELECT setval('ticket', 7)", "SELECT setval('ticket', 100)", "ticket"),
        ("DROP INDEX item_note", "CREATE INDEX item_note ON item (note)", "item_note"),
        (
            "CREATE OR REPLACE VIEW dear AS SELECT id FROM item WHERE price > 101",
            "CREATE OR REPLACE VIEW dear AS SELECT id FROM item WHERE price > 100",
            "dear",
        ),
        ("ALTER TABLE item ALTER note SET DEFAULT ''", "ALTER TABLE item ALTER note DROP DEFAULT", "item"),
    ] {
        copy.execute(change);
        let outcome = workspace.between("verify", &source, &copy).run();
        outcome.assert_code(1).says(culprit);
        copy.execute(undo);
    }
    workspace.between("verify", &source, &copy).run().assert_code(0);
}

#[test]
fn a_missing_table_differs() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let source = Database::with(&source, "CREATE TABLE here (id integer); CREATE TABLE gone (id integer)");
    let copy = Database::with(&target, "CREATE TABLE here (id integer)");
    let outcome = Workspace::new().between("verify", &source, &copy).run();
    outcome.assert_code(1).says("gone");
}
