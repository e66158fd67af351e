//! A source with tables of three shapes, a target with the same tables empty, and how a table goes through lanes.
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use pgmigrate::{
    config::{Endpoint, Environment, Overrides, Settings},
    run::{Buffers, Copied, CopyTask, Lane, LaneCounters, LaneOptions, StopHandle},
};

use crate::support::{
    database::{Database, Session},
    server::Server,
};

/// About what each table takes on disk, TOAST included.
const TABLE_BYTES: u64 = 16 << 20;

/// A table: what its rows look like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// Columns.
    columns: &'static str,
    /// A query for rows `n` from 1 to :rows.
    rows: &'static str,
    /// How many rows make [`TABLE_BYTES`].
    count: u64,
}

/// Two numbers; fourteen columns of the usual types; documents and bytes that are stored out of line.
pub(crate) const SHAPES: [Shape; 3] = [
    Shape {
        name: "narrow",
        columns: "id int4 NOT NULL, value int4 NOT NULL",
        rows: "SELECT n, n * 7 % 1000",
        count: 460_000,
    },
    Shape {
        name: "mixed",
        columns: "id int8, a int4, b int4, quantity numeric(15, 2), price numeric(15, 2), tax numeric(15, 2), \
                  flag char(1), status text, shipped date, received timestamptz, code varchar(20), mode text, ok bool, \
                  comment text",
        rows: "SELECT n, n % 1000, n % 77, n % 50, n % 90000 + .25, 0.07, 'A', 'open', date '2020-01-01' + n % 1000, \
               now(), 'SKU-' || n, 'AIR', n % 2 = 0, md5(n::text)",
        count: 95_000,
    },
    Shape {
        name: "wide",
        columns: "id int4, document jsonb, content bytea",
        rows: "SELECT n, jsonb_build_object('id', n, 'text', repeat(md5(n::text), 60)), \
               decode(repeat(md5(n::text) || md5((n + 1)::text), 128), 'hex')",
        count: 3_000,
    },
];

/// Both databases.
pub(crate) struct Pair {
    pub(crate) source: Database,
    pub(crate) target: Database,
    settings: Settings,
}

/// How a table is copied.
#[derive(Debug, Clone)]
pub(crate) struct Way<'w> {
    pub(crate) shape: Shape,
    /// Conditions, one a chunk.
    pub(crate) chunks: &'w [String],
    pub(crate) lanes: usize,
    pub(crate) is_binary: bool,
    pub(crate) buffers: Buffers,
}

impl Pair {
    pub(crate) fn prepare() -> Self {
        let (source, target) = (Server::main("bench-source"), Server::main("bench-target"));
        let (source, target) = (Database::create(&source), Database::create(&target));
        for shape in SHAPES {
            for database in [&source, &target] {
                database.execute(&format!("CREATE TABLE {} ({})", shape.name, shape.columns));
            }
            let Shape { name, rows, count, .. } = shape;
            source.execute(&format!("INSERT INTO {name} {rows} FROM generate_series(1, {count}) n"));
        }
        index(&source);
        source.execute("VACUUM ANALYZE");
        source.execute("CHECKPOINT");
        let settings = settings(&source.uri(), &target.uri());
        Self { source, target, settings }
    }

    /// Conditions that cut a table into pieces of about so many bytes, by its blocks.
    pub(crate) fn blocks(&self, shape: Shape, bytes: u64) -> Vec<String> {
        let sizes = format!("'{0}'), pg_relation_size('{0}') / 8192", shape.name);
        let row = self.source.value(&format!("SELECT pg_table_size({sizes}"));
        let pages = self.source.value(&format!("SELECT pg_relation_size('{}') / 8192", shape.name));
        let (total, pages): (u64, u64) = (row.parse().expect("bytes"), pages.parse().expect("pages"));
        let chunks = total.div_ceil(bytes).clamp(1, pages);
        let bound = |chunk: u64| chunk * pages / chunks;
        let range = |chunk: u64| {
            // The last goes on to the end.
            let end = if chunk + 1 == chunks { u64::from(u32::MAX - 1) } else { bound(chunk + 1) };
            format!("ctid >= '({},0)'::tid AND ctid < '({end},0)'::tid", bound(chunk))
        };
        (0..chunks).map(range).collect()
    }

    /// Conditions for so many rows each, by key.
    pub(crate) fn keys(shape: Shape, rows: u64) -> Vec<String> {
        let chunks = shape.count.div_ceil(rows);
        (0..chunks).map(|chunk| format!("id > {} AND id <= {}", chunk * rows, (chunk + 1) * rows)).collect()
    }

    /// Payload of a table in binary or text.
    pub(crate) fn payload(&self, way: &Way<'_>) -> u64 {
        let mut target = self.target.session();
        let mut lanes = self.open(1, way.buffers);
        copy_all(&mut target, &mut lanes, way).1
    }

    pub(crate) fn open(&self, lanes: usize, buffers: Buffers) -> Vec<Lane> {
        (0..lanes).map(|_| open(&self.settings.source, &self.settings.target, buffers)).collect()
    }

    /// The time of `times` copies; emptying the table between them is not in it.
    pub(crate) fn time(&self, way: &Way<'_>, times: u64) -> Duration {
        let mut target = self.target.session();
        let mut lanes = self.open(way.lanes, way.buffers);
        (0..times).map(|_| copy_all(&mut target, &mut lanes, way).0).sum()
    }

    /// Copies a table and gives its payload.
    pub(crate) fn fill(&self, shape: Shape) -> u64 {
        let chunks = self.blocks(shape, TABLE_BYTES);
        let buffers = Buffers::default();
        self.payload(&Way { shape, chunks: &chunks, lanes: 1, is_binary: true, buffers })
    }

    /// Makes the target's tables as the source's are.
    pub(crate) fn complete(&self) {
        index(&self.target);
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }
}

fn index(database: &Database) {
    for Shape { name, .. } in SHAPES {
        database.execute(&format!("CREATE UNIQUE INDEX {name}_id ON {name} (id)"));
    }
}

pub(crate) fn settings(source: &str, target: &str) -> Settings {
    let overrides = Overrides {
        source: Some(source.to_owned()),
        target: Some(target.to_owned()),
        ..Overrides::default()
    };
    Settings::load(&overrides, &Environment::default()).expect("settings")
}

fn open(source: &Endpoint, target: &Endpoint, buffers: Buffers) -> Lane {
    let options = LaneOptions {
        snapshot: None,
        source_sql: String::new(),
        target_sql: "SET synchronous_commit = off".into(),
        application_name: "pgmigrate bench".into(),
        buffers,
        counters: Arc::new(LaneCounters::default()),
        stop: StopHandle::default(),
    };
    Lane::open(source, target, options).expect("a lane")
}

/// Time and payload of a table that goes through all lanes, each taking the next chunk.
fn copy_all(target: &mut Session, lanes: &mut [Lane], way: &Way<'_>) -> (Duration, u64) {
    target.execute(&format!("TRUNCATE {}", way.shape.name));
    let (next, bytes) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let began = Instant::now();
    thread::scope(|scope| {
        for lane in lanes {
            scope.spawn(|| {
                while let Some(condition) = way.chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let copied = copy(lane, way, condition);
                    bytes.fetch_add(usize::try_from(copied.bytes).expect("a size"), Ordering::Relaxed);
                }
            });
        }
    });
    (began.elapsed(), bytes.into_inner() as u64)
}

fn copy(lane: &mut Lane, way: &Way<'_>, condition: &str) -> Copied {
    let (name, format) = (way.shape.name, if way.is_binary { "binary" } else { "text" });
    let task = CopyTask {
        source_sql: &format!(
            "COPY (SELECT * FROM public.{name} WHERE {condition}) TO STDOUT (FORMAT {format})"
        ),
        target_begin: "BEGIN",
        target_sql: &format!("COPY public.{name} FROM STDIN (FORMAT {format})"),
        target_end: &|_, _| "COMMIT".to_owned(),
    };
    lane.copy(&task).expect("a copy")
}
