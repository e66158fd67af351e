//! `pgmigrate migrate`: the migration from start to end.
use super::args::MigrateArgs;
use crate::error::{Error, ErrorKind, Result};

pub(super) fn run(_args: MigrateArgs) -> Result<()> {
    Err(Error::new(ErrorKind::Internal, "`migrate` is not wired yet"))
}
