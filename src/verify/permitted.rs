//! What differs only because the target's role may not make it equal: it is noted, and no difference. The plan named it.
//!
//! Everything is compared with the source as it is first, so that a role with fewer rights than the one that migrated finds
//! no differences that are none.
use std::collections::{BTreeMap, HashSet};

use super::report::{Check, Outcome, Verdict};
use crate::{catalog::Selected, ddl::Script, object::Object, plan};

/// Goes through the verdicts on definitions. `fitting` are those on what the target's role may make of the source.
pub(super) fn definitions(
    verdicts: Vec<Verdict>,
    fitting: Vec<Verdict>,
    fitted: &Selected,
    there: &Script,
) -> Vec<Verdict> {
    let fitting: BTreeMap<String, Outcome> =
        fitting.into_iter().map(|verdict| (verdict.object, verdict.outcome)).collect();
    let is_others = |item| fitted.permits.as_ref().is_some_and(|permits| plan::is_others(permits, item));
    let others: HashSet<&str> =
        there.items.iter().filter(|item| is_others(item)).map(|item| item.entry.identity.as_str()).collect();
    let note = |verdict: Verdict| {
        let detail = match (&verdict.outcome, fitting.get(&verdict.object)) {
            (Outcome::Missing { .. }, None) => "left out: the target's role may not make it".to_owned(),
            (Outcome::Differs { detail }, None | Some(Outcome::Equal | Outcome::Extra)) => {
                format!("{detail}\nas far as the target's role may make it equal")
            }
            (Outcome::Differs { detail }, _) if others.contains(verdict.object.as_str()) => {
                format!("{detail}\nit belongs to another on the target")
            }
            _ => return verdict,
        };
        Verdict { outcome: Outcome::Noted { detail }, ..verdict }
    };
    verdicts.into_iter().map(note).collect()
}

/// Goes through the verdicts on rows and sequences.
pub(super) fn rows(verdicts: Vec<Verdict>, fitted: &Selected) -> Vec<Verdict> {
    let (mut carried, mut closed) = (HashSet::new(), HashSet::new());
    for object in &fitted.catalog.objects {
        match object {
            Object::ExtensionTable(table) if table.closed => closed.insert(table.name.to_string()),
            Object::ExtensionTable(table) => carried.insert(table.name.to_string()),
            _ => object.relation_name().is_some_and(|name| carried.insert(name.to_string())),
        };
    }
    let note = |verdict: Verdict| {
        let is_row = matches!(verdict.check, Check::Rows | Check::Sequence) && verdict.object.contains('.');
        let detail = match &verdict.outcome {
            Outcome::Differs { detail } if closed.contains(&verdict.object) => {
                format!("{detail}\nthe target's role may not write it")
            }
            Outcome::Missing { .. } if is_row && !carried.contains(&verdict.object) => {
                "left out: the target's role may not make it".to_owned()
            }
            _ => return verdict,
        };
        Verdict { outcome: Outcome::Noted { detail }, ..verdict }
    };
    verdicts.into_iter().map(note).collect()
}
