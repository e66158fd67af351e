//! What belongs to an object beyond its definition: owner, comments, security labels, privileges.
use super::Item;
use crate::{
    catalog::{Catalog, Label},
    object::{Entry, ObjectId},
    pg::{AclDelta, AclItem, handed_over, quote_ident, quote_literal},
};

/// All statements of an entry: definition, owner, comments, security labels, privileges.
pub(super) fn statements(entry: &Entry, catalog: &Catalog) -> Vec<String> {
    let mut statements = entry.create.clone();
    statements.extend(owner(entry));
    statements.extend(comments(entry, catalog));
    statements.extend(parts(entry).flat_map(|(id, on, _)| labels(on, &labels_of(catalog, id), &[])));
    statements.extend(privileges(entry, catalog));
    statements
}

fn owner(entry: &Entry) -> Option<String> {
    let owner = entry.owner.as_ref()?;
    Some(format!("ALTER {} OWNER TO {}", entry.identity, quote_ident(owner)))
}

fn comments(entry: &Entry, catalog: &Catalog) -> Vec<String> {
    let own = [(entry.id, entry.identity.as_str())];
    let parts = entry.parts.iter().map(|(id, on, _)| (*id, on.as_str()));
    let comment = |(id, on): (ObjectId, &str)| {
        let comment = catalog.comments.get(&id)?;
        Some(format!("COMMENT ON {on} IS {}", quote_literal(comment)))
    };
    own.into_iter().chain(parts).filter_map(comment).collect()
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
    let Some(on) = &entry.grant_on else { return Vec::new() };
    let own = [(entry.id, "")];
    let parts = entry.parts.iter().filter(|(_, _, column)| !column.is_empty());
    let parts = parts.map(|(id, _, column)| (*id, column.as_str()));
    let mut statements = Vec::new();
    for (id, column) in own.into_iter().chain(parts) {
        if let Some(privileges) = catalog.privileges.get(&id) {
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
    for ((id, on, column), (other, _, _)) in parts(entry).zip(parts(there)) {
        match (source.comments.get(&id), target.comments.get(&other)) {
            (wanted, is) if wanted == is => {}
            (Some(comment), _) => statements.push(format!("COMMENT ON {on} IS {}", quote_literal(comment))),
            (None, _) => statements.push(format!("COMMENT ON {on} IS NULL")),
        }
        statements.extend(labels(on, &labels_of(source, id), &labels_of(target, other)));
        let Some(grant_on) = &entry.grant_on else { continue };
        let (wanted, is) = (source.privileges.get(&id), target.privileges.get(&other));
        let base = wanted.or(is).map_or(Vec::new(), |found| found.base.clone());
        let wanted = wanted.map_or(base.clone(), |found| found.acl.clone());
        let is = is.map_or(base.clone(), |found| found.acl.clone());
        let new_owner = entry.owner.clone().or_else(|| owner_in(&base)).unwrap_or_default();
        let is = handed_over(is, there.owner.as_deref(), &new_owner);
        statements.extend(AclDelta::between(&is, &wanted).statements_by(&new_owner, grant_on, column));
    }
    statements
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

/// The entry itself and its parts; of equal definitions, in the same order.
fn parts(entry: &Entry) -> impl Iterator<Item = (ObjectId, &str, &str)> {
    let parts = entry.parts.iter().map(|(id, on, column)| (*id, on.as_str(), column.as_str()));
    [(entry.id, entry.identity.as_str(), "")].into_iter().chain(parts)
}
