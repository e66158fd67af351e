//! `pgmigrate plan`: writes the plan of a migration and prints its summary.
use super::args::PlanArgs;
use crate::error::{Error, ErrorKind, Result};

pub(super) fn run(_args: PlanArgs) -> Result<()> {
    Err(Error::new(ErrorKind::Internal, "`plan` is not wired yet"))
}
