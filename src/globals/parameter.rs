//! `GRANT … ON PARAMETER`, of servers 15 and newer. Pure.
use super::{Difference, GlobalStep, difference::Ends};
use crate::{
    config::{Part, RolesMode},
    pg::{AclDelta, AclItem, quote_ident},
};

/// Adds the privileges that the target lacks.
pub(super) fn compare(ends: &Ends<'_>, difference: &mut Difference) {
    if ends.leaves(Part::Privileges) || ends.wish.mode == RolesMode::None {
        return;
    }
    for parameter in &ends.source.parameters {
        // An extension's parameter has a dot: each part is a name of its own.
        let parts: Vec<String> = parameter.name.split('.').map(quote_ident).collect();
        let quoted = parts.join(".");
        let object = format!("PARAMETER {quoted}");
        let there = ends.target.globals.parameters.iter().find(|there| there.name == parameter.name);
        let base = there.map(|there| there.acl.clone()).unwrap_or_default();
        let wanted = missing(ends, &parameter.acl, &base, |name| ends.wanted.contains(name));
        if wanted.is_empty() {
            continue;
        }
        if !ends.is_superuser() {
            difference
                .note(object, "its privileges are left out: only a superuser grants them on the target");
            continue;
        }
        if !parameter.name.contains('.') && !ends.target.parameters.contains(&parameter.name) {
            difference.note(object, "its privileges are left out: the target has no such parameter");
            continue;
        }
        let all: Vec<AclItem> = base.iter().cloned().chain(wanted).collect();
        let bootstrap = &ends.target.globals.bootstrap;
        let statements = AclDelta::between(&base, &all).statements_by(bootstrap, &object, "");
        difference.steps.push(GlobalStep::new(format!("parameter:{quoted}"), object, &statements));
    }
}

/// The privileges of a list that another lacks: for roles that will be there and are taken, by grantors that will be there. What
/// the first role has, it has everywhere.
pub(super) fn missing(
    ends: &Ends<'_>,
    acl: &[AclItem],
    there: &[AclItem],
    is_taken: impl Fn(&str) -> bool,
) -> Vec<AclItem> {
    let mut found = Vec::new();
    for item in acl {
        let item = AclItem { grantor: ends.grantor(&item.grantor).to_owned(), ..item.clone() };
        let grantee = item.grantee.as_deref();
        let is_first = grantee == Some(ends.source.bootstrap.as_str());
        let can = grantee.is_none_or(|name| ends.has(name) && (name.starts_with("pg_") || is_taken(name)));
        if is_first || !can || !ends.has(&item.grantor) {
            continue;
        }
        let is_there = there.iter().any(|other| {
            (&other.grantor, &other.grantee, &other.privilege)
                == (&item.grantor, &item.grantee, &item.privilege)
                && (other.grantable || !item.grantable)
        });
        if !is_there {
            found.push(item);
        }
    }
    found
}
