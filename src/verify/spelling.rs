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
use crate::pg::ServerVersion;

/// The versions of the two sides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spelling {
    older: ServerVersion,
    newer: ServerVersion,
}

impl Spelling {
    /// Between two servers.
    pub(super) fn between(a: ServerVersion, b: ServerVersion) -> Self {
        Self { older: a.min(b), newer: a.max(b) }
    }

    /// Whether something that changed in a major version is on one side only.
    fn straddles(self, major: u32) -> bool {
        !self.older.at_least(major) && self.newer.at_least(major)
    }

    /// An item's id, the same on both sides.
    pub(super) fn id(self, kind: &str, id: &str) -> String {
        if kind == "function" && self.straddles(14) { without_in(id) } else { id.to_owned() }
    }

    /// A statement in words that both versions share, as far as one can be turned into the other without the other.
    pub(super) fn statement(self, kind: &str, statement: &str) -> String {
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
                without_not_null_names(statement)
            }
            _ => statement.to_owned(),
        }
    }

    /// Whether members of an operator class on one side may be loose in its family on the other.
    pub(super) fn moves_members(self) -> bool {
        self.straddles(14)
    }

    /// The statements of a definition, in places that both versions share.
    pub(super) fn definition(self, kind: &str, create: &[String]) -> Vec<String> {
        if kind == "table" && self.straddles(18) { with_own_not_nulls(create) } else { create.to_vec() }
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
    pub(super) fn same(self, kind: &str, a: &str, b: &str) -> bool {
        let (a, b) = (self.statement(kind, a), self.statement(kind, b));
        if a == b {
            return true;
        }
        let view = matches!(kind, "view" | "view_query" | "materialized_view" | "rule") && self.straddles(16);
        let [a, b] = [a, b].map(|text| without_no_indent(&text));
        view && (is_qualified_form(&a, &b) || is_qualified_form(&b, &a))
    }
}

fn is_grant(statement: &str) -> bool {
    statement.starts_with("GRANT ") || statement.starts_with("REVOKE ")
}

/// Takes MAINTAIN from the list of privileges, unless it stands there alone.
fn without_maintain(grant: &str) -> String {
    let (privileges, rest) = grant.split_at(grant.find(" ON ").unwrap_or(grant.len()));
    privileges.replace(", MAINTAIN", "").replace(" MAINTAIN, ", " ") + rest
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

/// The operators and functions of an operator class, or those that are loose in a family, a line each.
pub(super) fn members(text: &str) -> impl Iterator<Item = &str> {
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

/// Takes the names from `CONSTRAINT name NOT NULL` in the lines of columns.
fn without_not_null_names(text: &str) -> String {
    text.split('\n').map(without_not_null_name).collect::<Vec<_>>().join("\n")
}

fn without_not_null_name(line: &str) -> String {
    const KEYWORD: &str = " CONSTRAINT ";
    let named = line.rfind(" NOT NULL").and_then(|end| {
        let start = line[..end].rfind(KEYWORD)?;
        is_one_name(&line[start + KEYWORD.len()..end]).then_some((start, end))
    });
    match named {
        Some((start, end)) => format!("{}{}", &line[..start], &line[end..]),
        None => line.to_owned(),
    }
}

/// A table's statements with the NOT NULL of inherited columns at the end: server 18 has them in CREATE TABLE, older ones
/// as statements.
fn with_own_not_nulls(create: &[String]) -> Vec<String> {
    let (mut statements, mut own) = (Vec::new(), Vec::new());
    for statement in create {
        let column =
            statement.strip_suffix(" SET NOT NULL").and_then(|text| text.rsplit_once(" ALTER COLUMN "));
        if let Some((_, column)) = column {
            own.push(format!("NOT NULL {column}"));
            continue;
        }
        let lines = statement.split('\n').map(|line| line.trim_end_matches(','));
        let (nulls, lines): (Vec<_>, Vec<_>) = lines.partition(|line| own_not_null(line).is_some());
        own.extend(nulls.into_iter().filter_map(own_not_null).map(|column| format!("NOT NULL {column}")));
        statements.push(lines.join("\n").replace(" (\n)", " ()"));
    }
    own.sort();
    statements.extend(own);
    statements
}

/// The column of a line `[CONSTRAINT name ]NOT NULL column[ NO INHERIT]`.
fn own_not_null(line: &str) -> Option<&str> {
    let line = line.trim();
    let column = match line.strip_prefix("CONSTRAINT ") {
        Some(rest) => rest.split_once(" NOT NULL ").filter(|(name, _)| is_one_name(name))?.1,
        None => line.strip_prefix("NOT NULL ")?,
    };
    Some(column.strip_suffix(" NO INHERIT").unwrap_or(column))
}

fn is_one_name(text: &str) -> bool {
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(inner) => !inner.replace("\"\"", "").contains('"'),
        None => !text.is_empty() && text.chars().all(is_word),
    }
}

/// Before server 16 there was no other way.
fn without_no_indent(text: &str) -> String {
    if text.contains("XMLSERIALIZE(") { text.replace(" NO INDENT)", ")") } else { text.to_owned() }
}

/// Whether `long` is `short` with one and the same `name.` put before some words.
fn is_qualified_form(long: &str, short: &str) -> bool {
    let (long, short) = (tokens(long), tokens(short));
    let (mut at, mut name) = (0, None);
    for (place, word) in short.iter().enumerate() {
        let dotted = long.get(at + 1) == Some(&".");
        let both = dotted && long.get(at) == Some(word) && short.get(place + 1) == Some(&".");
        if dotted && !both {
            if *name.get_or_insert(long[at]) != long[at] {
                return false;
            }
            at += 2;
        }
        if long.get(at) != Some(word) {
            return false;
        }
        at += 1;
    }
    at == long.len()
}

/// Words, quoted names, strings and signs; without white space.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '"' | '\'' => quoted_end(rest, first),
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        tokens.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    tokens
}

/// Where a quoted name or string ends; a doubled quote belongs to it.
fn quoted_end(text: &str, quote: char) -> usize {
    let mut end = 1;
    while let Some(found) = text[end..].find(quote) {
        end += found + 1;
        if !text[end..].starts_with(quote) {
            return end;
        }
        end += 1;
    }
    text.len()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(a: u32, b: u32) -> Spelling {
        Spelling::between(ServerVersion(a * 10_000), ServerVersion(b * 10_000))
    }

    #[test]
    fn a_rule_needs_its_change_between_the_versions() {
        let (old, new) = ("CREATE TRIGGER t EXECUTE PROCEDURE f()", "CREATE TRIGGER t EXECUTE FUNCTION f()");
        assert!(between(10, 15).same("trigger", old, new));
        assert!(between(15, 10).same("trigger", new, old));
        assert!(!between(15, 15).same("trigger", old, new));
    }

    #[test]
    fn procedures_before_14_have_no_in() {
        let (old, new) =
            ("CREATE PROCEDURE s.p(a int, b int)\nAS x", "CREATE PROCEDURE s.p(IN a int, IN b int)\nAS x");
        assert!(between(13, 18).same("function", old, new));
        assert_eq!(between(13, 18).id("function", "function:s.p(IN a int)"), "function:s.p(a int)");
        assert!(!between(13, 18).same("function", old, "CREATE PROCEDURE s.p(INOUT a int, b int)\nAS x"));
    }

    #[test]
    fn a_view_of_one_relation_loses_its_prefix() {
        let old =
            "CREATE VIEW s.v AS\n SELECT t.a,\n    t.t AS \"B\"\n   FROM s.t\n  WHERE t.a > 't.a'::text";
        let new = "CREATE VIEW s.v AS\n SELECT a,\n    t AS \"B\"\n   FROM s.t\n  WHERE a > 't.a'::text";
        assert!(between(15, 18).same("view", old, new));
        assert!(between(18, 15).same("view", new, old));
        assert!(!between(16, 18).same("view", old, new));
        let [xml, bare] =
            ["SELECT XMLSERIALIZE(CONTENT x AS text NO INDENT)", "SELECT XMLSERIALIZE(CONTENT x AS text)"];
        assert!(between(15, 18).same("view", bare, xml) && !between(16, 18).same("view", bare, xml));
        // Another table, another column, two relations: real differences.
        assert!(!between(15, 18).same("view", old, &new.replace("s.t", "u.t")));
        assert!(!between(15, 18).same("view", old, &new.replace("SELECT a", "SELECT b")));
        assert!(!between(15, 18).same("view", "SELECT x.a, y.b FROM x, y", "SELECT a, b FROM x, y"));
    }

    #[test]
    fn a_child_before_18_gets_its_not_null_by_a_statement() {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        let old = texts(&[
            "CREATE TABLE c () INHERITS (p)",
            "ALTER TABLE ONLY c ALTER COLUMN \"x \"\"\" SET NOT NULL",
        ]);
        let new =
            texts(&["CREATE TABLE c (\n    CONSTRAINT \"a \"\"b\" NOT NULL \"x \"\"\"\n) INHERITS (p)"]);
        assert_eq!(between(17, 18).definition("table", &old), between(17, 18).definition("table", &new));
        assert_ne!(between(18, 18).definition("table", &old), new);
        assert_eq!(own_not_null("    CONSTRAINT c CHECK (x IS NOT NULL AND y)"), None);
        assert!(between(17, 18).same("table", "x text NOT NULL", "x text CONSTRAINT \"a \"\"b\" NOT NULL"));
    }

    #[test]
    fn members_move_between_class_and_family_at_14() {
        let old = "CREATE OPERATOR CLASS s.c FOR TYPE t USING gist FAMILY s.f AS\n    STORAGE box,\n    OPERATOR 1 <(t,t)";
        let new = "CREATE OPERATOR CLASS s.c FOR TYPE t USING gist FAMILY s.f AS\n    STORAGE box";
        assert!(between(13, 14).same("operator_class", old, new));
        assert!(!between(14, 15).same("operator_class", old, new));
        assert!(!between(13, 14).same("operator_class", old, &new.replace("box", "circle")));
        assert_eq!(members(old).collect::<Vec<_>>(), ["OPERATOR 1 <(t,t)"]);
    }

    #[test]
    fn ranges_before_14_have_no_multirange() {
        let old = "CREATE TYPE s.r AS RANGE (\n    subtype = integer\n)";
        let new = "CREATE TYPE s.r AS RANGE (\n    subtype = integer,\n    multirange_type_name = s.m\n)";
        assert!(between(13, 14).same("range_type", old, new));
        assert!(!between(14, 15).same("range_type", old, new));
    }

    #[test]
    fn everything_before_17_is_everything_but_maintain() {
        let grant = |privileges: &str| format!("GRANT {privileges} ON TABLE s.t TO r");
        assert!(between(15, 17).same(
            "table",
            &grant("SELECT, TRIGGER"),
            &grant("SELECT, TRIGGER, MAINTAIN")
        ));
        assert!(!between(15, 17).same("table", &grant("SELECT"), &grant("MAINTAIN")));
        assert!(!between(17, 18).same("table", &grant("SELECT"), &grant("SELECT, MAINTAIN")));
    }

    #[test]
    fn names_of_not_null_are_dropped_before_18() {
        let new = "CREATE TABLE s.t (\n    a integer CONSTRAINT \"a b\" NOT NULL,\n    CONSTRAINT c CHECK ((a IS NOT NULL))\n)";
        let old = "CREATE TABLE s.t (\n    a integer NOT NULL,\n    CONSTRAINT c CHECK ((a IS NOT NULL))\n)";
        assert!(between(18, 15).same("table", new, old));
        assert!(!between(18, 18).same("table", new, old));
    }

    #[test]
    fn text_that_is_not_what_it_seems_ends_well() {
        assert_eq!(tokens("'open é \"x"), ["'open é \"x"]);
        assert_eq!(tokens("é.\"a\"\"b\"'"), ["é", ".", "\"a\"\"b\"", "'"]);
    }
}
