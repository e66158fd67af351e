//! `pgmigrate verify`: compares source and target.
use super::args::VerifyArgs;
use crate::error::{Error, ErrorKind, Result};

pub(super) fn run(_args: VerifyArgs) -> Result<()> {
    Err(Error::new(ErrorKind::Internal, "`verify` is not wired yet"))
}
