//! What the size of a chunk costs, and what format, lanes and buffers do to it.
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, measurement::WallTime};
use pgmigrate::run::Buffers;

use crate::pair::{Pair, SHAPES, Way};

const KB: u64 = 1 << 10;
const MB: u64 = 1 << 20;

/// The last is the whole table.
const CHUNK_BYTES: [u64; 5] = [64 * KB, 256 * KB, MB, 4 * MB, 16 * MB];

const CHUNK_ROWS: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// As `make bench` compares them: two processors, so two lanes.
const LANES: usize = 2;

fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat);
    group
}

fn bench(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: BenchmarkId,
    pair: &Pair,
    way: &Way<'_>,
    payload: u64,
) {
    group.throughput(Throughput::Bytes(payload));
    group.bench_function(id, |bencher| bencher.iter_custom(|times| pair.time(way, times)));
}

fn way(shape: crate::pair::Shape, chunks: &[String]) -> Way<'_> {
    Way { shape, chunks, lanes: LANES, is_binary: true, buffers: Buffers::default() }
}

/// Throughput against bytes of a chunk, of each shape.
pub(crate) fn by_bytes(criterion: &mut Criterion, pair: &Pair) {
    let mut group = group(criterion, "chunk_bytes");
    for shape in SHAPES {
        let payload = pair.payload(&way(shape, &pair.blocks(shape, MB)));
        for bytes in CHUNK_BYTES {
            let chunks = pair.blocks(shape, bytes);
            bench(&mut group, BenchmarkId::new(shape.name, bytes), pair, &way(shape, &chunks), payload);
        }
    }
    group.finish();
}

/// The same against rows of a chunk, by ranges of a key.
pub(crate) fn by_rows(criterion: &mut Criterion, pair: &Pair) {
    let mut group = group(criterion, "chunk_rows");
    let shape = SHAPES[0];
    let payload = pair.payload(&way(shape, &Pair::keys(shape, 100_000)));
    for rows in CHUNK_ROWS {
        let chunks = Pair::keys(shape, rows);
        bench(&mut group, BenchmarkId::new(shape.name, rows), pair, &way(shape, &chunks), payload);
    }
    group.finish();
}

/// Binary against text; the payload counted is the binary one's, so that the same rows count the same.
pub(crate) fn formats(criterion: &mut Criterion, pair: &Pair) {
    let mut group = group(criterion, "format");
    for shape in SHAPES {
        let chunks = pair.blocks(shape, 4 * MB);
        let binary = way(shape, &chunks);
        let payload = pair.payload(&binary);
        bench(&mut group, BenchmarkId::new("binary", shape.name), pair, &binary, payload);
        let text = Way { is_binary: false, ..binary };
        bench(&mut group, BenchmarkId::new("text", shape.name), pair, &text, payload);
    }
    group.finish();
}

/// One lane and more, of rows of the usual types.
pub(crate) fn lanes(criterion: &mut Criterion, pair: &Pair) {
    let mut group = group(criterion, "lanes");
    let shape = SHAPES[1];
    let chunks = pair.blocks(shape, MB);
    let payload = pair.payload(&way(shape, &chunks));
    for lanes in [1, 2, 4, 8] {
        let way = Way { lanes, ..way(shape, &chunks) };
        bench(&mut group, BenchmarkId::new(shape.name, lanes), pair, &way, payload);
    }
    group.finish();
}

/// Blocks in a lane's queue, and their size.
pub(crate) fn buffers(criterion: &mut Criterion, pair: &Pair) {
    let shape = SHAPES[1];
    let chunks = pair.blocks(shape, 4 * MB);
    let payload = pair.payload(&way(shape, &chunks));
    let Buffers { blocks, capacity } = Buffers::default();
    let mut group = group(criterion, "queue_blocks");
    for blocks in [2, blocks, 64] {
        let way = Way { buffers: Buffers { blocks, capacity }, lanes: 1, ..way(shape, &chunks) };
        bench(&mut group, BenchmarkId::from_parameter(blocks), pair, &way, payload);
    }
    group.finish();
    let mut group = crate::chunks::group(criterion, "block_capacity");
    for capacity in [64 << 10, capacity, 1 << 20] {
        let way = Way { buffers: Buffers { blocks, capacity }, lanes: 1, ..way(shape, &chunks) };
        bench(&mut group, BenchmarkId::from_parameter(capacity), pair, &way, payload);
    }
    group.finish();
}
