//! How often a side was asked something and waited for its answer.
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// Exchanges of all connections of one endpoint; its clones count on the same number.
///
/// A statement (or several sent as one text) counts one, and so does the begin and the end of a COPY FROM; the rows
/// of a COPY count none, they are not waited for, and statements that are sent while another is under way on the same
/// connection count with that one. A login counts two, whatever its authentication takes: the login
/// itself and the settings after it. Cancel requests are not counted.
#[derive(Debug, Clone, Default)]
pub struct RoundTrips(Arc<AtomicU64>);

impl RoundTrips {
    /// What a login costs.
    pub const LOGIN: u64 = 2;

    /// So many more.
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Relaxed);
    }

    /// All so far.
    pub fn total(&self) -> u64 {
        self.0.load(Relaxed)
    }
}
