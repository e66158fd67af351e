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
    let old = "CREATE VIEW s.v AS\n SELECT t.a,\n    t.t AS \"B\"\n   FROM s.t\n  WHERE t.a > 't.a'::text";
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
    // The newer server puts no name before, and the older one that of the relation alone.
    assert!(!between(15, 18).same("view", new, old));
    assert!(!between(15, 18).same("view", "SELECT u.a FROM s.t", "SELECT a FROM s.t"));
    assert!(between(15, 18).same("view", "SELECT u.a FROM ONLY s.t u", "SELECT a FROM ONLY s.t u"));
    assert!(!between(15, 18).same("view", "SELECT x.a, y.b FROM x, y", "SELECT a, b FROM x, y"));
}

#[test]
fn a_child_before_18_gets_its_not_null_by_a_statement() {
    let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let old =
        texts(&["CREATE TABLE c () INHERITS (p)", "ALTER TABLE ONLY c ALTER COLUMN \"x \"\"\" SET NOT NULL"]);
    let new = texts(&["CREATE TABLE c (\n    CONSTRAINT \"a \"\"b\" NOT NULL \"x \"\"\"\n) INHERITS (p)"]);
    assert_eq!(between(17, 18).definition("table", &old), between(17, 18).definition("table", &new));
    assert_ne!(between(18, 18).definition("table", &old), new);
    assert_eq!(not_null::own_not_null("    CONSTRAINT c CHECK (x IS NOT NULL AND y)"), None);
    assert!(between(17, 18).same("table", "x text NOT NULL", "x text CONSTRAINT \"a \"\"b\" NOT NULL"));
}

#[test]
fn members_move_between_class_and_family_at_14() {
    let old = "CREATE OPERATOR CLASS s.c FOR TYPE t USING gist FAMILY s.f AS\n    STORAGE box,\n    OPERATOR 1 <(t,t)";
    let new = "CREATE OPERATOR CLASS s.c FOR TYPE t USING gist FAMILY s.f AS\n    STORAGE box";
    assert!(between(13, 14).same("operator_class", old, new));
    assert!(!between(14, 15).same("operator_class", old, new));
    assert!(!between(13, 14).same("operator_class", old, &new.replace("box", "circle")));
    assert_eq!(family(old), "gist s.f");
    assert_eq!(family("ALTER OPERATOR FAMILY s.f USING gist ADD\n    OPERATOR 1 <(t,t)"), "gist s.f");
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
    let all = "INSERT, SELECT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER";
    let with = grant(&format!("{all}, MAINTAIN"));
    assert!(between(15, 17).same("table", &grant(all), &with));
    assert!(!between(17, 18).same("table", &grant(all), &with));
    assert!(!between(15, 17).same("table", &grant("SELECT"), &grant("MAINTAIN")));
    // Somebody granted it, there was no ALL.
    assert!(!between(15, 17).same("table", &grant("SELECT"), &grant("SELECT, MAINTAIN")));
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
    assert_eq!(view::tokens("'open é \"x"), ["'open é \"x"]);
    assert_eq!(view::tokens("é.\"a\"\"b\"'"), ["é", ".", "\"a\"\"b\"", "'"]);
}
