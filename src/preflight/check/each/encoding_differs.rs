//! Encodings that have not every character.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};
use super::collation_differs::{LOCALE, TextRules};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "encoding-differs",
    severity: Severity::Warning,
    looks_for: "Target databases whose encoding may lack characters of the source's",
    advice: "create the target database with UTF8 or the source's encoding, or leave its creation \
        to pgmigrate",
    asks: Asks { source: LOCALE, target: LOCALE, in_database: true, ..Asks::NOTHING },
    judge: |facts| {
        let mut sides = [facts.rows::<TextRules>(Side::Source)?, facts.rows(Side::Target)?];
        let [Some(source), Some(target)] = sides.each_mut().map(Vec::pop) else { return Ok(Vec::new()) };
        let [from, to] = [&source.encoding, &target.encoding];
        when(from != to && to != "UTF8" && from != NONE && to != NONE, || {
            Found::new(format!(
                "the source's encoding is {from}, the target's {to}: a text that it cannot hold ends the run"
            ))
        })
    },
};

/// Says nothing about its bytes; the plan judges it.
const NONE: &str = "SQL_ASCII";
