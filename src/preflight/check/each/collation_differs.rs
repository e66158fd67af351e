//! The locale of the database: by it texts are sorted and compared.
use serde::Deserialize;

use super::super::{Asks, Check, Severity, facts::when, finding::Found};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "collation-differs",
    severity: Severity::Warning,
    looks_for: "Target databases with another locale provider, collation or character classification \
        than the source's",
    advice: "create the target database with the source's locale, or leave its creation to \
        pgmigrate",
    asks: Asks { source: LOCALE, target: LOCALE, in_database: true, ..Asks::NOTHING },
    judge: |facts| {
        let mut sides = [facts.rows::<TextRules>(Side::Source)?, facts.rows(Side::Target)?];
        let [Some(source), Some(target)] = sides.each_mut().map(Vec::pop) else { return Ok(Vec::new()) };
        let [here, there] = [source.text(), target.text()];
        when(here != there, || {
            Found::new(format!(
                "the source's database is of {here}, the target's of {there}: texts sort otherwise"
            ))
        })
    },
};

/// The locale of a session's database; versions before 15 have no provider, and 17 renamed a column.
pub(super) const LOCALE: &str = include_str!("sql/locale.sql");

#[derive(Deserialize)]
pub(super) struct TextRules {
    pub(super) encoding: String,
    collate: String,
    ctype: String,
    provider: String,
    locale: Option<String>,
}

impl TextRules {
    /// Systems write `C.UTF-8` and `C.utf8` for the same.
    fn text(&self) -> String {
        let plain = |name: &str| name.replace(".utf8", ".UTF-8");
        let provider = match self.provider.as_str() {
            "i" => "icu",
            "b" => "builtin",
            _ => "libc",
        };
        let locale = self.locale.as_deref().map(|locale| format!(" locale {locale},")).unwrap_or_default();
        format!("{provider},{locale} {} / {}", plain(&self.collate), plain(&self.ctype))
    }
}
