//! Backups that cannot be made, and directories that cannot be restored.
use std::fs;

use super::Page;
use crate::support::{cli::Workspace, database::Database};

pub(super) fn backup(page: &mut Page) {
    page.section("Backup and restore");
    let workspace = Workspace::new();
    let outcome = workspace.pgmigrate(["backup"]).run();
    page.row("neither file nor connection string", 2, &outcome);
    let absent = Database::absent(&page.target);
    let outcome = workspace.pgmigrate(["backup", "--target", &absent.uri()]).run();
    page.row("a backup of a database that is not there", 3, &outcome);
    let uri = page.database.uri();
    let outcome = workspace.pgmigrate(["backup", "--target", &uri, "--dir", "/proc/backup"]).run();
    page.row("a place where nothing can be made", 8, &outcome);
    let mut restored = |tried: &str, directory: &str, into: &Database| {
        let outcome = workspace.pgmigrate(["restore", directory, "--target", &into.uri()]).run();
        page.row(tried, 4, &outcome);
    };
    restored("a directory that is no backup", ".", &absent);
    workspace.pgmigrate(["backup", "--target", &uri, "--compress", "0"]).run().assert_code(0);
    let made = fs::read_dir(workspace.path("backup")).expect("backups").next().expect("one").expect("one");
    fs::rename(made.path(), workspace.path("made")).expect("a shorter name");
    let rows = fs::read_dir(workspace.path("made")).expect("files").map(|file| file.expect("a file").path());
    let rows = rows
        .filter(|file| file.extension().is_some_and(|end| end == "dat"))
        .find(|file| !file.ends_with("toc.dat"));
    let rows = rows.expect("a file of rows");
    let whole = fs::read(&rows).expect("rows");
    let name = workspace.path("made/rows.dat");
    restored(
        "a database that holds something",
        "made",
        &Database::with(&absent.server, "CREATE TABLE mine ()"),
    );
    fs::write(&rows, &whole[1..]).expect("rows");
    restored("a backup with a truncated file", "made", &absent);
    fs::write(&rows, whole.iter().map(|byte| byte ^ 1).collect::<Vec<u8>>()).expect("rows");
    restored("a backup with an altered file", "made", &absent);
    fs::rename(&rows, name).expect("another name");
    restored("a backup that misses a file", "made", &absent);
    let toc = workspace.path("made/toc.dat");
    fs::write(&toc, &fs::read(&toc).expect("toc.dat")[..100]).expect("toc.dat");
    restored("a backup whose table of contents was truncated", "made", &absent);
    page.absent("a backup that is damaged", &absent);
}
