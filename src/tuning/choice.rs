//! Which settings of a server are changed, and which are left out and why. Pure.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{catalog::Note, config::TuningOptions};

/// WAL that may pile up between two checkpoints, in MB (its unit in `pg_settings`). A checkpoint during a load writes the same
/// pages again that rows still fill; eight times the default spares seven of eight. It is room on the target's disk that
/// a load of that size needs soon anyway.
const MAX_WAL_MB: u64 = 8 << 10;

/// Seconds between two checkpoints, where WAL does not ask for one: half an hour instead of five minutes.
const CHECKPOINT_SECONDS: u64 = 1800;

/// What lets a crash of the machine tear pages that are not ours; afterwards everything has to be written to disk.
pub(super) const OF_DURABILITY: [&str; 2] = ["fsync", "full_page_writes"];

/// A setting of the server, as `pg_settings` has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct ServerSetting {
    pub(super) name: String,
    /// When it can be changed.
    pub(super) context: String,
    /// Its value in its own unit, as new sessions have it.
    pub(super) value: String,
    /// That unit, as it is written: `MB`, `8kB`; none for switches and words.
    pub(super) unit: Option<String>,
    /// Where the value comes from.
    pub(super) source: String,
    /// Whether our role may change it by ALTER SYSTEM.
    pub(super) may_set: bool,
}

/// What the role may do on the server besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "answers of the server, each to a question of its own")]
pub(super) struct Rights {
    /// ALTER SYSTEM is not forbidden (`allow_alter_system`, server 17).
    pub(super) alters_system: bool,
    /// Let the server read its files again.
    pub(super) may_reload: bool,
    /// See what stands in them.
    pub(super) may_read_files: bool,
    /// Make a schema in the database of the undo.
    pub(super) may_create: bool,
    /// Checkpoints and programs of the server's machine.
    pub(super) is_superuser: bool,
}

/// A setting that is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The setting.
    pub name: String,
    /// Its new value, as ALTER SYSTEM is given it.
    pub value: String,
    /// The value that works before, with its unit.
    pub before: String,
    /// What `postgresql.auto.conf` says of it before; `None`: nothing.
    pub was: Option<String>,
}

/// What is changed, and what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Settings that are changed; those of durability last.
    pub changes: Vec<Change>,
    /// What is left as it is though it was wished for, and why.
    pub left_out: Vec<Note>,
}

impl ServerSetting {
    /// The value with its unit. Where the unit is a multiple (`8kB`), both are multiplied.
    fn shown(&self) -> String {
        let unit = self.unit.as_deref().unwrap_or_default();
        let word = unit.trim_start_matches(|c: char| c.is_ascii_digit());
        match (unit[..unit.len() - word.len()].parse::<i64>(), self.value.parse::<i64>()) {
            // -1 and 0 mean "as another setting has it", "switched off".
            (Ok(times), Ok(value)) if value > 0 => format!("{}{word}", value.saturating_mul(times)),
            (_, Ok(value)) if value <= 0 => self.value.clone(),
            _ => format!("{}{unit}", self.value),
        }
    }
}

/// A value that is wished for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wish {
    name: String,
    value: String,
    /// The server's own may be this or more, in its unit.
    enough: Option<u64>,
}

/// What is wished for: ours, and the user's in place of ours or in addition. Those of durability come last.
fn wishes(options: &TuningOptions) -> Vec<Wish> {
    let ours = [
        ("max_wal_size", format!("{MAX_WAL_MB}MB"), Some(MAX_WAL_MB)),
        ("checkpoint_timeout", format!("{CHECKPOINT_SECONDS}s"), Some(CHECKPOINT_SECONDS)),
        ("autovacuum", "off".to_owned(), None),
        ("full_page_writes", "off".to_owned(), None),
    ];
    let fsync = options.fsync_off.then(|| ("fsync", "off".to_owned(), None));
    let ours = ours.into_iter().chain(fsync).filter(|(name, ..)| !options.settings.contains_key(*name));
    let theirs = options.settings.iter().map(|(name, value)| (name.as_str(), value.clone(), None));
    let mut all: Vec<_> = ours
        .chain(theirs)
        .map(|(name, value, enough)| Wish { name: name.to_owned(), value, enough })
        .collect();
    all.sort_by_key(|wish| OF_DURABILITY.contains(&wish.name.as_str()));
    all
}

/// The names that [`choose`] wants to know about.
pub(super) fn wished_names(options: &TuningOptions) -> Vec<String> {
    wishes(options).into_iter().map(|wish| wish.name).collect()
}

/// What is changed of a server with these settings and these entries of `postgresql.auto.conf`; `tuned` holds what other runs have
/// changed already, by name.
pub(super) fn choose(
    options: &TuningOptions,
    rights: Rights,
    settings: &[ServerSetting],
    in_file: &BTreeMap<String, String>,
    tuned: &BTreeMap<String, String>,
) -> Choice {
    let mut choice = Choice::default();
    for Wish { name, value, enough } in wishes(options) {
        let found = settings.iter().find(|setting| setting.name.eq_ignore_ascii_case(&name));
        let wanted = match found {
            None => Err("the server has no such setting".to_owned()),
            Some(setting) => match tuned.get(&name) {
                Some(theirs) if *theirs == value => continue,
                Some(theirs) => Err(format!("another run has set it to {theirs}")),
                None if suits(setting, &value, enough) => continue,
                None => obstacle(setting, rights).map_or(Ok(setting.shown()), Err),
            },
        };
        match wanted {
            Err(reason) => choice.left_out.push(Note { object: name, reason }),
            Ok(before) => {
                let was = in_file.get(&name).cloned();
                choice.changes.push(Change { name, value, before, was });
            }
        }
    }
    choice
}

/// Whether the server has it so already.
fn suits(setting: &ServerSetting, value: &str, enough: Option<u64>) -> bool {
    let has_enough = enough.is_some_and(|enough| setting.value.parse().is_ok_and(|own: u64| own >= enough));
    has_enough || setting.value == value
}

/// What keeps us from changing a setting, or from putting it back.
fn obstacle(setting: &ServerSetting, rights: Rights) -> Option<String> {
    if matches!(setting.context.as_str(), "internal" | "postmaster") {
        return Some("only a restart of the server changes it".to_owned());
    }
    if matches!(setting.source.as_str(), "command line" | "environment variable" | "override") {
        return Some(format!("the server's {} sets it, which goes before its files", setting.source));
    }
    let reason = if !rights.alters_system {
        "the server forbids ALTER SYSTEM (allow_alter_system)"
    } else if !setting.may_set {
        "the role may not change it: GRANT ALTER SYSTEM ON PARAMETER needs server 15, before that a superuser"
    } else if !rights.may_reload {
        "the role may not let the server read it: GRANT EXECUTE ON FUNCTION pg_reload_conf()"
    } else if !rights.may_read_files {
        "the role may not see what postgresql.auto.conf says: GRANT EXECUTE ON FUNCTION pg_show_all_file_settings()"
    } else if !rights.may_create {
        "the role may not write down its undo: GRANT CREATE ON DATABASE postgres"
    } else if OF_DURABILITY.contains(&setting.name.as_str()) && !rights.is_superuser {
        "only a superuser can have everything written to disk afterwards"
    } else {
        return None;
    };
    Some(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Rights = Rights {
        alters_system: true,
        may_reload: true,
        may_read_files: true,
        may_create: true,
        is_superuser: true,
    };

    fn setting(name: &str, value: &str) -> ServerSetting {
        ServerSetting {
            name: name.to_owned(),
            context: "sighup".to_owned(),
            value: value.to_owned(),
            unit: None,
            source: "default".to_owned(),
            may_set: true,
        }
    }

    fn server() -> Vec<ServerSetting> {
        [
            ("max_wal_size", "1024"),
            ("checkpoint_timeout", "300"),
            ("autovacuum", "on"),
            ("full_page_writes", "on"),
            ("fsync", "on"),
        ]
        .map(|(name, value)| setting(name, value))
        .to_vec()
    }

    fn names(choice: &Choice) -> Vec<&str> {
        choice.changes.iter().map(|change| change.name.as_str()).collect()
    }

    fn plain(options: &TuningOptions, settings: &[ServerSetting]) -> Choice {
        choose(options, ALL, settings, &BTreeMap::new(), &BTreeMap::new())
    }

    #[test]
    fn fsync_stays_unless_it_is_asked_for() {
        let mut options = TuningOptions::default();
        let four = ["max_wal_size", "checkpoint_timeout", "autovacuum", "full_page_writes"];
        assert_eq!(names(&plain(&options, &server())), four);
        options.fsync_off = true;
        assert_eq!(plain(&options, &server()).changes.last().unwrap().name, "fsync");
    }

    #[test]
    fn values_are_shown_with_their_units() {
        let shown = |value, unit: &str| {
            let unit = Some(unit.to_owned()).filter(|unit| !unit.is_empty());
            ServerSetting { unit, ..setting("any", value) }.shown()
        };
        assert_eq!(shown("1024", "MB"), "1024MB");
        assert_eq!(shown("16384", "8kB"), "131072kB");
        assert_eq!(shown("-1", "8kB"), "-1");
        assert_eq!(shown("0", "s"), "0");
        assert_eq!(shown("on", ""), "on");
        assert_eq!(shown("0.5", "ms"), "0.5ms");
    }

    #[test]
    fn what_the_server_has_already_is_not_changed() {
        let settings = [("max_wal_size", "16384"), ("checkpoint_timeout", "1800"), ("autovacuum", "off")]
            .map(|(name, value)| setting(name, value));
        let choice = plain(&TuningOptions::default(), &settings);
        assert_eq!(names(&choice), Vec::<&str>::new());
        assert_eq!(choice.left_out.len(), 1, "full_page_writes is unknown here: {choice:?}");
    }

    #[test]
    fn the_user_goes_first_and_the_file_is_remembered() {
        let settings = BTreeMap::from([("max_wal_size".to_owned(), "2GB".to_owned())]);
        let options = TuningOptions { settings, ..TuningOptions::default() };
        let in_file = BTreeMap::from([("max_wal_size".to_owned(), "1500MB".to_owned())]);
        let choice = choose(&options, ALL, &server(), &in_file, &BTreeMap::new());
        let change = choice.changes.iter().find(|change| change.name == "max_wal_size").unwrap();
        assert_eq!((change.value.as_str(), change.was.as_deref()), ("2GB", Some("1500MB")));
    }

    #[test]
    fn what_another_run_has_tuned_is_its_own() {
        let tuned = BTreeMap::from([
            ("max_wal_size".to_owned(), "8192MB".to_owned()),
            ("checkpoint_timeout".to_owned(), "1h".to_owned()),
        ]);
        let choice = choose(&TuningOptions::default(), ALL, &server(), &BTreeMap::new(), &tuned);
        assert_eq!(names(&choice), ["autovacuum", "full_page_writes"]);
        assert_eq!(choice.left_out[0].reason, "another run has set it to 1h");
    }

    #[test]
    fn each_obstacle_has_its_name() {
        let obstacles = [
            Rights { alters_system: false, ..ALL },
            Rights { may_reload: false, ..ALL },
            Rights { may_read_files: false, ..ALL },
            Rights { may_create: false, ..ALL },
        ];
        let mut reasons: Vec<_> =
            obstacles.iter().filter_map(|rights| obstacle(&setting("autovacuum", "on"), *rights)).collect();
        let limited = Rights { is_superuser: false, ..ALL };
        assert_eq!(obstacle(&setting("autovacuum", "on"), limited), None);
        reasons.extend(obstacle(&setting("full_page_writes", "on"), limited));
        let strange = [
            ServerSetting { context: "postmaster".to_owned(), ..setting("wal_level", "replica") },
            ServerSetting { source: "command line".to_owned(), ..setting("fsync", "on") },
            ServerSetting { may_set: false, ..setting("fsync", "on") },
        ];
        reasons.extend(strange.iter().filter_map(|setting| obstacle(setting, ALL)));
        reasons.sort();
        reasons.dedup();
        assert_eq!(reasons.len(), 8, "{reasons:#?}");
    }
}
