//! Several tables through a lane in one transaction: all of them or none, whatever goes wrong and wherever bytes are cut.
use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use pgmigrate::{
    ErrorKind, Result,
    run::{BatchTask, Buffers, Copied, Lane, LaneCounters, LaneOptions, StopHandle},
    session::Session,
};

use super::{
    dribble,
    lane::{Pair, ROWS},
};

/// `r` binary, nothing, rows without columns, text.
const COPIES: [(&str, &str); 4] = [
    (
        "COPY (SELECT i, t FROM public.r WHERE i <= 700) TO STDOUT (FORMAT binary)",
        "COPY public.r (i, t) FROM STDIN (FORMAT binary)",
    ),
    ("COPY public.empty TO STDOUT", "COPY public.empty FROM STDIN"),
    ("COPY public.bare TO STDOUT (FORMAT binary)", "COPY public.bare FROM STDIN (FORMAT binary)"),
    ("COPY public.words TO STDOUT", "COPY public.words FROM STDIN"),
];

const TABLES: &str =
    "CREATE TABLE public.empty (i int); CREATE TABLE public.bare (); CREATE TABLE public.words (w text)";

fn pair(tls: bool) -> Option<Pair> {
    let pair = Pair::start(tls)?;
    pair.on_source(TABLES);
    pair.on_target(TABLES);
    pair.on_source(
        "INSERT INTO public.bare DEFAULT VALUES; INSERT INTO public.bare DEFAULT VALUES;
         INSERT INTO public.words VALUES (NULL), (''), (E'\\\\.\\n\\t'), ('end')",
    );
    Some(pair)
}

fn copy(lane: &mut Lane, copies: &[(&str, &str)]) -> Result<Vec<Copied>> {
    lane.copy_batch(&BatchTask {
        copies,
        target_begin: "BEGIN",
        target_end: &|copied| {
            let rows = copied.iter().map(|copied| format!("({}, {})", copied.rows, copied.bytes));
            let rows: Vec<String> = rows.collect();
            format!("INSERT INTO public.journal VALUES {}; COMMIT", rows.join(", "))
        },
    })
}

fn rows(copied: &[Copied]) -> Vec<u64> {
    copied.iter().map(|copied| copied.rows).collect()
}

#[test]
fn tables_of_a_batch_commit_together() {
    for tls in [false, true] {
        let Some(pair) = pair(tls) else { return };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let session = runtime.block_on(Session::connect(&pair.source, "snapshot", "test")).unwrap();
        let snapshot = runtime.block_on(session.export_snapshot()).unwrap();
        pair.on_source("DELETE FROM public.words");
        let counters = Arc::default();
        let mut lane = pair.lane(Some(snapshot.0), &counters);
        let copied = copy(&mut lane, &COPIES).unwrap();
        assert_eq!(rows(&copied), [700, 0, 2, 4]);
        assert_eq!((copied[1].bytes, copied[3].bytes), (0, 3 + 1 + 8 + 4));
        assert_eq!(counters.rows.load(Ordering::Relaxed), 706);
        assert_eq!(
            counters.bytes.load(Ordering::Relaxed),
            copied.iter().map(|copied| copied.bytes).sum::<u64>()
        );
        assert_eq!(pair.target_number("SELECT count(DISTINCT xmin::text) FROM public.journal"), 1);
        assert_eq!(
            pair.target_number("SELECT count(*) FROM public.words WHERE w IN ('end', E'\\\\.\\n\\t')"),
            2
        );
        // Larger than a block, between small ones.
        let large = [COPIES[3], ("COPY public.r TO STDOUT", "COPY public.r FROM STDIN"), COPIES[2]];
        assert_eq!(rows(&copy(&mut lane, &large).unwrap()), [4, ROWS, 2]);
        assert_eq!(rows(&copy(&mut lane, &COPIES[..1]).unwrap()), [700]);
        assert_eq!(pair.target_number("SELECT count(*) FROM public.r"), ROWS + 1400);
    }
}

#[test]
fn a_failed_batch_leaves_nothing_and_the_lane_goes_on() {
    let Some(pair) = pair(false) else { return };
    pair.on_target("CREATE TABLE public.checked (i int CHECK (i < 600), t text)");
    pair.on_target("CREATE TABLE public.swallows (i int, t text)");
    pair.on_target(
        "CREATE FUNCTION public.skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.i = 7 THEN RETURN NULL; END IF; RETURN NEW; END';
         CREATE TRIGGER skip BEFORE INSERT ON public.swallows FOR EACH ROW EXECUTE FUNCTION public.skip()",
    );
    let counters = Arc::default();
    let mut lane = pair.lane(None, &counters);
    let small = COPIES[0].0;
    let many =
        "COPY (SELECT i, repeat('z', 100) FROM generate_series(1, 20000000) i) TO STDOUT (FORMAT binary)";
    let divided = "COPY (SELECT 1/(50000-i), 'x' FROM public.r) TO STDOUT";
    let sink = "COPY public.r FROM STDIN";
    let mut failures = 0;
    for (culprit, kind, part) in [
        ((small, "COPY public.checked FROM STDIN (FORMAT binary)"), ErrorKind::Server, "check constraint"),
        ((many, "COPY public.checked FROM STDIN (FORMAT binary)"), ErrorKind::Server, "check constraint"),
        ((divided, sink), ErrorKind::Server, "division by zero"),
        ((small, "COPY public.swallows FROM STDIN (FORMAT binary)"), ErrorKind::Differs, "took 699"),
        ((small, "COPY public.absent FROM STDIN"), ErrorKind::Server, "does not exist"),
        (("COPY public.absent TO STDOUT", sink), ErrorKind::Server, "does not exist"),
        (("SELECT 1", sink), ErrorKind::Protocol, "unexpected"),
        (("RESET geqo", sink), ErrorKind::Internal, "no COPY"),
        ((COPIES[3].0, "SELECT 1"), ErrorKind::Internal, "as many COPYs"),
        ((COPIES[3].0, "RESET geqo"), ErrorKind::Internal, "as many COPYs"),
    ] {
        for place in 0..=COPIES.len() {
            let mut copies = COPIES.to_vec();
            copies.insert(place, culprit);
            let error = copy(&mut lane, &copies).unwrap_err();
            // What stands in the place of a COPY leaves the rows of the others without a table: some other error may win.
            let misled = ["RESET geqo", "SELECT 1"].contains(&culprit.1);
            assert!(misled || error.kind() == kind && error.report().contains(part), "{place} {error:?}");
            let read = counters.rows.load(Ordering::Relaxed);
            assert!(read < 20_000_000, "the source is stopped after {part}");
            assert_eq!(rows(&copy(&mut lane, &COPIES).unwrap()), [700, 0, 2, 4], "after {part}");
            failures += 1;
        }
    }
    assert_eq!(pair.target_number("SELECT count(*) FROM public.words"), 4 * failures);
    assert_eq!(pair.target_number("SELECT count(*) FROM public.journal"), 4 * failures);
    let none = "SELECT (SELECT count(*) FROM public.swallows) + (SELECT count(*) FROM public.checked)";
    assert_eq!(pair.target_number(none), 0);
}

#[test]
fn messages_and_records_may_be_cut_anywhere() {
    let Some(pair) = pair(true) else { return };
    let plain = |endpoint: &pgmigrate::config::Endpoint| {
        let mut endpoint = endpoint.clone();
        endpoint.tls.mode = pgmigrate::config::SslMode::Disable;
        endpoint.user = "notls".into();
        endpoint
    };
    pair.on_target("ALTER ROLE notls SUPERUSER");
    let mut times = 0;
    for tls in [true, false] {
        for size in [1, 2, 3, 4, 5, 6, 7, 11, 16, 23, 29, 64, 1021] {
            let [source, target] = [&pair.source, &pair.target].map(|endpoint| {
                dribble::through(&if tls { endpoint.clone() } else { plain(endpoint) }, size)
            });
            let options = LaneOptions {
                snapshot: None,
                source_sql: String::new(),
                target_sql: String::new(),
                application_name: "pgmigrate lane".into(),
                buffers: Buffers::default(),
                counters: Arc::new(LaneCounters::default()),
                stop: StopHandle::default(),
            };
            let mut lane = Lane::open(&source, &target, options).unwrap();
            assert_eq!(rows(&copy(&mut lane, &COPIES).unwrap()), [700, 0, 2, 4], "TLS {tls}, {size} bytes");
            let error =
                copy(&mut lane, &[COPIES[3], (COPIES[0].0, "COPY public.absent FROM STDIN"), COPIES[3]]);
            assert!(error.unwrap_err().report().contains("does not exist"));
            assert_eq!(rows(&copy(&mut lane, &COPIES[1..]).unwrap()), [0, 2, 4]);
            times += 1;
        }
    }
    assert_eq!(pair.target_number("SELECT count(*) FROM public.r"), 700 * times);
    assert_eq!(pair.target_number("SELECT count(*) FROM public.words"), 8 * times);
    let copied = "SELECT count(*) FROM (SELECT i, t FROM public.r GROUP BY i, t HAVING count(*) = ";
    assert_eq!(pair.target_number(&format!("{copied}{times}) r WHERE t = repeat('x', i % 50)")), 700);
}

#[test]
fn a_stop_ends_a_batch_and_both_backends() {
    let Some(pair) = pair(false) else { return };
    let mut lane = pair.lane(None, &Arc::default());
    let stop = lane.stop_handle();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        stop.stop();
    });
    let start = Instant::now();
    let slow = ("COPY (SELECT 1, pg_sleep(60)::text) TO STDOUT", "COPY public.r FROM STDIN");
    let error = copy(&mut lane, &[COPIES[0], slow, COPIES[3]]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(30));
    stopper.join().unwrap();
    assert_eq!(copy(&mut lane, &COPIES).unwrap_err().kind(), ErrorKind::Interrupted);
    assert_eq!(pair.target_number("SELECT count(*) FROM public.r"), 0);
}
