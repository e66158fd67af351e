//! Hundreds of small tables: they share transactions, and nothing of a table's own gets lost by that.
use crate::support::{
    cli::{Invocation, Workspace},
    database::{Database, Session},
    proxy, sample,
    server::{Server, ident},
};

const TABLES: usize = 300;

fn servers() -> (Server, Server) {
    (Server::main("source"), Server::main("target"))
}

/// A directory whose config lets the indexes stand before the rows come.
fn workspace(database: &Database, copy: &Database) -> Workspace {
    let workspace = Workspace::new();
    workspace.config(&database.uri(), &copy.uri(), "options: { create_indexes_after_data: false }");
    workspace
}

/// Tables `t1` … `t300`: some are empty, some have no column, some must be copied as text.
const SMALL: &str = r"DO $$
    BEGIN
      FOR n IN 1..300 LOOP
        IF n % 10 = 1 THEN
          EXECUTE format('CREATE TABLE t%s (id integer PRIMARY KEY, note text)', n);
        ELSIF n % 10 = 2 THEN
          EXECUTE format('CREATE TABLE t%s (); INSERT INTO t%s DEFAULT VALUES', n, n);
        ELSIF n % 10 = 3 THEN
          EXECUTE format('CREATE TABLE t%s (id integer, type regtype)', n);
          EXECUTE format('INSERT INTO t%s VALUES (1, ''text''), (2, NULL), (3, ''integer[]'')', n);
        ELSE
          EXECUTE format('CREATE TABLE t%s (id integer PRIMARY KEY, note text)', n);
          EXECUTE format('INSERT INTO t%s SELECT i, repeat(chr(97 + i %% 20), i) FROM generate_series(1, %s) i', n, n % 90);
        END IF;
      END LOOP;
    END $$";

/// For an index; it may refuse 40: a setting of the database decides, so that the target alone can be made to refuse it.
const ACCEPTS: &str = "CREATE FUNCTION accepts(n integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS
    $$BEGIN
      IF n = 40 AND pg_catalog.current_setting('test.refuse', true) = 'on' THEN RAISE '40 is refused'; END IF;
      RETURN n;
    END$$";

fn refuse(copy: &Database, setting: &str) {
    copy.execute(&format!("ALTER DATABASE {} {setting}", ident(&copy.name)));
}

/// Transactions that wrote `DONE` rows of data steps, and these rows.
fn transactions(copy: &Database) -> (u64, u64) {
    let rows = copy.rows(
        "SELECT count(DISTINCT xmin::text), count(*) FROM pgmigrate.step WHERE step_id LIKE 'data:%' AND status = 'DONE'",
    );
    let number = |at: usize| rows[0][at].as_deref().unwrap().parse().unwrap();
    (number(0), number(1))
}

#[test]
fn they_share_a_few_transactions() {
    let (source, target) = servers();
    let database = Database::with(&source, SMALL);
    database.execute(ACCEPTS);
    // Too large for a batch, and so nobody's trouble but its own; the journal stays.
    database.execute(
        "CREATE TABLE refused (n integer, x text);
         CREATE INDEX ON refused (accepts(n));
         INSERT INTO refused SELECT CASE n WHEN 6000 THEN 40 END, repeat('x', 100) FROM generate_series(1, 6000) n",
    );
    let copy = Database::create(&target);
    refuse(&copy, "SET test.refuse = on");
    let workspace = workspace(&database, &copy);
    let outcome = workspace.with_config("migrate").args(["--jobs", "4"]).run();
    outcome.assert_code(5).says("data:public.refused:0001");
    let (transactions, steps) = transactions(&copy);
    assert_eq!(steps, TABLES as u64);
    assert!(transactions <= 12, "{transactions} transactions for {steps} tables");
    let plan = workspace.read("plan.tsv");
    let data = |wanted: &str| plan.lines().filter(|l| l.starts_with("data:") && l.contains(wanted)).count();
    assert!(data("FROM STDIN") - data("FORMAT binary") >= 30, "tables copied as text");
    refuse(&copy, "RESET test.refuse");
    workspace.with_config("migrate").arg("--resume").run().assert_code(0);
    assert_eq!(sample::digests(&database), sample::digests(&copy));
    workspace.with_config("verify").run().assert_code(0);
}

#[test]
fn one_that_fails_is_named_and_the_others_are_done() {
    let (source, target) = servers();
    let database = Database::with(&source, SMALL);
    database.execute(&format!("{ACCEPTS}; CREATE INDEX ON t155 (accepts(id))"));
    let copy = Database::create(&target);
    refuse(&copy, "SET test.refuse = on");
    let workspace = workspace(&database, &copy);
    let outcome = workspace.with_config("migrate").run();
    outcome.assert_code(5).says("data:public.t155:0001: ").says("40 is refused");
    assert_eq!(transactions(&copy).1, TABLES as u64 - 1);
    let state = workspace.read("state.tsv");
    let failed: Vec<&str> = state.lines().filter(|line| line.ends_with("\tFAILED")).collect();
    assert_eq!(failed, ["data:public.t155:0001\tFAILED"]);
    assert_eq!((copy.count("t154"), copy.count("t155"), copy.count("t156")), (64, 0, 66));
    refuse(&copy, "RESET test.refuse");
    workspace.with_config("migrate").arg("--resume").run().assert_code(0);
    assert_eq!(sample::digests(&database), sample::digests(&copy));
}

#[test]
fn a_batch_whose_commit_was_never_answered_is_done_once() {
    let (source, target) = servers();
    let database = Database::with(&source, SMALL);
    let copy = Database::absent(&target);
    let (port, hidden) = proxy::hiding_a_commit(target.port);
    let workspace = Workspace::new();
    // The unique indexes are there before the rows: a second copy would meet them before the journal.
    workspace.config(
        &database.uri(),
        &copy.uri_through(port),
        "options: { create_indexes_after_data: false, create_constraints_after_data: false }",
    );
    workspace.with_config("migrate").args(["--jobs", "1"]).run().assert_code(0);
    assert!(hidden.load(std::sync::atomic::Ordering::SeqCst), "no COMMIT was hidden");
    assert!(workspace.read("pgmigrate.log").contains("one by one"), "{}", workspace.dir.display());
    assert_eq!(sample::digests(&database), sample::digests(&copy));
}

/// Rows that take their time on the target, so that a batch lasts.
const SLOW: &str = r"CREATE FUNCTION slow(n integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql
      AS 'BEGIN PERFORM pg_catalog.pg_sleep(0.001); RETURN n; END';
    DO $$
    BEGIN
      FOR n IN 1..240 LOOP
        EXECUTE format('CREATE TABLE t%s (id integer); CREATE INDEX ON t%s (slow(id))', n, n);
        EXECUTE format('INSERT INTO t%s SELECT generate_series(1, 10)', n);
      END LOOP;
    END $$";

fn copying(copy: &Database) -> String {
    // The COPYs stand behind the locks, which may be all that the server shows of so long a text.
    format!(
        "SELECT 1 FROM pg_stat_activity WHERE datname = '{}' AND state = 'active' AND query ~ 'LOCK TABLE ONLY' \
         AND pid <> pg_backend_pid() AND clock_timestamp() - query_start > '50 ms'",
        copy.name
    )
}

#[test]
fn killed_in_the_middle_of_batches() {
    let (source, target) = servers();
    let database = Database::with(&source, SLOW);
    let copy = Database::absent(&target);
    let workspace = workspace(&database, &copy);
    let mut session: Session = target.session();
    let copying = copying(&copy);
    let mut done = 0;
    for arguments in [["--jobs", "1"].as_slice(), &["--jobs", "1", "--resume"], &["--jobs", "1", "--resume"]]
    {
        let begin = workspace.with_config("migrate");
        let running = arguments.iter().fold(begin, Invocation::arg).spawn();
        let killed =
            running.kill_when("a batch", || workspace.steps_done() >= done && session.exists(&copying));
        assert!(killed, "it ended before a batch was under way: {done}, {} steps", workspace.steps_done());
        // The next one is killed after a batch more.
        done = workspace.steps_done() + 40;
    }
    workspace.with_config("migrate").arg("--resume").run().assert_code(0);
    assert_eq!(sample::digests(&database), sample::digests(&copy));
    assert!(!copy.has("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmigrate'"));
}
