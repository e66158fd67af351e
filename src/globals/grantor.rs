//! Memberships. Since server 16 each grantor of a membership has one of its own, and must hold ADMIN OPTION when it grants: the
//! order is that of `pg_dumpall`, role by role, whoever can grant first. Pure.
use std::collections::BTreeSet;

use super::{Difference, GlobalStep, difference::Ends};
use crate::{
    config::OnExistingRole,
    object::Membership,
    pg::{Ident, quote_ident},
};

/// Since this version grantors are told apart, and hold ADMIN OPTION.
const GRANTORS: u32 = 16;

/// Adds the memberships that the target lacks.
pub(super) fn compare(ends: &Ends<'_>, difference: &mut Difference) {
    let mut wanted: Vec<Membership> =
        ends.source.memberships.iter().filter(|found| is_wanted(ends, found)).cloned().collect();
    for membership in &mut wanted {
        membership.grantor = grantor(ends, membership);
    }
    if !by_grantor(ends) {
        Membership::merge(&mut wanted);
    }
    if let Some(rights) = &ends.target.rights {
        let login = quote_ident(&rights.login);
        wanted.retain(|membership| {
            let may = rights.grants_role(membership.role.as_str());
            if !may && !is_there(ends, membership) {
                let reason = format!("left out: {login} may not grant {} on the target", membership.role);
                difference.note(name(membership), reason);
            }
            may
        });
    }
    let mut from = 0;
    while from < wanted.len() {
        let same = wanted[from..].iter().take_while(|found| found.role == wanted[from].role).count();
        of_role(ends, &wanted[from..from + same], difference);
        from += same;
    }
}

/// Whether both servers know several grantors of a membership, and our role may speak for them.
fn by_grantor(ends: &Ends<'_>) -> bool {
    let new = |major: u32| major >= GRANTORS;
    ends.is_superuser() && new(ends.source.version.major()) && new(ends.target.globals.version.major())
}

/// Between roles that will be there, one of which at least is taken; not of the roles that are never touched.
fn is_wanted(ends: &Ends<'_>, found: &Membership) -> bool {
    let (role, member) = (found.role.as_str(), found.member.as_str());
    let is_taken = |name: &str| ends.wanted.contains(name);
    let taken = is_taken(member) || (member.starts_with("pg_") && is_taken(role));
    taken && ends.has(role) && ends.has(member) && !ends.is_untouchable(member)
}

/// Who grants it on the target. Before server 16 it is whom the source names, if there; between that and now the source's word
/// is worth nothing, as its grantors need no ADMIN OPTION.
fn grantor(ends: &Ends<'_>, found: &Membership) -> Option<Ident> {
    if !ends.is_superuser() {
        return None;
    }
    let majors = [ends.source.version.major(), ends.target.globals.version.major()];
    if majors[0] < GRANTORS && majors[1] >= GRANTORS {
        return None;
    }
    let grantor = ends.grantor(found.grantor.as_ref()?.as_str());
    ends.has(grantor).then(|| Ident::from(grantor))
}

/// The memberships in one role.
fn of_role(ends: &Ends<'_>, wanted: &[Membership], difference: &mut Difference) {
    let target = &ends.target.globals;
    let Some(role) = wanted.first().map(|first| &first.role) else { return };
    let held = target.memberships.iter().filter(|there| there.role == *role && there.admin);
    let mut admins: BTreeSet<&str> = held.map(|there| there.member.as_str()).collect();
    admins.insert(&target.bootstrap);
    let mut left: Vec<&Membership> = wanted.iter().collect();
    loop {
        let may = |found: &&Membership| match &found.grantor {
            Some(grantor) if by_grantor(ends) => admins.contains(grantor.as_str()),
            _ => true,
        };
        let (ready, waiting): (Vec<&Membership>, Vec<&Membership>) = left.into_iter().partition(may);
        for found in &ready {
            add(ends, found, difference);
        }
        admins.extend(ready.iter().filter(|found| found.admin).map(|found| found.member.as_str()));
        left = waiting;
        if ready.is_empty() || left.is_empty() {
            break;
        }
    }
    for found in left {
        let grantor = found.grantor.as_ref().map(ToString::to_string).unwrap_or_default();
        if !is_there(ends, found) {
            let reason = format!("granted by the target's first role: {grantor} has no ADMIN OPTION there");
            difference.note(name(found), reason);
        }
        add(ends, &Membership { grantor: None, ..found.clone() }, difference);
    }
}

/// The target's membership that corresponds to one.
fn find<'a>(ends: &'a Ends<'_>, wanted: &Membership) -> Option<&'a Membership> {
    let told_apart = by_grantor(ends) && wanted.grantor.is_some();
    ends.target.globals.memberships.iter().find(|there| {
        let same = there.role == wanted.role && there.member == wanted.member;
        same && (!told_apart || there.grantor == wanted.grantor)
    })
}

fn is_there(ends: &Ends<'_>, wanted: &Membership) -> bool {
    find(ends, wanted).is_some()
}

fn add(ends: &Ends<'_>, wanted: &Membership, difference: &mut Difference) {
    if let Some(there) = find(ends, wanted) {
        // A source without these options has nothing to say of them.
        let differs = |one: Option<bool>, other: Option<bool>| one.is_some() && one != other;
        let same = there.admin == wanted.admin
            && !differs(wanted.inherit, there.inherit)
            && !differs(wanted.set, there.set);
        if same || (there.admin && !wanted.admin && !by_grantor(ends)) {
            return;
        }
        if ends.wish.on_existing == OnExistingRole::Keep {
            difference.note(name(wanted), "the target has it with other options, and it is left as it is");
            return;
        }
    }
    let by = wanted.grantor.as_ref().map(|grantor| format!(" BY {grantor}")).unwrap_or_default();
    let id = format!("membership:{}.{}{}", wanted.role, wanted.member, by.replace(" BY ", "."));
    if difference.steps.iter().any(|step| step.id == id) {
        return;
    }
    let statement = wanted.statement(ends.target.globals.version.major());
    difference.steps.push(GlobalStep::new(id, name(wanted) + &by, &[statement]));
    difference.made.memberships.insert([&wanted.role, &wanted.member].map(|name| name.as_str().to_owned()));
}

fn name(found: &Membership) -> String {
    format!("MEMBERSHIP {} IN {}", found.member, found.role)
}
