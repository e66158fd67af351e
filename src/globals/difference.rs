//! What has to be run on the target so that it has the source's globals. Pure: the same input gives the same steps.
use std::collections::BTreeSet;

use serde::Serialize;

use super::{Globals, Target, Wish, grantor, parameter, role, tablespace};
use crate::{
    catalog::Note,
    config::{Part, RolesMode},
    pg::quote_ident,
    preflight::Expected,
};

/// One thing to do: all of its statements, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GlobalStep {
    /// Its stable name (`role:app`), unique in a difference.
    pub id: String,
    /// The object concerned, for people (`ROLE app`).
    pub object: String,
    /// Statements, without a secret.
    pub sql: String,
    /// A query that gives further statements when it is run on the source: that which sets a password. Empty for none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_sql: String,
    /// Whether it runs in a transaction; CREATE TABLESPACE does not.
    #[serde(skip)]
    pub in_transaction: bool,
}

/// What the target lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// In the order in which they run.
    pub steps: Vec<GlobalStep>,
    /// What is not done, or not as on the source, and why.
    pub notes: Vec<Note>,
    /// What the target will have when they are done.
    #[serde(skip)]
    pub made: Expected,
}

impl GlobalStep {
    /// Statements that need no secret.
    pub(super) fn new(id: String, object: String, statements: &[String]) -> Self {
        let sql = statements.iter().map(|statement| format!("{statement};")).collect::<Vec<_>>().join("\n");
        Self { id, object, sql, source_sql: String::new(), in_transaction: true }
    }
}

impl Difference {
    pub(super) fn note(&mut self, object: impl Into<String>, reason: impl Into<String>) {
        self.notes.push(Note { object: object.into(), reason: reason.into() });
    }
}

/// What is asked of every part of the comparison.
pub(super) struct Ends<'a> {
    pub(super) source: &'a Globals,
    pub(super) target: &'a Target,
    pub(super) wish: &'a Wish,
    /// Roles of the source that the target is to have.
    pub(super) wanted: BTreeSet<&'a str>,
    /// Those of them, and of the target's own, that will be there.
    pub(super) there: BTreeSet<&'a str>,
}

impl Ends<'_> {
    /// Whether a role is not ours to change: the one that migrates, and the one that initdb made.
    pub(super) fn is_untouchable(&self, role: &str) -> bool {
        role == self.target.globals.login || role == self.target.globals.bootstrap
    }

    /// What a role of the source is called as a grantor: what superusers grant, the target's first role grants there.
    pub(super) fn grantor<'s>(&'s self, name: &'s str) -> &'s str {
        if name == self.source.bootstrap { &self.target.globals.bootstrap } else { name }
    }

    /// Whether a role can be named on the target.
    pub(super) fn has(&self, role: &str) -> bool {
        role.starts_with("pg_") || self.there.contains(role)
    }

    /// Whether the target's role is a superuser.
    pub(super) fn is_superuser(&self) -> bool {
        self.target.rights.is_none()
    }

    pub(super) fn leaves(&self, part: Part) -> bool {
        self.wish.without.leaves(part)
    }
}

/// Compares. The source has the target's names already ([`Globals::rename`]).
pub fn difference(source: &Globals, target: &Target, wish: &Wish) -> Difference {
    let mut difference = Difference { notes: source.notes.clone(), ..Difference::default() };
    let wanted = wanted(source, wish.mode);
    let there: BTreeSet<&str> = target.globals.roles.iter().map(|role| role.name.as_str()).collect();
    let mut ends = Ends { source, target, wish, wanted, there };
    role::compare(&mut ends, &mut difference);
    grantor::compare(&ends, &mut difference);
    parameter::compare(&ends, &mut difference);
    tablespace::compare(&ends, &mut difference);
    difference.notes.sort();
    difference.notes.dedup();
    difference
}

/// The roles that the mode takes. `referenced` are those that some database uses, and those that they are members of, and so
/// on: they may own their rights to them.
fn wanted(source: &Globals, mode: RolesMode) -> BTreeSet<&str> {
    let names = source.roles.iter().map(|role| role.name.as_str());
    match mode {
        RolesMode::None => BTreeSet::new(),
        RolesMode::All => names.collect(),
        RolesMode::Referenced => {
            let mut wanted: BTreeSet<&str> = names.filter(|name| source.used.contains(*name)).collect();
            loop {
                let above = source.memberships.iter().filter(|found| wanted.contains(found.member.as_str()));
                let more: BTreeSet<&str> = above
                    .map(|found| found.role.as_str())
                    .filter(|name| !wanted.contains(name) && source.role(name).is_some())
                    .collect();
                if more.is_empty() {
                    return wanted;
                }
                wanted.extend(more);
            }
        }
    }
}

/// SECURITY LABEL, of those labels whose provider the target has loaded; the others are named.
pub(super) fn labels(
    ends: &Ends<'_>,
    of_tablespace: bool,
    name: &str,
    difference: &mut Difference,
) -> Vec<String> {
    let word = if of_tablespace { "TABLESPACE" } else { "ROLE" };
    if ends.leaves(Part::SecurityLabels) {
        return Vec::new();
    }
    let own =
        |label: &&super::SharedLabel| label.of_tablespace == of_tablespace && label.name.as_str() == name;
    let mut statements = Vec::new();
    for label in ends.source.labels.iter().filter(own) {
        if ends.target.globals.labels.contains(label) {
            continue;
        }
        let on = format!("{word} {}", quote_ident(name));
        if ends.target.providers.contains(&label.provider) {
            statements.push(format!(
                "SECURITY LABEL FOR {} ON {on} IS {}",
                quote_ident(&label.provider),
                crate::pg::quote_literal(&label.label)
            ));
        } else {
            let reason = format!(
                "its label by {} is left out: the target has not loaded the provider",
                label.provider
            );
            difference.note(on, reason);
        }
    }
    statements
}
