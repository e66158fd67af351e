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
}
