//! What the servers' backends were doing, from samples of `pg_stat_activity`.
//!
//! Pure: a row is classified, rows become shares of the time. `run` takes the samples, [`super::Bound`] judges them.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How many wait events of a side are named.
const WAITS: usize = 5;

/// A backend of this run at one moment: a row of `pg_stat_activity`.
#[derive(Debug, Clone, Deserialize)]
pub struct Backend {
    /// `state`; NULL of a backend that is just starting.
    pub state: Option<String>,
    /// `wait_event_type`
    pub wait_event_type: Option<String>,
    /// `wait_event`
    pub wait_event: Option<String>,
    /// Whether it serves a connection of ours; others work for one (parallel workers).
    #[serde(default)]
    pub is_connection: bool,
}

/// What a backend at work was doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Activity {
    /// No wait event: it ran, or waited for a processor.
    Cpu,
    /// It read or wrote files of relations.
    Io,
    /// It wrote WAL, or waited for somebody who did, on this server or a synchronous standby.
    Wal,
    /// It waited for a lock, heavyweight or internal.
    Lock,
    /// It waited for us: a source that cannot send, a target that gets nothing.
    Client,
}

impl Backend {
    /// `None` if it was not at work, or only waited for another backend that is in the same sample (a leader for its
    /// parallel workers).
    fn activity(&self) -> Option<Activity> {
        if self.state.as_deref() != Some("active") {
            return None;
        }
        let Some(kind) = self.wait_event_type.as_deref() else { return Some(Activity::Cpu) };
        // Versions spell events differently: `WALWrite`, `WalWrite`, `WALWriteLock`, `wal_insert`.
        let event = self.wait_event.as_deref().unwrap_or_default().to_ascii_lowercase();
        match (kind, event.as_str()) {
            ("IO" | "LWLock", wal) if wal.starts_with("wal") => Some(Activity::Wal),
            ("IPC", "syncrep") => Some(Activity::Wal),
            ("IO", _) | ("LWLock", "bufferio" | "buffer_io") | ("Timeout", "vacuumdelay") => {
                Some(Activity::Io)
            }
            ("Lock" | "LWLock" | "BufferPin" | "Buffer", _) => Some(Activity::Lock),
            ("Client", _) => Some(Activity::Client),
            _ => None,
        }
    }

    /// What backends at work do, as metrics name it.
    pub(super) const ACTIVITIES: [&str; 5] = ["cpu", "io", "wal", "lock", "client"];

    /// Which of these it does; `None` if it is not at work.
    pub(super) fn activity_name(&self) -> Option<&'static str> {
        self.activity().map(|activity| Self::ACTIVITIES[activity as usize])
    }

    /// Whether the server says what it does (`track_activities` may be off).
    fn is_told(&self) -> bool {
        self.state.as_deref() != Some("disabled")
    }

    /// `IO/DataFileExtend`
    fn wait(&self) -> Option<String> {
        Some(format!("{}/{}", self.wait_event_type.as_deref()?, self.wait_event.as_deref()?))
    }
}

/// Sums up the samples of one server. Every sample weighs the same, shared out evenly over the backends at work in it.
#[derive(Debug, Default)]
pub(super) struct Tally {
    samples: u32,
    cpu: f64,
    io: f64,
    wal: f64,
    lock: f64,
    client: f64,
    idle: f64,
    waits: BTreeMap<String, f64>,
}

impl Tally {
    /// Adds a sample; one in which a backend is not told of says nothing and is left out.
    pub(super) fn add(&mut self, backends: &[Backend]) {
        if !backends.iter().all(Backend::is_told) {
            return;
        }
        self.samples += 1;
        let at_work: Vec<_> =
            backends.iter().filter_map(|backend| Some((backend, backend.activity()?))).collect();
        let weight = u32::try_from(at_work.len()).map_or(0.0, |count| 1.0 / f64::from(count));
        if at_work.is_empty() {
            self.idle += 1.0;
        }
        for (backend, activity) in at_work {
            if let Some(wait) = backend.wait() {
                *self.waits.entry(wait).or_default() += weight;
            }
            *match activity {
                Activity::Cpu => &mut self.cpu,
                Activity::Io => &mut self.io,
                Activity::Wal => &mut self.wal,
                Activity::Lock => &mut self.lock,
                Activity::Client => &mut self.client,
            } += weight;
        }
    }

    /// Number of samples.
    pub(super) fn samples(&self) -> u64 {
        self.samples.into()
    }

    /// The shares of a source; `None` without a sample.
    pub(super) fn source(&self) -> Option<SourceShares> {
        let share = self.share()?;
        Some(SourceShares {
            cpu: share(self.cpu),
            // What little WAL a read writes (hint bits, pruning) is I/O to it.
            io: share(self.io + self.wal),
            lock: share(self.lock),
            blocked: share(self.client),
            idle: share(self.idle),
        })
    }

    /// The shares of a target; `None` without a sample.
    pub(super) fn target(&self) -> Option<TargetShares> {
        let share = self.share()?;
        Some(TargetShares {
            cpu: share(self.cpu),
            io: share(self.io),
            wal: share(self.wal),
            lock: share(self.lock),
            starved: share(self.client),
            idle: share(self.idle),
        })
    }

    /// The wait events with the largest shares, largest first.
    pub(super) fn waits(&self) -> Vec<Wait> {
        let Some(share) = self.share() else { return Vec::new() };
        let wait = |(event, sum): (&String, &f64)| Wait { event: event.clone(), share: share(*sum) };
        let mut waits: Vec<Wait> = self.waits.iter().map(wait).collect();
        // It is stable: equals stay in the order of their names.
        waits.sort_by(|one, other| other.share.total_cmp(&one.share));
        waits.truncate(WAITS);
        waits
    }

    /// Part of all samples, to the thousandth.
    fn share(&self) -> Option<impl Fn(f64) -> f64 + use<>> {
        let samples = f64::from(self.samples);
        (self.samples > 0).then_some(move |sum: f64| (sum / samples * 1000.0).round() / 1000.0)
    }
}

/// What backends at work waited for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wait {
    /// `wait_event_type/wait_event`, as the server spells them.
    pub event: String,
    /// Of the samples.
    pub share: f64,
}

/// What the source's backends did, as shares of the samples: together 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct SourceShares {
    /// Ran, or waited for a processor.
    pub cpu: f64,
    /// Waited for files.
    pub io: f64,
    /// Waited for a lock.
    pub lock: f64,
    /// Could not send: the network, we or the target were slower.
    pub blocked: f64,
    /// None was at work.
    pub idle: f64,
}

/// What the target's backends did, as shares of the samples: together 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct TargetShares {
    /// Ran, or waited for a processor.
    pub cpu: f64,
    /// Waited for files of relations.
    pub io: f64,
    /// Waited for WAL to be written.
    pub wal: f64,
    /// Waited for a lock.
    pub lock: f64,
    /// Got nothing: the network, we or the source were slower.
    pub starved: f64,
    /// None was at work.
    pub idle: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backend(state: &str, wait: &str) -> Backend {
        let (kind, event) = wait.split_once('/').unzip();
        Backend {
            state: (!state.is_empty()).then(|| state.to_owned()),
            wait_event_type: kind.map(str::to_owned),
            wait_event: event.map(str::to_owned),
            is_connection: true,
        }
    }

    #[test]
    fn waits_of_all_versions_have_their_place() {
        for (wait, activity) in [
            ("", Some(Activity::Cpu)),
            ("IO/DataFileExtend", Some(Activity::Io)),
            ("IO/BufFileWrite", Some(Activity::Io)),
            ("IO/AioIoCompletion", Some(Activity::Io)),
            ("LWLock/buffer_io", Some(Activity::Io)),
            ("Timeout/VacuumDelay", Some(Activity::Io)),
            ("IO/WALSync", Some(Activity::Wal)),
            ("IO/WalInitWrite", Some(Activity::Wal)),
            ("LWLock/WALWriteLock", Some(Activity::Wal)),
            ("LWLock/wal_insert", Some(Activity::Wal)),
            ("LWLock/WALInsert", Some(Activity::Wal)),
            ("IPC/SyncRep", Some(Activity::Wal)),
            ("Lock/relation", Some(Activity::Lock)),
            ("Lock/extend", Some(Activity::Lock)),
            ("LWLock/buffer_content", Some(Activity::Lock)),
            ("BufferPin/BufferPin", Some(Activity::Lock)),
            ("Client/ClientRead", Some(Activity::Client)),
            ("Client/ClientWrite", Some(Activity::Client)),
            ("IPC/ParallelFinish", None),
            ("Extension/Extension", None),
            ("Timeout/PgSleep", None),
        ] {
            assert_eq!(backend("active", wait).activity(), activity, "{wait}");
        }
        assert_eq!(backend("idle", "Client/ClientRead").activity(), None);
        assert_eq!(backend("active", "IO/WALSync").activity_name(), Some("wal"));
        assert_eq!(backend("active", "Client/ClientRead").activity_name(), Some("client"));
        assert_eq!(backend("idle in transaction", "Client/ClientRead").activity(), None);
    }

    #[test]
    fn a_sample_is_shared_out_over_the_backends_at_work() {
        let mut tally = Tally::default();
        tally.add(&[backend("active", ""), backend("active", "IO/WALSync"), backend("idle", "")]);
        tally.add(&[backend("active", "Client/ClientRead")]);
        tally.add(&[backend("idle in transaction", "Client/ClientRead")]);
        tally.add(&[]);
        let expected =
            TargetShares { cpu: 0.125, wal: 0.125, starved: 0.25, idle: 0.5, ..Default::default() };
        assert_eq!(tally.target(), Some(expected));
        let expected = SourceShares { cpu: 0.125, io: 0.125, blocked: 0.25, idle: 0.5, ..Default::default() };
        assert_eq!((tally.source(), tally.samples()), (Some(expected), 4));
        let waits = tally.waits();
        let waits: Vec<_> = waits.iter().map(|wait| (wait.event.as_str(), wait.share)).collect();
        assert_eq!(waits, [("Client/ClientRead", 0.25), ("IO/WALSync", 0.125)]);
    }

    #[test]
    fn what_is_not_told_is_no_sample_and_who_is_starting_does_nothing_yet() {
        let mut tally = Tally::default();
        tally.add(&[backend("active", ""), backend("disabled", "")]);
        assert_eq!((tally.samples(), tally.source(), tally.target()), (0, None, None));
        tally.add(&[backend("", "")]);
        assert_eq!(tally.source(), Some(SourceShares { idle: 1.0, ..Default::default() }));
    }
}
