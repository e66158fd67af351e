//! A whole server under faults by chance: one migration of all its databases after the other, each killed, interrupted or cut off at
//! random moments and resumed until it ends, and then judged: every database equal, globals equal, every setting as before.
//!
//! `make chaos WHOLE=1 RUNS=30 SEED=7`: so many faults, however many migrations that takes.
use std::{
    env,
    time::{Duration, Instant},
};

use pgmigrate::failpoint::Failpoint;
use rustix::process::Signal;

use super::rng::Rng;
use crate::{support::cli::Running, whole_server::Whole};

/// Exit codes that none of these faults explains: differences, configuration, a refusal, files that do not fit, a fault of ours.
const NEVER: [i32; 5] = [1, 2, 4, 6, 70];

/// What befalls a run.
#[derive(Debug, Clone, Copy)]
enum Fault {
    Kill,
    Stop,
    /// Every session of ours on one of the servers is ended.
    Cut {
        source: bool,
    },
    Failpoint,
}

#[test]
#[ignore = "takes as long as it is asked to: make chaos WHOLE=1"]
fn faults_by_chance() {
    let number = |name: &str, default: u64| match env::var(name) {
        Ok(text) if !text.is_empty() => text.parse().expect(name),
        _ => default,
    };
    let (faults, seed) = (number("RUNS", 30), number("SEED", u64::from(std::process::id())));
    let mut rng = Rng::of_run(seed, 0);
    let mut whole = Whole::filled();
    let began = Instant::now();
    whole.run("migrate").run().assert_code(0);
    let extent = began.elapsed();
    assert_eq!(whole.judge(), Vec::<String>::new(), "an undisturbed run");
    eprintln!("seed {seed}; undisturbed: {} ms", extent.as_millis());
    whole.again();
    let (mut hit, mut ended) = (0, 0);
    while hit < faults {
        match attempt(&whole, &mut rng, extent) {
            None => hit += 1,
            Some(true) => {
                ended += 1;
                assert_eq!(whole.judge(), Vec::<String>::new(), "seed {seed} after {hit} faults");
                whole.again();
            }
            Some(false) => {}
        }
    }
    whole.run("migrate").arg("--resume").run().assert_code(0);
    assert_eq!(whole.judge(), Vec::<String>::new(), "seed {seed} in the end");
    eprintln!("{hit} faults, {} migrations, each equal in the end", ended + 1);
}

/// One run with a fault. `None`: it was hit; else whether all is done.
fn attempt(whole: &Whole, rng: &mut Rng, extent: Duration) -> Option<bool> {
    let cut = Fault::Cut { source: rng.percent(50) };
    let fault = rng.pick(&[Fault::Kill, Fault::Kill, Fault::Kill, Fault::Stop, cut, Fault::Failpoint]);
    let millis = rng.between(0, u64::try_from(extent.as_millis()).expect("a short run"));
    let names: Vec<&str> = Failpoint::ALL.iter().map(|(_, name)| *name).collect();
    let failpoint = format!("{}:{}", rng.pick(&names), rng.pick(&[1, 3, 9, 30]));
    let mut invocation = whole.run("migrate").arg("--resume");
    if matches!(fault, Fault::Failpoint) {
        invocation = invocation.env("PGMIGRATE_FAILPOINT", &failpoint);
    }
    let began = Instant::now();
    let mut running = invocation.spawn();
    while !matches!(fault, Fault::Failpoint)
        && !running.ended()
        && began.elapsed() < Duration::from_millis(millis)
    {
        std::thread::sleep(Duration::from_millis(3));
    }
    let is_hit = !running.ended() && befall(whole, fault, &mut running);
    let outcome = running.wait();
    eprintln!("{fault:?} after {millis} ms (or {failpoint}): {}", outcome.status);
    match outcome.status.code() {
        Some(0) if is_hit => None,
        Some(0) => Some(true),
        None => None,
        Some(code) => {
            assert!(is_hit && !NEVER.contains(&code), "{outcome}");
            None
        }
    }
}

fn befall(whole: &Whole, fault: Fault, running: &mut Running) -> bool {
    match fault {
        Fault::Kill => running.signal(Signal::KILL),
        Fault::Stop => running.signal(Signal::TERM),
        Fault::Cut { source } => {
            let server = if source { &whole.source } else { &whole.target };
            let ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'pgmigrate%'";
            return !server.session().rows(ours).is_empty();
        }
        Fault::Failpoint => return false,
    }
    true
}
