//! All that stands against a plan, where [`super::build()`] ends at the first: the same questions, for `check`.
use super::{Input, build::placement, delay::Late, existing, permit, pre::extension_sql, refuse, roles};
use crate::{
    ddl::{self, Item},
    error::{Error, Result},
};

/// Every refusal, with the id of the check that tells it; the rest of them cannot be known without a script.
pub fn refusals(input: &Input<'_>) -> Vec<(&'static str, Error)> {
    let mut notes = Vec::new();
    let placement = placement(input, &mut notes);
    let script = match ddl::build(&input.source.catalog, &placement) {
        Ok(script) => script,
        Err(error) => return vec![("plan", error)],
    };
    let mut found = Vec::new();
    let mut keep = |id, result: Result<()>| found.extend(result.err().map(|error| (id, error)));
    match existing::find(&script, input, &placement, &mut notes) {
        Ok(existing) => {
            let new = script.items.iter().enumerate().filter(|(place, _)| !existing.contains_key(place));
            keep("closed-schema", permit::refuse_closed_schemas(input, new.map(|(_, item)| item)));
        }
        Err(error) => keep("target-definitions", Err(error)),
    }
    let is_new = |item: &&Item| {
        item.entry.kind == "extension" && !input.target.installed.contains(&item.entry.sort_name[1])
    };
    for item in script.items.iter().filter(is_new) {
        let sql = extension_sql(input, item, String::new(), &mut notes);
        keep("extension-missing", sql.map(|_| ()));
    }
    keep("extension-expected", refuse::missing_extensions(input));
    keep("target-rows", refuse::rows(input));
    keep("target-triggers", refuse::triggers(input));
    keep("target-event-triggers", refuse::event_triggers(input, &mut notes));
    let steps = roles::steps(input, &script, &mut notes);
    keep("plan", Late::find(input, &mut notes).map(|_| ()));
    keep("target-roles", refuse::missing_roles(input, &script, &steps));
    found
}
