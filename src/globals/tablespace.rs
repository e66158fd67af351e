//! Tablespaces: made where the user names a directory of the target's machine, otherwise named. Pure.
use super::{
    Difference, GlobalStep, Tablespace,
    difference::{Ends, labels},
    parameter::missing,
};
use crate::{
    config::{OnExistingRole, Part},
    pg::{AclDelta, AclItem, handed_over, quote_ident, quote_literal},
};

/// Adds the tablespaces that the target lacks, and what existing ones lack.
pub(super) fn compare(ends: &Ends<'_>, difference: &mut Difference) {
    if ends.leaves(Part::Tablespaces) {
        return;
    }
    for tablespace in &ends.source.tablespaces {
        let object = format!("TABLESPACE {}", tablespace.name);
        let there = ends.target.globals.tablespaces.iter().find(|there| there.name == tablespace.name);
        let location = ends.wish.locations.get(tablespace.name.as_str());
        if there.is_none() && location.is_none() {
            let reason = format!(
                "not made: it is in {} on the source; name a directory of the target's machine in `tablespaces.locations`",
                quote_literal(&tablespace.location)
            );
            difference.note(object, reason);
            continue;
        }
        if !ends.is_superuser() {
            if there.is_none() {
                difference.note(object, "not made: only a superuser makes tablespaces on the target");
            }
            continue;
        }
        let mut statements = Vec::new();
        if let (None, Some(location)) = (there, location) {
            let create = create(ends, tablespace, location);
            let step = GlobalStep::new(format!("tablespace:{}", tablespace.name), object.clone(), &[create]);
            difference.steps.push(GlobalStep { in_transaction: false, ..step });
            difference.made.tablespaces.insert(tablespace.name.as_str().to_owned());
        } else if let Some(there) = there {
            statements.extend(changes(ends, tablespace, there));
        }
        statements.extend(privileges(ends, tablespace, there));
        statements.extend(comment(ends, tablespace, there));
        statements.extend(labels(ends, true, tablespace.name.as_str(), difference));
        if !statements.is_empty() {
            let id = format!("tablespace_properties:{}", tablespace.name);
            difference.steps.push(GlobalStep::new(id, object, &statements));
        }
    }
}

fn create(ends: &Ends<'_>, tablespace: &Tablespace, location: &str) -> String {
    let mut sql = format!("CREATE TABLESPACE {}", tablespace.name);
    if let Some(owner) = owner(ends, tablespace) {
        sql += &format!(" OWNER {}", quote_ident(owner));
    }
    sql += &format!(" LOCATION {}", quote_literal(location));
    if !tablespace.options.is_empty() {
        sql += &format!(" WITH ({})", options(&tablespace.options));
    }
    sql
}

/// Who owns it on the target, if owners are carried and that role will be there; what the source's first role owns, the
/// target's does.
fn owner<'a>(ends: &'a Ends<'_>, tablespace: &'a Tablespace) -> Option<&'a str> {
    let owner = ends.grantor(tablespace.owner.as_str());
    (!ends.leaves(Part::Owner) && ends.has(owner)).then_some(owner)
}

fn options(options: &[String]) -> String {
    let option = |option: &String| match option.split_once('=') {
        Some((name, value)) => format!("{} = {}", quote_ident(name), quote_literal(value)),
        None => quote_ident(option),
    };
    options.iter().map(option).collect::<Vec<_>>().join(", ")
}

/// Options and owner of one that the target has: as with roles, only if they are to be brought up to date.
fn changes(ends: &Ends<'_>, tablespace: &Tablespace, there: &Tablespace) -> Vec<String> {
    let mut statements = Vec::new();
    if ends.wish.on_existing == OnExistingRole::Keep {
        return statements;
    }
    let missing: Vec<String> =
        tablespace.options.iter().filter(|option| !there.options.contains(option)).cloned().collect();
    if !missing.is_empty() {
        statements.push(format!("ALTER TABLESPACE {} SET ({})", tablespace.name, options(&missing)));
    }
    if let Some(owner) = owner(ends, tablespace)
        && owner != there.owner.as_str()
    {
        statements.push(format!("ALTER TABLESPACE {} OWNER TO {}", tablespace.name, quote_ident(owner)));
    }
    statements
}

/// What one that is made differs in from the default; of one that is there, what it lacks.
fn privileges(ends: &Ends<'_>, tablespace: &Tablespace, there: Option<&Tablespace>) -> Vec<String> {
    if ends.leaves(Part::Privileges) {
        return Vec::new();
    }
    let on = format!("TABLESPACE {}", tablespace.name);
    let owner_there = match there {
        Some(there) if ends.wish.on_existing == OnExistingRole::Keep => there.owner.as_str(),
        _ => owner(ends, tablespace).unwrap_or(&ends.target.globals.login),
    };
    let ours = |acl: &[AclItem]| handed_over(acl.to_vec(), Some(tablespace.owner.as_str()), owner_there);
    let (acl, base) = (ours(&tablespace.acl), ours(&tablespace.base));
    let is_named = |item: &AclItem| {
        ends.has(&item.grantor) && item.grantee.as_deref().is_none_or(|grantee| ends.has(grantee))
    };
    match there {
        None => {
            let wanted: Vec<AclItem> = acl.into_iter().filter(is_named).collect();
            AclDelta::between(&base, &wanted).statements_by(owner_there, &on, "")
        }
        Some(there) => {
            let held = handed_over(there.acl.clone(), Some(there.owner.as_str()), owner_there);
            let lacking = missing(ends, &acl, &held, |_| true);
            let all: Vec<AclItem> = held.iter().cloned().chain(lacking).collect();
            AclDelta::between(&held, &all).statements_by(owner_there, &on, "")
        }
    }
}

/// A comment of the target's own stays, unless it is to be brought up to date.
fn comment(ends: &Ends<'_>, tablespace: &Tablespace, there: Option<&Tablespace>) -> Option<String> {
    let wanted = tablespace.comment.as_ref().filter(|_| !ends.leaves(Part::Comments))?;
    let held = there.and_then(|there| there.comment.as_ref());
    let is_kept = held.is_some() && ends.wish.on_existing == OnExistingRole::Keep;
    (held != Some(wanted) && !is_kept)
        .then(|| format!("COMMENT ON TABLESPACE {} IS {}", tablespace.name, quote_literal(wanted)))
}
