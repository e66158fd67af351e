//! Differences of text that only show that the servers are of different versions. The one place that knows them.
//!
//! What `pg_get_*def` prints changed with these major versions:
//! - 12: triggers `EXECUTE FUNCTION`, before `EXECUTE PROCEDURE`;
//! - 14: arguments of procedures have `IN`; ranges have multiranges; the access method decides which members of an
//!   operator class are loose in its family; a type of fixed length with elements has a subscript function;
//! - 14, 16: subscriptions have `streaming`, and `run_as_owner`, which is what they did before;
//! - 16: a view of a single relation does not put its name before columns; `XMLSERIALIZE` says `NO INDENT`;
//! - 17: tables have the privilege MAINTAIN, which GRANT ALL includes;
//! - 18: NOT NULL constraints have names (the reader leaves out default ones; older servers drop all).
//!
//! Each rule is applied only between versions that stand on different sides of its change.
mod not_null;
mod view;

use std::collections::BTreeMap;

use super::Script;
use crate::pg::ServerVersion;

/// The kind of the entries that hold the loose members of an operator family.
pub const LOOSE_MEMBERS: &str = "operator_family_members";

/// The versions of the two sides.
#[derive(Debug, Clone, Copy)]
pub struct Spelling {
    older: ServerVersion,
    newer: ServerVersion,
    /// Whether the second of what is compared comes from the older one.
    second_is_older: bool,
}

impl Spelling {
    /// Between two servers.
    pub fn between(a: ServerVersion, b: ServerVersion) -> Self {
        Self { older: a.min(b), newer: a.max(b), second_is_older: b < a }
    }

    /// Whether something that changed in a major version is on one side only.
    fn straddles(self, major: u32) -> bool {
        !self.older.at_least(major) && self.newer.at_least(major)
    }

    /// An item's id, the same on both sides.
    pub fn id(self, kind: &str, id: &str) -> String {
        if kind == "function" && self.straddles(14) { without_in(id) } else { id.to_owned() }
    }

    /// A statement in words that both versions share, as far as one can be turned into the other without the other.
    pub fn statement(self, kind: &str, statement: &str) -> String {
        match kind {
            _ if self.straddles(17) && is_grant(statement) => without_maintain(statement),
            "function" if self.straddles(14) => without_in(statement),
            "trigger" if self.straddles(12) => {
                statement.replacen(" EXECUTE PROCEDURE ", " EXECUTE FUNCTION ", 1)
            }
            "range_type" if self.straddles(14) => without_multirange(statement),
            "operator_class" if self.straddles(14) => without_members(statement),
            "base_type" if self.straddles(14) => without_subscript(statement),
            "subscription" => self.without_later_options(statement),
            "table" | "foreign_table" | "late_column" if self.straddles(18) => {
                not_null::without_names(statement)
            }
            _ => statement.to_owned(),
        }
    }

    /// Whether members of an operator class on one side may be loose in its family on the other.
    pub fn moves_members(self) -> bool {
        self.straddles(14)
    }

    /// The statements of a definition, in places that both versions share.
    pub fn definition(self, kind: &str, create: &[String]) -> Vec<String> {
        if kind == "table" && self.straddles(18) { not_null::behind(create) } else { create.to_vec() }
    }

    /// Whether two definitions, each in its statements, mean the same.
    pub fn same_definition(self, kind: &str, a: &[String], b: &[String]) -> bool {
        let (a, b) = (self.definition(kind, a), self.definition(kind, b));
        a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| self.same(kind, a, b))
    }

    /// Takes away what a subscription did before there was an option for it.
    fn without_later_options(self, statement: &str) -> String {
        let mut text = statement.to_owned();
        for (major, option) in [(14, ", streaming = off"), (16, ", run_as_owner = true")] {
            if self.straddles(major) {
                text = text.replacen(option, "", 1);
            }
        }
        text
    }

    /// Whether two statements mean the same.
    pub fn same(self, kind: &str, a: &str, b: &str) -> bool {
        let (a, b) = (self.statement(kind, a), self.statement(kind, b));
        if a == b {
            return true;
        }
        let view = matches!(kind, "view" | "view_query" | "materialized_view" | "rule") && self.straddles(16);
        let (old, new) = if self.second_is_older { (b, a) } else { (a, b) };
        view && view::is_qualified_form(&old, &view::without_no_indent(&new))
    }
}

fn is_grant(statement: &str) -> bool {
    statement.starts_with("GRANT ") || statement.starts_with("REVOKE ")
}

/// Takes MAINTAIN from all privileges of a table, which an older server's ALL became; alone or among some it was granted.
fn without_maintain(grant: &str) -> String {
    const OTHERS: [&str; 7] = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];
    let Some((head, rest)) = grant.split_once(" ON TABLE ") else { return grant.to_owned() };
    let Some((verb, list)) = head.split_once(' ') else { return grant.to_owned() };
    let list: Vec<&str> = list.split(", ").collect();
    if !OTHERS.iter().all(|privilege| list.contains(privilege)) {
        return grant.to_owned();
    }
    let others: Vec<&str> = list.into_iter().filter(|privilege| *privilege != "MAINTAIN").collect();
    format!("{verb} {} ON TABLE {rest}", others.join(", "))
}

/// Takes `IN` from the arguments, which stand in the first line.
fn without_in(text: &str) -> String {
    let (head, rest) = text.split_at(text.find('\n').unwrap_or(text.len()));
    head.replace("(IN ", "(").replace(", IN ", ", ") + rest
}

/// Takes away the line of the multirange, which gets its default name where a server before 14 was the source.
fn without_multirange(text: &str) -> String {
    let Some((head, rest)) = text.split_once(",\n    multirange_type_name = ") else {
        return text.to_owned();
    };
    let (line, tail) = rest.split_at(rest.find('\n').unwrap_or(rest.len()));
    let comma = if line.ends_with(',') { "," } else { "" };
    format!("{head}{comma}{tail}")
}

/// Members of a script's operator classes and families, by family, in the order of their texts.
pub fn members_of(script: &Script) -> BTreeMap<String, Vec<String>> {
    let items = script.items.iter();
    let items = items.filter(|item| matches!(item.entry.kind, "operator_class" | LOOSE_MEMBERS));
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for text in items.flat_map(|item| &item.entry.create) {
        found.entry(family(text)).or_default().extend(members(text).map(str::to_owned));
    }
    for members in found.values_mut() {
        members.sort();
    }
    found
}

/// The family whose members an operator class or a list of loose ones names: `gist s.f`.
pub fn family(text: &str) -> String {
    let head = text.lines().next().unwrap_or_default();
    let (head, method) = head.rsplit_once(" USING ").unwrap_or((head, ""));
    if let Some((method, family)) = method.split_once(" FAMILY ") {
        return format!("{method} {}", family.trim_end_matches(" AS"));
    }
    let family = head.trim_start_matches("ALTER OPERATOR FAMILY ");
    format!("{} {family}", method.trim_end_matches(" ADD"))
}

/// The operators and functions of an operator class, or those that are loose in a family, a line each.
pub fn members(text: &str) -> impl Iterator<Item = &str> {
    let items = text.lines().skip(1).map(|line| line.trim().trim_end_matches(','));
    items.filter(|item| !item.starts_with("STORAGE "))
}

/// Takes all items but the storage type from an operator class.
fn without_members(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim_end_matches(','));
    let lines = lines.enumerate().filter(|(place, line)| *place == 0 || line.starts_with("    STORAGE "));
    lines.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}

/// Takes the subscript function, which a server before 14 has no word for.
fn without_subscript(text: &str) -> String {
    let lines = text.split('\n').filter(|line| !line.starts_with("    SUBSCRIPT = "));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
