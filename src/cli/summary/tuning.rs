//! What is or was changed of the target's server, in a plan's summary and in a report's.
use std::fmt::Write as _;

use super::super::output::table;
use crate::{
    catalog::Note,
    observe::{TunedSetting, TuningReport},
    tuning::Choice,
};

/// What a run would change; nothing if it would not be asked to.
pub(super) fn render_choice(choice: &Choice) -> String {
    let rows: Vec<_> = choice
        .changes
        .iter()
        .map(|change| [change.name.clone(), change.before.clone(), change.value.clone()])
        .collect();
    let mut text = String::new();
    if !rows.is_empty() {
        text = format!("\n{}", table(["setting of the target's server", "before", "during the run"], &rows));
    }
    if let Some(risk) = choice.risk() {
        // Writing to a String does not fail.
        _ = writeln!(text, "  Meanwhile {risk}.");
    }
    text + &list("Not tuned", &choice.left_out)
}

/// What a run has changed, and what became of it.
pub(super) fn render_tuning(report: &TuningReport) -> String {
    let row = |setting: &TunedSetting| {
        let after = if setting.put_back { "as before" } else { "not put back" };
        [setting.name.clone(), setting.before.clone(), setting.during.clone(), after.to_owned()]
    };
    let rows: Vec<_> = report.settings.iter().map(row).collect();
    let mut text = String::new();
    if !rows.is_empty() {
        let heads = ["setting of the target's server", "before", "during the run", "now"];
        text = format!("\n{}", table(heads, &rows));
    }
    text + &list("Not tuned", &report.left_out) + &list("Not put back", &report.not_put_back)
}

fn list(heading: &str, notes: &[Note]) -> String {
    if notes.is_empty() {
        return String::new();
    }
    notes
        .iter()
        .fold(format!("\n{heading}:\n"), |text, note| text + &format!("  {}: {}\n", note.object, note.reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tuning::Change;

    fn note(object: &str, reason: &str) -> Note {
        Note { object: object.to_owned(), reason: reason.to_owned() }
    }

    #[test]
    fn what_would_be_changed_has_its_values_and_its_risk() {
        let change = |name: &str, before: &str, value: &str| Change {
            name: name.to_owned(),
            value: value.to_owned(),
            before: before.to_owned(),
            was: None,
        };
        let choice = Choice {
            changes: vec![
                change("max_wal_size", "1024MB", "8192MB"),
                change("full_page_writes", "on", "off"),
            ],
            left_out: vec![note("autovacuum", "the role may not change it")],
        };
        insta::assert_snapshot!(render_choice(&choice), @"
          setting of the target's server  before  during the run
          max_wal_size                    1024MB          8192MB
          full_page_writes                    on             off
          Meanwhile a power cut or crash of the target's machine may damage databases of its server.

        Not tuned:
          autovacuum: the role may not change it
        ");
        assert_eq!(render_choice(&Choice::default()), "");
    }

    #[test]
    fn what_was_changed_has_its_end() {
        let setting = |name: &str, put_back| TunedSetting {
            name: name.to_owned(),
            before: "on".to_owned(),
            during: "off".to_owned(),
            put_back,
        };
        let report = TuningReport {
            settings: vec![setting("autovacuum", true), setting("full_page_writes", false)],
            left_out: Vec::new(),
            not_put_back: vec![note(
                "full_page_writes",
                "somebody else has set it to on meanwhile: it stays so",
            )],
        };
        insta::assert_snapshot!(render_tuning(&report), @"
          setting of the target's server  before  during the run           now
          autovacuum                          on             off     as before
          full_page_writes                    on             off  not put back

        Not put back:
          full_page_writes: somebody else has set it to on meanwhile: it stays so
        ");
        assert_eq!(render_tuning(&TuningReport::default()), "");
    }
}
