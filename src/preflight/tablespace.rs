//! Tablespaces: which of those in use the target has. They are places on its disks, and nothing to carry.
use std::collections::{BTreeSet, HashSet};

use crate::{
    catalog::{self, Selected},
    error::Result,
    session::Session,
};

/// Those that the role may create in. A database's own needs no privilege, and no name.
const USABLE: &str =
    "SELECT spcname FROM pg_catalog.pg_tablespace WHERE has_tablespace_privilege(oid, 'CREATE')";

/// Leaves to the default, and names, the tablespaces that the target neither has nor is expected to have. Where all is in the default, nobody
/// is asked.
pub(super) async fn keep_usable_tablespaces(
    source: &mut Selected,
    session: &Session,
    expected: &BTreeSet<String>,
) -> Result<()> {
    if !catalog::uses_tablespaces(&mut source.catalog) {
        return Ok(());
    }
    let usable: HashSet<String> = session.texts(USABLE).await?.into_iter().collect();
    catalog::keep_tablespaces(source, |name| usable.contains(name) || expected.contains(name));
    Ok(())
}
