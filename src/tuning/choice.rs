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

/// What other runs have to do with the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Others {
    /// What they have changed already, by name.
    pub(super) tuned: BTreeMap<String, String>,
    /// Whether clients of one of them write already.
    pub(super) has_clients: bool,
}

/// Whether a power cut may cost what is committed while a setting is so.
pub(super) fn endangers(name: &str, value: &str) -> bool {
    OF_DURABILITY.contains(&name) && !TuningOptions::is_on(value)
}

/// A value that is wished for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wish {
    name: String,
    value: String,
    /// The server's own may be this or more, in its unit.
    enough: Option<u64>,
}

/// What is wished for: ours, and the user's in place of ours or in addition. Those of durability come last, and are none of ours
/// where clients commit meanwhile.
fn wishes(options: &TuningOptions) -> Vec<Wish> {
    let ours = [
        ("max_wal_size", format!("{MAX_WAL_MB}MB"), Some(MAX_WAL_MB)),
        ("checkpoint_timeout", format!("{CHECKPOINT_SECONDS}s"), Some(CHECKPOINT_SECONDS)),
        ("autovacuum", "off".to_owned(), None),
        ("full_page_writes", "off".to_owned(), None),
    ];
    let may_tear = |name: &str| !options.has_clients || !OF_DURABILITY.contains(&name);
    let fsync = options.fsync_off.then(|| ("fsync", "off".to_owned(), None));
    let ours = ours
        .into_iter()
        .chain(fsync)
        .filter(|(name, ..)| may_tear(name) && !options.settings.contains_key(*name));
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

/// What is changed of a server with these settings and these entries of `postgresql.auto.conf`.
pub(super) fn choose(
    options: &TuningOptions,
    rights: Rights,
    settings: &[ServerSetting],
    in_file: &BTreeMap<String, String>,
    others: &Others,
) -> Choice {
    let mut choice = Choice::default();
    for Wish { name, value, enough } in wishes(options) {
        let found = settings.iter().find(|setting| setting.name.eq_ignore_ascii_case(&name));
        let wanted = match found {
            None => Err("the server has no such setting".to_owned()),
            Some(setting) => match others.tuned.get(&name) {
                Some(theirs) if *theirs == value => continue,
                Some(theirs) => Err(format!("another run has set it to {theirs}")),
                None if suits(setting, &value, enough) => continue,
                None if others.has_clients && endangers(&name, &value) => {
                    Err("a run whose clients write already is under way".to_owned())
                }
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
mod tests;
