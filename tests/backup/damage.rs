//! A backup that is not what was written is refused, by the name of the file, and the target is left alone.
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use super::{SHOP, back_up, restore};
use crate::support::{cli::Workspace, database::Database, server::Server};

/// The largest data file.
fn data_file(directory: &Path) -> PathBuf {
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|file| file.extension().is_some_and(|end| end == "gz"))
        .max_by_key(|file| file.metadata().unwrap().len())
        .unwrap()
}

fn flip(file: &Path, at: usize) {
    let mut bytes = fs::read(file).unwrap();
    let at = at.min(bytes.len() - 1);
    bytes[at] ^= 0x20;
    fs::write(file, bytes).unwrap();
}

#[test]
fn what_was_damaged_is_refused_before_anything_is_changed() {
    let server = Server::main("source");
    let workspace = Workspace::new();
    let directory = back_up(&workspace, &Database::with(&server, SHOP));
    let refused = |damage: &dyn Fn(&Path), file: &dyn Fn(&Path) -> PathBuf| {
        let file = file(&directory);
        let whole = fs::read(&file).unwrap();
        damage(&file);
        let target = Database::absent(&server);
        let outcome = restore(&workspace, &directory, &target);
        let name = file.file_name().unwrap().to_str().unwrap();
        outcome.assert_code(4).stderr_contains(name);
        assert!(!target.exists(), "{outcome}");
        fs::write(&file, whole).unwrap();
    };
    let (toc, manifest) = (|dir: &Path| dir.join("toc.dat"), |dir: &Path| dir.join("manifest.json"));
    let cut = |file: &Path| {
        let bytes = fs::read(file).unwrap();
        fs::write(file, &bytes[..bytes.len() - 1]).unwrap();
    };
    let gone = |file: &Path| fs::remove_file(file).unwrap();
    refused(&cut, &data_file);
    refused(&|file| flip(file, 5000), &data_file);
    refused(&gone, &data_file);
    refused(&cut, &toc);
    refused(&|file| flip(file, 300), &toc);
    refused(&gone, &toc);
    refused(&cut, &|dir| manifest(dir));
    refused(&|file| flip(file, 40), &manifest);
    // A table of contents of another backup, whole in itself.
    let other = Workspace::new();
    let larger =
        back_up(&other, &Database::with(&server, &format!("{SHOP} CREATE TABLE shop.more (id integer)")));
    refused(&|file| fs::write(file, fs::read(larger.join("toc.dat")).unwrap()).unwrap(), &toc);
    // All damages were made good.
    let copy = Database::absent(&server);
    restore(&workspace, &directory, &copy).assert_code(0);
    assert_eq!(copy.count("shop.item"), 3000);
}

#[test]
fn files_are_the_owners_and_what_is_unfinished_goes() {
    let server = Server::main("source");
    let workspace = Workspace::new();
    let directory = back_up(&workspace, &Database::with(&server, SHOP));
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    for file in fs::read_dir(&directory).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
    // A database that cannot be read leaves nothing behind.
    let absent = Database::absent(&server);
    workspace.pgmigrate(["backup", "--target", &absent.uri(), "--dir", "other"]).run().assert_code(3);
    assert_eq!(fs::read_dir(workspace.path("other")).unwrap().count(), 0);
}
