//! Locks between test processes: nextest runs every test in a process of its own.
use std::fs::{self, File};

use rustix::fs::{FlockOperation, flock};

use super::target_dir;

/// A named lock; the system takes it back when the process ends, however it ends.
#[derive(Debug)]
#[must_use]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock, and holds it until it is dropped.
    pub(crate) fn take(name: &str) -> Self {
        let dir = target_dir().join("test-locks");
        fs::create_dir_all(&dir).expect("a directory for locks");
        let file = File::create(dir.join(name)).expect("a lock file");
        flock(&file, FlockOperation::LockExclusive).expect("the lock");
        Self { _file: file }
    }
}
