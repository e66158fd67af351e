//! What it costs to compare all rows of both sides.
use criterion::{Criterion, SamplingMode, Throughput};
use pgmigrate::verify::{VerifyOptions, verify};
use tokio::runtime::Runtime;

use crate::pair::{Pair, SHAPES};

/// Checksums of every table on both sides at once, and what else `verify` compares: all tables are equal.
pub(crate) fn rows(criterion: &mut Criterion, pair: &Pair) {
    let bytes: u64 = SHAPES.iter().map(|shape| pair.fill(*shape)).sum();
    pair.complete();
    let runtime = Runtime::new().expect("a runtime");
    let mut group = criterion.benchmark_group("checksum");
    group.sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Bytes(bytes));
    group.bench_function("all tables", |bencher| {
        bencher.iter(|| {
            let options = VerifyOptions { jobs: Some(2), ..VerifyOptions::default() };
            let report = runtime.block_on(verify(pair.settings(), &options)).expect("a comparison");
            assert!(report.is_equal(), "{report:?}");
        });
    });
    group.finish();
}
