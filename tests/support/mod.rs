//! What the tests are made of: servers, databases, the program under test, judges.
pub(crate) mod case;
pub(crate) mod cli;
pub(crate) mod database;
pub(crate) mod judge;
pub(crate) mod lock;
pub(crate) mod proxy;
pub(crate) mod sample;
pub(crate) mod server;
pub(crate) mod stranger;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How long anything may take before a test gives up; no test asserts a time, this only ends what would never end.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Cargo's target directory.
pub(crate) fn target_dir() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a directory below target").to_owned()
}

/// Waits until a condition holds.
pub(crate) fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
