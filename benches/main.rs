//! Benchmarks on real throwaway servers: `make bench` (docs/benchmarks.md has its table and its plot).
//!
//! One program, as the tests are one: it shares their servers and databases. Source and target are clusters of their own on
//! this machine, so the figures are those of client and both servers together. Compare within one run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot go on says so and ends"
)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its table goes to stdout")]
#![allow(clippy::disallowed_methods, reason = "the harness of the tests reads the environment")]

mod catalog;
mod chunks;
mod frames;
mod pair;
mod plot;
mod results;
mod verify;

#[path = "../tests/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the tests need more of it")]
mod support;

use std::time::Duration;

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    frames::scan(&mut criterion);
    let pair = pair::Pair::prepare();
    chunks::by_bytes(&mut criterion, &pair);
    chunks::by_rows(&mut criterion, &pair);
    chunks::formats(&mut criterion, &pair);
    chunks::lanes(&mut criterion, &pair);
    chunks::buffers(&mut criterion, &pair);
    verify::rows(&mut criterion, &pair);
    catalog::big(&mut criterion);
    criterion.final_summary();
    let measured = results::read();
    results::print(&measured);
    let picture = support::root().join("docs/pictures/chunk-bytes.svg");
    plot::draw(&measured, &picture).expect("a picture");
}
