//! `pgmigrate schema`: prints the definitions as SQL.
use super::args::SchemaArgs;
use crate::error::{Error, ErrorKind, Result};

pub(super) fn run(_args: SchemaArgs) -> Result<()> {
    Err(Error::new(ErrorKind::Internal, "`schema` is not wired yet"))
}
