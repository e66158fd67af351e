//! An owner on the target who waits for a superuser: a journal of his making, and triggers that come late.
use std::process::id;

use crate::support::{
    cli::{Invocation, Outcome, Workspace},
    database::Database,
    server::Server,
    wait_for,
};

/// Writes down who ran it.
const SPRINGS: &str = "CREATE TABLE public.sprung (who text);
    CREATE FUNCTION public.spring() RETURNS trigger LANGUAGE plpgsql AS
      $$BEGIN INSERT INTO public.sprung VALUES (session_user); RETURN NEW; END$$;
    CREATE FUNCTION public.spring(text) RETURNS text LANGUAGE plpgsql AS
      $$BEGIN INSERT INTO public.sprung VALUES (session_user); RETURN $1; END$$;";

/// The journal's tables as an earlier run has left them.
const JOURNAL: &str = "CREATE SCHEMA pgmigrate;
    CREATE TABLE pgmigrate.run (run_id text PRIMARY KEY, plan_format integer, tool_version text, source_system text,
        source_database text, snapshot text, started_at timestamptz DEFAULT now());
    CREATE TABLE pgmigrate.step (run_id text, step_id text, status text, rows bigint DEFAULT 0, bytes bigint DEFAULT 0,
        seconds float8 DEFAULT 0, finished_at timestamptz DEFAULT now(), snapshot integer,
        times_done integer, PRIMARY KEY (run_id, step_id));
    CREATE UNLOGGED TABLE pgmigrate.no_crash (run_id text PRIMARY KEY);
    CREATE TABLE pgmigrate.snapshot (run_id text, number integer, name text, mark text, taken_at timestamptz DEFAULT now(),
        PRIMARY KEY (run_id, number));";

/// Databases of a role on both servers.
struct Scene {
    source: Database,
    copy: Database,
    role: String,
    workspace: Workspace,
}

impl Scene {
    fn new(name: &str, sql: &str) -> Self {
        let (source, target) = (Server::main("source"), Server::main("target"));
        let role = format!("trapper_{name}_{}", id());
        let [source, copy] = [source, target].map(|server| {
            server.session().execute(&format!("CREATE ROLE {role} LOGIN"));
            let database = Database::create_with(&server, &format!("OWNER {role} TEMPLATE template0"));
            database.execute(&format!("ALTER SCHEMA public OWNER TO {role}"));
            database
        });
        source.execute(&format!("SET SESSION AUTHORIZATION {role}; {sql}"));
        let scene = Self { source, copy, role, workspace: Workspace::new() };
        scene.as_owner(SPRINGS);
        scene
    }

    fn as_owner(&self, sql: &str) {
        self.copy.execute(&format!("SET SESSION AUTHORIZATION {}; {sql}", self.role));
    }

    fn migrate(&self, arguments: &[&str]) -> Outcome {
        let migrate = self.workspace.between("migrate", &self.source, &self.copy);
        arguments.iter().fold(migrate, Invocation::arg).run()
    }

    /// Whether nothing of the owner's ran as us.
    fn assert_quiet(&self) {
        assert_eq!(self.copy.count("public.sprung"), 0);
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let Self { role, .. } = self;
        for (database, server) in [(&self.source, "source"), (&self.copy, "target")] {
            let theirs = format!("REASSIGN OWNED BY {role} TO postgres; DROP OWNED BY {role}");
            drop(database.session().try_execute(&theirs));
            drop(Server::main(server).session().try_execute(&format!("DROP ROLE {role}")));
        }
    }
}

#[test]
fn a_journal_of_another_is_not_touched() {
    let scene = Scene::new("journal", "CREATE TABLE t AS SELECT 1 AS n");
    let tables = format!(
        "{JOURNAL} CREATE TRIGGER late BEFORE INSERT ON pgmigrate.step FOR EACH ROW EXECUTE PROCEDURE public.spring();"
    );
    let view = "CREATE SCHEMA pgmigrate; CREATE TABLE pgmigrate.step (n integer);
        CREATE VIEW pgmigrate.run AS SELECT public.spring('x') AS run_id, now() AS started_at;";
    for prepared in [view, &tables, "CREATE SCHEMA pgmigrate"] {
        scene.as_owner(prepared);
        for arguments in [&[][..], &["--resume"]] {
            let outcome = scene.migrate(arguments);
            outcome
                .assert_code(4)
                .stderr_contains("cannot hold the journal")
                .stderr_contains(&format!("it belongs to {}", scene.role));
        }
        assert!(!scene.copy.has("SELECT 1 FROM pg_class WHERE relname = 't'"), "nothing was begun");
        scene.assert_quiet();
        scene.copy.execute("DROP SCHEMA pgmigrate CASCADE");
    }
    scene.migrate(&[]).assert_code(0);
}

/// The schema is ours, what stands in it is not all ours.
#[test]
fn each_table_of_the_journal_is_looked_at() {
    let scene = Scene::new("tables", "CREATE TABLE t AS SELECT 1 AS n");
    let role = &scene.role;
    let spring = "EXECUTE PROCEDURE public.spring()";
    for (change, told) in [
        (format!("ALTER TABLE pgmigrate.step OWNER TO {role}"), format!("step belongs to {role}")),
        (
            format!("CREATE TRIGGER x BEFORE INSERT ON pgmigrate.run FOR EACH ROW {spring}"),
            "run has the trigger x".into(),
        ),
        (
            "CREATE RULE x AS ON INSERT TO pgmigrate.snapshot DO ALSO SELECT public.spring('x')".into(),
            "snapshot has the rule x".into(),
        ),
        ("ALTER TABLE pgmigrate.run ENABLE ROW LEVEL SECURITY".into(), "run has row security".into()),
        (
            "ALTER TABLE pgmigrate.step ALTER status SET DEFAULT public.spring('x')".into(),
            "step uses function public.spring(text)".into(),
        ),
        (
            "CREATE FUNCTION public.s(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1';
             CREATE INDEX ON pgmigrate.run (public.s(run_id))"
                .into(),
            "run uses function public.s(text)".into(),
        ),
        (
            "CREATE TABLE public.child () INHERITS (pgmigrate.run)".into(),
            "run inherits or is inherited".into(),
        ),
        ("DROP TABLE pgmigrate.run; CREATE VIEW pgmigrate.run AS SELECT 1".into(), "run is no table".into()),
    ] {
        scene.copy.execute(&format!("{JOURNAL} {change}"));
        scene.migrate(&["--resume"]).assert_code(4).stderr_contains(&told);
        scene.assert_quiet();
        scene.copy.execute("DROP SCHEMA pgmigrate CASCADE");
    }
    scene.copy.execute(JOURNAL);
    scene.migrate(&[]).assert_code(0);
}

#[test]
fn a_trigger_on_truncate_is_refused_where_the_run_truncates() {
    let scene = Scene::new("truncate", "CREATE TABLE t (n integer); INSERT INTO t VALUES (1)");
    scene.as_owner(
        "CREATE TABLE public.t (n integer);
         CREATE TRIGGER wiped BEFORE TRUNCATE ON public.t FOR EACH STATEMENT EXECUTE PROCEDURE public.spring();",
    );
    scene.copy.execute("INSERT INTO public.t VALUES (2)");
    scene.migrate(&["--on-existing", "truncate"]).assert_code(4).stderr_contains("wiped ON public.t");
    assert_eq!(scene.copy.count("public.t"), 1);
    scene.assert_quiet();
    scene.copy.execute("DELETE FROM public.t");
    scene.migrate(&[]).assert_code(0);
    scene.assert_quiet();
}

/// The plan has seen none. The lane is kept waiting until there is one.
#[test]
fn a_trigger_that_comes_during_the_run_does_not_fire() {
    let scene = Scene::new(
        "late",
        "CREATE TABLE t (n integer); INSERT INTO t VALUES (1); CREATE TABLE u (n integer); INSERT INTO u VALUES (1)",
    );
    scene.as_owner("CREATE TABLE public.t (n integer); CREATE TABLE public.u (n integer)");
    let trigger =
        "CREATE TRIGGER late BEFORE INSERT ON public.t FOR EACH STATEMENT EXECUTE PROCEDURE public.spring()";
    spring_late(&scene, "public.t", trigger).assert_code(5).says("would fire: late ON public.t");
    assert_eq!((scene.copy.count("public.t"), scene.copy.count("public.u")), (0, 1));
    scene.assert_quiet();
    scene.copy.execute("DROP TRIGGER late ON public.t");
    scene.migrate(&["--resume"]).assert_code(0);
    scene.workspace.between("verify", &scene.source, &scene.copy).run().assert_code(0);
}

#[test]
fn a_table_that_becomes_a_view_during_the_run_is_not_written_to() {
    let scene = Scene::new("view", "CREATE TABLE t (n integer); INSERT INTO t VALUES (1)");
    scene.as_owner("CREATE TABLE public.t (n integer)");
    let swap = "DROP TABLE public.t; CREATE VIEW public.t AS SELECT 1 AS n;
        CREATE TRIGGER late INSTEAD OF INSERT ON public.t FOR EACH ROW EXECUTE PROCEDURE public.spring()";
    let told = if Server::main("target").major < 11 { "is not a table" } else { "public.t" };
    spring_late(&scene, "public.t", swap).assert_code(5).says(told);
    scene.assert_quiet();
}

/// Rows of such a table go in through its root, and fire what stands on the partitions.
#[test]
fn a_trigger_on_a_partition_does_not_fire() {
    if Server::main("target").major < 11 {
        return;
    }
    let tables = "CREATE TYPE public.mood AS ENUM ('sad', 'ok', 'happy');
        CREATE TABLE public.p (m public.mood) PARTITION BY HASH (m);
        CREATE TABLE public.p0 PARTITION OF public.p FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE public.p1 PARTITION OF public.p FOR VALUES WITH (MODULUS 2, REMAINDER 1);";
    let scene =
        Scene::new("part", &format!("{tables} INSERT INTO public.p VALUES ('sad'), ('ok'), ('happy')"));
    scene.as_owner(tables);
    let trigger =
        "CREATE TRIGGER late BEFORE INSERT ON public.p1 FOR EACH ROW EXECUTE PROCEDURE public.spring();
        CREATE TRIGGER late BEFORE INSERT ON public.p0 FOR EACH ROW EXECUTE PROCEDURE public.spring()";
    spring_late(&scene, "public.p1, public.p0", trigger).assert_code(5).says("late ON public.p1");
    scene.assert_quiet();
}

/// Lets a run wait for these tables, and the owner make something before it goes on.
fn spring_late(scene: &Scene, tables: &str, sql: &str) -> Outcome {
    let mut owner = scene.copy.session();
    owner.execute(&format!(
        "SET SESSION AUTHORIZATION {}; BEGIN; LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE",
        scene.role
    ));
    let running = scene.workspace.between("migrate", &scene.source, &scene.copy).spawn();
    let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' \
                 AND (query LIKE '%COPY%' OR query LIKE '%LOCK%')";
    wait_for("a copy that waits", || scene.copy.has(waits));
    owner.execute(&format!("{sql}; COMMIT"));
    running.wait()
}
