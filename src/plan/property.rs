//! Steps that give the target database the properties of the source's: its privileges, comment, labels, settings and limit of
//! connections. They come when all else is done, as they can shut sessions out or change what these do.
//!
//! They belong to CREATE DATABASE, as in `pg_dump --create`. A database that was there gets what it lacks, if the whole of the
//! source's is carried, and keeps what it has.
use std::collections::BTreeSet;

use super::{Dependency, Input, Step, StepId, StepKind};
use crate::{
    catalog::{DatabaseProperties, Note},
    config::{Part, RolesMode},
    ddl::{self, Property},
    pg::{Ident, quote_ident},
};

/// Whether they are carried.
pub(super) fn are_carried(input: &Input<'_>) -> bool {
    let selection = &input.settings.selection;
    match &input.target.catalog {
        None => !selection.relations_only(),
        Some(_) => selection.is_everything(),
    }
}

/// Roles that the database's privileges name, where they are carried.
pub(super) fn granted_roles(input: &Input<'_>) -> BTreeSet<String> {
    let properties = &input.source.catalog.database.properties;
    let named = properties.granted_roles().filter(|role| !role.is_empty());
    if are_carried(input) { named.map(str::to_owned).collect() } else { BTreeSet::new() }
}

/// Roles that have settings of their own in it, likewise.
pub(super) fn roles_with_settings(input: &Input<'_>) -> BTreeSet<String> {
    let found = &input.source.catalog.database.properties.role_settings;
    if are_carried(input) {
        found.iter().map(|found| found.role.0.clone()).collect()
    } else {
        BTreeSet::new()
    }
}

/// The steps, one after the other and after all others; what is left out is named.
pub(super) fn steps(input: &Input<'_>, others: &[Step], notes: &mut Vec<Note>) -> Vec<Step> {
    if !are_carried(input) {
        return Vec::new();
    }
    let name = Ident(input.settings.target.database.clone());
    let object = format!("DATABASE {name}");
    let mut note = |object: &str, reason: String| notes.push(Note { object: object.to_owned(), reason });
    let (wanted, owner) = wanted(input);
    let there = input.target.catalog.as_ref().map(|there| &there.database.properties);
    let kept = there.map(|there| ddl::kept_properties(&wanted, there)).unwrap_or_default();
    if !kept.is_empty() {
        let reason =
            format!("the target has it, and it keeps what the source has otherwise: {}", kept.join(", "));
        note(&object, reason);
    }
    let mut properties = ddl::database_properties(&wanted, there, &name, &owner);
    properties.retain(|property| match refusal(input, property) {
        None => true,
        Some(reason) => {
            note(&property.object, format!("left out: {reason}"));
            false
        }
    });
    chained(input, properties, others)
}

/// The source's properties, as the database that will be there has them, and who owns it.
fn wanted(input: &Input<'_>) -> (DatabaseProperties, String) {
    let source = &input.source.catalog.database;
    let mut wanted = source.properties.clone();
    if input.source.catalog.without.leaves(Part::Owner) {
        // Privileges of the owner are those of whoever owns it.
        return (wanted, String::new());
    }
    let owner = match &input.target.catalog {
        Some(there) => there.database.owner.clone(),
        // Without roles it belongs to whoever makes it.
        None if input.settings.roles == RolesMode::None => input.settings.target.user.clone(),
        None => source.owner.clone(),
    };
    wanted.hand_over(&source.owner, &owner);
    (wanted, owner)
}

/// Why our role may not set a property.
fn refusal(input: &Input<'_>, property: &Property) -> Option<String> {
    let there = |role: &str| input.target.roles.iter().any(|found| found.name.as_str() == role);
    if let Some(role) = &property.role
        && input.settings.roles == RolesMode::None
        && !there(role.as_str())
    {
        return Some(format!("the target lacks the role {role}"));
    }
    let rights = &input.source.permits.as_ref()?.rights;
    let login = quote_ident(&rights.login);
    if let Some(role) = &property.role {
        let may = rights.creates_roles && rights.grants_role(role.as_str());
        return (!may && role.as_str() != rights.login)
            .then(|| format!("{login} may not change {role} on the target"));
    }
    let owner = input.target.catalog.as_ref().map(|there| there.database.owner.as_str());
    if owner.is_some_and(|owner| !rights.has_rights_of(owner)) {
        return Some(format!("{login} does not own the database on the target"));
    }
    let shuts_out = property.statements.iter().any(|text| text.ends_with(" CONNECTION LIMIT 0"));
    shuts_out.then(|| format!("{login} could not connect any more; set it when all is verified"))
}

fn chained(input: &Input<'_>, properties: Vec<Property>, others: &[Step]) -> Vec<Step> {
    let kinds = [StepKind::Data, StepKind::Carry, StepKind::Index, StepKind::Refresh, StepKind::Analyze];
    let own_kind = others.iter().filter(|step| step.kind == StepKind::SchemaPost);
    let mut before: Vec<Dependency> = own_kind.map(|step| Dependency::Step(step.id.clone())).collect();
    before.extend(kinds.map(Dependency::Kind));
    before.sort();
    let step = |property: Property| {
        let id = StepId(property.id.clone());
        let depends_on = std::mem::replace(&mut before, vec![Dependency::Step(id)]);
        let sql = property.statements.iter().map(|text| format!("{text};")).collect::<Vec<_>>().join("\n");
        Step { depends_on, sql, ..input.step(StepKind::SchemaPost, property.id, property.object) }
    };
    properties.into_iter().map(step).collect()
}
