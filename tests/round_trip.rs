//! Every kind of object there and back: migrated, verified, judged by `pg_dump`, and migrated again from the copy.
//!
//! Within the main version each kind has a test of its own; from version to version one test takes all of them.
use std::fmt::Write as _;

use crate::support::{
    case::{self, Case, Pack},
    cli::Workspace,
    database::{Database, Row},
    judge,
    server::{Server, main_version, versions},
};

/// Whether the copy is copied once more, and the second copy held to the first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Generations {
    One,
    Two,
}

fn round_trip(source: &Server, target: &Server, cases: Vec<Case>, generations: Generations) {
    // Locks in the order of names, so that no two tests wait for each other.
    let roles = cases.iter().any(Case::concerns_roles);
    let mut servers = [source, target];
    servers.sort_by_key(|server| &server.name);
    let _alone = roles.then(|| servers.map(Server::alone));
    if roles {
        target.forget_roles("case_");
    }
    let mut failures = String::new();
    for pack in case::pack(cases, source, target) {
        if let Err(told) = carry(&pack, target, generations) {
            _ = write!(failures, "\n==== {}\n{told}\n", pack.cases.join(", "));
        }
    }
    let one = if roles { role_differences(source, target) } else { Vec::new() };
    assert!(failures.is_empty() && one.is_empty(), "{failures}\n{}", one.join("\n"));
}

fn carry(pack: &Pack, target: &Server, generations: Generations) -> Result<(), String> {
    let before = pack.database.fingerprint();
    let copy = Database::absent(target);
    copy_and_check(&pack.database, &copy)?;
    if before != pack.database.fingerprint() {
        return Err("the source was changed".to_owned());
    }
    if generations == Generations::Two {
        let again = Database::absent(target);
        copy_and_check(&copy, &again).map_err(|told| format!("second generation: {told}"))?;
    }
    Ok(())
}

fn copy_and_check(from: &Database, to: &Database) -> Result<(), String> {
    let workspace = Workspace::new();
    workspace.between("migrate", from, to).run().check(0)?;
    if to.has("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmigrate'") {
        return Err("the journal is still there".to_owned());
    }
    judge::compare(from, to)?;
    workspace.between("verify", from, to).run().check(0)?;
    Ok(())
}

/// Roles that came to the target and are not as on the source, with memberships, settings and comments.
fn role_differences(source: &Server, target: &Server) -> Vec<String> {
    let read = |server: &Server| -> Vec<Row> {
        let mut rows = Vec::new();
        for sql in [
            "SELECT 'role', rolname, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, \
             rolreplication, rolbypassrls, rolconnlimit, rolpassword, rolvaliduntil AT TIME ZONE 'UTC', \
             shobj_description(oid, 'pg_authid') FROM pg_authid",
            // By several grantors it is one membership. Before server 16 the member decided whether it inherits.
            "SELECT 'membership', m.rolname, r.rolname, bool_or((to_jsonb(a)->>'admin_option')::bool), \
             bool_or(COALESCE((to_jsonb(a)->>'inherit_option')::bool, m.rolinherit)), \
             bool_or(COALESCE((to_jsonb(a)->>'set_option')::bool, true)) FROM pg_auth_members a \
             JOIN pg_roles m ON m.oid = member JOIN pg_roles r ON r.oid = roleid GROUP BY 2, 3",
            "SELECT 'setting', rolname, rolname, setting FROM pg_db_role_setting \
             JOIN pg_roles r ON r.oid = setrole, unnest(setconfig) AS setting WHERE setdatabase = 0",
        ] {
            rows.extend(server.session().rows(sql));
        }
        rows.retain(|row| row[1].as_deref().is_some_and(|name| name.starts_with("case_")));
        rows
    };
    let came = read(target);
    let is_there = |name: &Option<String>| {
        // Predefined roles are everywhere.
        name.as_deref().is_some_and(|name| name.starts_with("pg_"))
            || came.iter().any(|row| row[0].as_deref() == Some("role") && row[1] == *name)
    };
    let mut expected = read(source);
    expected.retain(|row| is_there(&row[1]) && is_there(&row[2]));
    let missing =
        expected.iter().filter(|row| !came.contains(row)).map(|row| format!("source only: {row:?}"));
    let extra = came.iter().filter(|row| !expected.contains(row)).map(|row| format!("target only: {row:?}"));
    missing.chain(extra).collect()
}

fn within_main_version(kind: &str) {
    let (source, target) = (Server::main("source"), Server::main("target"));
    round_trip(&source, &target, case::of_kind(kind), Generations::Two);
}

/// Names of tests are identifiers, and some kinds are keywords: these are called by `name as kind`.
macro_rules! kinds {
    ($($test:ident $(as $kind:literal)?),* $(,)?) => {
        const KINDS: &[&str] = &[$(kinds!(@name $test $($kind)?)),*];
        mod kind {
            $(#[test] fn $test() { super::within_main_version(kinds!(@name $test $($kind)?)) })*
        }
    };
    (@name $test:ident $kind:literal) => { $kind };
    (@name $test:ident) => { stringify!($test) };
}

kinds! {
    access_method, aggregate, base_type, cast, check, collation, column, comment, composite, conversion,
    default, default_privileges, domain, enum_ as "enum", event_trigger, exclusion, extended_statistics,
    extension, foreign_data, foreign_key, foreign_table, function, generated, grant, identity, index,
    inheritance, language, large_object, matview, not_null, operator, operator_class, operator_family, owner, partition, policy, primary_key, procedure, publication, range, role, rule, schema, sequence, subscription, system_privilege, table,
    text_search, transform, trigger, unique, view,
}

#[test]
fn every_kind_has_a_test() {
    assert_eq!(case::kinds(), KINDS);
}

/// From the version before it (of those at hand) to this one.
fn into(major: u32) {
    let all = versions();
    let Some(at) = all.iter().position(|version| *version == major).filter(|at| *at > 0) else {
        eprintln!("skipped: PostgreSQL {major}, or one before it, isn't here");
        return;
    };
    between(all[at - 1], major);
}

fn between(from: u32, to: u32) {
    let (source, target) = (Server::start("source", from), Server::start("target", to));
    let cases = case::kinds().iter().flat_map(|kind| case::of_kind(kind)).collect();
    round_trip(&source, &target, cases, Generations::One);
}

macro_rules! into_versions {
    ($($name:ident $major:literal)*) => {
        mod into {
            $(#[test] fn $name() { super::into($major) })*
        }
    };
}

into_versions! { v11 11 v12 12 v13 13 v14 14 v15 15 v16 16 v17 17 v18 18 }

#[test]
fn from_the_oldest_to_the_newest_version() {
    let all = versions();
    // Neighbours have a test of their own.
    if let [oldest, _, .., newest] = all[..] {
        between(oldest, newest);
    } else {
        eprintln!("skipped: only PostgreSQL {all:?} here");
    }
}

#[test]
fn from_the_oldest_to_the_main_version() {
    let (oldest, main) = (versions()[0], main_version());
    if oldest < main {
        between(oldest, main);
    } else {
        eprintln!("skipped: the main version {main} is the oldest one here");
    }
}
