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
    /// Quota and period of the container (cgroup v2), `max` for none.
    cpu_max: Option<String>,
    /// Bytes that the container may use, `max` for all.
    memory_max: Option<String>,
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
    let cores = [Some(files.processors).filter(|count| *count > 0), files.cpu_max.as_deref().and_then(quota)];
    let memory = [
        files.meminfo.as_deref().and_then(total),
        files.memory_max.as_deref().and_then(|text| text.trim().parse().ok()),
    ];
    Machine {
        cores: cores.into_iter().flatten().min(),
        memory: memory.into_iter().flatten().min(),
        boot_id: files.boot_id.as_deref().map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()),
        is_local: false,
    }
}

/// Processors of `<quota> <period>` in microseconds, rounded up; `None` for `max <period>`.
fn quota(text: &str) -> Option<u32> {
    let (quota, period) = text.trim().split_once(' ')?;
    let (quota, period): (u64, u64) = (quota.parse().ok()?, period.parse().ok()?);
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
        let mut files = Files {
            processors: 8,
            meminfo: Some("MemTotal:       24603100 kB\nMemFree: 1 kB\n".to_owned()),
            boot_id: Some("de680645-91d5\n".to_owned()),
            cpu_max: Some("max 100000\n".to_owned()),
            memory_max: Some("max\n".to_owned()),
        };
        let machine = machine_of(&files);
        assert_eq!((machine.cores, machine.memory), (Some(8), Some(24_603_100 << 10)));
        assert_eq!(machine.boot_id.as_deref(), Some("de680645-91d5"));
        files.cpu_max = Some("150000 100000\n".to_owned());
        files.memory_max = Some("1073741824\n".to_owned());
        let machine = machine_of(&files);
        assert_eq!((machine.cores, machine.memory), (Some(2), Some(1 << 30)));
        assert_eq!(machine_of(&Files::default()), Machine::default());
    }
}
