//! Lanes in which nothing moves: whether a server is at work, waits for a lock, or is gone without a word.
//!
//! A copy may stand still for good reasons (a sort, a filter that finds nothing for a while, a lock), and a network that
//! swallows packets looks the same from here. Only the servers can tell, so they are asked, over connections of their
//! own. What nobody is at work on is cut, and its step tried again.
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde::Deserialize;

use super::StopHandle;
use crate::{
    blocking,
    config::{Endpoint, RoundTrips},
    error::{NOTICE, Result},
    net::gucs::APPLICATION_NAME,
    session::Session,
};

/// Whoever does not answer within so long is gone.
const PATIENCE: Duration = Duration::from_secs(15);

/// The watch over one task of a lane.
#[derive(Debug)]
pub(super) struct Watch {
    /// A lane in which nothing moved for so long is asked about, and again after as long; zero: never.
    timeout: Duration,
    bytes: u64,
    since: Instant,
    /// The last time, both servers waited for us: they may just have caught up.
    suspect: Arc<AtomicBool>,
}

impl Watch {
    /// Over a task that begins now.
    pub(super) fn new(timeout: Duration, bytes: u64) -> Self {
        Self { timeout, bytes, since: Instant::now(), suspect: Arc::default() }
    }

    /// Whether it is time to ask; `bytes` is what the lane has counted.
    pub(super) fn is_still(&mut self, bytes: u64) -> bool {
        if bytes != self.bytes {
            (self.bytes, self.since) = (bytes, Instant::now());
            self.suspect.store(false, Ordering::Relaxed);
            return false;
        }
        if self.timeout.is_zero() || self.since.elapsed() < self.timeout {
            return false;
        }
        self.since = Instant::now();
        true
    }

    /// Asks, without waiting for the answer.
    pub(super) fn ask(&self, lane: usize, ends: [&Endpoint; 2], stop: &StopHandle) {
        let (ends, stop) = (ends.map(Clone::clone), stop.clone());
        let suspect = Arc::clone(&self.suspect);
        tokio::spawn(async move {
            let (source, target) = tokio::join!(look(&ends[0], &stop), look(&ends[1], &stop));
            let was_suspect =
                suspect.swap(source == Seen::AtRest && target == Seen::AtRest, Ordering::Relaxed);
            let gone = [source, target].contains(&Seen::Gone);
            if gone || (was_suspect && suspect.load(Ordering::Relaxed)) {
                let lane = lane + 1;
                tracing::warn!(target: NOTICE, "lane {lane}: nothing moves and no server works on it; its connections are cut, the step is tried again");
                // Blocking: it dials for the cancel requests.
                if let Ok(cutting) = blocking::start("cut-lane", move || stop.cut()) {
                    _ = cutting.end().await;
                }
            }
        });
    }
}

/// What a server says of a lane's backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// It works, or waits for a lock.
    AtWork,
    /// It waits for us.
    AtRest,
    /// It is not there, or its server does not answer.
    Gone,
}

#[derive(Debug, Deserialize)]
struct Backend {
    waits_for_client: bool,
    blocked_by: Vec<i32>,
}

async fn look(end: &Endpoint, stop: &StopHandle) -> Seen {
    let side = end.side;
    let Some(pid) = stop.backend_pid(side) else { return Seen::AtWork };
    match tokio::time::timeout(PATIENCE, backend(end, pid)).await {
        Ok(Ok(Some(backend))) if !backend.blocked_by.is_empty() => {
            let pids: Vec<String> = backend.blocked_by.iter().map(ToString::to_string).collect();
            let pids = pids.join(", ");
            tracing::warn!(target: NOTICE, "{side}: a copy waits for a lock that pid {pids} holds");
            Seen::AtWork
        }
        Ok(Ok(Some(backend))) if backend.waits_for_client => Seen::AtRest,
        Ok(Ok(Some(_))) => Seen::AtWork,
        Ok(Err(error)) => {
            tracing::warn!(%side, "{}", error.report());
            Seen::Gone
        }
        Ok(Ok(None)) | Err(_) => Seen::Gone,
    }
}

async fn backend(end: &Endpoint, pid: i32) -> Result<Option<Backend>> {
    let endpoint = Endpoint { round_trips: RoundTrips::default(), ..end.clone() };
    let session = Session::connect(&endpoint, "watch", APPLICATION_NAME).await?;
    let query = format!(
        "SELECT coalesce(a.state NOT LIKE 'active%' OR a.wait_event_type = 'Client', false) AS waits_for_client, \
                pg_catalog.pg_blocking_pids(a.pid) AS blocked_by \
           FROM pg_catalog.pg_stat_activity a WHERE a.pid = {pid}"
    );
    Ok(session.query_json::<Backend>(&query).await?.pop())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_is_not_asked_about() {
        let minute = Duration::from_secs(60);
        let mut watch = Watch::new(minute, 0);
        watch.since -= minute;
        assert!(!watch.is_still(1), "it moved since");
        watch.since -= minute;
        assert!(watch.is_still(1));
        assert!(!watch.is_still(1), "it was just asked about");
        assert!(!Watch { timeout: Duration::ZERO, ..watch }.is_still(1));
    }
}
