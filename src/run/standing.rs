//! What a resumed run tells of the moments that its rows come from.
use std::collections::BTreeSet;

use super::recopy::Again;
use crate::journal::Standing;

/// More names than these would not be read; the log has them all.
const NAMES_AT_MOST: usize = 10;

/// `None` if no row was copied yet.
pub(super) fn notice(standing: &Standing, again: &Again) -> Option<String> {
    let first = standing.first.as_ref()?;
    let mut lines = vec![format!(
        "note: rows were copied under a snapshot of {} UTC; what is missing is read under a new one",
        first.at
    )];
    let kept = |tables: &BTreeSet<String>| tables.difference(&again.tables).cloned().collect::<BTreeSet<_>>();
    let (changed, partial) = (kept(&standing.changed), kept(&standing.partial));
    let list = |what: &str, tables: &BTreeSet<String>| {
        tracing::info!("{what}: {}", tables.iter().cloned().collect::<Vec<_>>().join(", "));
        let shown: Vec<&str> = tables.iter().take(NAMES_AT_MOST).map(String::as_str).collect();
        let more = tables.len().saturating_sub(NAMES_AT_MOST);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("      {what}: {}{more}", shown.join(", "))
    };
    if !again.tables.is_empty() {
        lines.push(list("copied again", &again.tables));
    }
    if standing.untouched {
        lines.push("      the source has written nothing since, so both show the same rows".to_owned());
        return Some(lines.join("\n"));
    }
    if !again.torn.is_empty() {
        lines
            .push(list("WARNING: changed in between, so rows can be there twice or be missing", &again.torn));
    }
    if !partial.is_empty() {
        lines.push(list("partly read before, and partly now", &partial));
    }
    if changed.is_empty() {
        let is_told = "      no table that stays changed on the source since, as far as its counters tell";
        lines.push(is_told.to_owned());
    } else {
        lines.push(list("changed on the source since, or may have", &changed));
        lines.push(
            "      `pgmigrate verify` tells what differs; `--resume --consistent` copies such tables again"
                .to_owned(),
        );
    }
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{SourceMark, Taken};

    fn standing(changed: &[&str], untouched: bool) -> Standing {
        let mark = SourceMark { lsn: "0/1".to_owned(), ..SourceMark::default() };
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Standing {
            first: Some(Taken { number: 1, at: "2026-11-21 12:00:00".to_owned(), mark }),
            whole: set(&["a", "b"]),
            partial: set(&["c"]),
            changed: set(changed),
            untouched,
        }
    }

    #[test]
    fn tables_are_named() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let again = |tables: &[&str], torn: &[&str]| Again { tables: set(tables), torn: set(torn) };
        let texts = [
            notice(&standing(&["a"], false), &again(&[], &[])),
            notice(&standing(&["c"], false), &again(&["c"], &[])),
            notice(&standing(&["c"], false), &again(&[], &["c"])),
            notice(&standing(&[], true), &again(&[], &[])),
        ];
        insta::assert_snapshot!(texts.map(Option::unwrap_or_default).join("\n"), @"
        note: rows were copied under a snapshot of 2026-11-21 12:00:00 UTC; what is missing is read under a new one
              partly read before, and partly now: c
              changed on the source since, or may have: a
              `pgmigrate verify` tells what differs; `--resume --consistent` copies such tables again
        note: rows were copied under a snapshot of 2026-11-21 12:00:00 UTC; what is missing is read under a new one
              copied again: c
              no table that stays changed on the source since, as far as its counters tell
        note: rows were copied under a snapshot of 2026-11-21 12:00:00 UTC; what is missing is read under a new one
              WARNING: changed in between, so rows can be there twice or be missing: c
              partly read before, and partly now: c
              changed on the source since, or may have: c
              `pgmigrate verify` tells what differs; `--resume --consistent` copies such tables again
        note: rows were copied under a snapshot of 2026-11-21 12:00:00 UTC; what is missing is read under a new one
              the source has written nothing since, so both show the same rows
        ");
        assert_eq!(notice(&Standing::default(), &again(&[], &[])), None);
    }
}
