//! What belongs to an object beyond its definition: owner, comments, security labels, privileges.
use super::Item;
use crate::{
    catalog::{Catalog, Label, Privileges},
    object::{Entry, ObjectId},
    pg::{AclDelta, AclItem, handed_over, quote_ident, quote_literal},
};

/// All statements of an entry: definition, owner, comments, security labels, privileges.
pub(super) fn statements(entry: &Entry, catalog: &Catalog) -> Vec<String> {
    let mut statements = entry.create.clone();
    statements.extend(owner(entry));
    statements.extend(comments(entry, catalog));
    statements.extend(parts(entry).flat_map(|part| labels(part.on, &labels_of(catalog, part.id), &[])));
    statements.extend(privileges(entry, catalog));
    statements
}

fn owner(entry: &Entry) -> Option<String> {
    let owner = entry.owner.as_ref()?;
    Some(format!("ALTER {} OWNER TO {}", entry.identity, quote_ident(owner)))
}

fn comments(entry: &Entry, catalog: &Catalog) -> Vec<String> {
    let comment = |part: Place<'_>| {
        let comment = catalog.comments.get(&part.id)?;
        Some(format!("COMMENT ON {} IS {}", part.on, quote_literal(comment)))
    };
    parts(entry).filter_map(comment).collect()
}

fn labels_of(catalog: &Catalog, id: ObjectId) -> Vec<Label> {
    catalog.labels.get(&id).cloned().unwrap_or_default()
}

/// What turns labels into others.
fn labels(on: &str, wanted: &[Label], there: &[Label]) -> Vec<String> {
    let set = |label: &Label, value: &str| {
        format!("SECURITY LABEL FOR {} ON {on} IS {value}", quote_ident(&label.provider))
    };
    let new = wanted.iter().filter(|label| !there.contains(label));
    let new = new.map(|label| set(label, &quote_literal(&label.label)));
    let gone = there.iter().filter(|label| wanted.iter().all(|other| other.provider != label.provider));
    new.chain(gone.map(|label| set(label, "NULL"))).collect()
}

fn privileges(entry: &Entry, catalog: &Catalog) -> Vec<String> {
    let mut statements = Vec::new();
    for part in parts(entry) {
        let Some((on, column)) = &part.grant_on else { continue };
        if let Some(privileges) = catalog.privileges.get(&part.id) {
            let owner = entry.owner.clone().or_else(|| owner_in(&privileges.base)).unwrap_or_default();
            statements.extend(
                AclDelta::between(&privileges.base, &privileges.acl).statements_by(&owner, on, column),
            );
        }
    }
    statements
}

/// An identity sequence has no owner of its own; its default privileges name the table's.
fn owner_in(base: &[AclItem]) -> Option<String> {
    base.iter().find_map(|item| item.grantee.clone())
}

/// What makes an object that stands on the target with the same definition like the source's: owner, comments,
/// and the privileges that differ from those it has there.
pub fn reconcile(entry: &Entry, source: &Catalog, there: &Entry, target: &Catalog) -> Vec<String> {
    let mut statements = Vec::new();
    if entry.owner != there.owner {
        statements.extend(owner(entry));
    }
    for (part, other) in parts(entry).zip(parts(there)) {
        let (on, other) = (part.on, other.id);
        match (source.comments.get(&part.id), target.comments.get(&other)) {
            (wanted, is) if wanted == is => {}
            (Some(comment), _) => statements.push(format!("COMMENT ON {on} IS {}", quote_literal(comment))),
            (None, _) => statements.push(format!("COMMENT ON {on} IS NULL")),
        }
        statements.extend(labels(on, &labels_of(source, part.id), &labels_of(target, other)));
        let Some((grant_on, column)) = &part.grant_on else { continue };
        let (wanted, is) = (source.privileges.get(&part.id), target.privileges.get(&other));
        let newer = newer_defaults(wanted, is);
        let base = wanted.or(is).map_or(Vec::new(), |found| found.base.clone());
        let mut wanted = wanted.map_or(base.clone(), |found| found.acl.clone());
        let is = is.map_or(base.clone(), |found| found.acl.clone());
        let new_owner = entry.owner.clone().or_else(|| owner_in(&base)).unwrap_or_default();
        let [is, newer] = [is, newer].map(|acl| handed_over(acl, there.owner.as_deref(), &new_owner));
        wanted.extend(newer);
        statements.extend(AclDelta::between(&is, &wanted).statements_by(&new_owner, grant_on, column));
    }
    statements
}

/// Privileges that an object has by default on the target and that the source's version has no word for, as MAINTAIN of 17: one
/// that is made there has them, whatever was granted and revoked on the source.
fn newer_defaults(source: Option<&Privileges>, target: Option<&Privileges>) -> Vec<AclItem> {
    let (Some(source), Some(target)) = (source, target) else { return Vec::new() };
    let is_known = |item: &&AclItem| source.base.iter().any(|other| other.privilege == item.privilege);
    target.base.iter().filter(|item| !is_known(item)).cloned().collect()
}

/// What is left to do for an item that every new database has: the schema `public` and the extension `plpgsql`.
/// `None` for all others.
pub fn for_new_database(item: &Item, catalog: &Catalog) -> Option<Vec<String>> {
    match item.entry.identity.as_str() {
        "EXTENSION plpgsql" => Some(Vec::new()),
        "SCHEMA public" => {
            let mut statements = vec!["CREATE SCHEMA IF NOT EXISTS public".to_owned()];
            // The source's privileges are added to none: what a new database grants to PUBLIC goes first.
            let (first, privileges): (Vec<_>, Vec<_>) =
                item.statements.iter().skip(1).cloned().partition(|statement| !is_privilege(statement));
            let is_comment = |statement: &String| statement.starts_with("COMMENT ON SCHEMA");
            if catalog.carries_comments() && !first.iter().any(is_comment) {
                statements.push("COMMENT ON SCHEMA public IS NULL".to_owned());
            }
            statements.extend(first);
            if catalog.carries_privileges() {
                statements.push("REVOKE ALL ON SCHEMA public FROM PUBLIC".to_owned());
            }
            statements.extend(privileges);
            Some(statements)
        }
        _ => None,
    }
}

/// Whether a statement of an entry concerns its privileges.
pub fn is_privilege(statement: &str) -> bool {
    ["GRANT ", "REVOKE ", "SET ROLE ", "RESET ROLE"].iter().any(|word| statement.starts_with(word))
}

/// What can have comments, labels and privileges.
struct Place<'e> {
    id: ObjectId,
    /// As `COMMENT ON` names it.
    on: &'e str,
    /// What stands behind ON in GRANT, and the quoted name of a column or nothing; `None` if it has no privileges.
    grant_on: Option<(String, String)>,
}

/// The entry itself and its parts; of equal definitions, in the same order. An entry that makes a column is one of its
/// own parts, and no more than that: what is said of the column is not said of its table.
fn parts(entry: &Entry) -> impl Iterator<Item = Place<'_>> {
    let own = Place {
        id: entry.id,
        on: &entry.identity,
        grant_on: entry.grant_on.clone().map(|on| (on, String::new())),
    };
    let own = Some(own).filter(|own| entry.parts.iter().all(|part| part.id != own.id));
    let parts = entry.parts.iter().map(|part| Place {
        id: part.id,
        on: &part.identity,
        grant_on: part.column.as_ref().map(|(of, column)| (format!("TABLE {of}"), column.to_string())),
    });
    own.into_iter().chain(parts)
}
