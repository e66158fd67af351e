//! Another user of the system, with no rights and no processes: root may do too much for some tests.
use std::{fs, path::PathBuf, process::Command};

/// A user who is in nobody's list.
const NUMBER: &str = "54321";

/// A directory of the user's own, with the program in it: the target directory may be closed to others. It is removed at the end.
#[derive(Debug)]
pub(crate) struct Stranger {
    pub(crate) dir: PathBuf,
}

impl Stranger {
    /// It takes root, and `setpriv`.
    pub(crate) fn new() -> Option<Self> {
        let asked = Command::new("setpriv").args(["--reuid", NUMBER, "--clear-groups", "true"]).output();
        if !asked.is_ok_and(|output| output.status.success()) {
            return None;
        }
        let dir = std::env::temp_dir().join(format!("pgmigrate-stranger-{}", std::process::id()));
        fs::create_dir_all(&dir).expect("a directory");
        fs::copy(env!("CARGO_BIN_EXE_pgmigrate"), dir.join("pgmigrate")).expect("a copy");
        std::os::unix::fs::chown(&dir, NUMBER.parse().ok(), None).expect("another owner");
        Some(Self { dir })
    }

    /// A line of shell that runs the program in a new directory below, which stays: `limit` stands before it (`prlimit …`).
    pub(crate) fn shell(&self, name: &str, limit: &str, arguments: &str) -> String {
        let dir = self.dir.display();
        format!(
            "mkdir -p {dir}/{name}; chown {NUMBER} {dir}/{name}; cd {dir}/{name}; \
             exec {limit} setpriv --reuid {NUMBER} --clear-groups {dir}/pgmigrate {arguments}"
        )
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.dir));
    }
}
