//! What is said of changed settings, a line each. Pure.
use super::{Choice, PutBack};
use crate::config::TuningOptions;

impl Choice {
    /// What was changed, what that risks, and what is left out.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.changes.is_empty() {
            let list: Vec<_> =
                self.changes.iter().map(|change| format!("{} = {}", change.name, change.value)).collect();
            lines.push(format!("the target's server is tuned: {}", list.join(", ")));
        }
        if let Some(risk) = self.risk() {
            lines.push(format!("warning: until its settings are put back, {risk}"));
        }
        lines.extend(self.left_out.iter().map(|note| format!("not tuned: {}: {}", note.object, note.reason)));
        lines
    }

    /// What may be lost while it is changed.
    pub fn risk(&self) -> Option<&'static str> {
        let is_off = |name| {
            self.changes.iter().any(|change| change.name == name && !TuningOptions::is_on(&change.value))
        };
        if is_off("fsync") {
            return Some(
                "a power cut or crash of the target's machine destroys every database of its server",
            );
        }
        is_off("full_page_writes")
            .then_some("a power cut or crash of the target's machine may damage databases of its server")
    }
}

impl PutBack {
    /// What was put back, and what was not. Nothing if nothing was to be done.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.is_in_use {
            let by = if self.used_by.is_empty() {
                String::new()
            } else {
                format!(" ({})", self.used_by.join("; "))
            };
            lines.push(format!(
                "the settings of the target's server stay tuned: another run works with them, and puts them back{by}"
            ));
        }
        if !self.put_back.is_empty() {
            let synced = if self.synced { ", and all is written to disk" } else { "" };
            let list = self.put_back.join(", ");
            lines.push(format!("the settings of the target's server are put back: {list}{synced}"));
        }
        lines.extend(self.left.iter().map(|note| format!("not put back: {}: {}", note.object, note.reason)));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::super::Change;
    use super::*;

    fn choice(names: &[&str]) -> Choice {
        let change = |name: &&str| Change {
            name: (*name).to_owned(),
            value: "off".to_owned(),
            before: "on".to_owned(),
            was: None,
        };
        Choice { changes: names.iter().map(change).collect(), ..Choice::default() }
    }

    #[test]
    fn the_risk_is_told_with_what_brings_it() {
        assert_eq!(choice(&["autovacuum"]).lines(), ["the target's server is tuned: autovacuum = off"]);
        let pages = choice(&["full_page_writes"]).lines();
        assert!(pages[1].contains("may damage"), "{pages:?}");
        let mut spelled = choice(&["full_page_writes"]);
        spelled.changes[0].value = "False".to_owned();
        assert!(spelled.risk().is_some_and(|risk| risk.contains("may damage")));
        spelled.changes[0].value = "TRUE".to_owned();
        assert_eq!(spelled.risk(), None);
        let all = choice(&["full_page_writes", "fsync"]).lines();
        assert!(all[1].contains("destroys every database"), "{all:?}");
    }

    #[test]
    fn who_works_with_them_is_named() {
        let used_by = vec!["pid 7, role app, application `pgmigrate`".to_owned()];
        let lines = PutBack { is_in_use: true, used_by, ..PutBack::default() }.lines();
        assert!(lines[0].contains("another run works with them") && lines[0].contains("pid 7"), "{lines:?}");
    }

    #[test]
    fn nothing_is_told_where_nothing_was_done() {
        assert!(PutBack::default().lines().is_empty() && Choice::default().lines().is_empty());
    }
}
