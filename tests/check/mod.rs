//! `check` finds what was put in the way of a migration, and nothing where nothing is.
mod pooler;
mod seeds;
mod servers;

use std::{collections::BTreeSet, fs};

use pgmigrate::preflight::check::CHECKS;
use serde_json::Value;

use crate::support::{
    cli::{Outcome, Workspace},
    database::Database,
    root,
    server::Server,
};

/// The findings of `check --json`.
#[derive(Debug)]
struct Findings(Vec<Value>);

impl Findings {
    fn of(outcome: &Outcome) -> Self {
        let report: Value =
            serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{error}\n{outcome}"));
        Self(report["findings"].as_array().expect("findings").clone())
    }

    fn ids(&self) -> BTreeSet<&str> {
        self.0.iter().map(|finding| finding["check"].as_str().expect("an id")).collect()
    }

    /// Those that are no mere note.
    fn worse_than_notes(&self) -> Vec<&Value> {
        self.0.iter().filter(|finding| finding["severity"] != "note").collect()
    }

    /// Whether a check found something that has this in its text or among its objects.
    fn tells(&self, id: &str, word: &str) -> bool {
        let own = self.0.iter().filter(|finding| finding["check"] == id);
        own.into_iter().any(|finding| {
            let made = !finding["found"].as_str().expect("a text").starts_with("could not be looked at");
            made && finding.to_string().contains(word)
        })
    }
}

fn ends(source: &str, target: &str) -> [String; 6] {
    ["check", "--json", "--source", source, "--target", target].map(str::to_owned)
}

/// `check --json` between two connection strings.
fn check(source: &str, target: &str) -> Findings {
    Findings::of(&Workspace::new().pgmigrate(ends(source, target)).run())
}

#[test]
fn the_page_has_every_check() {
    let rows: Vec<String> = CHECKS
        .iter()
        .map(|check| {
            let advice = check.advice.replace('|', "\\|");
            format!("| `{}` | {} | {} | {advice} |\n", check.id, check.severity, check.looks_for)
        })
        .collect();
    let rows = rows.concat();
    let text = format!(
        "# Checks\n\nWhat `pgmigrate check` looks for, in the order of its report. Made by a test (`tests/check`) from the list in\n\
         `src/preflight/check/each`; `PGMIGRATE_WRITE=1` writes it anew. The severity is the worst that a check finds: an *error* makes\n\
         the command end with 4, as a migration would fail by it; by a *warning* it can go wrong, or the copy behaves otherwise; a *note* is\n\
         good to know. What our role may not look at is a note too. A finding has the advice of its own case where that is another one.\n\n\
         | check | severity | what it looks for | what to do |\n|---|---|---|---|\n{rows}"
    );
    let path = root().join("docs/reference/checks.md");
    if std::env::var_os("PGMIGRATE_WRITE").is_some() {
        fs::write(&path, &text).expect("checks.md");
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(there, text, "docs/reference/checks.md is out of date");
}

#[test]
fn an_unknown_check_is_refused_with_the_list() {
    let workspace = Workspace::new();
    for option in ["--only", "--skip"] {
        let outcome = workspace.pgmigrate(["check", "--config", "c.yaml", option, "encoding,encodign"]).run();
        outcome.assert_code(2).stderr_contains("encodign").stderr_contains("target-older");
    }
}

#[test]
fn only_what_is_asked_for_is_checked() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database =
        Database::with(&source, "CREATE TABLE keyless (n integer); CREATE UNLOGGED TABLE u (n integer)");
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    let run = |option: &str, ids: &str| {
        let outcome = workspace.pgmigrate(ends(&database.uri(), &copy.uri())).args([option, ids]).run();
        Findings::of(outcome.assert_code(0))
    };
    assert_eq!(run("--only", "unlogged-tables,encoding").ids(), BTreeSet::from(["unlogged-tables"]));
    let rest = run("--skip", "unlogged-tables,disk-space");
    assert!(rest.ids().contains("no-primary-key"), "{rest:?}");
    assert!(!rest.ids().contains("unlogged-tables") && !rest.ids().contains("disk-space"), "{rest:?}");
    assert!(!copy.exists(), "check has made the target's database");
}

/// Scripts read it.
#[test]
fn the_keys_of_the_json_stay() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let made = "CREATE TABLE keyless (n integer); \
        CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere dbname=x password=hush-hush' PUBLICATION p WITH (connect = false); \
        CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (token 'hush-hush'); \
        CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password 'hush-hush')";
    let (database, copy) = (Database::with(&source, made), Database::absent(&target));
    let workspace = Workspace::new();
    let outcome = workspace.pgmigrate(ends(&database.uri(), &copy.uri())).run();
    outcome.assert_code(0);
    let report: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&report), ["checks", "findings", "inventory", "source", "target"]);
    assert_eq!(keys(&report["findings"][0]), ["advice", "check", "count", "found", "objects", "severity"]);
    assert_eq!(keys(&report["source"]), ["address", "database_exists", "server_version"]);
    assert_eq!(
        keys(&report["inventory"]),
        [
            "databases",
            "event_triggers",
            "extensions",
            "foreign_servers",
            "hba_rules",
            "languages",
            "memberships",
            "publications",
            "role_settings",
            "roles",
            "senders",
            "server",
            "slots",
            "special",
            "subscriptions",
            "tablespaces",
        ]
    );
    assert_eq!(report["inventory"]["special"]["no-primary-key"][0]["name"], "keyless");

    let alone = workspace.pgmigrate(["check", "--inventory", "--source", &database.uri()]).run();
    let inventory: Value = serde_json::from_str(&alone.assert_code(0).stdout).expect("JSON");
    assert_eq!(keys(&inventory), keys(&report["inventory"]));
    let own = |row: &&Value| row["database"] == *database.name;
    let subscriptions = inventory["subscriptions"].as_array().expect("rows").iter().filter(own).count();
    assert_eq!(subscriptions, 1);
    for outcome in [outcome, alone] {
        assert!(!outcome.stdout.contains("hush-hush"), "a secret is told");
    }
}

/// Nothing is kept back that the role may see, and what it may not see is a note.
#[test]
fn an_ordinary_role_checks_too() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (database, copy) =
        (Database::with(&source, "CREATE TABLE t (n integer PRIMARY KEY)"), Database::create(&target));
    let role = format!("test_checker_{}", std::process::id());
    for server in [&source, &target] {
        server.session().execute(&format!("CREATE ROLE {role} LOGIN"));
    }
    database.execute(&format!("GRANT SELECT ON t TO {role}"));
    let found = check(&database.uri_as(&role, ""), &copy.uri_as(&role, ""));
    let alone =
        Workspace::new().pgmigrate(["check", "--inventory", "--source", &database.uri_as(&role, "")]).run();
    database.execute(&format!("REVOKE ALL ON t FROM {role}"));
    let closed = check(&database.uri_as(&role, ""), &copy.uri());
    for server in [&source, &target] {
        server.session().execute(&format!("DROP ROLE {role}"));
    }
    let unmade = found.0.iter().filter(|finding| finding.to_string().contains("could not be looked at"));
    assert!(unmade.clone().count() > 1, "{found:?}");
    assert!(unmade.into_iter().all(|finding| finding["severity"] == "note"), "{found:?}");
    for (id, word) in
        [("passwords-unreadable", "password"), ("replication-role", &role), ("target-role", &role)]
    {
        assert!(found.tells(id, word), "{id}: {found:?}");
    }
    assert!(closed.tells("source-catalog", "public.t"), "{closed:?}");
    alone.assert_code(0).says("unreadable");
}
