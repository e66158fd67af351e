//! A phase of the run, from its begin to what the report says of it.
use std::{num::NonZero, time::Instant};

use serde::{Deserialize, Serialize};

use super::{
    activity::{Backend, SourceShares, Tally, TargetShares, Wait},
    bound::{Bound, Evidence},
    process,
};
use crate::config::{RoundTrips, Side};

/// The phase in which clients can work on the database while late rows are copied.
pub const USABLE: &str = "usable";

/// A phase of the run: how long, how many round trips, and where the time went.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// How long it took.
    pub seconds: f64,
    /// What was asked and waited for ([`RoundTrips`]); the samples' own queries are not in it.
    pub round_trips: BySide,
    /// Processor time of this program, all threads; `None` where the system does not tell.
    pub client_cpu_seconds: Option<f64>,
    /// How often each server was looked at.
    pub samples: BySide,
    /// What the source's backends did; `None` without samples.
    pub source: Option<SourceShares>,
    /// What the target's backends did; `None` without samples.
    pub target: Option<TargetShares>,
    /// What the backends at work waited for most; the starved and blocked included, the idle not.
    pub waits: BySide<Vec<Wait>>,
    /// What held it up; `None` if it was too short to tell.
    pub bound_by: Option<Bound>,
}

/// A number, or something else, of each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BySide<T = u64> {
    /// Of the source.
    pub source: T,
    /// Of the target.
    pub target: T,
}

/// A phase under way.
#[derive(Debug)]
pub(super) struct OpenPhase {
    name: String,
    began: Instant,
    cpu: Option<f64>,
    trips: BySide,
    source: Tally,
    target: Tally,
}

impl OpenPhase {
    pub(super) fn begin(name: &str, trips: &[RoundTrips; 2]) -> Self {
        Self {
            name: name.to_owned(),
            began: Instant::now(),
            cpu: process::cpu_seconds(),
            trips: totals(trips),
            source: Tally::default(),
            target: Tally::default(),
        }
    }

    pub(super) fn sampled(&mut self, side: Side, backends: &[Backend]) {
        match side {
            Side::Source => self.source.add(backends),
            Side::Target => self.target.add(backends),
        }
    }

    /// `lanes`: how many lanes worked in it.
    pub(super) fn end(self, trips: &[RoundTrips; 2], lanes: usize) -> Phase {
        let seconds = self.began.elapsed().as_secs_f64();
        let now = totals(trips);
        let client_cpu_seconds =
            process::cpu_seconds().zip(self.cpu).map(|(now, then)| ((now - then) * 100.0).round() / 100.0);
        let samples = BySide { source: self.source.samples(), target: self.target.samples() };
        let (source, target) = (self.source.source(), self.target.target());
        let bound_by = source.zip(target).and_then(|(source, target)| {
            let client =
                client_cpu_seconds.unwrap_or(0.0) / (seconds * threads(lanes)).max(f64::MIN_POSITIVE);
            Bound::of(&Evidence { samples: samples.source.min(samples.target), source, target, client })
        });
        Phase {
            name: self.name,
            seconds,
            round_trips: BySide {
                source: now.source - self.trips.source,
                target: now.target - self.trips.target,
            },
            client_cpu_seconds,
            samples,
            source,
            target,
            waits: BySide { source: self.source.waits(), target: self.target.waits() },
            bound_by,
        }
    }
}

fn totals([source, target]: &[RoundTrips; 2]) -> BySide {
    BySide { source: source.total(), target: target.total() }
}

/// How many threads of ours can be at work at once: one a lane (its second one mostly waits for the first), as far
/// as there are processors for them.
fn threads(lanes: usize) -> f64 {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    u32::try_from(lanes.clamp(1, processors)).map_or(1.0, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_has_what_happened_in_it_and_no_more() {
        let trips = [RoundTrips::default(), RoundTrips::default()];
        trips[0].add(5);
        let mut phase = OpenPhase::begin("catalog", &trips);
        trips[0].add(2);
        trips[1].clone().add(3);
        let working = Backend {
            state: Some("active".into()),
            wait_event_type: None,
            wait_event: None,
            is_connection: true,
        };
        phase.sampled(Side::Source, std::slice::from_ref(&working));
        let phase = phase.end(&trips, 0);
        assert_eq!(phase.round_trips, BySide { source: 2, target: 3 });
        assert_eq!(phase.samples, BySide { source: 1, target: 0 });
        assert_eq!((phase.source.unwrap().cpu, phase.target, phase.bound_by), (1.0, None, None));
    }
}
