//! Lanes and workers that runs share, each with its connections: given to the run that has the longest way before it.
//!
//! ```text
//! run A ─ wants(Lane, way) ─┐            ┌─▶ take() ─▶ Slot (a lane, open as long as it is held)
//! run B ─ wants(Lane, way) ─┴─▶ Pool ────┴─▶ changed(), is_wanted() ─▶ who has the shorter way lets an idle one go
//! ```
//! So the connections of all runs together stay within one budget, the largest table of all databases comes first, and
//! what one database leaves idle another one takes. A run that is alone gets all that it asks for, and is never asked to
//! give back.
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use tokio::sync::watch;

use crate::observe::Resource;

/// A lane that changes the database opens two connections anew, some 10 ms near by: so much longer, in bytes to copy, must be the
/// way of who gets it.
const WORTH_A_CHANGE: u64 = 4 << 20;

/// What runs share.
#[derive(Debug, Clone)]
pub struct Pool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Sent to whenever a run may get what it did not get before, or is asked to give back.
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    lanes: Slots,
    workers: Slots,
    members: BTreeMap<u64, Wishes>,
    next: u64,
}

#[derive(Debug, Default, Clone, Copy)]
struct Slots {
    /// All that there are.
    total: u32,
    used: u32,
    /// Of these: connections that are being closed.
    leaving: u32,
}

#[derive(Debug, Default)]
struct Wishes {
    /// The way before what it would do with one more lane.
    lane: Option<u64>,
    worker: Option<u64>,
    load: Occupied,
}

/// What a run keeps busy.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Occupied {
    /// Lanes at work.
    pub(super) lanes: u32,
    /// Index builds.
    pub(super) builds: u32,
    /// Their processes on the target.
    pub(super) processes: u32,
}

/// A run's part in a pool; it ends when dropped.
#[derive(Debug)]
pub(super) struct Member {
    pool: Arc<Shared>,
    id: u64,
    changes: watch::Receiver<()>,
}

/// A lane or a worker that may have its connections; given back when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    pool: Arc<Shared>,
    resource: Resource,
    leaving: AtomicBool,
}

impl Pool {
    /// So many lanes and workers.
    pub fn new(lanes: u32, workers: u32) -> Self {
        let slots = |total| Slots { total, ..Slots::default() };
        let state = State { lanes: slots(lanes), workers: slots(workers), ..State::default() };
        Self(Arc::new(Shared { state: Mutex::new(state), changed: watch::Sender::new(()) }))
    }

    /// How many there are, in use or not.
    pub fn total(&self, resource: Resource) -> u32 {
        self.0.lock().slots(resource).total
    }

    /// A run that takes part from now on.
    pub(super) fn join(&self) -> Member {
        let mut state = self.0.lock();
        let id = state.next;
        state.next += 1;
        state.members.insert(id, Wishes::default());
        Member { pool: Arc::clone(&self.0), id, changes: self.0.changed.subscribe() }
    }
}

impl Member {
    /// Says what the run would do with one more, by the way before it in bytes; `None`: it wants none.
    pub(super) fn wants(&self, resource: Resource, way: Option<u64>) {
        let mut state = self.pool.lock();
        let Some(wishes) = state.members.get_mut(&self.id) else { return };
        if std::mem::replace(wishes.of(resource), way) != way {
            drop(state);
            self.pool.tell();
        }
    }

    /// One more for a way of so many bytes, if there is one that is not for somebody else.
    pub(super) fn take(&self, resource: Resource, way: u64) -> Option<Slot> {
        let mut state = self.pool.lock();
        if state.longer_than(resource, self.id, way) >= state.slots(resource).free() {
            return None;
        }
        state.slots(resource).used += 1;
        Some(Slot { pool: Arc::clone(&self.pool), resource, leaving: AtomicBool::new(false) })
    }

    /// Whether one that the run has, to go a way of so many bytes or none, is better given back.
    pub(super) fn is_wanted(&self, resource: Resource, way: Option<u64>) -> bool {
        let mut state = self.pool.lock();
        let longer = match way {
            Some(way) => state.longer_than(resource, self.id, way.saturating_add(WORTH_A_CHANGE)),
            None => state.waiting(resource, self.id),
        };
        longer > state.slots(resource).free_soon()
    }

    /// Says what the run keeps busy.
    pub(super) fn occupies(&self, load: Occupied) {
        let mut state = self.pool.lock();
        let Some(wishes) = state.members.get_mut(&self.id) else { return };
        if std::mem::replace(&mut wishes.load, load) != load {
            drop(state);
            self.pool.tell();
        }
    }

    /// What the other runs keep busy.
    pub(super) fn others(&self) -> Occupied {
        let state = self.pool.lock();
        let others = state.members.iter().filter(|(id, _)| **id != self.id);
        others.fold(Occupied::default(), |sum, (_, Wishes { load, .. })| Occupied {
            lanes: sum.lanes + load.lanes,
            builds: sum.builds + load.builds,
            processes: sum.processes + load.processes,
        })
    }

    /// Returns when [`Member::take`] or [`Member::is_wanted`] may answer otherwise than before. Cancel-safe.
    pub(super) async fn changed(&mut self) {
        if self.changes.changed().await.is_err() {
            // The pool holds the sender, and we hold the pool.
            std::future::pending::<()>().await;
        }
    }
}

impl Slot {
    /// Its connections are being closed: nobody else needs to make room for who waits for it.
    pub(super) fn leave(&self) {
        if !self.leaving.swap(true, Relaxed) {
            self.pool.lock().slots(self.resource).leaving += 1;
        }
    }

    /// The server has no room for it: from now on there is one less. `false`, and nothing is changed, if it is the last.
    pub(super) fn forfeit(&self) -> bool {
        let mut state = self.pool.lock();
        let slots = state.slots(self.resource);
        if slots.total < 2 {
            return false;
        }
        slots.total -= 1;
        true
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        let slots = state.slots(self.resource);
        slots.used -= 1;
        slots.leaving -= u32::from(self.leaving.load(Relaxed));
        drop(state);
        self.pool.tell();
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.pool.lock().members.remove(&self.id);
        self.pool.tell();
    }
}

impl Shared {
    /// A panic elsewhere leaves the state whole: each change is complete before the next.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.changed.send_replace(());
    }
}

impl State {
    fn slots(&mut self, resource: Resource) -> &mut Slots {
        match resource {
            Resource::Lane => &mut self.lanes,
            Resource::Worker => &mut self.workers,
        }
    }

    /// How many others wait for one.
    fn waiting(&self, resource: Resource, id: u64) -> u32 {
        self.count(id, |wishes| wishes.way(resource).is_some())
    }

    /// How many others wait for one, for a longer way than this.
    fn longer_than(&self, resource: Resource, id: u64, way: u64) -> u32 {
        self.count(id, |wishes| wishes.way(resource).is_some_and(|other| other > way))
    }

    fn count(&self, id: u64, fits: impl Fn(&Wishes) -> bool) -> u32 {
        let others = self.members.iter().filter(|(other, wishes)| **other != id && fits(wishes));
        u32::try_from(others.count()).unwrap_or(u32::MAX)
    }
}

impl Slots {
    fn free(self) -> u32 {
        self.total.saturating_sub(self.used)
    }

    fn free_soon(self) -> u32 {
        self.total.saturating_sub(self.used - self.leaving)
    }
}

impl Wishes {
    fn way(&self, resource: Resource) -> Option<u64> {
        match resource {
            Resource::Lane => self.lane,
            Resource::Worker => self.worker,
        }
    }

    fn of(&mut self, resource: Resource) -> &mut Option<u64> {
        match resource {
            Resource::Lane => &mut self.lane,
            Resource::Worker => &mut self.worker,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGE: u64 = 1 << 30;

    #[test]
    fn a_run_that_is_alone_gets_all() {
        let pool = Pool::new(2, 1);
        let run = pool.join();
        run.wants(Resource::Lane, Some(1));
        let lanes = [run.take(Resource::Lane, 1), run.take(Resource::Lane, 1)];
        assert!(lanes.iter().all(Option::is_some) && run.take(Resource::Lane, 1).is_none());
        assert!(run.take(Resource::Worker, 0).is_some());
        assert!(!run.is_wanted(Resource::Lane, None), "there is nobody else");
    }

    #[test]
    fn the_longest_way_comes_first() {
        let pool = Pool::new(2, 0);
        let (short, long) = (pool.join(), pool.join());
        let first = short.take(Resource::Lane, 10);
        long.wants(Resource::Lane, Some(LARGE));
        assert!(
            first.is_some() && short.take(Resource::Lane, 10).is_none(),
            "the other one is for the long way"
        );
        assert!(!short.is_wanted(Resource::Lane, Some(10)), "there is a free one for it");
        let second = long.take(Resource::Lane, LARGE);
        assert!(second.is_some());
        assert!(short.is_wanted(Resource::Lane, Some(10)));
        assert!(!short.is_wanted(Resource::Lane, Some(LARGE)), "as long a way is not worth a change");
        first.as_ref().unwrap().leave();
        assert!(!short.is_wanted(Resource::Lane, Some(10)), "one is enough");
        drop(first);
        assert!(long.take(Resource::Lane, LARGE).is_some() && short.take(Resource::Lane, 10).is_none());
        long.wants(Resource::Lane, None);
        assert!(!short.is_wanted(Resource::Lane, None));
    }

    #[test]
    fn what_is_given_back_is_told() {
        let pool = Pool::new(1, 0);
        let (one, mut other) = (pool.join(), pool.join());
        let slot = one.take(Resource::Lane, 1);
        assert!(other.take(Resource::Lane, LARGE).is_none());
        other.changes.mark_unchanged();
        drop(slot);
        assert!(other.changes.has_changed().unwrap());
        assert!(other.take(Resource::Lane, LARGE).is_some());
        drop(one);
        assert_eq!(other.others(), Occupied::default());
    }

    #[test]
    fn what_a_server_has_no_room_for_is_gone() {
        let pool = Pool::new(2, 0);
        let run = pool.join();
        let slots = [run.take(Resource::Lane, 1).unwrap(), run.take(Resource::Lane, 1).unwrap()];
        assert!(slots[1].forfeit() && !slots[0].forfeit(), "the last one stays");
        drop(slots);
        assert_eq!(pool.total(Resource::Lane), 1);
        let one = run.take(Resource::Lane, 1);
        assert!(one.is_some() && run.take(Resource::Lane, 1).is_none());
    }
}
