//! What the system says of this process.

/// Clock ticks of `/proc` per second: `USER_HZ`, which is 100 on every Linux that servers run on.
const TICKS_A_SECOND: f64 = 100.0;

/// Where `utime` and `stime` stand behind the name of the program: fields 14 and 15 of proc(5), the name being the second.
const TIMES_BEHIND_NAME: usize = 11;

/// User and system time of all threads so far; `None` where there is no `/proc` (any system but Linux).
pub(super) fn cpu_seconds() -> Option<f64> {
    parse(&std::fs::read_to_string("/proc/self/stat").ok()?)
}

/// Memory that it holds now; `None` where there is no `/proc`.
pub(super) fn resident_bytes() -> Option<u64> {
    resident(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// `VmRSS:   12345 kB`
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_ascii_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

/// The name may hold anything, parentheses included.
fn parse(stat: &str) -> Option<f64> {
    let (_, behind_name) = stat.rsplit_once(')')?;
    let mut times = behind_name.split_ascii_whitespace().skip(TIMES_BEHIND_NAME);
    let (user, system): (f64, f64) = (times.next()?.parse().ok()?, times.next()?.parse().ok()?);
    Some((user + system) / TICKS_A_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_any_name() {
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 4 0 1 2 3";
        assert_eq!(parse(stat), Some(2.0));
        assert_eq!(parse("42 (a) S 1"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn memory_is_told_in_bytes() {
        assert_eq!(resident("VmHWM:\t  9 kB\nVmRSS:\t   12 kB\n"), Some(12 * 1024));
        assert_eq!(resident("VmHWM:\t  9 kB\n"), None);
    }
}
