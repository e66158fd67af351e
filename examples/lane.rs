//! Copies one table through one lane and prints what it cost: the measure of the data path.
//!
//! `lane SOURCE_SOCKET_DIR:PORT/DATABASE TARGET_SOCKET_DIR:PORT/DATABASE TABLE [RUNS]`, as user `postgres`, target table truncated.
#![expect(clippy::print_stdout, reason = "an example talks to its user")]
use std::{sync::Arc, sync::atomic::Ordering, time::Instant};

use pgmigrate::{
    Error, ErrorKind, Result,
    config::{Address, Endpoint, Host, RoundTrips, SessionAttrs, Side, Tls},
    run::{Buffers, CopyTask, Lane, LaneCounters, LaneOptions, StopHandle},
};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [source, target, table, runs @ ..] = arguments.as_slice() else {
        return Err(usage());
    };
    let runs = runs.first().and_then(|runs| runs.parse().ok()).unwrap_or(1);
    let (source, target) = (endpoint(Side::Source, source)?, endpoint(Side::Target, target)?);
    let counters = Arc::new(LaneCounters::default());
    let options = LaneOptions {
        snapshot: None,
        source_sql: String::new(),
        target_sql: String::new(),
        application_name: "pgmigrate lane example".to_owned(),
        buffers: Buffers::default(),
        counters: Arc::clone(&counters),
        stop: StopHandle::default(),
    };
    let mut lane = Lane::open(&source, &target, options)?;
    for _ in 0..runs {
        let (start, cpu) = (Instant::now(), cpu_seconds());
        let waited = [counters.source_wait.read(), counters.target_wait.read()];
        let copied = lane.copy(&CopyTask {
            source_sql: &format!("COPY {table} TO STDOUT (FORMAT binary)"),
            target_begin: &format!("BEGIN; TRUNCATE ONLY {table}"),
            target_sql: &format!("COPY {table} FROM STDIN (FORMAT binary)"),
            target_end: &|_, _| "COMMIT".to_owned(),
        })?;
        let seconds = |counter: &std::sync::atomic::AtomicU64| {
            std::time::Duration::from_nanos(counter.swap(0, Ordering::Relaxed)).as_secs_f64()
        };
        println!(
            "{} rows, {} bytes, {:.2} s, {:.2} s of CPU, waited {:.2} s for the source ({:.2} s in its socket) and {:.2} s for the target ({:.2} s)",
            copied.rows,
            copied.bytes,
            start.elapsed().as_secs_f64(),
            cpu_seconds() - cpu,
            counters.source_wait.read().saturating_sub(waited[0]).as_secs_f64(),
            seconds(&counters.source_io_ns),
            counters.target_wait.read().saturating_sub(waited[1]).as_secs_f64(),
            seconds(&counters.target_io_ns),
        );
    }
    Ok(())
}

fn usage() -> Error {
    Error::new(
        ErrorKind::Usage,
        "lane SOURCE_SOCKET_DIR:PORT/DATABASE TARGET_SOCKET_DIR:PORT/DATABASE TABLE [RUNS]",
    )
}

/// `DIR:PORT/DATABASE`, or `HOST:PORT/DATABASE`
fn endpoint(side: Side, text: &str) -> Result<Endpoint> {
    let (rest, database) = text.rsplit_once('/').ok_or_else(usage)?;
    let (host, port) = rest.rsplit_once(':').ok_or_else(usage)?;
    let port = port.parse().map_err(|_| usage())?;
    let address = if host.starts_with('/') {
        Address::Unix { directory: host.into(), port }
    } else {
        Address::Tcp { name: host.to_owned(), ip: None, port }
    };
    Ok(Endpoint {
        side,
        hosts: vec![Host { address, password: None }],
        database: database.to_owned(),
        user: "postgres".to_owned(),
        application_name: None,
        options: None,
        tls: Tls::default(),
        connect_timeout: None,
        keepalive: None,
        tcp_user_timeout: None,
        target_session_attrs: SessionAttrs::Any,
        passfile: None,
        round_trips: RoundTrips::default(),
    })
}

/// User and system time of this process, from the kernel's table (in hundredths of a second; 0 where there is none).
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>()
        / 100.0
}
