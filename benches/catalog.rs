//! A catalog of 10,000 tables: read, put in order, planned.
use criterion::{Criterion, SamplingMode, Throughput};
use pgmigrate::{
    ddl::{self, Placement},
    preflight,
};
use tokio::runtime::Runtime;

use crate::{
    pair::settings,
    support::{database::Database, server::Server},
};

const TABLES: u64 = 10_000;

/// Made so many in a transaction: each takes some locks.
const AT_ONCE: u64 = 200;

/// Locks for all tables at a time, which a run holds against changes of their definitions.
const LOCKS: &str = "512";

fn server() -> Server {
    let server = Server::main("bench-source");
    let mut session = server.session();
    if session.value("SHOW max_locks_per_transaction") != LOCKS {
        session.execute(&format!("ALTER SYSTEM SET max_locks_per_transaction = {LOCKS}"));
        drop(session);
        server.crash();
    }
    server
}

fn tables(database: &Database) {
    for first in (0..TABLES).step_by(AT_ONCE.try_into().expect("a number")) {
        let last = first + AT_ONCE - 1;
        database.execute(&format!(
            "DO $$ BEGIN FOR n IN {first}..{last} LOOP EXECUTE format('CREATE TABLE t%1$s (id int PRIMARY KEY, \
             other int CHECK (other > 0), name text NOT NULL DEFAULT %2$L, made timestamptz, note jsonb); \
             CREATE INDEX ON t%1$s (other); CREATE INDEX ON t%1$s (lower(name))', n, 'x'); END LOOP; END $$"
        ));
    }
    database.execute("VACUUM ANALYZE pg_catalog.pg_class; ");
}

/// Each alone: the definitions under a snapshot, the script, and a whole plan (both sides read, the script made).
pub(crate) fn big(criterion: &mut Criterion) {
    let database = Database::create(&server());
    tables(&database);
    let target = Database::absent(&Server::main("bench-target"));
    let settings = settings(&database.uri(), &target.uri());
    let runtime = Runtime::new().expect("a runtime");
    let read = || runtime.block_on(preflight::read_definitions(&settings)).expect("a catalog");
    let mut group = criterion.benchmark_group("catalog");
    group.sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Elements(TABLES));
    group.bench_function("read", |bencher| bencher.iter(read));
    let catalog = read().selected.catalog;
    group.bench_function("order", |bencher| {
        bencher.iter(|| ddl::build(&catalog, &Placement::default()).expect("a script"));
    });
    group.bench_function("plan", |bencher| {
        bencher.iter(|| runtime.block_on(preflight::build_plan(&settings)).expect("a plan"));
    });
    group.finish();
}
