//! Steps that make roles. A role that the target has is left as it is.
use std::collections::{BTreeSet, HashSet};

use super::{Input, Step, StepKind};
use crate::{
    catalog::{Catalog, Note},
    config::RolesMode,
    ddl::Script,
    object::{Entry, Membership, Object, Role},
    pg::quote_ident,
};

/// Roles, memberships, and passwords as far as they can be read.
pub(super) fn steps(input: &Input<'_>, script: &Script, notes: &mut Vec<Note>) -> Vec<Step> {
    if input.settings.roles == RolesMode::None {
        return Vec::new();
    }
    let source = &input.source.catalog;
    let there: HashSet<&str> = input.target.roles.iter().map(|role| role.name.as_str()).collect();
    let mut of_database = super::property::granted_roles(input);
    of_database.extend(super::property::roles_with_settings(input));
    let wanted = wanted_roles(source, script, input.settings.roles, &of_database);
    let made: Vec<_> = source
        .roles
        .iter()
        .filter(|role| wanted.contains(role.name.as_str()) && !there.contains(role.name.as_str()))
        .collect();
    let mut steps = Vec::new();
    for role in &made {
        notes.extend(made_without(role));
        let sql = role.statements().join(";\n") + ";";
        steps.push(Step {
            sql,
            ..input.step(StepKind::Role, format!("role:{}", role.name), format!("ROLE {}", role.name))
        });
    }
    for membership in &source.memberships {
        let known = |name: &str| there.contains(name) || wanted.contains(name) || name.starts_with("pg_");
        let is_there = input
            .target
            .memberships
            .iter()
            .any(|other| other.role == membership.role && other.member == membership.member);
        let is_wanted = wanted.contains(membership.member.as_str()) && known(membership.role.as_str());
        if is_there || !is_wanted || is_own(input, membership) {
            continue;
        }
        if let Some(note) = refused(input, membership) {
            notes.push(note);
            continue;
        }
        let id = format!("membership:{}.{}", membership.role, membership.member);
        let object = format!("MEMBERSHIP {} IN {}", membership.member, membership.role);
        let sql = membership.statement(input.target.version.major()) + ";";
        if !steps.iter().any(|step: &Step| step.id.0 == id) {
            steps.push(Step { sql, ..input.step(StepKind::Role, id, object) });
        }
    }
    for (role, sql) in super::permit::adoptions(input, notes) {
        steps.push(Step {
            sql,
            ..input.step(StepKind::Role, format!("adopt:{role}"), format!("MEMBERSHIP IN {role}"))
        });
    }
    for role in made.iter().filter(|role| role.login) {
        let object = format!("ROLE {}", role.name);
        if input.passwords_readable {
            let id = format!("password:{}", role.name);
            let carry = input.step(StepKind::Carry, id, format!("PASSWORD {}", role.name));
            steps.push(Step { source_sql: role.carry_password_sql(), ..carry });
            notes.extend(role.name_before().map(|before| Note {
                object,
                reason: format!("called {before} on the source: a password stored as MD5 is left behind, as it holds the name"),
            }));
        } else {
            let reason = "made without its password: pg_authid cannot be read on the source".to_owned();
            notes.push(Note { object, reason });
        }
    }
    steps
}

fn made_without(role: &Role) -> Option<Note> {
    (!role.lost().is_empty()).then(|| Note {
        object: format!("ROLE {}", role.name),
        reason: format!("made without what only a superuser gives: {}", role.lost().join(", ")),
    })
}

/// Whether it is one of the target's role, which was given it or gives it itself.
fn is_own(input: &Input<'_>, membership: &Membership) -> bool {
    let rights = input.source.permits.as_ref().map(|permits| &permits.rights);
    rights.is_some_and(|rights| membership.member.as_str() == rights.login)
}

/// A membership that the target's role may not make.
fn refused(input: &Input<'_>, membership: &Membership) -> Option<Note> {
    let rights = &input.source.permits.as_ref()?.rights;
    let login = quote_ident(&rights.login);
    (!rights.grants_role(membership.role.as_str())).then(|| Note {
        object: format!("MEMBERSHIP {} IN {}", membership.member, membership.role),
        reason: format!("left out: {login} may not grant {} on the target", membership.role),
    })
}

/// The names of the roles that a script needs, with some more, or of all.
pub fn wanted_roles<'a>(
    source: &'a Catalog,
    script: &Script,
    mode: RolesMode,
    more: &BTreeSet<String>,
) -> BTreeSet<&'a str> {
    match mode {
        RolesMode::None => BTreeSet::new(),
        RolesMode::All => source.roles.iter().map(|role| role.name.as_str()).collect(),
        RolesMode::Referenced => with_memberships(source, &(&referenced(source, script) | more)),
    }
}

/// Every role that owns something, is granted something, or is named by a policy or default privilege.
fn referenced(source: &Catalog, script: &Script) -> BTreeSet<String> {
    let mut roles: BTreeSet<String> = source.owner(&source.database.owner).into_iter().collect();
    for item in &script.items {
        roles.extend(item.entry.owner.clone());
        for id in addresses(&item.entry) {
            for grant in source.privileges.get(&id).into_iter().flat_map(|found| &found.acl) {
                roles.insert(grant.grantor.clone());
                roles.extend(grant.grantee.clone());
            }
        }
    }
    for object in &source.objects {
        match object {
            Object::Policy(policy) => roles.extend(policy.roles.iter().map(|role| role.0.clone())),
            Object::DefaultPrivilege(privilege) => roles.extend(privilege.roles()),
            Object::UserMapping(mapping) => roles.extend(mapping.role.iter().map(|role| role.0.clone())),
            Object::ExtensionPrivilege(privilege) => roles.extend(privilege.roles()),
            Object::LargeObjects(objects) => roles.extend(objects.roles()),
            Object::SystemPrivilege(privilege) => roles.extend(privilege.roles()),
            _ => {}
        }
    }
    // The owner, where owners are not carried.
    roles.remove("");
    roles
}

fn addresses(entry: &Entry) -> impl Iterator<Item = crate::object::ObjectId> {
    entry.parts.iter().map(|part| part.id).chain([entry.id])
}

/// Adds the roles that those are members of, and so on: they may own their rights to them.
fn with_memberships<'a>(source: &'a Catalog, names: &BTreeSet<String>) -> BTreeSet<&'a str> {
    let mut wanted: BTreeSet<&str> =
        source.roles.iter().map(|role| role.name.as_str()).filter(|name| names.contains(*name)).collect();
    loop {
        let more: Vec<&str> = source
            .memberships
            .iter()
            .filter(|found| wanted.contains(found.member.as_str()) && !wanted.contains(found.role.as_str()))
            .map(|found| found.role.as_str())
            .collect();
        if more.is_empty() {
            return wanted;
        }
        wanted.extend(more);
    }
}

/// Roles that the script names and that will not be there: named in the plan, since a step would fail at the end.
pub(super) fn missing(input: &Input<'_>, script: &Script, steps: &[Step]) -> Vec<String> {
    let made: HashSet<&str> = steps.iter().filter_map(|step| step.id.0.strip_prefix("role:")).collect();
    let there: HashSet<&str> = input.target.roles.iter().map(|role| role.name.as_str()).collect();
    let absent = |name: &String| {
        !there.contains(name.as_str())
            && !made.contains(quote_ident(name).as_str())
            && !name.starts_with("pg_")
    };
    let named = &referenced(&input.source.catalog, script) | &super::property::granted_roles(input);
    named.into_iter().filter(absent).collect()
}
