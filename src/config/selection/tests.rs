//! Tests of the selection, written as files.
use super::*;
use crate::config::{ConfigFile, Environment, Part};

fn selection(text: &str) -> Selection {
    Selection::of_config(&ConfigFile::parse("test", text, &Environment::default()).unwrap().config)
}

#[test]
fn everything_means_all_but_system_schemas() {
    let all = Selection::everything();
    assert_eq!(all.table("public", "t"), Some(&TableRule::default()));
    for schema in ["pg_catalog", "pg_toast", "information_schema", "pgmigrate"] {
        assert!(!all.schema_selected(schema) && all.table(schema, "t").is_none(), "{schema}");
    }
    assert!(all.explicit_tables().is_empty());
}

#[test]
fn schemas_are_selected_by_mode() {
    let include =
        selection("schemas: { mode: include, include: [book*, air], exclude: ['*_old', 'book_x'] }");
    let selected = |schema: &str| include.schema_selected(schema);
    assert!(selected("bookings") && selected("air"));
    assert!(!selected("public") && !selected("book_x") && !selected("book_old"));
    assert_eq!(include.explicit_schemas(), ["air"]);
    for mode in ["all", "exclude"] {
        let exclude = selection(&format!("schemas: {{ mode: {mode}, exclude: [tmp, 'x?'] }}"));
        assert!(exclude.schema_selected("public"));
        assert!(!exclude.schema_selected("tmp") && !exclude.schema_selected("x1"));
    }
}

#[test]
fn mode_all_takes_all_but_exclude_and_include_only_tunes() {
    let selection = selection(
        "tables: { mode: all, include: [{ schema: s, name: big, limit: 7 }, { schema: s, name: tmp }],
                   exclude: [{ schema: '*', name: 't*p' }] }",
    );
    assert_eq!(selection.table("s", "big").unwrap().limit, Some(7));
    assert_eq!(selection.table("s", "other").unwrap().limit, None);
    assert!(selection.table("s", "tmp").is_none());
    assert!(selection.explicit_tables().iter().all(|table| !table.required));
}

#[test]
fn mode_include_takes_only_what_is_listed() {
    let selection = selection(
        "tables: { mode: include, include: [{ schema: s, name: 'f*' }, { schema: s, name: keep }],
                   exclude: [{ schema: s, name: 'f_old*' }, { schema: s, name: 'k*' }] }",
    );
    assert!(selection.table("s", "flights").is_some());
    assert!(selection.table("s", "keep").is_some(), "an exact entry stands against a glob");
    assert!(selection.table("s", "f_old_1").is_none());
    assert!(selection.table("s", "other").is_none());
    assert!(selection.table("other", "flights").is_none());
    let keep = NamedTable { schema: "s".into(), name: "keep".into(), required: true };
    assert_eq!(selection.explicit_tables(), [keep]);
}

#[test]
fn mode_exclude_takes_all_but_what_is_listed() {
    let selection = selection("tables: { mode: exclude, exclude: [{ schema: s, name: t }] }");
    assert!(selection.table("s", "t").is_none());
    assert!(selection.table("s", "u").is_some() && selection.table("r", "t").is_some());
}

#[test]
fn tables_of_unselected_schemas_are_not_selected() {
    let selection = selection("schemas: { mode: include, include: [s] }");
    assert!(selection.table("s", "t").is_some() && selection.table("r", "t").is_none());
}

#[test]
fn the_most_exact_entry_counts() {
    let selection = selection(
        "tables:
           include:
             - { schema: '*', name: '*', limit: 1 }
             - { schema: s, name: '*', limit: 2 }
             - { schema: '*', name: t, limit: 3 }
             - { schema: s, name: 'ab*', limit: 4 }
             - { schema: s, name: 'a*', limit: 5 }
             - { schema: s, name: t, limit: 6 }
             - { schema: s, name: 'a?', limit: 7 }",
    );
    let limit = |schema: &str, name: &str| selection.table(schema, name).unwrap().limit.unwrap();
    assert_eq!(limit("r", "x"), 1);
    assert_eq!(limit("s", "x"), 2);
    assert_eq!(limit("r", "t"), 3);
    assert_eq!(limit("s", "abc"), 4);
    assert_eq!(limit("s", "ac"), 5, "the first of equals");
    assert_eq!(limit("s", "t"), 6);
}

#[test]
fn what_an_entry_leaves_out_is_taken_from_the_default() {
    let selection = selection(
        "tables:
           default: { chunk_column: id, chunk_size: 1000, where: a > 0, order_by: a, limit: 10 }
           include:
             - { schema: s, name: t, chunk_size: 5, where: '', limit: 0 }",
    );
    let default = TableRule {
        chunk_column: Some("id".into()),
        chunk_size: 1000,
        where_: Some("a > 0".into()),
        order_by: Some("a".into()),
        limit: Some(10),
    };
    assert_eq!(selection.table("s", "u"), Some(&default));
    let own = TableRule { chunk_size: 5, where_: None, limit: None, ..default };
    assert_eq!(selection.table("s", "t"), Some(&own));
}

#[test]
fn extensions_are_all_or_those_listed() {
    let all = selection("extensions: { exclude: [post*] }");
    assert!(all.extension_wanted("citext") && !all.extension_allowed("postgis"));
    let listed = selection("schemas: { mode: include, include: [a] }\nextensions: { include: [citext] }");
    assert!(listed.extension_wanted("citext") && !listed.extension_allowed("hstore"));
    // Of a part, those that it needs, and no others.
    let part = selection("schemas: { mode: include, include: [a] }");
    assert!(part.extension_allowed("citext") && !part.extension_wanted("citext"));
}

#[test]
fn what_stays_behind_comes_from_file_and_command_line() {
    let file = selection("objects: { owner: false }");
    let both = file.without(&[Part::Comments].into_iter().collect());
    assert_eq!(both.leaves().to_string(), "owner, comments");
}
