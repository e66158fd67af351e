use super::*;

const SCRIPT: &str = r#"--
-- PostgreSQL database cluster dump
--

\restrict WcP0eEr'x
SET default_transaction_read_only = off;
SET client_encoding = 'UTF8';

CREATE ROLE "a;b ""c""";
ALTER ROLE "a;b ""c""" WITH NOSUPERUSER NOINHERIT CREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 7 PASSWORD 'SCRAM-SHA-256$4096:x;y' VALID UNTIL '2038-01-19 03:14:07.5+00';
COMMENT ON ROLE "a;b ""c""" IS E'two\nlines; it''s \\ one';
CREATE ROLE plain;
ALTER ROLE plain WITH NOSUPERUSER INHERIT;
/* a ; /* nested */ comment */
ALTER ROLE plain SET search_path TO 'public', 'odd "x"', '';
ALTER ROLE plain SET "my.par"."Am" TO 'it''s';
ALTER ROLE plain SET work_mem TO '8MB';
ALTER ROLE plain WITH TELEPATHY;
ALTER ROLE plain RESET ALL;
COMMENT ON ROLE plain IS $q$dollar ; quoted$q$;
SECURITY LABEL FOR 'dummy' ON ROLE plain IS 'classified';
GRANT plain TO "a;b ""c""" WITH ADMIN OPTION, INHERIT FALSE, SET TRUE GRANTED BY postgres;
SET SESSION AUTHORIZATION postgres; GRANT SET ON PARAMETER work_mem TO plain; RESET SESSION AUTHORIZATION;
\unrestrict WcP0eEr'x
"#;

#[test]
fn a_script_is_read_by_the_rules_of_sql() {
    let script = read(SCRIPT).unwrap();
    let statements: Vec<String> = script.roles.iter().flat_map(Role::statements).collect();
    insta::assert_snapshot!(statements.join("\n"), @r#"
    CREATE ROLE "a;b ""c""" WITH NOSUPERUSER NOINHERIT CREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 7 VALID UNTIL '2038-01-19 03:14:07.5+00'
    COMMENT ON ROLE "a;b ""c""" IS E'two
    lines; it''s \\ one'
    CREATE ROLE plain WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS
    ALTER ROLE plain SET search_path = 'public', 'odd "x"', ''
    ALTER ROLE plain SET my.par."Am" = 'it''s'
    ALTER ROLE plain SET work_mem = '8MB'
    COMMENT ON ROLE plain IS 'dollar ; quoted'
    "#);
    let memberships: Vec<String> = script.memberships.iter().map(|found| found.statement(16)).collect();
    assert_eq!(
        memberships,
        ["GRANT plain TO \"a;b \"\"c\"\"\" WITH ADMIN TRUE, INHERIT FALSE, SET TRUE GRANTED BY postgres"]
    );
    let notes: Vec<&str> = script.notes.iter().map(|note| note.reason.as_str()).collect();
    assert_eq!(
        notes,
        [
            "left out, as it is not understood: alter role plain with telepathy",
            "left out, as it is not understood: alter role plain reset all"
        ]
    );
}

#[test]
fn what_is_not_understood_shows_no_literal() {
    let script = read("ALTER USER u ENCRYPTED PASSWORD 'secret';").unwrap();
    assert_eq!(
        script.notes[0].reason,
        "left out, as it is not understood: alter user u encrypted password '…'"
    );
}

#[test]
fn a_script_without_an_end_is_refused() {
    for (text, told) in [
        ("CREATE ROLE a;\nCOMMENT ON ROLE a IS 'b;", "line 2: a literal without an end"),
        ("CREATE ROLE \"a", "line 1: a quoted name without an end"),
        ("/* /* */", "line 1: a comment without an end"),
        ("SELECT $a$ $b$;", "line 1: a dollar-quoted string without an end"),
        ("CREATE ROLE a", "the last statement has no end"),
    ] {
        assert_eq!(read(text).unwrap_err(), told);
    }
}
