//! What the user wants changed of the target's server while rows are loaded.
use std::collections::BTreeMap;

use super::{
    schema::{TuningLevel, TuningSection},
    yaml::Misfit,
};
use crate::error::{Error, ErrorKind, Result};

/// Lists of names (`GUC_LIST_QUOTE`, `utils/misc/guc_tables.c`). ALTER SYSTEM takes their elements apart and quotes each, so that
/// what stood in the file cannot be written back as one text.
const LISTS: [&str; 6] = [
    "local_preload_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

/// What the command line says of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TuningOverrides {
    /// How far it may go.
    pub level: Option<TuningLevel>,
    /// Whether the server may do without `fsync`.
    pub fsync_off: bool,
}

/// What may be changed of the target while rows are loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TuningOptions {
    /// How far it may go.
    pub level: TuningLevel,
    /// Whether the server may do without `fsync`.
    pub fsync_off: bool,
    /// Settings of the server that the user wants, by name in lower case; they go before ours.
    pub settings: BTreeMap<String, String>,
}

impl TuningOptions {
    /// Whether our own sessions are tuned.
    pub fn tunes_sessions(&self) -> bool {
        self.level != TuningLevel::Off
    }

    /// Whether the server may be.
    pub fn tunes_server(&self) -> bool {
        self.level == TuningLevel::Server
    }

    /// The command line's, else the file's.
    pub(super) fn build(section: &TuningSection, overrides: TuningOverrides) -> Result<Self> {
        let level = overrides.level.unwrap_or(section.level);
        if overrides.fsync_off && level != TuningLevel::Server {
            let message =
                "`--unsafe-fsync-off` changes the server, and the target's server is not to be changed";
            return Err(Error::new(ErrorKind::Usage, message).hint("add `--tune-target server`"));
        }
        for (key, is_given) in [("fsync_off", section.fsync_off), ("settings", !section.settings.is_empty())]
        {
            // A command line that says `session` or `off` wants none of it for once.
            if is_given && level != TuningLevel::Server && overrides.level.is_none() {
                let message = format!(
                    "`target_tuning.{key}` changes the server, and `target_tuning.level` is `{level}`"
                );
                return Err(Error::new(ErrorKind::Config, message).hint("set `target_tuning.level: server`"));
            }
        }
        let settings =
            section.settings.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
        let fsync_off = (section.fsync_off || overrides.fsync_off) && level == TuningLevel::Server;
        Ok(Self { level, fsync_off, settings })
    }
}

/// Refuses names that cannot be a setting's, and settings that cannot be put back.
pub(super) fn check(section: &TuningSection) -> Result<(), Misfit> {
    for name in section.settings.keys() {
        let at = |why: String| Misfit::new(why).at(&["settings"]);
        let lower = name.to_ascii_lowercase();
        let is_name = lower.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && lower.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        if !is_name {
            return Err(at(format!("`{}` is no name of a setting", name.escape_debug())));
        }
        if lower == "fsync" {
            return Err(at("`fsync` has a key of its own: `target_tuning.fsync_off`".to_owned()));
        }
        if LISTS.contains(&lower.as_str()) {
            return Err(at(format!("`{lower}` is a list, which cannot be put back exactly: set it by hand")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(name: &str) -> TuningSection {
        let settings = BTreeMap::from([(name.to_owned(), "1".to_owned())]);
        TuningSection { settings, ..TuningSection::default() }
    }

    #[test]
    fn settings_that_cannot_be_put_back_are_refused() {
        for name in ["", "a b", "1x", "x'; DROP", "fsync", "FSYNC", "search_path", "Shared_preload_libraries"]
        {
            assert!(check(&section(name)).is_err(), "{name}");
        }
        for name in ["max_wal_size", "Checkpoint_Timeout", "pgaudit.log"] {
            assert!(check(&section(name)).is_ok(), "{name}");
        }
    }

    #[test]
    fn the_command_line_goes_first_and_fsync_needs_the_server() {
        let server = TuningOverrides { level: Some(TuningLevel::Server), fsync_off: true };
        let built = TuningOptions::build(&section("Max_WAL_Size"), server).unwrap();
        assert_eq!((built.level, built.fsync_off), (TuningLevel::Server, true));
        assert!(built.settings.contains_key("max_wal_size"));
        let session = TuningOverrides { level: Some(TuningLevel::Session), fsync_off: false };
        assert!(TuningOptions::build(&section("work_mem"), session).is_ok());
        let without_level =
            TuningOptions::build(&section("work_mem"), TuningOverrides::default()).unwrap_err();
        assert_eq!(without_level.kind(), ErrorKind::Config);
        let alone = TuningOverrides { level: None, fsync_off: true };
        let refused = TuningOptions::build(&TuningSection::default(), alone).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Usage);
    }
}
