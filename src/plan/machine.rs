//! The machine that a server runs on, as far as the server tells.

/// What is known of it; nothing where the role may not read the server's files and the server is elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Machine {
    /// Processors that the server can use, its container's limit included.
    pub cores: Option<u32>,
    /// Memory in bytes, its container's limit included.
    pub memory: Option<u64>,
    /// What the kernel calls this boot: containers of one machine share it, and no two machines do.
    pub boot_id: Option<String>,
    /// Whether we reach it over a unix socket or a loopback address.
    pub is_local: bool,
}

impl Machine {
    /// Whether two servers are known to share a machine, and so its processors.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.boot_id, &other.boot_id) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => self.is_local && other.is_local,
        }
    }

    /// How many lanes the machines of a source and a target (`self` and `to`) can feed: each keeps about a processor of
    /// either server busy, but with wide rows, which the target compresses, hardly the source's.
    pub fn lanes_to(&self, to: &Self, wide_rows: bool) -> u32 {
        let both = if self.is_same(to) && !wide_rows { 2 } else { 1 };
        let cores = [to.cores.map(|cores| cores / both), self.cores.map(|cores| cores / both)];
        cores.into_iter().flatten().min().map_or(u32::MAX, |lanes| lanes.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boot_decides_and_without_it_the_way_there() {
        let booted = |id: &str| Machine { boot_id: Some(id.to_owned()), ..Machine::default() };
        let local = Machine { is_local: true, ..Machine::default() };
        assert!(booted("a").is_same(&booted("a")));
        assert!(!booted("a").is_same(&booted("b")));
        assert!(local.is_same(&local.clone()));
        assert!(!Machine::default().is_same(&Machine::default()));
        assert!(!local.is_same(&booted("a")));
    }

    #[test]
    fn a_lane_takes_a_processor_of_each_server() {
        let machine = |id: &str, cores| Machine { boot_id: Some(id.to_owned()), cores, ..Machine::default() };
        assert_eq!(machine("a", Some(8)).lanes_to(&machine("b", Some(4)), false), 4);
        assert_eq!(machine("a", Some(8)).lanes_to(&machine("a", Some(8)), false), 4);
        assert_eq!(machine("a", Some(8)).lanes_to(&machine("a", Some(8)), true), 8);
        assert_eq!(machine("a", Some(1)).lanes_to(&machine("a", Some(1)), false), 1);
        assert_eq!(machine("a", None).lanes_to(&machine("b", None), false), u32::MAX);
    }
}
