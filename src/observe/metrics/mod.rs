//! What can be scraped of a run: counters, gauges and histograms in the text format of Prometheus.
//!
//! ```text
//! lanes, workers ─▶ LaneCounters, Progress ◀─ read at a scrape ─┐
//! what happens seldom (a step ends, a retry, a phase) ─ pushed ─┴▶ Metrics ──render()──▶ /metrics, report.json
//! ```
//! Nothing is added to the way of a row or a frame: what lanes count anyway is read when somebody asks. A scrape of two
//! lanes (270 lines) takes 7 ms of a processor in an unoptimised build; a copy that is scraped every second took as much
//! processor time as one that is not (0.69 s, n=4, in pairs). [`METRICS`] is
//! the one table of names. There is no global recorder: a [`Metrics`] is a value that is passed on, so two runs in one
//! process do not mix. It opens no socket; [`super::Listener`] does.
mod collect;
mod exposition;
mod feed;
mod health;
mod table;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use metrics::{Key, Label, Level, Metadata, Recorder as _, Unit};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use serde_json::Number;

pub(super) use self::{collect::remaining, exposition::merged};
pub use self::{
    feed::{Look, Resource},
    table::{Kind, METRICS, Metric, Shown},
};
use super::{
    LaneCounters, Progress,
    live::{Board, Messages},
};
use crate::{
    config::RoundTrips,
    error::{Error, ErrorKind, Result},
};

const METADATA: Metadata<'static> = Metadata::new("pgmigrate", Level::INFO, None);

/// The metrics of one command.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    /// The source's database.
    database: String,
    /// Of source and target.
    round_trips: [RoundTrips; 2],
    /// So many tables have series of their own.
    tables: usize,
    state: Mutex<Running>,
    started: (SystemTime, Instant),
    messages: Arc<Messages>,
    /// One scrape at a time: what another one sets meanwhile would be half in it.
    scraping: Mutex<()>,
}

/// What a scrape and the live page read.
#[derive(Default)]
pub(super) struct Running {
    pub(super) phases: Vec<Phase>,
    /// In the order in which they were opened.
    pub(super) lanes: Vec<Lane>,
    pub(super) progress: Option<Arc<Progress>>,
    pub(super) health: health::Health,
    pub(super) board: Board,
    /// Where the target's WAL ended when it was first looked at, in bytes.
    first_wal: Option<u64>,
}

pub(super) struct Lane {
    pub(super) counters: Arc<LaneCounters>,
    /// Seconds as they were told last, busy and waiting for either side: they never go back.
    told: [f64; 3],
}

pub(super) struct Phase {
    pub(super) name: String,
    began: Instant,
    pub(super) ended: Option<Instant>,
}

impl Phase {
    /// How long it took so far.
    pub(super) fn spent(&self) -> Duration {
        self.ended.unwrap_or_else(Instant::now).duration_since(self.began)
    }
}

impl Metrics {
    /// Of a command that begins now. `database` is the source's; `tables` is how many tables may have series of their
    /// own, the largest first; `round_trips` are those of the endpoints.
    pub fn new(database: &str, round_trips: [RoundTrips; 2], tables: u32) -> Result<Arc<Self>> {
        let recorder = build(database).map_err(|error| {
            Error::new(ErrorKind::Internal, "the metrics cannot be set up").caused_by(error)
        })?;
        for metric in METRICS {
            metric.describe(&recorder);
        }
        let metrics = Self {
            handle: recorder.handle(),
            recorder,
            database: database.to_owned(),
            round_trips,
            tables: usize::try_from(tables).unwrap_or(usize::MAX),
            state: Mutex::default(),
            started: (SystemTime::now(), Instant::now()),
            messages: Arc::default(),
            scraping: Mutex::default(),
        };
        metrics.set(&table::BUILD, &[env!("CARGO_PKG_VERSION")], 1.0);
        let now = metrics.started.0.duration_since(UNIX_EPOCH).unwrap_or_default();
        metrics.set(&table::STARTED, &[], now.as_secs_f64());
        metrics.begin_at_zero();
        Ok(Arc::new(metrics))
    }

    /// All of them now, in the text format 0.0.4, in the order of the table.
    pub fn render(&self) -> String {
        let _alone = self.scraping.lock().unwrap_or_else(PoisonError::into_inner);
        self.collect();
        exposition::ordered(&self.handle.render())
    }

    /// All of them now, by series as the text format writes it; those without a number are left out.
    pub fn dump(&self) -> BTreeMap<String, Number> {
        exposition::values(&self.render())
    }

    /// Adds to a counter.
    fn add(&self, metric: &Metric, labels: &[&str], count: u64) {
        self.recorder.register_counter(&metric.key(labels), &METADATA).increment(count);
    }

    /// Sets a counter to what was counted elsewhere; it never goes back.
    fn total(&self, metric: &Metric, labels: &[&str], count: u64) {
        self.recorder.register_counter(&metric.key(labels), &METADATA).absolute(count);
    }

    /// Sets a gauge, or a counter of seconds: those of the library are whole numbers.
    fn set(&self, metric: &Metric, labels: &[&str], value: f64) {
        self.recorder.register_gauge(&metric.key(labels), &METADATA).set(value);
    }

    /// Raises a gauge.
    fn gain(&self, metric: &Metric, labels: &[&str], by: u64) {
        self.recorder.register_gauge(&metric.key(labels), &METADATA).increment(float(by));
    }

    /// Sets a gauge to a whole number.
    fn count(&self, metric: &Metric, labels: &[&str], value: u64) {
        self.set(metric, labels, float(value));
    }

    /// Observes a value; none makes the histogram appear.
    fn observe(&self, metric: &Metric, labels: &[&str], value: Option<f64>) {
        let histogram = self.recorder.register_histogram(&metric.key(labels), &METADATA);
        if let Some(value) = value {
            histogram.record(value);
        }
    }

    /// Where the last events of the log are kept for the live page.
    pub fn messages(&self) -> &Arc<Messages> {
        &self.messages
    }

    /// The source's database.
    pub(super) fn database(&self) -> &str {
        &self.database
    }

    /// When the command began.
    pub(super) fn started(&self) -> (SystemTime, Instant) {
        self.started
    }

    /// A panic elsewhere leaves the state whole: each change is complete before the next.
    pub(super) fn state(&self) -> MutexGuard<'_, Running> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn build(database: &str) -> std::result::Result<PrometheusRecorder, BuildError> {
    let mut builder = PrometheusBuilder::new().add_global_label("database", escaped(database));
    for metric in METRICS {
        if let Kind::Histogram(bounds) = metric.kind {
            builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), bounds)?;
        }
    }
    Ok(builder.build_recorder())
}

impl Metric {
    fn describe(&self, recorder: &PrometheusRecorder) {
        let unit = match self.unit {
            "bytes" => Some(Unit::Bytes),
            "seconds" => Some(Unit::Seconds),
            _ => None,
        };
        match self.kind {
            Kind::Counter => recorder.describe_counter(self.name.into(), unit, self.help.into()),
            Kind::Gauge => recorder.describe_gauge(self.name.into(), unit, self.help.into()),
            Kind::Histogram(_) => recorder.describe_histogram(self.name.into(), unit, self.help.into()),
        }
    }

    fn key(&self, values: &[&str]) -> Key {
        debug_assert_eq!(values.len(), self.labels.len(), "labels of {}", self.name);
        let labels = self.labels.iter().zip(values);
        let labels: Vec<Label> = labels.map(|(label, value)| Label::new(*label, escaped(value))).collect();
        Key::from_parts(self.name, labels)
    }
}

/// The library takes a single backslash for the begin of an escape, and a double one for an escaped one.
fn escaped(value: &str) -> String {
    value.replace('\\', r"\\")
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus' numbers are floats; exact up to 2^53")]
fn float(value: u64) -> f64 {
    value as f64
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("tables", &self.tables).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
