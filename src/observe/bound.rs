//! The verdict: what a phase would have needed more of to be faster.
use serde::{Deserialize, Serialize};

use super::activity::{SourceShares, TargetShares};

/// Fewer samples than a second's are an anecdote.
const SAMPLES_AT_LEAST: u64 = 4;

/// From this share of its threads' time on our own work is taken for what held both servers up. Below 1, because the
/// threads of a lane also wait for each other.
const CLIENT_FULL: f64 = 0.7;

/// What held a phase up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// The target's backends ran, or waited for a processor.
    TargetCpu,
    /// They waited for files of relations.
    TargetIo,
    /// They waited for WAL to be written.
    TargetWal,
    /// They waited for locks.
    TargetLocks,
    /// The source's backends ran, or waited for a processor.
    SourceCpu,
    /// They waited for files.
    SourceIo,
    /// They waited for locks.
    SourceLocks,
    /// The source could not send and the target got nothing: the bytes were on their way.
    Network,
    /// This program's own work.
    Client,
    /// Neither server was at work: the time went between the statements.
    Latency,
}

impl Limit {
    /// As people read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TargetCpu => "target CPU",
            Self::TargetIo => "target I/O",
            Self::TargetWal => "target WAL",
            Self::TargetLocks => "target locks",
            Self::SourceCpu => "source CPU",
            Self::SourceIo => "source I/O",
            Self::SourceLocks => "source locks",
            Self::Network => "network",
            Self::Client => "client",
            Self::Latency => "latency",
        }
    }
}

/// What held a phase up, and for how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// What it was.
    pub what: Limit,
    /// In which share of the samples.
    pub share: f64,
}

/// What is known of a phase.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    /// The fewer samples of the two sides.
    pub samples: u64,
    /// What the source did.
    pub source: SourceShares,
    /// What the target did.
    pub target: TargetShares,
    /// Our own processor time, as a share of what our threads could have had (0 where it is not known).
    pub client: f64,
}

impl Bound {
    /// The largest share decides. A server that waits for the other one shows as blocked or starved, which is no
    /// reason by itself; only where both wait, or neither works, the reason is between them.
    pub fn of(evidence: &Evidence) -> Option<Self> {
        let Evidence { samples, source, target, client } = evidence;
        if *samples < SAMPLES_AT_LEAST {
            return None;
        }
        let between = |otherwise| if *client >= CLIENT_FULL { Limit::Client } else { otherwise };
        let limits = [
            (Limit::TargetCpu, target.cpu),
            (Limit::TargetIo, target.io),
            (Limit::TargetWal, target.wal),
            (Limit::TargetLocks, target.lock),
            (Limit::SourceCpu, source.cpu),
            (Limit::SourceIo, source.io),
            (Limit::SourceLocks, source.lock),
            (between(Limit::Network), source.blocked.min(target.starved)),
            (between(Limit::Latency), source.idle.min(target.idle)),
        ];
        // Of equals the first: the target is what can be made faster.
        let first_largest = |best: Self, (what, share): (Limit, f64)| {
            if share > best.share { Self { what, share } } else { best }
        };
        let bound = limits.into_iter().fold(Self { what: Limit::Latency, share: 0.0 }, first_largest);
        (bound.share > 0.0).then_some(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(source: SourceShares, target: TargetShares, client: f64) -> (Limit, f64) {
        let bound = Bound::of(&Evidence { samples: 10, source, target, client }).unwrap();
        (bound.what, bound.share)
    }

    #[test]
    fn who_works_while_the_other_waits_is_the_limit() {
        let blocked = SourceShares { cpu: 0.1, blocked: 0.9, ..Default::default() };
        let target = |cpu, io, wal, lock| TargetShares { cpu, io, wal, lock, ..Default::default() };
        assert_eq!(verdict(blocked, target(0.9, 0.1, 0.0, 0.0), 0.1), (Limit::TargetCpu, 0.9));
        assert_eq!(verdict(blocked, target(0.3, 0.7, 0.0, 0.0), 0.1), (Limit::TargetIo, 0.7));
        assert_eq!(verdict(blocked, target(0.3, 0.1, 0.6, 0.0), 0.1), (Limit::TargetWal, 0.6));
        assert_eq!(verdict(blocked, target(0.0, 0.0, 0.1, 0.9), 0.1), (Limit::TargetLocks, 0.9));
        let starved = TargetShares { cpu: 0.2, starved: 0.8, ..Default::default() };
        let source = |cpu, io, lock| SourceShares { cpu, io, lock, ..Default::default() };
        assert_eq!(verdict(source(0.9, 0.1, 0.0), starved, 0.1), (Limit::SourceCpu, 0.9));
        assert_eq!(verdict(source(0.3, 0.7, 0.0), starved, 0.1), (Limit::SourceIo, 0.7));
        assert_eq!(verdict(source(0.0, 0.1, 0.9), starved, 0.1), (Limit::SourceLocks, 0.9));
    }

    #[test]
    fn where_both_wait_it_is_what_lies_between() {
        let blocked = SourceShares { cpu: 0.2, blocked: 0.8, ..Default::default() };
        let starved = TargetShares { cpu: 0.3, starved: 0.7, ..Default::default() };
        assert_eq!(verdict(blocked, starved, 0.1), (Limit::Network, 0.7));
        assert_eq!(verdict(blocked, starved, 0.9), (Limit::Client, 0.7));
        let idle = (
            SourceShares { idle: 1.0, ..Default::default() },
            TargetShares { idle: 0.9, ..Default::default() },
        );
        assert_eq!(verdict(idle.0, idle.1, 0.1), (Limit::Latency, 0.9));
        assert_eq!(verdict(idle.0, idle.1, 0.9), (Limit::Client, 0.9));
    }

    #[test]
    fn an_idle_source_does_not_hide_a_busy_target() {
        let source = SourceShares { idle: 1.0, ..Default::default() };
        let target = TargetShares { cpu: 0.5, wal: 0.1, idle: 0.4, ..Default::default() };
        assert_eq!(verdict(source, target, 0.0), (Limit::TargetCpu, 0.5));
    }

    #[test]
    fn few_samples_are_no_verdict() {
        let evidence = Evidence {
            samples: SAMPLES_AT_LEAST - 1,
            source: SourceShares { cpu: 1.0, ..Default::default() },
            target: TargetShares::default(),
            client: 0.0,
        };
        assert_eq!(Bound::of(&evidence), None);
        let nothing = Evidence { samples: 10, source: SourceShares::default(), ..evidence };
        assert_eq!(Bound::of(&nothing), None);
    }
}
