//! The database itself: privileges, comment, labels, settings, limit of connections.
//!
//! A migration gives them to a database that it makes. One that was there gets what it lacks and keeps what it has, so only what
//! is missing counts as a difference.
use super::{
    report::{Check, Outcome, Verdict},
    side::Side,
};
use crate::{
    config::{Part, Settings},
    ddl::{self, Property},
    pg::Ident,
};

/// Compares them, where the whole database is selected.
pub(super) fn compare(source: &Side, target: &Side, settings: &Settings) -> Option<Verdict> {
    if !settings.selection.is_everything() {
        return None;
    }
    let [from, to] = [source, target].map(|side| &side.selected.catalog);
    let name = Ident(to.database.name.clone());
    let mut wanted = from.database.properties.clone();
    let there = &to.database.properties;
    let owner = if from.without.leaves(Part::Owner) { String::new() } else { to.database.owner.clone() };
    if !owner.is_empty() {
        wanted.hand_over(&from.database.owner, &owner);
    }
    let lacking = ddl::database_properties(&wanted, Some(there), &name, &owner);
    let kept = ddl::kept_properties(&wanted, there);
    let statements = |properties: &[Property]| {
        properties
            .iter()
            .flat_map(|property| &property.statements)
            .map(|text| format!("- {text}"))
            .collect::<Vec<_>>()
    };
    let outcome = if lacking.is_empty() && kept.is_empty() {
        Outcome::Equal
    } else if lacking.is_empty() {
        let reason = "a database that the target has keeps what it has otherwise";
        Outcome::Noted { detail: format!("{}\n{reason}", kept.join(", ")) }
    } else if source.fitted.is_some() {
        let reason = "as far as the target's role may make it equal";
        Outcome::Noted { detail: format!("{}\n{reason}", statements(&lacking).join("\n")) }
    } else {
        Outcome::Differs { detail: statements(&lacking).join("\n") }
    };
    Some(Verdict::new(Check::Definition, format!("DATABASE {name}"), outcome))
}
