//! Access privileges, as `aclexplode()` shows them.
use serde::Deserialize;

/// One privilege granted by one role to another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
pub struct AclItem {
    /// Who granted it.
    pub grantor: String,
    /// Who holds it; `None` is PUBLIC.
    pub grantee: Option<String>,
    /// The keyword of GRANT (`SELECT`, `USAGE`, …).
    pub privilege: Privilege,
    /// With grant option.
    pub grantable: bool,
}

/// A privilege keyword.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct Privilege(pub String);
