//! Server versions.
use std::fmt;

/// Major versions that can be source or target.
pub const SUPPORTED: &[u32] = &[10, 11, 12, 13, 14, 15, 16, 17, 18];

/// `server_version_num`: 150018 is 15.18.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerVersion(pub u32);

impl ServerVersion {
    /// The major version.
    pub fn major(self) -> u32 {
        self.0 / 10_000
    }

    /// Whether it is `major` or newer.
    pub fn at_least(self, major: u32) -> bool {
        self.major() >= major
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10_000, self.0 % 10_000)
    }
}
