//! Where a backup is written: a directory beside its place until it is whole, then renamed.
use std::{
    fs::{self, DirBuilder, File},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use super::{file::sha256, toc::Created};
use crate::{
    durable,
    error::{Error, ErrorKind, Result},
};

/// Who may look into the directory: rows and definitions are the owner's affair.
const PRIVATE_DIRECTORY: u32 = 0o700;

/// Bytes of a database's name in that of its backup; names of files end at 255.
const NAME_BYTES: usize = 100;

/// A directory under way. What is left of it when it is dropped is removed; what a crash leaves has no `toc.dat`, or is
/// still called `….partial`.
pub(super) struct Place {
    partial: PathBuf,
    path: PathBuf,
    is_whole: bool,
}

impl Place {
    /// Makes the directory `<base>/pgmigrate_backup_<database>_<time>.partial`.
    pub(super) fn prepare(base: &Path, database: &str, time: Duration) -> Result<Self> {
        let cannot = |path: &Path, cause: io::Error| durable::cannot("create", path).caused_by(cause);
        DirBuilder::new()
            .recursive(true)
            .mode(PRIVATE_DIRECTORY)
            .create(base)
            .map_err(|cause| cannot(base, cause))?;
        let path = base.join(format!("pgmigrate_backup_{}_{}", safe(database), stamp(time)));
        let partial = path
            .with_file_name(format!("{}.partial", path.file_name().unwrap_or_default().to_string_lossy()));
        if path.exists() {
            let message = format!("`{}` is there already", path.display());
            return Err(
                Error::new(ErrorKind::Refused, message).hint("another backup of this second: try again")
            );
        }
        DirBuilder::new()
            .mode(PRIVATE_DIRECTORY)
            .create(&partial)
            .map_err(|cause| cannot(&partial, cause))?;
        Ok(Self { partial, path, is_whole: false })
    }

    /// Where the files are written.
    pub(super) fn directory(&self) -> &Path {
        &self.partial
    }

    /// Gives the directory its name, durably.
    pub(super) fn finish(mut self) -> Result<PathBuf> {
        let finished = || -> io::Result<()> {
            File::open(&self.partial)?.sync_all()?;
            fs::rename(&self.partial, &self.path)?;
            durable::sync_directory_of(&self.path)
        };
        finished().map_err(|cause| durable::cannot("finish", &self.path).caused_by(cause))?;
        self.is_whole = true;
        Ok(self.path.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.is_whole {
            // It harms nobody: its name says what it is.
            _ = fs::remove_dir_all(&self.partial);
        }
    }
}

/// A database's name as part of a file's: what is not plain becomes `_`, and some digits of its digest tell two such names
/// apart.
fn safe(database: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut name: String = database.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    name.truncate(NAME_BYTES);
    if name != database {
        name += &format!("_{}", &sha256(database.as_bytes())[..8]);
    }
    name
}

/// `20260131T235959Z`
fn stamp(time: Duration) -> String {
    let Created { second, minute, hour, day, month, year } = created(time);
    format!("{:04}{:02}{day:02}T{hour:02}{minute:02}{second:02}Z", year + 1900, month + 1)
}

/// The time since 1970.
pub(super) fn now() -> Duration {
    UNIX_EPOCH.elapsed().unwrap_or_default()
}

/// A time since 1970 in UTC, by the calendar (days to civil, H. Hinnant).
#[expect(clippy::cast_possible_truncation, reason = "parts of a day and of a month are small")]
pub(super) fn created(time: Duration) -> Created {
    let (days, seconds) = ((time.as_secs() / 86400).cast_signed(), (time.as_secs() % 86400) as i32);
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 2 } else { shifted_month - 10 };
    let year = year_of_era + era * 400 + i64::from(month < 2);
    Created {
        second: seconds % 60,
        minute: seconds / 60 % 60,
        hour: seconds / 3600,
        day: day as i32,
        month: month as i32,
        year: year as i32 - 1900,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        let stamped = |seconds| stamp(Duration::from_secs(seconds));
        assert_eq!(stamped(0), "19700101T000000Z");
        assert_eq!(stamped(951_827_696), "20000229T123456Z");
        assert_eq!(stamped(1_798_761_599), "20261231T235959Z");
        assert_eq!(stamped(4_107_542_400), "21000301T000000Z");
    }

    #[test]
    fn names_of_databases_make_safe_names_of_files() {
        assert_eq!(safe("shop_1"), "shop_1");
        assert_eq!(safe("../we\"ird\nname"), format!("___we_ird_name_{}", &sha256(b"../we\"ird\nname")[..8]));
        assert_ne!(safe("a b"), safe("a.b"));
        assert!(safe(&"ä".repeat(63)).len() < 150);
    }
}
