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
    /// Whether clients may commit before the end of the run: what they commit must outlive a power cut.
    pub has_clients: bool,
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

    /// Whether the server takes a value of a switch for "on": `on`, `1`, and `true` and `yes` as far as they are written out
    /// (`parse_bool`, `utils/adt/bool.c`).
    pub fn is_on(value: &str) -> bool {
        let lower = value.to_ascii_lowercase();
        let begins = |word: &str| !lower.is_empty() && word.starts_with(&lower);
        matches!(lower.as_str(), "on" | "1") || begins("true") || begins("yes")
    }

    /// The command line's, else the file's. With late rows clients work on the target before the end (`has_clients`).
    pub(super) fn build(
        section: &TuningSection,
        overrides: TuningOverrides,
        has_clients: bool,
    ) -> Result<Self> {
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
        let settings: BTreeMap<String, String> =
            section.settings.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
        let fsync_off = (section.fsync_off || overrides.fsync_off) && level == TuningLevel::Server;
        if fsync_off && has_clients {
            let message = "late rows (`tables.delay_data`, `--delay-data`) let clients commit while `fsync` is off: a power cut \
                 would lose what they committed";
            return Err(Error::new(ErrorKind::Config, message)
                .hint("leave out `--unsafe-fsync-off` (`target_tuning.fsync_off`), or the late rows"));
        }
        let tears = settings.get("full_page_writes").is_some_and(|value| !Self::is_on(value));
        if tears && has_clients && level == TuningLevel::Server {
            let message = "late rows (`tables.delay_data`, `--delay-data`) let clients commit while `full_page_writes` is off \
                 (`target_tuning.settings.full_page_writes`): a power cut may damage what they committed";
            return Err(Error::new(ErrorKind::Config, message)
                .hint("leave out `target_tuning.settings.full_page_writes`, or the late rows"));
        }
        Ok(Self { level, fsync_off, settings, has_clients })
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
        let built = TuningOptions::build(&section("Max_WAL_Size"), server, false).unwrap();
        assert_eq!((built.level, built.fsync_off), (TuningLevel::Server, true));
        assert!(built.settings.contains_key("max_wal_size"));
        let session = TuningOverrides { level: Some(TuningLevel::Session), fsync_off: false };
        assert!(TuningOptions::build(&section("work_mem"), session, true).is_ok());
        let without_level =
            TuningOptions::build(&section("work_mem"), TuningOverrides::default(), false).unwrap_err();
        assert_eq!(without_level.kind(), ErrorKind::Config);
        let alone = TuningOverrides { level: None, fsync_off: true };
        let refused = TuningOptions::build(&TuningSection::default(), alone, false).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Usage);
        let with_clients = TuningOptions::build(&TuningSection::default(), server, true).unwrap_err();
        assert_eq!(with_clients.kind(), ErrorKind::Config);
    }

    #[test]
    fn clients_keep_full_pages() {
        let server = TuningOverrides { level: Some(TuningLevel::Server), fsync_off: false };
        let build = |value: &str, overrides, has_clients| {
            let settings = BTreeMap::from([("Full_Page_Writes".to_owned(), value.to_owned())]);
            let section = TuningSection { settings, ..TuningSection::default() };
            TuningOptions::build(&section, overrides, has_clients).map_err(|error| error.kind())
        };
        for value in ["off", "OFF", "false", "f", "0", "no", "o", "", "trues"] {
            assert_eq!(build(value, server, true), Err(ErrorKind::Config), "{value}");
            assert!(build(value, server, false).is_ok(), "{value}");
        }
        for value in ["on", "ON", "true", "T", "yes", "y", "1"] {
            assert!(build(value, server, true).is_ok(), "{value}");
        }
        let session = TuningOverrides { level: Some(TuningLevel::Session), fsync_off: false };
        assert!(build("off", session, true).is_ok(), "nothing is changed");
    }
}
