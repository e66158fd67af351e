//! What it takes to find the rows in a stream of the source's frames, and to make few large ones of them.
use std::{collections::VecDeque, hint::black_box};

use criterion::{BenchmarkId, Criterion, Throughput};
use pgmigrate::wire::{Block, Scanner};

/// Of the stream.
const BYTES: usize = 8 << 20;

/// What one read brings.
const READ: usize = 64 << 10;

/// A `CopyData` message for each row, as servers send them.
fn stream(row: usize) -> Vec<u8> {
    let length = u32::try_from(row + 4).expect("a row").to_be_bytes();
    let mut stream = Vec::with_capacity(BYTES + row);
    while stream.len() < BYTES {
        stream.push(b'd');
        stream.extend_from_slice(&length);
        stream.resize(stream.len() + row, 7);
    }
    stream
}

/// As a lane does it: what a read brings is compacted in place, and a block with enough is sent.
fn scan_all(stream: &[u8], block: &mut Block) -> u64 {
    let (mut scanner, mut messages) = (Scanner::new(), VecDeque::new());
    let mut rest = stream;
    while !rest.is_empty() {
        let space = block.space();
        let (read, behind) = rest.split_at(READ.min(rest.len()).min(space.len()));
        space[..read.len()].copy_from_slice(read);
        rest = behind;
        scanner.scan(block, read.len(), &mut messages).expect("whole frames");
        if block.is_ready() {
            black_box(block.payload());
            block.clear();
        }
    }
    block.clear();
    scanner.frames()
}

/// By bytes of a row: two numbers, a usual row, a page, a document.
pub(crate) fn scan(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frames");
    for row in [18, 150, 8_000, 100_000] {
        let stream = stream(row);
        group.throughput(Throughput::Bytes(stream.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(row), |bencher| {
            let mut block = Block::new();
            bencher.iter(|| scan_all(&stream, &mut block));
        });
    }
    group.finish();
}
