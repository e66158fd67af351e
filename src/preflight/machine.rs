//! Reads what a server's machine is, from the files that Linux and a container's limits show to the server.
//!
//! It is a wish: whoever may not read them, or a server that is not on Linux, leaves it unknown, and nothing fails.
use serde::Deserialize;

use crate::{error::Result, plan::Machine, session::Session};

/// The files, as text; missing ones are `None`.
#[derive(Debug, Default, Deserialize)]
struct Files {
    /// `processor` lines of `/proc/cpuinfo`.
    processors: u32,
    meminfo: Option<String>,
    boot_id: Option<String>,
    /// Whether the server is in a control group below the root that it sees.
    in_group: bool,
    /// By level of the control groups (v2): quota and period in microseconds, `max` for no quota.
    cpu_max: Vec<Option<String>>,
    /// By level: bytes, `max` for all.
    memory_max: Vec<Option<String>>,
    /// The same of control groups v1: a quota of -1 and a very large limit mean none.
    cpu_quota: Option<String>,
    cpu_period: Option<String>,
    memory_limit: Option<String>,
}

/// What the machine of a session's server is. The session must be in no transaction: a refusal would end it.
pub async fn read_machine(session: &Session) -> Machine {
    let read = read_files(session).await.unwrap_or_else(|error| {
        tracing::debug!("the {}'s machine is unknown: {}", session.side(), error.report());
        None
    });
    let is_local = session.is_local();
    let mut machine = Machine { is_local, ..read.as_ref().map(machine_of).unwrap_or_default() };
    if machine.cores.is_none() && is_local {
        machine.cores = std::thread::available_parallelism().ok().and_then(|n| u32::try_from(n.get()).ok());
    }
    tracing::info!(
        side = %session.side(), cores = machine.cores, memory = machine.memory, local = is_local, "machine"
    );
    machine
}

/// The same for a session that holds a snapshot, which stays as it is.
pub async fn read_machine_under_snapshot(session: &Session) -> Result<Machine> {
    session.execute("SAVEPOINT machine").await?;
    let machine = read_machine(session).await;
    session.execute("ROLLBACK TO SAVEPOINT machine; RELEASE SAVEPOINT machine").await?;
    Ok(machine)
}

/// Asks for the privilege first: an error would stand in the server's log.
async fn read_files(session: &Session) -> Result<Option<Files>> {
    if session.one_text(include_str!("sql/may_read_files.sql")).await? != "true" {
        return Ok(None);
    }
    Ok(session.query_json(include_str!("sql/machine.sql")).await?.pop())
}

fn machine_of(files: &Files) -> Machine {
    let processors = Some(files.processors).filter(|count| *count > 0);
    let v2 = files.cpu_max.iter().flatten().filter_map(|text| {
        let (quota_us, period_us) = text.trim().split_once(' ')?;
        quota(quota_us, period_us)
    });
    let v1 = files.cpu_quota.as_deref().zip(files.cpu_period.as_deref());
    let v1 = v1.and_then(|(quota_us, period_us)| quota(quota_us, period_us));
    Machine {
        cores: v2.chain(v1).chain(processors).min(),
        memory: memory_of(files),
        boot_id: files.boot_id.as_deref().map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()),
        is_local: false,
    }
}

/// Unknown where there is a group whose limit cannot be seen: a server that takes more than that is killed.
fn memory_of(files: &Files) -> Option<u64> {
    let limits = || files.memory_max.iter().flatten().chain(&files.memory_limit);
    if files.in_group && limits().next().is_none() {
        return None;
    }
    let limits = limits().filter_map(|text| text.trim().parse().ok());
    limits.chain(files.meminfo.as_deref().and_then(total)).min()
}

/// Processors, rounded up; `None` if there is no quota (`max` or -1).
fn quota(quota_us: &str, period_us: &str) -> Option<u32> {
    let (quota, period): (u64, u64) = (quota_us.trim().parse().ok()?, period_us.trim().parse().ok()?);
    u32::try_from(quota.checked_div(period)? + u64::from(!quota.is_multiple_of(period))).ok()
}

/// The bytes of `MemTotal: <number> kB`.
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_containers_limits_count() {
        let text = |text: &str| Some(text.to_owned());
        let mut files = Files {
            processors: 8,
            meminfo: text("MemTotal:       24603100 kB\nMemFree: 1 kB\n"),
            boot_id: text("de680645-91d5\n"),
            cpu_max: vec![text("max 100000\n")],
            memory_max: vec![text("max\n")],
            ..Files::default()
        };
        let machine = machine_of(&files);
        assert_eq!((machine.cores, machine.memory), (Some(8), Some(24_603_100 << 10)));
        assert_eq!(machine.boot_id.as_deref(), Some("de680645-91d5"));
        files.cpu_max.extend([text("150000 100000\n"), text("400000 100000\n")]);
        files.memory_max.extend([None, text("1073741824\n")]);
        let machine = machine_of(&files);
        assert_eq!((machine.cores, machine.memory), (Some(2), Some(1 << 30)));
        let old = |quota: &str, limit: &str| Files {
            processors: 8,
            meminfo: text("MemTotal: 8192 kB\n"),
            cpu_quota: text(quota),
            cpu_period: text("100000\n"),
            memory_limit: text(limit),
            ..Files::default()
        };
        let machine = machine_of(&old("-1\n", "9223372036854771712\n"));
        assert_eq!((machine.cores, machine.memory), (Some(8), Some(8 << 20)));
        let machine = machine_of(&old("300000\n", "1048576\n"));
        assert_eq!((machine.cores, machine.memory), (Some(3), Some(1 << 20)));
        // A group whose limit nobody can see may be smaller than the machine.
        let hidden = Files { in_group: true, meminfo: text("MemTotal: 8192 kB\n"), ..Files::default() };
        assert_eq!(machine_of(&hidden).memory, None);
        assert_eq!(machine_of(&Files::default()), Machine::default());
    }
}
