//! How many lanes and builds there can be: what both servers have free, what there is to do, what this machine has.
use serde::Deserialize;

use crate::{
    config::Settings,
    error::Result,
    plan::{Machine, Plan, StepKind},
    session::Session,
};

/// Connections that stay free on each server for others.
const LEAVE_FREE: u32 = 3;

/// Lanes without a limit of the user: two even on one processor, since a lane often waits for a server.
const LANES_AT_LEAST: u32 = 2;

/// More than this gains nothing on one target server unless the user knows better.
const LANES_AT_MOST: u32 = 16;

/// Catalogs that are read at the same time: on a large one each keeps a processor of both servers busy.
pub const PLANNED_AT_A_TIME: u32 = 2;

/// So many databases should be under way at a time, that one's copying hides another one's catalog and index builds. Fewer lanes
/// are the price where a server has few connections.
const SIDE_BY_SIDE: u32 = 4;

/// What a run may use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Budget {
    /// Lanes: each has a connection on both servers.
    pub lanes: u32,
    /// Index builds and other statements of the target at a time: each has a connection there.
    pub index_jobs: u32,
    /// Whether there is a connection left on source and target to look at what the others do.
    pub sampled: [bool; 2],
    /// Why so many lanes, for people.
    pub reason: String,
    /// Connections to source and target at most, all of ours counted.
    pub connections: [u32; 2],
    /// Connections that source and target had free, ours included.
    pub free: [u32; 2],
    /// The source's machine.
    pub source_machine: Machine,
    /// The target's machine.
    pub target_machine: Machine,
    /// `maintenance_work_mem` of the target, in bytes.
    pub maintenance_work_mem: u64,
    /// `max_parallel_workers` of the target.
    pub parallel_workers: u32,
    /// Whether the target's index builds know parallel workers.
    pub parallel_builds: bool,
}

#[derive(Deserialize)]
struct Connections {
    free: i64,
}

/// What the target gives to a build.
#[derive(Deserialize)]
struct Builds {
    maintenance_work_mem: u64,
    parallel_workers: u32,
}

/// Derives the budget of a plan. `settings.max_jobs` is an upper limit.
pub async fn budget(plan: &Plan, settings: &Settings, source: &Session, target: &Session) -> Result<Budget> {
    let work = plan.steps.iter().filter(|step| step.kind == StepKind::Data).count();
    // One is ours on each side already: that of the snapshot, and that of the journal.
    let room = Room::new([free(source).await?, free(target).await?], settings.connections, 1)
        .without_lease(holds_lease(settings));
    let work = u32::try_from(work).unwrap_or(u32::MAX);
    let limits = Limits::of(settings);
    let machine = super::read_machine_under_snapshot(source).await?;
    let budget = derive(limits, work, room).with_lease(holds_lease(settings));
    with_machines(budget, machine, target).await
}

/// The budget of several databases, whose migrations share lanes and workers; and how many of them can be under way at a time.
pub async fn budget_of_several(
    settings: &Settings,
    source: &Session,
    target: &Session,
    databases: usize,
) -> Result<(Budget, u32)> {
    // These two sessions end before the first migration begins.
    let room = Room::new([free(source).await? + 1, free(target).await? + 1], settings.connections, 0)
        .without_lease(holds_lease(settings));
    let databases = u32::try_from(databases).unwrap_or(u32::MAX);
    let (budget, at_a_time) = derive_of_several(Limits::of(settings), databases, room);
    let budget = budget.with_lease(holds_lease(settings));
    let machine = super::read_machine(source).await;
    Ok((with_machines(budget, machine, target).await?, at_a_time))
}

/// Connections to the target of a run that changes its server's settings, or whose clients write before its end: they tell other runs
/// so ([`crate::tuning`]).
fn holds_lease(settings: &Settings) -> u32 {
    u32::from(settings.tuning.tunes_server() || settings.tuning.has_clients)
}

/// Connections that can still be opened on either side.
#[derive(Debug, Clone, Copy)]
struct Room {
    /// All.
    open: [u32; 2],
    /// Without those that are left to others.
    free: [u32; 2],
}

impl Room {
    /// `caps`: how many may be ours, `ours`: how many are already.
    fn new(open: [u32; 2], caps: [Option<u32>; 2], ours: u32) -> Self {
        let capped =
            |side: usize, count: u32| caps[side].map_or(count, |cap| count.min(cap.saturating_sub(ours)));
        Self {
            open: [0, 1].map(|side| capped(side, open[side])),
            free: [0, 1].map(|side| capped(side, open[side].saturating_sub(LEAVE_FREE))),
        }
    }
}

impl Room {
    /// What is left on the target beside the session that holds the lease.
    fn without_lease(mut self, lease: u32) -> Self {
        for room in [&mut self.open, &mut self.free] {
            room[1] = room[1].saturating_sub(lease);
        }
        self
    }
}

impl Budget {
    /// With the connection that [`Room::without_lease`] left out.
    fn with_lease(mut self, lease: u32) -> Self {
        self.connections[1] += lease;
        self.free[1] += lease;
        self
    }
}

/// With what the machines can do.
async fn with_machines(budget: Budget, source_machine: Machine, target: &Session) -> Result<Budget> {
    let builds: Vec<Builds> = target.query_json(include_str!("sql/builds.sql")).await?;
    let [maintenance_work_mem, parallel_workers] = builds
        .first()
        .map_or([0, 0], |builds| [builds.maintenance_work_mem, u64::from(builds.parallel_workers)]);
    Ok(Budget {
        maintenance_work_mem,
        parallel_workers: u32::try_from(parallel_workers).unwrap_or_default(),
        parallel_builds: target.version().at_least(11),
        source_machine,
        target_machine: super::read_machine(target).await,
        ..budget
    })
}

async fn free(session: &Session) -> Result<u32> {
    let rows: Vec<Connections> = session.query_json(include_str!("sql/connections.sql")).await?;
    let free = rows.first().map_or(0, |row| row.free);
    Ok(u32::try_from(free).unwrap_or(0))
}

/// Lanes that a run would like to have, before anybody's limits.
pub(super) fn lanes(settings: &Settings) -> u32 {
    settings.max_jobs.unwrap_or(processors().clamp(LANES_AT_LEAST, LANES_AT_MOST))
}

fn processors() -> u32 {
    std::thread::available_parallelism().map_or(1, |count| u32::try_from(count.get()).unwrap_or(1))
}

/// What the user and this machine say.
#[derive(Debug, Clone, Copy)]
struct Limits {
    max_jobs: Option<u32>,
    index_jobs: Option<u32>,
    processors: u32,
}

impl Limits {
    fn of(settings: &Settings) -> Self {
        Self { max_jobs: settings.max_jobs, index_jobs: settings.index_jobs, processors: processors() }
    }

    fn lanes(self) -> u32 {
        self.max_jobs.unwrap_or(self.processors.clamp(LANES_AT_LEAST, LANES_AT_MOST))
    }

    fn builds(self) -> u32 {
        self.index_jobs.unwrap_or(self.lanes().min(self.processors.max(LANES_AT_LEAST))).max(1)
    }

    fn reason(self) -> &'static str {
        if self.max_jobs.is_some() { "as asked for" } else { "one a processor" }
    }
}

fn derive(limits: Limits, work: u32, Room { open, free }: Room) -> Budget {
    // The target serves lanes and builds at once; at least one of each, whatever it says.
    let builds = limits.builds().min((free[1] / 2).max(1));
    let reasons = [
        (limits.lanes(), limits.reason()),
        (work, "one a chunk"),
        (free[0], "free connections of the source"),
        (free[1].saturating_sub(builds), "free connections of the target"),
    ];
    let (lanes, reason) = reasons.into_iter().min_by_key(|(limit, _)| *limit).unwrap_or((1, ""));
    let lanes = lanes.max(1);
    let sampled = [open[0] > lanes, open[1] > lanes + builds];
    let [source, target] = sampled.map(|sampled| 1 + lanes + u32::from(sampled));
    Budget {
        lanes,
        index_jobs: builds,
        sampled,
        reason: reason.to_owned(),
        connections: [source, target + builds],
        free: open.map(|open| open + 1),
        ..Budget::default()
    }
}

/// Each database that is under way has a connection on both sides, those whose catalogs are read one more.
fn derive_of_several(limits: Limits, databases: u32, Room { open, free }: Room) -> (Budget, u32) {
    let (mut lanes, mut builds, mut reason) = (limits.lanes(), limits.builds(), limits.reason());
    let rest = |lanes: u32, builds: u32| {
        let of_source = free[0].saturating_sub(lanes + PLANNED_AT_A_TIME);
        of_source.min(free[1].saturating_sub(lanes + builds + PLANNED_AT_A_TIME))
    };
    while rest(lanes, builds) < databases.min(SIDE_BY_SIDE) && lanes + builds > 2 {
        reason = "free connections of the servers";
        if builds >= lanes { builds -= 1 } else { lanes -= 1 }
    }
    let at_a_time = rest(lanes, builds).clamp(1, databases.max(1));
    // Where there is never more than one, no lane is open while its catalog is read.
    let planned = if at_a_time > 1 { PLANNED_AT_A_TIME } else { 0 };
    let connections = [lanes + at_a_time + planned, lanes + builds + at_a_time + planned];
    let sampled = [0, 1].map(|side| connections[side] + at_a_time <= free[side]);
    let connections = [0, 1].map(|side| connections[side] + if sampled[side] { at_a_time } else { 0 });
    let reason = reason.to_owned();
    let budget =
        Budget { lanes, index_jobs: builds, sampled, reason, connections, free: open, ..Budget::default() };
    (budget, at_a_time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derive(
        max_jobs: Option<u32>,
        index_jobs: Option<u32>,
        processors: u32,
        work: u32,
        open: [u32; 2],
    ) -> Budget {
        super::derive(Limits { max_jobs, index_jobs, processors }, work, Room::new(open, [None; 2], 1))
    }

    #[test]
    fn several_databases_share_what_is_free() {
        let of = |max_jobs, databases, open| {
            let limits = Limits { max_jobs, index_jobs: None, processors: 4 };
            let (budget, at_a_time) = derive_of_several(limits, databases, Room::new(open, [None; 2], 0));
            let within = [0, 1].map(|side| budget.connections[side] <= open[side]);
            (budget.lanes, budget.index_jobs, at_a_time, within, budget.sampled)
        };
        assert_eq!(of(None, 12, [97, 97]), (4, 4, 12, [true; 2], [true; 2]));
        assert_eq!(of(None, 1000, [97, 97]), (4, 4, 84, [true; 2], [false; 2]));
        assert_eq!(of(None, 12, [97, 17]), (4, 4, 4, [true; 2], [true, false]));
        assert_eq!(of(None, 12, [97, 13]), (2, 2, 4, [true; 2], [true, false]));
        assert_eq!(of(Some(16), 12, [20, 97]), (11, 4, 4, [true; 2], [false, true]));
    }

    #[test]
    fn the_user_says_how_many_may_be_open() {
        let limits = Limits { max_jobs: Some(16), index_jobs: Some(2), processors: 4 };
        for (cap, lanes) in [(10, 9), (2, 1)] {
            let budget = super::derive(limits, 100, Room::new([97, 97], [Some(cap), None], 1));
            assert_eq!((budget.lanes, budget.connections[0], budget.sampled[0]), (lanes, cap, false));
        }
        let (budget, at_a_time) = derive_of_several(limits, 12, Room::new([97, 97], [None, Some(12)], 0));
        assert_eq!((budget.connections[1] <= 12, at_a_time), (true, 4));
        // As few as the settings take.
        let (budget, at_a_time) = derive_of_several(limits, 12, Room::new([97, 97], [Some(2), Some(3)], 0));
        assert_eq!((budget.connections, at_a_time), ([2, 3], 1));
    }

    #[test]
    fn the_session_that_holds_the_lease_is_one_of_ours() {
        let limits = Limits { max_jobs: Some(16), index_jobs: Some(2), processors: 4 };
        let room = |cap| Room::new([97, 97], [None, Some(cap)], 1);
        let plain = super::derive(limits, 100, room(12));
        let leased = super::derive(limits, 100, room(12).without_lease(1)).with_lease(1);
        assert_eq!((plain.lanes, leased.lanes), (9, 8));
        assert_eq!((plain.connections[1], leased.connections[1]), (12, 12));
        let (several, _) =
            derive_of_several(limits, 12, Room::new([97, 97], [None, Some(13)], 0).without_lease(1));
        assert!(several.with_lease(1).connections[1] <= 13);
    }

    #[test]
    fn the_smallest_limit_decides() {
        let budget = derive(Some(8), None, 4, 100, [50, 50]);
        assert_eq!((budget.lanes, budget.index_jobs, &*budget.reason), (8, 4, "as asked for"));
        assert_eq!(derive(None, None, 1, 100, [50, 50]).lanes, 2);
        assert_eq!(derive(Some(8), None, 4, 3, [50, 50]).lanes, 3);
        assert_eq!(derive(Some(8), None, 4, 100, [5, 50]).lanes, 2);
        let tight = derive(Some(8), None, 4, 100, [50, 7]);
        assert_eq!((tight.lanes, tight.index_jobs), (2, 2));
        let least = derive(Some(8), None, 4, 0, [0, 0]);
        assert_eq!((least.lanes, least.index_jobs, least.sampled), (1, 1, [false, false]));
        assert_eq!(derive(Some(1), Some(1), 4, 9, [2, 2]).sampled, [true, false]);
    }
}
