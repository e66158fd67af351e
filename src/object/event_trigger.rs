//! `CREATE EVENT TRIGGER`. Made last of all: it would fire on the rest of the run.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, trigger::enabled_words};
use crate::{
    object::Section,
    pg::{Ident, Oid, QualifiedName, catalog, quote_literal},
};

/// A row of `pg_event_trigger`.
#[derive(Debug, Clone, Deserialize)]
pub struct EventTrigger {
    oid: Oid,
    name: Ident,
    owner: String,
    event: String,
    /// Empty for all commands.
    tags: Vec<String>,
    function: QualifiedName,
    enabled: String,
}

impl EventTrigger {
    fn text(&self) -> String {
        let tags: Vec<String> = self.tags.iter().map(|tag| quote_literal(tag)).collect();
        let when =
            if tags.is_empty() { String::new() } else { format!(" WHEN TAG IN ({})", tags.join(", ")) };
        // The word that every version knows; FUNCTION came with 11.
        format!(
            "CREATE EVENT TRIGGER {} ON {}{when} EXECUTE PROCEDURE {}()",
            self.name, self.event, self.function
        )
    }
}

impl Kind for EventTrigger {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/event_trigger.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let identity = format!("EVENT TRIGGER {}", self.name);
        let mut entry = Entry::new(
            ObjectId::new(catalog::EVENT_TRIGGER, self.oid),
            "event_trigger",
            identity.clone(),
            ["", self.name.as_str(), ""],
        )
        .create(self.text())
        .owner(&self.owner);
        if let Some(words) = enabled_words(&self.enabled) {
            entry.create.push(format!("ALTER {identity} {words}"));
        }
        entry.section = Section::PostData;
        entries.push(entry);
    }
}
