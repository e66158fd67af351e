//! Roles: those that the target lacks, and what is done about those that it has. Pure.
use super::{
    Difference, GlobalStep,
    difference::{Ends, labels},
};
use crate::{
    config::{OnExistingRole, Part},
    object::{Role, setting_name},
    pg::{Ident, quote_ident},
};

/// Roles named in a note; more would not be read.
const NAMED_AT_MOST: usize = 10;

/// Adds the steps of all roles, and to `ends` those that will be there.
pub(super) fn compare(ends: &mut Ends<'_>, difference: &mut Difference) {
    let may_create = ends.target.rights.as_ref().is_none_or(|rights| rights.creates_roles);
    let mut unmade: Vec<&Ident> = Vec::new();
    let source = ends.source;
    for role in source.roles.iter().filter(|role| ends.wanted.contains(role.name.as_str())) {
        if ends.is_untouchable(role.name.as_str()) {
            continue;
        }
        match ends.target.globals.role(role.name.as_str()) {
            Some(there) => existing(ends, role, there, difference),
            None if may_create => {
                create(ends, role, difference);
                difference.made.roles.insert(role.name.as_str().to_owned());
                ends.there.insert(role.name.as_str());
            }
            None => unmade.push(&role.name),
        }
    }
    if !unmade.is_empty() {
        let more = unmade.len().saturating_sub(NAMED_AT_MOST);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let names: Vec<String> = unmade.iter().take(NAMED_AT_MOST).map(ToString::to_string).collect();
        let login = quote_ident(&ends.target.globals.login);
        let reason = format!("not made: {}{more}: {login} has no CREATEROLE on the target", names.join(", "));
        difference.note("ROLES", reason);
    }
}

/// The role as the target can have it.
fn fitted(ends: &Ends<'_>, role: &Role, difference: &mut Difference) -> Role {
    let mut role = role.clone();
    if ends.leaves(Part::Comments) {
        role.leave_comment();
    }
    let object = format!("ROLE {}", role.name);
    role.keep_settings(|setting| match ends.target.refused.get(setting) {
        Some(reason) => {
            let name = setting_name(setting);
            difference
                .note(object.clone(), format!("its setting {name} is left out: the target says: {reason}"));
            false
        }
        None => true,
    });
    role
}

fn create(ends: &Ends<'_>, role: &Role, difference: &mut Difference) {
    let mut role = fitted(ends, role, difference);
    if let Some(rights) = &ends.target.rights {
        role.limit(&rights.role_limits(), &|_| true);
    }
    let object = format!("ROLE {}", role.name);
    if !role.lost().is_empty() {
        let lost = role.lost().join(", ");
        difference.note(object.clone(), format!("made without what only a superuser gives: {lost}"));
    }
    let mut statements = role.statements();
    statements.extend(labels(ends, false, role.name.as_str(), difference));
    let step = GlobalStep::new(format!("role:{}", role.name), object, &statements);
    let source_sql = password(ends, &role, difference);
    difference.steps.push(GlobalStep { source_sql, ..step });
}

/// The query that carries the password over, of a role that has one; a note if nobody can know.
fn password(ends: &Ends<'_>, role: &Role, difference: &mut Difference) -> String {
    let object = format!("ROLE {}", role.name);
    if ends.source.passwords.is_none() {
        if role.login {
            difference.note(object, "made without its password: pg_authid cannot be read on the source");
        }
        return String::new();
    }
    match ends.source.password(role) {
        None => String::new(),
        Some(_) if is_bound_to_name(ends, role) => {
            let reason = "made without its password: it is stored as MD5, which holds the name that it has on the source";
            difference.note(object, reason);
            String::new()
        }
        Some(_) => role.carry_password_sql(),
    }
}

/// An MD5 hash is one of name and password, and worth nothing under another name.
fn is_bound_to_name(ends: &Ends<'_>, role: &Role) -> bool {
    let is_md5 = ends.source.password(role).is_some_and(|verifier| verifier.expose().starts_with("md5"));
    is_md5 && role.name_before().is_some()
}

/// A role that the target has.
fn existing(ends: &Ends<'_>, role: &Role, there: &Role, difference: &mut Difference) {
    let mut noted = Difference::default();
    let role = fitted(ends, role, &mut noted);
    let object = format!("ROLE {}", role.name);
    let changes = role.changes_from(there);
    let mut settings: Vec<&String> =
        role.settings().iter().filter(|setting| !there.settings().contains(setting)).collect();
    let comment = role.comment_statement().filter(|_| role.comment() != there.comment());
    let labels = labels(ends, false, role.name.as_str(), &mut noted);
    let has_new_password = has_new_password(ends, &role);
    let differs = !changes.is_empty() || !settings.is_empty() || comment.is_some() || !labels.is_empty();
    if ends.wish.on_existing == OnExistingRole::Keep {
        if differs || has_new_password {
            let mut what = changes;
            what.extend(settings.iter().map(|setting| format!("SET {}", setting_name(setting))));
            what.extend(comment.map(|_| "its comment".to_owned()));
            what.extend((!labels.is_empty()).then(|| "its labels".to_owned()));
            what.extend(has_new_password.then(|| "its password".to_owned()));
            let reason = format!("the target has it, and it is left as it is; it lacks: {}", what.join(", "));
            difference.note(object, reason);
        }
        return;
    }
    difference.notes.append(&mut noted.notes);
    if let Some(reason) = refusal(ends, &role, there) {
        if differs || has_new_password {
            difference.note(object, reason);
        }
        return;
    }
    let changes = permitted(ends, changes, &object, difference);
    let mut statements = Vec::new();
    if !changes.is_empty() {
        statements.push(format!("ALTER ROLE {} WITH {}", role.name, changes.join(" ")));
    }
    settings.sort();
    statements.extend(settings.iter().map(|setting| role.set_statement(setting)));
    statements.extend(comment);
    statements.extend(labels);
    if statements.is_empty() && !has_new_password {
        return;
    }
    let step = GlobalStep::new(format!("role:{}", role.name), object, &statements);
    let source_sql = if has_new_password { role.carry_password_sql() } else { String::new() };
    difference.steps.push(GlobalStep { source_sql, ..step });
}

/// Whether the source has a verifier that the target's role has not, and that is worth something there.
fn has_new_password(ends: &Ends<'_>, role: &Role) -> bool {
    let Some(wanted) = ends.source.password(role) else { return false };
    let there = ends.target.globals.passwords.as_ref();
    let is_there = there.is_some_and(|known| known.get(role.name.as_str()) == Some(wanted));
    !is_there && !is_bound_to_name(ends, role)
}

/// Why our role may not change one of the target's.
fn refusal(ends: &Ends<'_>, role: &Role, there: &Role) -> Option<String> {
    let rights = ends.target.rights.as_ref()?;
    let login = quote_ident(&rights.login);
    if there.is_superuser() {
        return Some(format!("left as it is: {login} may not change a superuser"));
    }
    (!rights.creates_roles || !rights.grants_role(role.name.as_str()))
        .then(|| format!("left as it is: {login} may not change it on the target"))
}

/// Attributes that only those may change who have them.
fn permitted(
    ends: &Ends<'_>,
    mut changes: Vec<String>,
    object: &str,
    difference: &mut Difference,
) -> Vec<String> {
    let Some(rights) = &ends.target.rights else { return changes };
    let limits = rights.role_limits();
    let may = |change: &str| match change.strip_prefix("NO").unwrap_or(change) {
        "SUPERUSER" => false,
        "CREATEDB" => limits.create_database,
        "REPLICATION" => limits.replication,
        "BYPASSRLS" => limits.bypass_row_security,
        _ => true,
    };
    let lost: Vec<String> = changes.iter().filter(|change| !may(change)).cloned().collect();
    changes.retain(|change| may(change));
    if !lost.is_empty() {
        difference.note(object, format!("left without what only a superuser changes: {}", lost.join(", ")));
    }
    changes
}
