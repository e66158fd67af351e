//! Lanes and snapshots between two databases of a throwaway cluster: what goes wrong on either side, and what is left after it.
use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use pgmigrate::{
    ErrorKind, Result,
    config::{Endpoint, Side, SslMode},
    run::{Buffers, Copied, CopyTask, Lane, LaneCounters, LaneOptions, StopHandle},
    session::Session,
    wire::Connection,
};

use super::{auth::Cluster, half_dead};

pub(super) const ROWS: u64 = 100_000;

pub(super) struct Pair {
    pub(super) source: Endpoint,
    pub(super) target: Endpoint,
    _cluster: Cluster,
}

impl Pair {
    pub(super) fn start(tls: bool) -> Option<Self> {
        let cluster = Cluster::start()?;
        let mut admin = Connection::connect(&cluster.local("postgres"), "test").unwrap();
        admin.execute("ALTER ROLE onlytls SUPERUSER").unwrap();
        admin.execute("CREATE DATABASE s").unwrap();
        admin.execute("CREATE DATABASE t").unwrap();
        let side = |side, database: &str| {
            let mut endpoint = if tls {
                cluster.tcp("onlytls", "localhost", SslMode::Require, None)
            } else {
                cluster.local("postgres")
            };
            (endpoint.side, endpoint.database) = (side, database.to_owned());
            endpoint
        };
        let pair =
            Self { source: side(Side::Source, "s"), target: side(Side::Target, "t"), _cluster: cluster };
        pair.on_source("CREATE TABLE public.r (i int, t text)");
        pair.on_source(&format!(
            "INSERT INTO public.r SELECT i, repeat('x', i % 50) FROM generate_series(1, {ROWS}) i"
        ));
        pair.on_target(
            "CREATE TABLE public.r (i int, t text); CREATE TABLE public.journal (rows bigint, bytes bigint)",
        );
        Some(pair)
    }

    pub(super) fn on_source(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        Connection::connect(&self.source, "test").unwrap().query(sql).unwrap()
    }

    pub(super) fn on_target(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        Connection::connect(&self.target, "test").unwrap().query(sql).unwrap()
    }

    pub(super) fn target_number(&self, sql: &str) -> u64 {
        self.on_target(sql)[0][0].as_deref().unwrap().parse().unwrap()
    }

    pub(super) fn lane(&self, snapshot: Option<String>, counters: &Arc<LaneCounters>) -> Lane {
        let options = LaneOptions {
            snapshot,
            source_sql: String::new(),
            target_sql: "SET synchronous_commit = off".into(),
            application_name: "pgmigrate lane".into(),
            buffers: Buffers::default(),
            counters: Arc::clone(counters),
            stop: StopHandle::default(),
        };
        Lane::open(&self.source, &self.target, options).unwrap()
    }
}

fn copy(lane: &mut Lane, source_sql: &str, target_sql: &str) -> Result<Copied> {
    lane.copy(&CopyTask {
        source_sql,
        target_begin: "BEGIN",
        target_sql,
        target_end: &|rows, bytes| format!("INSERT INTO public.journal VALUES ({rows}, {bytes}); COMMIT"),
    })
}

const OUT: &str = "COPY public.r (i, t) TO STDOUT (FORMAT binary)";
const IN: &str = "COPY public.r (i, t) FROM STDIN (FORMAT binary)";

#[test]
fn a_chunk_and_its_journal_row_commit_together() {
    for tls in [false, true] {
        let Some(pair) = Pair::start(tls) else { return };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let session = runtime.block_on(Session::connect(&pair.source, "snapshot", "test")).unwrap();
        assert!(!session.in_hot_standby() && session.version().at_least(10) && session.backend_pid() > 0);
        let snapshot = runtime.block_on(session.export_snapshot()).unwrap();
        pair.on_source("DELETE FROM public.r WHERE i <= 10");
        let counters = Arc::default();
        let mut lane = pair.lane(Some(snapshot.0), &counters);
        let copied = copy(&mut lane, OUT, IN).unwrap();
        assert_eq!(copied.rows, ROWS, "the snapshot counts, not what came after");
        assert_eq!(counters.rows.load(Ordering::Relaxed), ROWS);
        assert_eq!(counters.bytes.load(Ordering::Relaxed), copied.bytes);
        assert_eq!(pair.target_number("SELECT count(*) FROM public.r"), ROWS);
        assert_eq!(pair.target_number("SELECT bytes FROM public.journal"), copied.bytes);
        let empty = copy(&mut lane, "COPY (SELECT 1, '' WHERE false) TO STDOUT", "COPY public.r FROM STDIN");
        assert_eq!(empty.unwrap(), Copied { rows: 0, bytes: 0 });
        let wide = "COPY (SELECT i, repeat('y', 3000000) FROM generate_series(1, 7) i) TO STDOUT";
        assert_eq!(copy(&mut lane, wide, "COPY public.r FROM STDIN").unwrap().rows, 7);
    }
}

#[test]
fn a_failed_chunk_leaves_nothing_and_the_lane_goes_on() {
    let Some(pair) = Pair::start(false) else { return };
    pair.on_target("CREATE TABLE public.checked (i int CHECK (i < 60000), t text)");
    pair.on_target("CREATE TABLE public.swallows (i int, t text)");
    pair.on_target(
        "CREATE FUNCTION public.skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.i = 7 THEN RETURN NULL; END IF; RETURN NEW; END';
         CREATE TRIGGER skip BEFORE INSERT ON public.swallows FOR EACH ROW EXECUTE FUNCTION public.skip()",
    );
    let counters: Arc<LaneCounters> = Arc::default();
    let mut lane = pair.lane(None, &counters);
    let many =
        "COPY (SELECT i, repeat('z', 100) FROM generate_series(1, 20000000) i) TO STDOUT (FORMAT binary)";
    for (source, target, kind, part) in [
        (many, "COPY public.checked FROM STDIN (FORMAT binary)", ErrorKind::Server, "check constraint"),
        (
            "COPY (SELECT 1/(50000-i), 'x' FROM public.r) TO STDOUT",
            "COPY public.r FROM STDIN",
            ErrorKind::Server,
            "division by zero",
        ),
        (OUT, "COPY public.swallows FROM STDIN (FORMAT binary)", ErrorKind::Differs, "the target took 99999"),
        (OUT, "COPY public.absent FROM STDIN", ErrorKind::Server, "does not exist"),
        ("COPY public.absent TO STDOUT", IN, ErrorKind::Server, "does not exist"),
        ("SELECT 1", IN, ErrorKind::Protocol, "unexpected"),
        (OUT, "SELECT 1", ErrorKind::Internal, "no COPY"),
    ] {
        let sent = counters.bytes.load(Ordering::Relaxed);
        let error = copy(&mut lane, source, target).unwrap_err();
        assert!(error.kind() == kind && error.report().contains(part), "{error:?}");
        assert!(
            counters.bytes.load(Ordering::Relaxed) - sent < 1 << 30,
            "20 million rows (2.4 GB) are not sent to a server that gave up"
        );
        assert_eq!(copy(&mut lane, OUT, IN).unwrap().rows, ROWS, "after {part}");
    }
    let error = lane.copy(&CopyTask {
        source_sql: OUT,
        target_begin: "BEGIN",
        target_sql: IN,
        target_end: &|_, _| "SELEC".into(),
    });
    assert!(error.unwrap_err().report().contains("syntax error"));
    assert_eq!(pair.target_number("SELECT count(*) FROM public.r"), 7 * ROWS);
    assert_eq!(pair.target_number("SELECT count(*) FROM public.journal"), 7);
    assert_eq!(
        pair.target_number(
            "SELECT (SELECT count(*) FROM public.swallows) + (SELECT count(*) FROM public.checked)"
        ),
        0
    );
}

#[test]
fn a_lost_connection_is_dialled_again() {
    let Some(pair) = Pair::start(false) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let session = runtime.block_on(Session::connect(&pair.source, "snapshot", "test")).unwrap();
    let snapshot = runtime.block_on(session.export_snapshot()).unwrap();
    let counters = Arc::default();
    let mut lane = pair.lane(Some(snapshot.0), &counters);
    for database in ["s", "t"] {
        pair.on_source(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}' AND application_name = 'pgmigrate lane'"
        ));
        std::thread::sleep(Duration::from_millis(100));
        let error = copy(&mut lane, OUT, IN).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connection, "{error:?}");
        assert!(error.report().contains("terminating connection"), "the server's reason is told: {error:?}");
        assert_eq!(copy(&mut lane, OUT, IN).unwrap().rows, ROWS);
    }
    assert_eq!(pair.target_number("SELECT count(*) FROM public.r"), 2 * ROWS);
}

/// A backend that waits for rows of a client that is gone holds its locks until the server's keepalive notices.
#[test]
fn a_backend_that_was_left_behind_does_not_lock_out_the_next_attempt() {
    let Some(mut pair) = Pair::start(true) else { return };
    let direct = pair.target.clone();
    pair.target = half_dead::after(&direct, 100_000);
    let mut lane = pair.lane(None, &Arc::default());
    let mut locked = || {
        lane.copy(&CopyTask {
            source_sql: OUT,
            target_begin: "SET lock_timeout = '20s'; BEGIN; LOCK TABLE public.r IN ACCESS EXCLUSIVE MODE",
            target_sql: IN,
            target_end: &|_, _| "COMMIT".into(),
        })
    };
    assert_eq!(locked().unwrap_err().kind(), ErrorKind::Connection);
    assert_eq!(locked().unwrap().rows, ROWS);
    pair.target = direct;
    assert_eq!(pair.target_number("SELECT count(*) FROM public.r"), ROWS);
}

/// What a panic went through is in the middle of something on both sides; none of it may end up in the next chunk.
#[test]
fn a_panic_in_a_chunk_leaves_nothing_to_the_next() {
    let Some(pair) = Pair::start(false) else { return };
    pair.on_target("CREATE TABLE public.other (i int, t text)");
    let mut lane = pair.lane(None, &Arc::default());
    let task = CopyTask {
        source_sql: OUT,
        target_begin: "BEGIN",
        target_sql: IN,
        target_end: &|_, _| panic!("a fault of ours"),
    };
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| lane.copy(&task)));
    assert!(panicked.is_err());
    let few = "COPY (SELECT i, t FROM public.r WHERE i <= 7) TO STDOUT (FORMAT binary)";
    let into = "COPY public.other (i, t) FROM STDIN (FORMAT binary)";
    assert_eq!(copy(&mut lane, few, into).unwrap().rows, 7);
    assert_eq!(pair.target_number("SELECT count(*) FROM public.r"), 0);
    assert_eq!(pair.target_number("SELECT count(*) FROM public.other"), 7);
}

#[test]
fn a_stop_ends_the_copy_and_both_backends() {
    let Some(pair) = Pair::start(false) else { return };
    let counters = Arc::default();
    let mut lane = pair.lane(None, &counters);
    let stop = lane.stop_handle();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        stop.stop();
    });
    let start = Instant::now();
    let slow = "COPY (SELECT 1, pg_sleep(60)::text) TO STDOUT";
    let error = copy(&mut lane, slow, "COPY public.r FROM STDIN").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(30));
    stopper.join().unwrap();
    assert_eq!(copy(&mut lane, OUT, IN).unwrap_err().kind(), ErrorKind::Interrupted);
    std::thread::sleep(Duration::from_millis(300));
    let left = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgmigrate lane'";
    assert_eq!(pair.target_number(left), 0);
    drop(lane);
}

#[test]
fn a_session_reads_values_and_can_be_cancelled() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Row {
        oid: u32,
        name: Option<String>,
        flags: Vec<i16>,
    }
    let Some(pair) = Pair::start(true) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let session = Session::connect(&pair.source, "test", "test").await.unwrap();
        let sql = "SELECT i AS oid, NULL::name AS name, '{1,2}'::int2[] AS flags FROM generate_series(3, 1, -1) i -- end";
        let rows: Vec<Row> = session.query_json(sql).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.oid).collect::<Vec<_>>(), [3, 2, 1]);
        assert_eq!(rows[0], Row { oid: 3, name: None, flags: vec![1, 2] });
        assert_eq!(session.one_text("SHOW search_path").await.unwrap().trim_matches('"'), "");
        assert_eq!(session.texts("SELECT current_setting(x) FROM unnest('{TimeZone,statement_timeout}'::text[]) x").await.unwrap(), ["UTC", "0"]);
        let error = session.execute("SELECT 1; SELECT nope()").await.unwrap_err();
        assert!(error.report().starts_with("source ") && error.report().contains("nope()"), "{error:?}");
        // What nobody waits for is cancelled: the next statement does not wait for it.
        let sleeps = session.execute("SELECT pg_sleep(3600)");
        assert!(tokio::time::timeout(Duration::from_millis(200), sleeps).await.is_err());
        pgmigrate::session::settle().await;
        session.execute("SELECT 1").await.unwrap();
        let importer = Session::connect(&pair.source, "importer", "test").await.unwrap();
        let snapshot = session.export_snapshot().await.unwrap();
        pair.on_source("DELETE FROM public.r");
        importer.import_snapshot(&snapshot).await.unwrap();
        session.release_snapshot().await.unwrap();
        assert_eq!(importer.one_text("SELECT count(*) FROM public.r").await.unwrap(), ROWS.to_string());
    });
}
