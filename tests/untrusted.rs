//! An owner of the source who waits for a superuser: whatever he may write into a database, none of it runs as us.
use std::process::id;

use crate::support::{
    cli::Workspace,
    database::Database,
    judge,
    server::{Server, ident},
    wait_for,
};

/// Fails wherever a superuser runs it. Declared IMMUTABLE, so that it may stand anywhere.
const TRAP: &str =
    "CREATE FUNCTION public.trap(place text) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $trap$
    BEGIN
      IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'a superuser ran the %', place;
      END IF;
      RETURN 1;
    END $trap$;";

/// Functions and operators that stand before those of `pg_catalog` in the path that the database asks for.
const SHADOWS: &str = "
    CREATE FUNCTION public.pg_backend_pid() RETURNS integer LANGUAGE sql AS $$SELECT public.trap('pid')$$;
    CREATE FUNCTION public.version() RETURNS text LANGUAGE sql AS $$SELECT public.trap('version')::text$$;
    CREATE FUNCTION public.quote_ident(text) RETURNS text LANGUAGE sql AS $$SELECT public.trap('quote')::text$$;
    CREATE FUNCTION public.format_type(oid, integer) RETURNS text LANGUAGE sql AS $$SELECT public.trap('format')::text$$;
    CREATE FUNCTION public.pg_get_expr(pg_node_tree, oid) RETURNS text LANGUAGE sql AS $$SELECT public.trap('expr')::text$$;
    CREATE FUNCTION public.same(name, name) RETURNS boolean LANGUAGE sql AS $$SELECT public.trap('=') = 1$$;
    CREATE FUNCTION public.same(text, text) RETURNS boolean LANGUAGE sql AS $$SELECT public.trap('=') = 1$$;
    CREATE FUNCTION public.same(oid, oid) RETURNS boolean LANGUAGE sql AS $$SELECT public.trap('=') = 1$$;
    CREATE FUNCTION public.same(\"char\", \"char\") RETURNS boolean LANGUAGE sql AS $$SELECT public.trap('=') = 1$$;
    CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, PROCEDURE = public.same);
    CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, PROCEDURE = public.same);
    CREATE OPERATOR public.= (LEFTARG = oid, RIGHTARG = oid, PROCEDURE = public.same);
    CREATE OPERATOR public.= (LEFTARG = \"char\", RIGHTARG = \"char\", PROCEDURE = public.same);
    CREATE VIEW public.pg_class AS SELECT public.trap('pg_class') AS oid;
    CREATE VIEW public.pg_proc AS SELECT public.trap('pg_proc') AS oid;";

/// Everything that runs by itself when somebody reads, writes, indexes, analyzes or refreshes. What has no column in it,
/// the planner computes as soon as somebody looks at the table: see the last test.
const TRAPS: &str = "
    CREATE TABLE public.t (id integer PRIMARY KEY, a integer DEFAULT public.trap('default'), b text);
    INSERT INTO public.t SELECT n, n, 'b' || n FROM generate_series(1, 200) n;
    CREATE INDEX t_expression ON public.t ((public.trap('index ' || b) + a));
    CREATE UNIQUE INDEX t_unique ON public.t ((id + public.trap('unique ' || b)));
    CREATE INDEX t_partial ON public.t (a) WHERE public.trap(b) = 1;
    ALTER TABLE public.t ADD CONSTRAINT t_exclusion EXCLUDE USING btree ((id * public.trap('exclusion ' || b)) WITH pg_catalog.=);
    CREATE FUNCTION public.fire() RETURNS trigger LANGUAGE plpgsql AS
      $$BEGIN PERFORM public.trap('trigger'); RETURN NEW; END$$;
    CREATE TRIGGER a BEFORE INSERT OR UPDATE OR DELETE ON public.t FOR EACH ROW EXECUTE PROCEDURE public.fire();
    CREATE TRIGGER b AFTER TRUNCATE OR INSERT ON public.t FOR EACH STATEMENT EXECUTE PROCEDURE public.fire();
    ALTER TABLE public.t ENABLE ALWAYS TRIGGER a;
    CREATE RULE r AS ON INSERT TO public.t DO ALSO SELECT public.trap('rule');
    ALTER TABLE public.t ENABLE ALWAYS RULE r;
    CREATE POLICY p ON public.t USING (public.trap('policy') = 1) WITH CHECK (public.trap('policy') = 1);
    ALTER TABLE public.t ENABLE ROW LEVEL SECURITY; ALTER TABLE public.t FORCE ROW LEVEL SECURITY;
    CREATE VIEW public.v AS SELECT public.trap('view') AS n, id FROM public.t;
    CREATE MATERIALIZED VIEW public.m AS SELECT public.trap('materialized view') AS n, id FROM public.v;
    CREATE INDEX m_expression ON public.m ((public.trap('view ' || id::text) + id));
    CREATE TABLE public.child (id integer REFERENCES public.t ON DELETE CASCADE);
    INSERT INTO public.child SELECT n FROM generate_series(1, 50) n;
    CREATE SEQUENCE public.s; SELECT nextval('public.s');
    ANALYZE public.t; ANALYZE public.child;";

/// What an owner may ask of every session in his database.
fn settings(database: &str) -> String {
    [
        "search_path = 'public', 'pg_catalog'",
        "standard_conforming_strings = off",
        "\"DateStyle\" = 'German'",
        "\"IntervalStyle\" = 'sql_standard'",
        "extra_float_digits = -15",
        "bytea_output = 'escape'",
        "\"TimeZone\" = 'Asia/Tokyo'",
        "array_nulls = off",
        "transform_null_equals = on",
        "exit_on_error = on",
        "statement_timeout = '5s'",
        "lock_timeout = '1ms'",
        "row_security = on",
        "quote_all_identifiers = on",
        "default_transaction_read_only = on",
        "default_transaction_isolation = 'serializable'",
        "check_function_bodies = on",
    ]
    .map(|setting| format!("ALTER DATABASE {} SET {setting};", ident(database)))
    .concat()
}

/// A database that belongs to `role`.
fn owned(server: &Server, role: &str) -> Database {
    server.session().execute(&format!("CREATE ROLE {role} LOGIN"));
    let database = Database::create_with(server, &format!("OWNER {role} TEMPLATE template0"));
    database.execute(&format!("ALTER SCHEMA public OWNER TO {role}"));
    database
}

/// Runs statements as the role: a role that is only set to has no superuser behind it.
fn as_role(database: &Database, role: &str, sql: &str) {
    database.execute(&format!("SET search_path = ''; SET SESSION AUTHORIZATION {role}; {sql}"));
}

#[test]
fn nothing_that_an_owner_leaves_behind_runs_as_us() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let alone = [source.alone(), target.alone()];
    let role = format!("untrusted_{}", id());
    let (database, copy) = (owned(&source, &role), owned(&target, &role));
    as_role(&database, &role, &format!("{TRAP}{SHADOWS}{TRAPS}{}", settings(&database.name)));
    // The target's owner has laid out what the sessions of the run would meet first.
    as_role(&copy, &role, &format!("{TRAP}{SHADOWS}{}", settings(&copy.name)));
    let workspace = Workspace::new();
    for subcommand in ["plan", "migrate", "verify"] {
        workspace.between(subcommand, &database, &copy).run().assert_code(0);
    }
    workspace.pgmigrate(["schema", "--source", &database.uri()]).run().assert_code(0);
    // A role with less than ours asks: the traps would not let a superuser.
    let rows = format!("SET SESSION AUTHORIZATION {role}; SET search_path = ''");
    for side in [&database, &copy] {
        let mut session = side.session();
        session.execute(&rows);
        assert_eq!(session.value("SELECT pg_catalog.count(*) FROM public.m"), "200");
        session.execute("RESET SESSION AUTHORIZATION");
        assert_eq!(session.value("SELECT pg_catalog.count(*) FROM public.t"), "200");
    }
    judge::assert_equal(&database, &copy);
    drop((database, copy));
    for server in [&source, &target] {
        server.session().execute(&format!("DROP ROLE {role}"));
    }
    drop(alone);
}

/// What every row must pass, and what the planner computes when it looks at an index: PostgreSQL runs both as whoever loads.
/// The owner himself can be that.
#[test]
fn checks_and_constants_run_as_the_role_that_loads() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let alone = [source.alone(), target.alone()];
    let role = format!("untrusted_{}", id());
    let (database, copy) = (owned(&source, &role), owned(&target, &role));
    let traps = "CREATE TABLE public.t (id integer CHECK (public.trap('check') = 1)); INSERT INTO public.t VALUES (0), (1);
         CREATE TABLE public.p (id integer PRIMARY KEY); INSERT INTO public.p VALUES (1);
         CREATE INDEX p_constant ON public.p ((public.trap('constant') + id));
         CREATE TABLE public.c (id integer REFERENCES public.p); INSERT INTO public.c VALUES (1);";
    as_role(&database, &role, &format!("{TRAP}{traps}"));
    let workspace = Workspace::new();
    let outcome = workspace.between("migrate", &database, &copy).run();
    outcome.assert_code(5).says("a superuser ran the check");
    workspace.between("verify", &database, &copy).run().says("a superuser ran the constant");
    copy.execute(
        "DROP SCHEMA pgmigrate CASCADE; DROP TABLE public.t, public.c, public.p; DROP FUNCTION public.trap",
    );
    let workspace = Workspace::new();
    let uris = [database.uri_as(&role, ""), copy.uri_as(&role, "")];
    workspace.pgmigrate(["migrate", "--source", &uris[0], "--target", &uris[1]]).run().assert_code(0);
    drop((database, copy));
    for server in [&source, &target] {
        server.session().execute(&format!("DROP ROLE {role}"));
    }
    drop(alone);
}

/// A table can become a view between the list of tables and their lock: its query would run as us.
#[test]
fn a_table_that_becomes_a_view_is_not_read() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let alone = source.alone();
    let role = format!("untrusted_{}", id());
    let database = owned(&source, &role);
    as_role(&database, &role, &format!("{TRAP} CREATE TABLE public.t (n integer);"));
    let mut other = database.session();
    other.execute(&format!(
        "SET SESSION AUTHORIZATION {role}; BEGIN; DROP TABLE public.t; \
         CREATE VIEW public.t AS SELECT public.trap('view') AS n"
    ));
    let copy = Database::absent(&target);
    let workspace = Workspace::new();
    let running = workspace.between("migrate", &database, &copy).spawn();
    let waits =
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let mut watch = database.session();
    wait_for("a wait for the table", || watch.exists(waits));
    other.execute("COMMIT");
    // It is carried as what it is by now.
    running.wait().assert_code(0);
    assert!(copy.has("SELECT 1 FROM pg_views WHERE viewname = 't'"));
    drop((other, watch, database));
    source.session().execute(&format!("DROP ROLE {role}"));
    drop(alone);
}
