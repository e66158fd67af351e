//! A small disk for the target: a tablespace on a tmpfs, filled by a file that takes its space. Only root can mount one; elsewhere the
//! fault is left out and the tally says so.
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rustix::fs::statvfs;

use crate::support::{
    server::{Server, ident, literal},
    target_dir,
};

/// An empty database takes 8 MB of it, the copy 10 MB more; those of runs that were wrong stay.
const SIZE: &str = "size=96m,mode=0755";

/// The tablespace on it.
pub(super) const TABLESPACE: &str = "chaos_small";

/// A mounted tmpfs with the tablespace on it.
#[derive(Debug)]
pub(super) struct Disk {
    dir: PathBuf,
    server: Server,
}

impl Disk {
    /// Mounts it below the temporary directory, for a server runs as a user to whom the target directory may be closed.
    pub(super) fn mount(server: &Server) -> Option<Self> {
        let dir = std::env::temp_dir().join(format!("pgmigrate-chaos-{}", server.port));
        let disk = Self { dir, server: server.clone() };
        disk.forget();
        fs::create_dir_all(&disk.dir).ok()?;
        if !tool("mount", &["-t", "tmpfs", "-o", SIZE, "tmpfs"], &disk.dir) {
            drop(fs::remove_dir(&disk.dir));
            return None;
        }
        let space = disk.dir.join("space");
        fs::create_dir(&space).expect("a directory on an empty disk");
        // The owner of the server's own files owns this one too.
        let data = target_dir().join("clusters").join(&server.name).join("data");
        let reference = format!("--reference={}", data.display());
        assert!(
            tool("chown", &[&reference], &space),
            "the server's user owns no directory on {}",
            space.display()
        );
        let create = format!(
            "CREATE TABLESPACE {TABLESPACE} OWNER chaos_mover LOCATION {}",
            literal(space.to_str().expect("UTF-8"))
        );
        server.session().execute(&create);
        Some(disk)
    }

    /// Takes all space but so many bytes.
    pub(super) fn fill(&self, but: u64) {
        let stat = statvfs(&self.dir).expect("a file system");
        let taken = usize::try_from(stat.f_bavail * stat.f_frsize).expect("a small disk");
        let ballast = vec![0; taken.saturating_sub(usize::try_from(but).expect("fewer bytes"))];
        // A run that writes meanwhile may be faster: full is full.
        drop(fs::write(self.ballast(), ballast));
    }

    /// Gives it back.
    pub(super) fn free(&self) {
        drop(fs::remove_file(self.ballast()));
    }

    fn ballast(&self) -> PathBuf {
        self.dir.join("ballast")
    }

    /// Takes back what this or an earlier harness has made, where there is anything.
    fn forget(&self) {
        self.free();
        let mut session = self.server.session();
        let databases = "SELECT datname FROM pg_database d JOIN pg_tablespace t ON t.oid = dattablespace \
                         WHERE spcname = 'chaos_small'";
        for row in session.rows(databases) {
            let name = ident(row[0].as_deref().unwrap_or_default());
            drop(session.try_execute(&format!("DROP DATABASE {name} WITH (FORCE)")));
        }
        drop(session.try_execute("DROP TABLESPACE IF EXISTS chaos_small"));
        if self.dir.join("space").exists() {
            tool("umount", &[], &self.dir);
        }
        drop(fs::remove_dir(&self.dir));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A second panic would hide the first.
        if !std::thread::panicking() {
            self.forget();
        }
    }
}

fn tool(program: &str, arguments: &[&str], dir: &Path) -> bool {
    let output = Command::new(program).args(arguments).arg(dir).output();
    output.is_ok_and(|output| output.status.success())
}
