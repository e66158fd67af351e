//! What a target's role that is no superuser must do around the script: become a member of owners, let them create in the
//! schemas of what becomes theirs, and take privileges from owners only when all is made.
use std::collections::BTreeSet;

use super::{Dependency, Input, Step, StepId, StepKind, existing::Existing};
use crate::{
    catalog::{Note, Permits},
    ddl::{self, Item, Script},
    error::{Error, ErrorKind, Result},
    pg::{Ident, quote_ident},
};

/// Roles that ours becomes a member of, and how. It stays one: who verifies must read what they own.
pub(super) fn adoptions(input: &Input<'_>, notes: &mut Vec<Note>) -> Vec<(Ident, String)> {
    let Some(permits) = &input.source.permits else { return Vec::new() };
    let login = quote_ident(&permits.rights.login);
    let options = if input.target.version.at_least(16) { " WITH INHERIT TRUE, SET TRUE" } else { "" };
    let names: Vec<String> = permits.adopted.iter().map(|role| quote_ident(role)).collect();
    let list = names.join(", ");
    notes.extend((!names.is_empty()).then(|| Note {
        object: format!("ROLE {login}"),
        reason: format!(
            "becomes a member of the owners it acts for: REVOKE {list} FROM {login} when all is verified"
        ),
    }));
    let adopt =
        |role: &String| (Ident(role.clone()), format!("GRANT {} TO {login}{options};", quote_ident(role)));
    permits.adopted.iter().map(adopt).collect()
}

/// Changes what is run with the items; gives what waits for the end, by the item's id.
pub(super) fn prepare(
    input: &Input<'_>,
    script: &mut Script,
    existing: &mut Existing,
) -> Vec<(String, Vec<String>)> {
    let Some(permits) = &input.source.permits else { return Vec::new() };
    let mut late = Vec::new();
    for (place, item) in script.items.iter_mut().enumerate() {
        let (bare, lent, id) = (is_bare(input, item), lend(permits, item), item.id());
        let statements = existing.get_mut(&place).unwrap_or(&mut item.statements);
        if bare {
            let (waits, now) =
                std::mem::take(statements).into_iter().partition(|text| ddl::is_privilege(text));
            *statements = now;
            late.push((id, waits));
        }
        statements.extend(lent);
    }
    late.retain(|(_, statements)| !statements.is_empty());
    late
}

/// What lets owners create in a schema, to be run when it is made.
fn lend(permits: &Permits, item: &Item) -> Vec<String> {
    let schema = &item.entry.sort_name[1];
    let lent = permits.lent.iter().filter(|(lent, _)| item.entry.kind == "schema" && lent == schema);
    lent.map(|(schema, role)| {
        format!("GRANT CREATE ON SCHEMA {} TO {}", quote_ident(schema), quote_ident(role))
    })
    .collect()
}

/// Whether an item takes from its owner what the run needs.
fn is_bare(input: &Input<'_>, item: &Item) -> bool {
    let addresses = item.entry.parts.iter().map(|part| &part.id).chain([&item.entry.id]);
    addresses.filter_map(|id| input.source.catalog.privileges.get(id)).any(|found| {
        let own = found.base.iter().filter(|item| item.grantee.as_deref() == Some(&*item.grantor));
        own.into_iter().any(|item| {
            !found.acl.iter().any(|other| other.grantee == item.grantee && other.privilege == item.privilege)
        })
    })
}

/// The steps that come when all else is done: privileges of bare items, and the end of what was lent.
pub(super) fn last(input: &Input<'_>, late: Vec<(String, Vec<String>)>, others: &[Step]) -> Vec<Step> {
    let Some(permits) = &input.source.permits else { return Vec::new() };
    let kinds = [StepKind::Data, StepKind::Carry, StepKind::Index, StepKind::Refresh, StepKind::Analyze];
    let own_kind = others.iter().filter(|step| step.kind == StepKind::SchemaPost);
    let mut before: Vec<Dependency> = own_kind.map(|step| Dependency::Step(step.id.clone())).collect();
    before.extend(kinds.map(Dependency::Kind));
    before.sort();
    let revoked = permits.lent.iter().map(|(schema, role)| {
        let (schema, role) = (quote_ident(schema), quote_ident(role));
        (format!("lent:{schema}.{role}"), vec![format!("REVOKE CREATE ON SCHEMA {schema} FROM {role}")])
    });
    let steps =
        revoked.chain(late.into_iter().map(|(id, statements)| (format!("privileges:{id}"), statements)));
    let mut made = Vec::new();
    // One after the other: two may speak of one schema.
    for (id, statements) in steps {
        let id = StepId(id);
        let after = std::mem::replace(&mut before, vec![Dependency::Step(id.clone())]);
        let object = format!("PRIVILEGES {id}");
        made.push(Step {
            depends_on: after,
            sql: statements.iter().map(|statement| format!("{statement};")).collect::<Vec<_>>().join("\n"),
            ..input.step(StepKind::SchemaPost, id.0, object)
        });
    }
    made
}

/// Whether an object of the target is not ours to change.
pub fn is_others(permits: &Permits, there: &Item) -> bool {
    let rights = &permits.rights;
    let is_ours = |owner: &str| rights.has_rights_of(owner) || permits.adopted.contains(owner);
    match there.entry.kind {
        "extension" => rights.others_extensions.contains(&there.entry.sort_name[1]),
        _ => there.entry.owner.as_deref().is_some_and(|owner| !is_ours(owner)),
    }
}

/// Schemas of the target in which something would be made, and ours may not.
pub(super) fn refuse_closed_schemas<'a>(
    input: &Input<'_>,
    made: impl Iterator<Item = &'a Item>,
) -> Result<()> {
    let Some(permits) = &input.source.permits else { return Ok(()) };
    let schemas = made.filter(|item| !item.entry.create.is_empty()).map(|item| &item.entry.sort_name[0]);
    let closed =
        schemas.filter(|name| permits.rights.others_schemas.get(*name).is_some_and(|found| !found.open));
    let closed: BTreeSet<String> = closed.map(|name| quote_ident(name)).collect();
    if closed.is_empty() {
        return Ok(());
    }
    let (names, login) =
        (closed.into_iter().collect::<Vec<_>>().join(", "), quote_ident(&permits.rights.login));
    Err(Error::new(
        ErrorKind::Privilege,
        format!("the target's role {login} may not create in these schemas: {names}"),
    )
    .hint(format!(
        "GRANT USAGE, CREATE ON SCHEMA {names} TO {login} there, or leave them out by `schemas.exclude`"
    )))
}
