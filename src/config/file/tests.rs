//! Tests of what is read from a file and what is refused, with line and key.
use super::*;
use crate::config::{RolesMode, SelectionMode};

/// The example of the specification, as given there.
const EXAMPLE: &str = r#"
source: { conninfo: "host=localhost port=5432 dbname=demo_airlines user=user1 password=pass1" }
target: { conninfo: "host=localhost port=5433 dbname=demo_airlines_migrated user=user2 password=pass2" }
schemas: { mode: include, include: [bookings], exclude: [] }        # all | include | exclude
roles:   { mode: all }                                              # all | none
tables:
  mode: include                                                     # all | include | exclude
  default: { chunk_column: "", chunk_size: 500000, where: "", order_by: "", limit: 0 }
  include:
    - { schema: bookings, name: flights, chunk_column: flight_id, chunk_size: 100000, where: "", order_by: flight_id, limit: 0 }
    - { schema: bookings, name: ticket_flights, chunk_column: flight_id, chunk_size: 300000, order_by: flight_id, limit: 100 }
  exclude: []
parallel: { max_jobs: 4 }
options: { create_indexes_after_data: true, create_constraints_after_data: false, analyze_after_load: true }
"#;

fn read(text: &str) -> Result<ConfigFile> {
    ConfigFile::parse(
        "c.yaml",
        text,
        &Environment::from_pairs([("N", "7"), ("T", "true"), ("PW", "hush: {}")]),
    )
}

fn refusal(text: &str) -> String {
    read(text).unwrap_err().report()
}

#[test]
fn the_example_is_read() {
    let config = read(EXAMPLE).unwrap().config;
    assert_eq!(config.schemas.mode, SelectionMode::Include);
    assert_eq!(config.roles.mode, RolesMode::All);
    assert_eq!(config.parallel.max_jobs, 4);
    assert!(!config.options.create_constraints_after_data);
    let [flights, ticket_flights] = &config.tables.include[..] else { unreachable!() };
    assert_eq!((flights.chunk_size, flights.where_.as_deref()), (Some(100_000), Some("")));
    assert_eq!((ticket_flights.limit, ticket_flights.where_.as_deref()), (Some(100), None));
}

#[test]
fn nothing_means_the_defaults() {
    for text in ["", "# nothing\n\n", "{}", "tables:\nschemas:\n  include:\n", "---\n"] {
        assert_eq!(read(text).unwrap().config, Config::default(), "{text:?}");
    }
}

#[test]
fn variables_are_expanded_after_parsing() {
    let text = "parallel: { max_jobs: \"${N}\" }\noptions: { analyze_after_load: '${T}' }\n\
                source: { conninfo: \"${PW}\" }\ntables: { default: { limit: \"${NONE:-3}\" } }";
    let config = read(text).unwrap().config;
    assert_eq!((config.parallel.max_jobs, config.tables.default.limit), (7, 3));
    assert_eq!(config.source.conninfo, "hush: {}");
    assert_eq!(
        refusal("source:\n  conninfo: ${NONE}"),
        "c.yaml:2: source.conninfo: environment variable `NONE` is not set (`${NONE:-default}` gives a default)"
    );
}

#[test]
fn keys_are_known_and_given_once() {
    let cases = [
        ("schemas: {}\ntabels: {}\n", "c.yaml:2: tabels: unknown key; did you mean `tables`?"),
        (
            "tables:\n  include:\n    - schema: s\n      name: t\n    - schema: s\n      name: u\n      chunk_siz: 1\n",
            "c.yaml:7: tables.include[1].chunk_siz: unknown key; did you mean `chunk_size`?",
        ),
        (
            "tables: { default: {\n where_: x } }",
            "c.yaml:2: tables.default.where_: unknown key; did you mean `where`?",
        ),
        ("xyz: 1", "c.yaml:1: xyz: unknown key"),
    ];
    for (text, expected) in cases {
        assert_eq!(refusal(text), expected);
    }
    let twice = refusal("roles: {}\nschemas:\n  mode: all\n  mode: include\n");
    assert!(twice.starts_with("c.yaml:4: ") && twice.contains("key `mode` is given twice"), "{twice}");
}

#[test]
fn values_have_their_type() {
    let cases = [
        ("parallel:\n  max_jobs: many", "c.yaml:2: parallel.max_jobs: expected a whole number, found text"),
        (
            "parallel: { max_jobs: -1 }",
            "c.yaml:1: parallel.max_jobs: out of range: expected a whole number from 0",
        ),
        ("parallel: { max_jobs: 5000000000 }", "c.yaml:1: parallel.max_jobs: out of range: expected u32"),
        ("parallel: { max_jobs: 2000 }", "c.yaml:1: parallel.max_jobs: must be at most 1024"),
        (
            "parallel: { max_jobs: 1.5 }",
            "c.yaml:1: parallel.max_jobs: expected a whole number, found a number with a fraction",
        ),
        (
            "options: { analyze_after_load: 1 }",
            "c.yaml:1: options.analyze_after_load: expected true or false, found a whole number",
        ),
        ("schemas: { include: s }", "c.yaml:1: schemas.include: expected a list, found text"),
        ("schemas:\n - s", "c.yaml:1: schemas: expected keys and values, found a list"),
        ("source: password=hush", "c.yaml:1: source: expected keys and values, found text"),
        (
            "source: { conninfo: 5 }",
            "c.yaml:1: source.conninfo: expected text, found a whole number; put it in quotes",
        ),
        ("\nroles: { mode: some }", "c.yaml:2: roles.mode: must be one of referenced, all, none"),
        (
            "schemas: { mode: inclde }",
            "c.yaml:1: schemas.mode: must be one of all, include, exclude; did you mean `include`?",
        ),
        ("- a", "c.yaml:1: expected keys and values, found a list"),
    ];
    for (text, expected) in cases {
        assert_eq!(refusal(text), expected);
    }
}

#[test]
fn contradictions_are_refused() {
    let cases = [
        (
            "schemas:\n  mode: include",
            "c.yaml:1: schemas.include: `mode: include` with an empty list selects no schema",
        ),
        (
            "tables: { mode: include }",
            "c.yaml:1: tables.include: `mode: include` with an empty list selects no table",
        ),
        ("schemas:\n  exclude:\n  - a\n  - a", "c.yaml:4: schemas.exclude[1]: the schema is listed twice"),
        (
            "schemas: { include: [pg_catalog] }",
            "c.yaml:1: schemas.include[0]: system schemas are never migrated",
        ),
        (
            "schemas: { mode: include, include: [a], exclude: [a] }",
            "c.yaml:1: schemas.exclude[0]: the schema is also listed in `include`",
        ),
        (
            "tables:\n include:\n - { schema: s, name: t }\n - { schema: s, name: t }",
            "c.yaml:4: tables.include[1]: the table `s.t` is listed twice",
        ),
        (
            "tables:\n include:\n - { schema: s, name: t }\n exclude:\n - { schema: s, name: t }",
            "c.yaml:5: tables.exclude[0]: the table is also listed in `include`",
        ),
        ("tables: { include: [{ name: t }] }", "c.yaml:1: tables.include[0]: the key `schema` is missing"),
        (
            "tables: { default: { chunk_size: 0 } }",
            "c.yaml:1: tables.default.chunk_size: must be a number of rows from 1",
        ),
        (
            "schemas: { mode: include, include: [a] }\ntables: { mode: include, include: [{ schema: b, name: t }] }",
            "c.yaml:2: tables.include[0]: the schema `b` is not selected by `schemas`",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refusal(text), expected);
    }
}

#[test]
fn what_has_no_effect_is_warned_about() {
    let warnings = |text: &str| read(text).unwrap().warnings;
    assert_eq!(
        warnings("schemas: { include: [a] }"),
        ["`schemas.include` has no effect: `schemas.mode` is `all`"]
    );
    assert_eq!(
        warnings("schemas: { exclude: [a] }\ntables: { include: [{ schema: a, name: t }] }"),
        ["`tables.include[0]` has no effect: the schema `a` is not selected by `schemas`"]
    );
}

#[test]
fn broken_yaml_is_refused_with_its_line() {
    for (text, line) in
        [("a: [\nb", "c.yaml:3"), ("schemas: { include: [*] }", "c.yaml:1"), ("a: !t 1", "c.yaml:1")]
    {
        let refusal = refusal(text);
        assert!(refusal.starts_with(line), "{refusal}");
    }
    assert!(read("a: 1\n---\nb: 2\n").is_err());
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".*", tail in r"((schemas|tables|include|[a-z-]{1,3})[:\n \[\]{}*&!'$#,-]{1,4}){0,10}") {
        for text in [text, tail] {
            if let Err(error) = read(&text) {
                proptest::prop_assert!(error.to_string().starts_with("c.yaml"));
            }
        }
    }
}

#[test]
fn empty_names_are_refused_where_they_stand() {
    let refused = refusal("map:\n  roles: { old: \"\" }");
    assert!(refused.contains("c.yaml:2: map.roles: the new name is missing"), "{refused}");
    let refused = refusal("extensions:\n  exclude:\n    - \"\"");
    assert!(refused.contains("extensions.exclude[0]: the name of an extension is missing"), "{refused}");
    let config = read("map: { roles: { a: b }, tablespaces: { fast: slow } }").unwrap().config;
    assert_eq!(config.map.tablespaces["fast"], "slow");
}
