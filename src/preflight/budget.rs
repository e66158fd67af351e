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
    let free = [free(source).await?, free(target).await?];
    let work = u32::try_from(work).unwrap_or(u32::MAX);
    let builds: Vec<Builds> = target.query_json(include_str!("sql/builds.sql")).await?;
    let [maintenance_work_mem, parallel_workers] = builds
        .first()
        .map_or([0, 0], |builds| [builds.maintenance_work_mem, u64::from(builds.parallel_workers)]);
    Ok(Budget {
        maintenance_work_mem,
        parallel_workers: u32::try_from(parallel_workers).unwrap_or_default(),
        parallel_builds: target.version().at_least(11),
        source_machine: super::read_machine_under_snapshot(source).await?,
        target_machine: super::read_machine(target).await,
        ..derive(settings.max_jobs, settings.index_jobs, processors(), work, free)
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

fn derive(
    max_jobs: Option<u32>,
    index_jobs: Option<u32>,
    processors: u32,
    work: u32,
    open: [u32; 2],
) -> Budget {
    let free = open.map(|open| open.saturating_sub(LEAVE_FREE));
    let wanted = max_jobs.unwrap_or(processors.clamp(LANES_AT_LEAST, LANES_AT_MOST));
    let builds = index_jobs.unwrap_or(wanted.min(processors.max(LANES_AT_LEAST))).max(1);
    // The target serves lanes and builds at once; at least one of each, whatever it says.
    let builds = builds.min((free[1] / 2).max(1));
    let limits = [
        (wanted, if max_jobs.is_some() { "as asked for" } else { "one a processor" }),
        (work, "one a chunk"),
        (free[0], "free connections of the source"),
        (free[1].saturating_sub(builds), "free connections of the target"),
    ];
    let (lanes, reason) = limits.into_iter().min_by_key(|(limit, _)| *limit).unwrap_or((1, ""));
    let lanes = lanes.max(1);
    let sampled = [open[0] > lanes, open[1] > lanes + builds];
    Budget { lanes, index_jobs: builds, sampled, reason: reason.to_owned(), ..Budget::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

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
