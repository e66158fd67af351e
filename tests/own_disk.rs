//! The disk that holds plan, state, log and report fills up under a run. The target's journal is what counts: nothing is lost, and
//! with space again `--resume` goes on.
use std::{fs, process::Command};

use rustix::fs::statvfs;

use crate::support::{cli::Workspace, database::Database, server::Server, wait_for};

const SOURCE: &str = "
    CREATE TABLE item (id integer PRIMARY KEY, text text);
    INSERT INTO item SELECT n, md5(n::text) FROM generate_series(1, 20000) n; CREATE INDEX ON item (text); ANALYZE";

/// A small file system on a workspace's directory; only root can mount one.
struct Disk<'w>(&'w Workspace);

impl<'w> Disk<'w> {
    fn mount(workspace: &'w Workspace) -> Option<Self> {
        let options = ["-t", "tmpfs", "-o", "size=512k", "tmpfs"];
        let mounted = Command::new("mount").args(options).arg(&workspace.dir).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(workspace))
    }

    /// Takes all space but so many bytes.
    fn fill(&self, but: u64) {
        let stat = statvfs(&self.0.dir).expect("a file system");
        let taken = (stat.f_bavail * stat.f_frsize).saturating_sub(but);
        // A run that writes meanwhile may be faster: full is full.
        drop(fs::write(self.0.path("ballast"), vec![0; usize::try_from(taken).expect("a small disk")]));
    }

    fn free(&self) {
        fs::remove_file(self.0.path("ballast")).expect("the ballast");
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(&self.0.dir).output());
    }
}

fn configure(workspace: &Workspace, database: &Database, copy: &Database) {
    let rest = "parallel: { max_jobs: 2 }
tables: { include: [ { schema: public, name: item, chunk_column: id, chunk_size: 50 } ] }";
    workspace.config(&database.uri(), &copy.uri(), rest);
}

/// When so many steps are done, so many bytes are left; the exit codes that may follow.
const MOMENTS: &[(usize, u64, &[i32])] =
    &[(0, 200_000, &[8]), (10, 0, &[8]), (150, 9000, &[8]), (395, 0, &[0, 8])];

#[test]
fn our_own_disk_fills_up() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(&source, SOURCE);
    for (steps, but, codes) in MOMENTS {
        let (copy, workspace) = (Database::absent(&target), Workspace::new());
        let Some(disk) = Disk::mount(&workspace) else {
            eprintln!("skipped: only root can mount a small disk");
            return;
        };
        configure(&workspace, &database, &copy);
        let mut running = workspace.with_config("migrate").spawn();
        wait_for("steps", || running.ended() || workspace.steps_done() >= *steps);
        disk.fill(*but);
        let outcome = running.wait();
        let code = outcome.status.code().unwrap_or_default();
        assert!(codes.contains(&code), "{steps} steps: {outcome}");
        if code == 8 {
            outcome.stderr_contains("No space left on device");
        }
        if *steps == 10 {
            outcome.stderr_contains("pgmigrate.log` lacks events");
        }
        assert!(!outcome.stderr.contains("panicked"), "{outcome}");
        disk.free();
        workspace.with_config("migrate").arg("--resume").run().assert_code(0);
        assert_eq!(database.fingerprint(), copy.fingerprint(), "{steps} steps");
        assert!(!copy.has("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmigrate'"));
        workspace.with_config("verify").run().assert_code(0);
    }
}

#[test]
fn a_disk_that_is_full_from_the_start_begins_nothing() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy, workspace) =
        (Database::with(&source, SOURCE), Database::absent(&target), Workspace::new());
    let Some(disk) = Disk::mount(&workspace) else {
        eprintln!("skipped: only root can mount a small disk");
        return;
    };
    configure(&workspace, &database, &copy);
    disk.fill(0);
    workspace.with_config("migrate").run().assert_code(8).stderr_contains("No space left on device");
    assert!(!copy.exists());
    disk.free();
    workspace.with_config("migrate").run().assert_code(0);
    assert_eq!(database.fingerprint(), copy.fingerprint());
}
