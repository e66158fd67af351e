//! Files that survive a crash whole: written beside their place, synced, then renamed over it.
//!
//! It knows bytes and paths, no formats. After a success the file holds exactly the new bytes whatever
//! happens next; before it, exactly the old ones. Used for the plan, the state file and the report.
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, ErrorKind, Result},
    failpoint::Failpoint,
};

/// Mode of every file that we write: plans and logs name objects, hosts and users.
pub(crate) const PRIVATE: u32 = 0o600;

/// Replaces the file as a whole, with mode 0600. What is no regular file (`/dev/stdout`) is written in place.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(path, bytes).map_err(|cause| cannot("write", path).caused_by(cause))
}

/// Makes a new or renamed entry of the file's directory durable.
pub(crate) fn sync_directory_of(path: &Path) -> io::Result<()> {
    File::open(directory_of(path))?.sync_all()
}

/// The content of a file or a pipe. A device is refused: `/dev/zero` has no end.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let kind = file.metadata()?.file_type();
    if kind.is_char_device() || kind.is_block_device() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a device, no file"));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a file may be written there, as far as that shows now: what ends hours of work must not fail for want of a
/// directory, or of the right to write there.
pub(crate) fn check_place(path: &Path) -> Result<()> {
    let refused = |cause: io::Error| cannot("write", path).caused_by(cause);
    if path.is_dir() {
        return Err(refused(io::ErrorKind::IsADirectory.into()));
    }
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if fs::metadata(&place).is_ok_and(|metadata| !metadata.is_file()) {
        return Ok(());
    }
    let temporary = temporary_beside(&place).map_err(refused)?;
    open_new(&temporary).map_err(refused)?;
    // A file that is left over harms nobody.
    _ = fs::remove_file(&temporary);
    Ok(())
}

/// The error for a file that resists.
pub(crate) fn cannot(verb: &str, path: &Path) -> Error {
    Error::new(ErrorKind::Io, format!("cannot {verb} `{}`", path.display()))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A symbolic link stays one: its target is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
        return OpenOptions::new().write(true).open(&path)?.write_all(bytes);
    }
    let temporary = temporary_beside(&path)?;
    let written = write_new(&temporary, bytes).and_then(|()| {
        Failpoint::FileWritten.reach();
        fs::rename(&temporary, &path)
    });
    if written.is_err() {
        // The first error counts; a temporary file that is left over harms nobody.
        _ = fs::remove_file(&temporary);
    }
    written?;
    Failpoint::FileRenamed.reach();
    sync_directory_of(&path)?;
    remove_torn(&path);
    Ok(())
}

/// Removes what processes that were killed while they wrote the file have left beside it. A process that lives keeps
/// its own, where the system tells (`/proc`); what resists stays, for it harms nobody.
pub(crate) fn remove_torn(path: &Path) {
    let Some(name) = path.file_name() else { return };
    let prefix = format!(".{}.", name.to_string_lossy());
    let Ok(entries) = fs::read_dir(directory_of(path)) else { return };
    for entry in entries.flatten() {
        let found = entry.file_name();
        let writer = found.to_str().and_then(|found| found.strip_prefix(&prefix)?.strip_suffix(".tmp"));
        let Some(writer) = writer.and_then(|writer| writer.parse::<u32>().ok()) else { continue };
        if !Path::new("/proc").join(writer.to_string()).exists() {
            _ = fs::remove_file(entry.path());
        }
    }
}

/// The name can be guessed: what lies there is removed, not followed (a symbolic link of another) and not written into (a file of
/// another, which would keep his mode).
fn open_new(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = open_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn temporary_beside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::IsADirectory))?;
    Ok(directory_of(path).join(format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id())))
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// An own directory for a test, removed when dropped.
    pub(crate) struct Scratch(PathBuf);

    impl Scratch {
        pub(crate) fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("pgmigrate-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        pub(crate) fn file(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_device_is_not_read() {
        assert_eq!(read(Path::new("/dev/zero")).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        assert_eq!(read(Path::new("/nowhere")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_file_is_replaced_whole_and_private() {
        let scratch = Scratch::new("durable");
        let path = scratch.file("plan.tsv");
        write_atomically(&path, b"long first text").unwrap();
        write_atomically(&path, b"short").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"short");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, PRIVATE);
        assert_eq!(fs::read_dir(&scratch.0).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn what_killed_processes_left_goes() {
        let scratch = Scratch::new("durable-torn");
        let path = scratch.file("plan.tsv");
        // No process has such a number.
        let [torn, other, living] = [
            ".plan.tsv.4294967295.tmp".to_owned(),
            ".plan.tsv.old.tmp".to_owned(),
            format!(".plan.tsv.{}.tmp", std::os::unix::process::parent_id()),
        ]
        .map(|name| scratch.file(&name));
        for file in [&torn, &other, &living] {
            fs::write(file, "half").unwrap();
        }
        write_atomically(&path, b"whole").unwrap();
        assert!(!torn.exists() && other.exists());
        assert_eq!(living.exists(), Path::new("/proc/self").exists());
    }

    #[test]
    fn a_link_stays_a_link() {
        let scratch = Scratch::new("durable-link");
        let (file, link) = (scratch.file("real"), scratch.file("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write_atomically(&link, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn what_lies_in_the_way_is_not_followed() {
        let scratch = Scratch::new("durable-planted");
        let (path, other) = (scratch.file("plan.tsv"), scratch.file("other"));
        fs::write(&other, "mine").unwrap();
        let planted = temporary_beside(&path).unwrap();
        std::os::unix::fs::symlink(&other, &planted).unwrap();
        write_atomically(&path, b"secret").unwrap();
        assert_eq!(fs::read(&other).unwrap(), b"mine");
        assert!(!fs::symlink_metadata(&path).unwrap().is_symlink() && !planted.exists());
        fs::write(&planted, "torn").unwrap();
        fs::set_permissions(&planted, fs::Permissions::from_mode(0o666)).unwrap();
        write_atomically(&path, b"whole").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, PRIVATE);
    }

    #[test]
    fn what_fails_names_the_file() {
        let error = write_atomically(Path::new("/nowhere/at/all"), b"").unwrap_err();
        assert_eq!(error.to_string(), "cannot write `/nowhere/at/all`");
        assert_eq!(error.kind(), ErrorKind::Io);
    }
}
