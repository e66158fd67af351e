//! Definitions, compared item by item of the two scripts: definition, owner, comments, privileges.
//!
//! Owners and privileges are compared whatever `roles` says: `none` makes no roles, but a plan still sets owners and refuses
//! a target that lacks them.
use std::collections::BTreeMap;

use super::{
    permitted,
    report::{Check, Outcome, Verdict},
    side::Side,
};
use crate::{
    catalog::{Catalog, Note},
    ddl::{
        self, Item, Script, Spelling,
        spelling::{LOOSE_MEMBERS, members_of},
    },
};

/// Lines of a difference that are shown of each side; more would not be read.
const LINES_AT_MOST: usize = 20;

/// Compares everything that is selected.
pub(super) fn compare(source: &Side, target: &Side) -> Vec<Verdict> {
    let [whole, there] =
        [source, target].map(|side| Half { catalog: &side.selected.catalog, script: &side.script });
    let verdicts = compare_scripts(whole, there);
    let Some((selected, script)) = &source.fitted else { return verdicts };
    if !verdicts.iter().any(|verdict| verdict.outcome.is_difference()) {
        return verdicts;
    }
    let fitting = compare_scripts(Half { catalog: &selected.catalog, script }, there);
    permitted::definitions(verdicts, fitting, selected, there.script)
}

/// What a migration leaves out for this target. Of a table that also means its rows, so the target is no copy.
pub(super) fn left_out(notes: &[Note]) -> impl Iterator<Item = Verdict> {
    notes.iter().map(|Note { object, reason }| {
        let reason = reason.clone();
        let is_table = object.starts_with("TABLE ") && reason.starts_with("left out");
        let outcome =
            if is_table { Outcome::Missing { reason: Some(reason) } } else { Outcome::Skipped { reason } };
        Verdict::new(Check::Definition, object.clone(), outcome)
    })
}

/// What is compared of one side.
#[derive(Clone, Copy)]
struct Half<'a> {
    catalog: &'a Catalog,
    script: &'a Script,
}

impl<'a> Half<'a> {
    fn by_id(self, spelling: Spelling) -> BTreeMap<String, &'a Item> {
        let items = self.script.items.iter();
        let items = items.filter(|item| !(spelling.moves_members() && item.entry.kind == LOOSE_MEMBERS));
        items.map(|item| (spelling.id(item.entry.kind, &item.id()), item)).collect()
    }
}

fn compare_scripts(source: Half<'_>, target: Half<'_>) -> Vec<Verdict> {
    let spelling = Spelling::between(source.catalog.version, target.catalog.version);
    let (wanted, mut there) = (source.by_id(spelling), target.by_id(spelling));
    let mut verdicts = Vec::new();
    for (id, item) in wanted {
        let outcome = match there.remove(&id) {
            Some(other) => judge(item, source.catalog, other, target.catalog, spelling),
            None => Outcome::MISSING,
        };
        verdicts.push(Verdict::new(Check::Definition, item.entry.identity.clone(), outcome));
    }
    let extra = there.values().map(|item| item.entry.identity.clone());
    verdicts.extend(extra.map(|object| Verdict::new(Check::Definition, object, Outcome::Extra)));
    if spelling.moves_members() {
        verdicts.extend(compare_members(&members_of(source.script), &members_of(target.script)));
    }
    verdicts
}

/// Which members of the source's families the target's have, in the class or loose.
fn compare_members(
    source: &BTreeMap<String, Vec<String>>,
    target: &BTreeMap<String, Vec<String>>,
) -> Vec<Verdict> {
    let none = Vec::new();
    let judge = |(family, wanted): (&String, &Vec<String>)| {
        let there = target.get(family).unwrap_or(&none);
        let outcome = if wanted == there {
            Outcome::Equal
        } else {
            Outcome::Differs { detail: differing_lines(wanted, there) }
        };
        Verdict::new(Check::Definition, format!("members of operator family {family}"), outcome)
    };
    source.iter().map(judge).collect()
}

fn judge(item: &Item, source: &Catalog, other: &Item, target: &Catalog, spelling: Spelling) -> Outcome {
    let kind = item.entry.kind;
    let same_definition = spelling.same_definition(kind, &item.entry.create, &other.entry.create);
    // The same privileges can be granted in another order, and count from other defaults in another version.
    if same_definition
        && (belongings(item, spelling) == belongings(other, spelling)
            || ddl::reconcile(&item.entry, source, &other.entry, target).is_empty())
    {
        return Outcome::Equal;
    }
    let lines = |item: &Item| -> Vec<String> {
        let skipped = if same_definition { item.entry.create.len() } else { 0 };
        item.statements.iter().skip(skipped).map(|text| spelling.statement(kind, text)).collect()
    };
    let detail = differing_lines(&lines(item), &lines(other));
    if kind == "extension" && same_extension(&item.entry.create, &other.entry.create) {
        return Outcome::Noted { detail: format!("{detail}\nthe target's packages decide the version") };
    }
    Outcome::Differs { detail }
}

/// Owner, comments and privileges, in an order that says nothing.
fn belongings(item: &Item, spelling: Spelling) -> Vec<String> {
    let own = item.statements.iter().skip(item.entry.create.len());
    let mut texts: Vec<String> = own.map(|text| spelling.statement(item.entry.kind, text)).collect();
    texts.sort();
    texts
}

/// Whether two extensions differ in their version at most.
fn same_extension(made: &[String], there: &[String]) -> bool {
    let named = |text: &String| text.split(" VERSION ").next().map(str::to_owned);
    made.iter().map(named).eq(there.iter().map(named))
}

/// The lines that only one side has: `- ` the source, `+ ` the target.
pub(super) fn differing_lines(source: &[String], target: &[String]) -> String {
    let [source, mut target] = [source, target].map(|statements| {
        let lines = statements.iter().flat_map(|text| text.lines());
        lines.map(|line| line.trim().trim_end_matches(',')).collect::<Vec<_>>()
    });
    let mut only_source = source;
    only_source.retain(|line| match target.iter().position(|other| other == line) {
        Some(place) => {
            target.remove(place);
            false
        }
        None => true,
    });
    if only_source.is_empty() && target.is_empty() {
        return "the same parts in another order".to_owned();
    }
    let mut shown = Vec::new();
    for (sign, lines) in [('-', only_source), ('+', target)] {
        shown.extend(lines.iter().take(LINES_AT_MOST).map(|line| format!("{sign} {line}")));
        if lines.len() > LINES_AT_MOST {
            shown.push(format!("{sign} … {} more lines", lines.len() - LINES_AT_MOST));
        }
    }
    shown.join("\n")
}

#[cfg(test)]
mod tests;
