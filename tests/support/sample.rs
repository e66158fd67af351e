//! The sample database, small: loaded once a cluster, then copied by the server for each test.
//!
//! Its files are written for `psql`; where there is none, tests on it are skipped and say so.
use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::PathBuf,
    process::Command,
};

use super::{
    database::Database,
    lock::Lock,
    root,
    server::{Server, bin_dirs, ident},
};

/// 30 000 rows in the largest table.
const SCALE: &str = "0.02";

/// A `psql` of any version.
pub(crate) fn psql() -> Option<PathBuf> {
    let mut dirs = bin_dirs();
    dirs.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let found = dirs.into_iter().map(|dir| dir.join("psql")).find(|program| program.is_file());
    if found.is_none() {
        eprintln!("skipped: no psql here");
    }
    found
}

/// A copy of the sample; `None` without `psql`.
pub(crate) fn database(server: &Server) -> Option<Database> {
    if server.major < 11 {
        eprintln!("skipped: the sample has default partitions, which came with 11");
        return None;
    }
    let psql = psql()?;
    let template = format!("sample_{:016x}", version());
    let lock = Lock::take(&format!("{}.sample", server.name));
    if !server.has_database(&template) {
        load(&psql, server, &template);
    }
    let copy = Database::create_with(server, &format!("TEMPLATE {}", ident(&template)));
    drop(lock);
    Some(copy)
}

fn load(psql: &PathBuf, server: &Server, template: &str) {
    let _roles = server.alone();
    let loading = Database::create(server);
    let output = Command::new(psql)
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-v"])
        .arg(format!("scale={SCALE}"))
        .args(["-d", &loading.uri(), "-f"])
        .arg(root().join("sample/load.sql"))
        .output()
        .expect("psql");
    assert!(output.status.success(), "the sample: {}", String::from_utf8_lossy(&output.stderr));
    let rename = format!("ALTER DATABASE {} RENAME TO {}", ident(&loading.name), ident(template));
    server.session().execute(&rename);
}

/// Changes whenever the sample does: clusters outlive a run of the tests.
fn version() -> u64 {
    let entries = fs::read_dir(root().join("sample")).expect("the sample");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    SCALE.hash(&mut hasher);
    for file in files {
        fs::read(file).expect("a file of the sample").hash(&mut hasher);
    }
    hasher.finish()
}

/// Every row of every table, as one digest a table.
pub(crate) fn digests(database: &Database) -> Vec<String> {
    database.fingerprint().into_iter().filter(|line| !line.contains(" | ")).collect()
}
