//! Without superuser, on either side: each source role with each target role. What is not permitted is named, and the rest
//! is equal.
use std::fmt::Write as _;

use crate::support::{
    cli::{Outcome, Workspace},
    database::Database,
    server::{Server, versions},
};

/// Roles of the source; the target's logins are `mxt_…`.
const ROLES: &str = "CREATE ROLE mxs_owner LOGIN; CREATE ROLE mxs_reader; CREATE ROLE mxs_chain LOGIN PASSWORD 'x'; \
     CREATE ROLE mxs_power LOGIN REPLICATION; ALTER ROLE mxs_power SET log_statement = 'all'; \
     CREATE ROLE mxs_sees LOGIN BYPASSRLS; GRANT mxs_reader TO mxs_owner";

/// What only a superuser makes.
const SUPERUSERS: &str = "RESET SESSION AUTHORIZATION; CREATE SCHEMA kept; CREATE TABLE kept.t (id integer PRIMARY KEY); \
     INSERT INTO kept.t SELECT generate_series(1, 10); GRANT SELECT ON kept.t TO mxs_power; \
     CREATE TABLE kept.bare (id integer); INSERT INTO kept.bare VALUES (1); ALTER TABLE kept.bare OWNER TO mxs_owner; \
     REVOKE INSERT ON kept.bare FROM mxs_owner; \
     CREATE FUNCTION kept.sealed(integer) RETURNS boolean LANGUAGE sql LEAKPROOF AS 'SELECT $1 > 0'; \
     CREATE FUNCTION kept.fires() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; \
     CREATE EVENT TRIGGER mxs_fires ON ddl_command_end EXECUTE PROCEDURE kept.fires(); \
     CREATE PUBLICATION mxs_all FOR ALL TABLES; \
     CREATE EXTENSION hstore; CREATE TABLE kept.h (h hstore); INSERT INTO kept.h VALUES ('a=>1'); \
     CREATE EXTENSION file_fdw; CREATE SERVER mxs_files FOREIGN DATA WRAPPER file_fdw; \
     CREATE FOREIGN TABLE kept.passwd (line text) SERVER mxs_files OPTIONS (filename '/etc/hostname'); \
     CREATE OPERATOR FAMILY kept.family USING btree; COMMENT ON EXTENSION plpgsql IS 'ours'";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Superuser,
    Owner,
    Reader,
    OwnerOfPart,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    Superuser,
    Creator,
    DatabaseOwner,
    DatabaseUser,
}

impl From {
    fn login(self) -> &'static str {
        match self {
            Self::Superuser => "postgres",
            Self::Owner | Self::OwnerOfPart => "mxs_owner",
            Self::Reader => "mxs_sees",
        }
    }

    /// Whether its database holds what only a superuser makes.
    fn is_rich(self) -> bool {
        self != Self::Owner
    }

    /// Whether all of it is carried.
    fn is_whole(self) -> bool {
        self != Self::OwnerOfPart
    }
}

impl To {
    fn login(self) -> &'static str {
        match self {
            Self::Superuser => "postgres",
            Self::Creator => "mxt_dba",
            Self::DatabaseOwner | Self::DatabaseUser => "mxt_plain",
        }
    }

    fn makes_roles(self) -> bool {
        matches!(self, Self::Superuser | Self::Creator)
    }
}

fn source_database(server: &Server, is_rich: bool) -> Database {
    let own = "CREATE SCHEMA IF NOT EXISTS public; GRANT CREATE ON SCHEMA public TO mxs_owner";
    let database = Database::with(server, own);
    let create = format!("GRANT CREATE ON DATABASE \"{}\" TO mxs_owner; ", database.name);
    let rest = if is_rich { SUPERUSERS } else { "" };
    let script = include_str!("role_matrix.sql");
    // SET ROLE needs a role that may become the others.
    database.execute(&format!("{create} SET ROLE mxs_owner; {script}; RESET ROLE; {rest}"));
    database
}

fn target_database(server: &Server, to: To) -> Database {
    let database = Database::absent(server);
    let name = &database.name;
    match to {
        To::Superuser | To::Creator => {}
        To::DatabaseOwner => server.session().execute(&format!("CREATE DATABASE {name} OWNER mxt_plain")),
        To::DatabaseUser => {
            server.session().execute(&format!("CREATE DATABASE {name}"));
            server.session().execute(&format!("GRANT CREATE ON DATABASE {name} TO mxt_plain"));
        }
    }
    database
}

/// One cell of the matrix; what is wrong with it.
fn cell(database: &Database, target: &Server, from: From, to: To) -> Result<(), String> {
    target.session().execute("CREATE ROLE mxt_dba LOGIN CREATEROLE CREATEDB; CREATE ROLE mxt_plain LOGIN");
    let copy = target_database(target, to);
    let result = migrated(database, &copy, from, to).and_then(|outcome| {
        named(&outcome, from, to)?;
        looked_at(database, &copy, from, to)
    });
    drop(copy);
    target.forget_roles("mx");
    result
}

fn migrated(database: &Database, copy: &Database, from: From, to: To) -> Result<Outcome, String> {
    let workspace = Workspace::new();
    let (source, target) = (database.uri_as(from.login(), ""), copy.uri_as(to.login(), ""));
    let part = if from.is_whole() { "" } else { "schemas: { mode: include, include: [shop] }" };
    workspace.config(&source, &target, part);
    if to == To::DatabaseUser && from.is_whole() && copy.server.major >= 15 {
        let refused = workspace.with_config("migrate").run();
        refused.check(4)?;
        says(&refused, "the target's role mxt_plain may not create in these schemas: public")?;
        if copy.has("SELECT 1 FROM pg_namespace WHERE nspname IN ('shop', 'pgmigrate')") {
            return Err("something was made before the refusal".to_owned());
        }
        copy.execute("GRANT CREATE ON SCHEMA public TO mxt_plain");
    }
    let outcome = workspace.with_config("migrate").run();
    outcome.check(0)?;
    workspace.with_config("verify").run().check(0)?;
    Ok(outcome)
}

fn says(outcome: &Outcome, text: &str) -> Result<(), String> {
    let said = outcome.stdout.contains(text) || outcome.stderr.contains(text);
    if said { Ok(()) } else { Err(format!("nothing says `{text}`\n{outcome}")) }
}

/// The notes that are due, and no others of the kind.
fn named(outcome: &Outcome, from: From, to: To) -> Result<(), String> {
    let mut due = Vec::new();
    if to != To::Superuser && from.is_rich() && from.is_whole() {
        due.extend([
            "EVENT TRIGGER mxs_fires: left out: the target says: permission denied to create event trigger",
            "PUBLICATION mxs_all: left out: only a superuser makes publications of all tables",
            "EXTENSION file_fdw: left out: only a superuser installs it on the target",
            "FOREIGN TABLE kept.passwd: left out: it needs SERVER mxs_files",
            "OPERATOR FAMILY kept.family USING btree: left out: the target says: must be superuser",
            "FUNCTION kept.sealed(integer): made without LEAKPROOF",
            "ROLE postgres: what it owns",
        ]);
    }
    if to == To::Creator {
        due.push("ROLE mxt_dba: becomes a member of the owners it acts for: REVOKE mxs_owner");
        if from.is_rich() && from.is_whole() {
            due.push(
                "ROLE mxs_power: made without what only a superuser gives: REPLICATION, SET log_statement",
            );
        }
    }
    if !to.makes_roles() {
        due.extend([
            "will belong to mxt_plain, as the target lacks it",
            "ROLE mxs_chain: what it is granted",
            "POLICY seen ON shop.customer: left out: the target lacks the roles that it is for",
            "DEFAULT PRIVILEGES FOR mxs_owner IN SCHEMA shop ON TABLES: left out",
        ]);
    }
    for text in due {
        says(outcome, text)?;
    }
    let stray = ["only a superuser", "will belong to"].into_iter().find(|text| outcome.stdout.contains(text));
    match stray.filter(|_| to == To::Superuser) {
        Some(text) => Err(format!("`{text}` is said to a superuser\n{outcome}")),
        None => Ok(()),
    }
}

/// What a user would look at.
fn looked_at(database: &Database, copy: &Database, from: From, to: To) -> Result<(), String> {
    let mut wrong = String::new();
    let mut queries = vec![
        "SELECT count(*), sum(id) FROM shop.bill",
        "SELECT count(*), max(name) FROM shop.customer",
        "SELECT count(*) FROM shop.parted",
        "SELECT count(*), sum(sum) FROM shop.per_customer",
        "SELECT last_value, is_called FROM shop.bill_id_seq",
        "SELECT relrowsecurity FROM pg_class WHERE oid = 'shop.customer'::regclass",
        "SELECT obj_description('shop.bill'::regclass)",
        "SELECT count(*) FROM pg_trigger WHERE tgname = 'touch'",
        "SELECT count(*) FROM pg_constraint WHERE connamespace = 'shop'::regnamespace AND contype IN ('f', 'p')",
    ];
    if from.is_whole() {
        queries.push("SELECT count(*) FROM public.note");
    }
    if from.is_rich() && from.is_whole() {
        queries.extend([
            "SELECT count(*) FROM kept.t",
            "SELECT h::text FROM kept.h",
            "SELECT count(*) FROM kept.bare",
        ]);
    }
    if to.makes_roles() {
        queries.extend([
            "SELECT relowner::regrole, has_table_privilege('mxs_reader', oid, 'SELECT'), \
             has_table_privilege('mxs_chain', oid, 'SELECT') FROM pg_class WHERE oid = 'shop.bill'::regclass",
            "SELECT polroles::regrole[] FROM pg_policy WHERE polname = 'seen'",
            "SELECT has_schema_privilege('mxs_owner', 'shop', 'CREATE')",
        ]);
    }
    for sql in queries {
        let [there, here] = [database, copy].map(|database| database.rows(sql));
        if there != here {
            _ = writeln!(wrong, "{sql}: {there:?} on the source, {here:?} on the target");
        }
    }
    let owner = copy.value("SELECT relowner::regrole FROM pg_class WHERE oid = 'shop.bill'::regclass");
    let wanted = if to.makes_roles() { "mxs_owner" } else { to.login() };
    if owner != wanted {
        _ = writeln!(wrong, "shop.bill belongs to {owner}, not to {wanted}");
    }
    if copy.has("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmigrate'") {
        _ = writeln!(wrong, "the journal is still there");
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn matrix(major: u32, from: From) {
    if !versions().contains(&major) {
        return eprintln!("skipped: PostgreSQL {major} isn't here");
    }
    let (source, target) = (Server::start("source", major), Server::start("target", major));
    let _alone = [source.alone(), target.alone()];
    source.forget_roles("mx");
    target.forget_roles("mx");
    source.session().execute(ROLES);
    if major >= 14 {
        source.session().execute("GRANT pg_read_all_data TO mxs_sees");
    }
    let database = source_database(&source, from.is_rich());
    let mut failures = String::new();
    for to in [To::Superuser, To::Creator, To::DatabaseOwner, To::DatabaseUser] {
        if let Err(told) = cell(&database, &target, from, to) {
            _ = write!(failures, "\n==== {from:?} to {to:?}\n{told}\n");
        }
    }
    drop(database);
    source.forget_roles("mx");
    assert!(failures.is_empty(), "{failures}");
}

macro_rules! matrix {
    ($($name:ident $from:ident $major:literal)*) => {
        $(#[test] fn $name() { matrix($major, From::$from) })*
    };
}

matrix! {
    superuser_15 Superuser 15 owner_15 Owner 15 reader_15 Reader 15 owner_of_part_15 OwnerOfPart 15
    superuser_18 Superuser 18 owner_18 Owner 18 reader_18 Reader 18 owner_of_part_18 OwnerOfPart 18
}

#[test]
fn what_the_sources_role_cannot_read_is_refused_before_anything_is_made() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let _alone = [source.alone(), target.alone()];
    source.forget_roles("mx");
    let database = Database::with(
        &source,
        "CREATE ROLE mxs_guest LOGIN; CREATE TABLE t (id integer); CREATE SEQUENCE s; \
         CREATE TABLE guarded (id integer); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; \
         GRANT SELECT ON guarded TO mxs_guest",
    );
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    let refused = |why: &str| {
        let outcome = workspace.pgmigrate([
            "migrate",
            "--source",
            &database.uri_as("mxs_guest", ""),
            "--target",
            &copy.uri(),
        ]);
        outcome.run().assert_code(4).says(why);
        assert!(!copy.exists());
    };
    refused("the source's role may not read public.t");
    database.execute("GRANT SELECT ON t TO mxs_guest");
    refused("row-level security may hide rows from the source's role in public.guarded");
    database.execute("ALTER TABLE guarded DISABLE ROW LEVEL SECURITY");
    refused("the source's role may not read the sequences public.s");
    database.execute("GRANT SELECT ON SEQUENCE s TO mxs_guest");
    let outcome = workspace.pgmigrate([
        "migrate",
        "--source",
        &database.uri_as("mxs_guest", ""),
        "--target",
        &copy.uri(),
    ]);
    outcome.run().assert_code(0);
    drop(database);
    source.forget_roles("mx");
    drop(copy);
    target.forget_roles("mx");
}

#[test]
fn tables_that_the_targets_role_may_not_make_or_change_are_refused() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let _alone = [source.alone(), target.alone()];
    target.forget_roles("mx");
    target.session().execute("CREATE ROLE mxt_plain LOGIN");
    let database = Database::with(
        &source,
        "CREATE FUNCTION positive(integer) RETURNS integer LANGUAGE internal AS 'int4abs'; \
         CREATE TABLE checked (id integer CHECK (positive(id) > 0)); CREATE TABLE kept (id integer); \
         INSERT INTO kept VALUES (1); CREATE MATERIALIZED VIEW of_checked AS SELECT id FROM checked",
    );
    let copy = target_database(&target, To::DatabaseOwner);
    let workspace = Workspace::new();
    let to = copy.uri_as("mxt_plain", "");
    workspace.config(&database.uri(), &to, "");
    workspace.with_config("migrate").run().assert_code(4).says(
        "the target's role mxt_plain may not make these tables: TABLE public.checked (it needs FUNCTION \
         public.positive(integer): only a superuser makes functions in language internal)",
    );
    workspace.config(
        &database.uri(),
        &to,
        "tables: { mode: exclude, exclude: [ { schema: public, name: checked } ] }",
    );
    copy.execute("CREATE TABLE kept (id integer)");
    workspace
        .with_config("migrate")
        .run()
        .assert_code(4)
        .says("these tables of the target belong to others than mxt_plain: TABLE public.kept");
    assert!(!copy.has("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmigrate'"));
    copy.execute("ALTER TABLE kept OWNER TO mxt_plain");
    workspace.with_config("migrate").run().assert_code(0);
    workspace.with_config("verify").run().assert_code(0);
    assert_eq!(copy.count("kept"), 1);
    drop(copy);
    target.forget_roles("mx");
}
