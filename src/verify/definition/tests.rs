use std::collections::HashMap;

use super::*;
use crate::{
    object::{Entry, ObjectId},
    pg::{Oid, ServerVersion},
};

fn catalog(major: u32) -> Catalog {
    let database = serde_json::json!({
        "name": "d", "owner": "o", "encoding": "UTF8", "collate": "C", "ctype": "C", "locale_provider": null,
        "locale": null, "icu_rules": null, "system_identifier": "1"
    });
    Catalog {
        version: ServerVersion(major * 10_000),
        database: serde_json::from_value(database).unwrap(),
        objects: Vec::new(),
        depends: Vec::new(),
        uncarried: Vec::new(),
        comments: HashMap::new(),
        labels: HashMap::new(),
        privileges: HashMap::new(),
        roles: Vec::new(),
        memberships: Vec::new(),
        without: crate::config::Without::default(),
        owners: HashMap::new(),
        renamed_roles: std::collections::BTreeMap::new(),
    }
}

/// A table with its definition and what belongs to it.
fn item(kind: &'static str, name: &str, create: &[&str], rest: &[&str]) -> Item {
    let id = ObjectId::new(Oid(1259), Oid(1));
    let mut entry = Entry::new(id, kind, format!("TABLE s.{name}"), ["s", name, ""]);
    entry.create = create.iter().map(ToString::to_string).collect();
    entry.owner = rest.iter().find_map(|text| text.split(" OWNER TO ").nth(1)).map(str::to_owned);
    let statements = create.iter().chain(rest).map(ToString::to_string).collect();
    Item { entry, statements, needs: Vec::new() }
}

fn compare(source: Vec<Item>, target: Vec<Item>) -> Vec<(String, Outcome)> {
    let catalogs = [catalog(15), catalog(15)];
    let scripts = [Script { items: source }, Script { items: target }];
    let half = |side: usize| Half { catalog: &catalogs[side], script: &scripts[side] };
    let verdicts = compare_scripts(half(0), half(1));
    verdicts.into_iter().map(|verdict| (verdict.object, verdict.outcome)).collect()
}

#[test]
fn missing_and_extra_are_told_apart() {
    let a = || item("table", "a", &["CREATE TABLE s.a ()"], &[]);
    let b = || item("table", "b", &["CREATE TABLE s.b ()"], &[]);
    assert_eq!(
        compare(vec![a()], vec![b()]),
        [("TABLE s.a".to_owned(), Outcome::MISSING), ("TABLE s.b".to_owned(), Outcome::Extra)]
    );
}

#[test]
fn only_what_differs_is_shown() {
    let source = "CREATE TABLE s.a (\n    id integer NOT NULL,\n    x text\n)";
    let target = "CREATE TABLE s.a (\n    id integer NOT NULL,\n    x text COLLATE c,\n    y int\n)";
    let found = compare(
        vec![item("table", "a", &[source], &["ALTER TABLE s.a OWNER TO o"])],
        vec![item("table", "a", &[target], &["ALTER TABLE s.a OWNER TO o"])],
    );
    let Outcome::Differs { detail } = &found[0].1 else { panic!("{found:?}") };
    insta::assert_snapshot!(detail, @"
    - x text
    + x text COLLATE c
    + y int
    ");
}

#[test]
fn an_owner_is_a_difference() {
    let with = |owner: &str| {
        let alter = format!("ALTER TABLE s.a OWNER TO {owner}");
        vec![item("table", "a", &["CREATE TABLE s.a ()"], &[&alter])]
    };
    let found = compare(with("ann"), with("bob"));
    let Outcome::Differs { detail } = &found[0].1 else { panic!("{found:?}") };
    insta::assert_snapshot!(detail, @"
    - ALTER TABLE s.a OWNER TO ann
    + ALTER TABLE s.a OWNER TO bob
    ");
}

#[test]
fn the_order_of_grants_is_none() {
    let grants = ["GRANT SELECT ON TABLE s.a TO ann", "GRANT SELECT ON TABLE s.a TO bob"];
    let a = |grants: &[&str]| vec![item("table", "a", &["CREATE TABLE s.a ()"], grants)];
    assert_eq!(compare(a(&grants), a(&[grants[1], grants[0]]))[0].1, Outcome::Equal);
}

#[test]
fn the_order_of_columns_is_one() {
    let found = compare(
        vec![item("table", "a", &["CREATE TABLE s.a (\n x int,\n y int\n)"], &[])],
        vec![item("table", "a", &["CREATE TABLE s.a (\n y int,\n x int\n)"], &[])],
    );
    assert_eq!(found[0].1, Outcome::Differs { detail: "the same parts in another order".to_owned() });
}

#[test]
fn another_version_of_an_extension_is_noted() {
    let extension = |version: &str| {
        item("extension", "cube", &[&format!("CREATE EXTENSION cube WITH SCHEMA s VERSION '{version}'")], &[])
    };
    let found = compare(vec![extension("1.4")], vec![extension("1.5")]);
    assert!(matches!(&found[0].1, Outcome::Noted { .. }), "{found:?}");
}
