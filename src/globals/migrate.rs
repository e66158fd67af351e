//! From two endpoints to a result: reads both servers, compares, and applies if asked to.
use serde::Serialize;

use super::{Applied, Difference, Wish, apply, difference, read_source, read_target};
use crate::{config::Settings, error::Result, preflight};

/// What was found, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Migrated {
    /// What the target lacked.
    #[serde(flatten)]
    pub difference: Difference,
    /// `None` if nothing was to be changed.
    pub applied: Option<Applied>,
}

/// Brings the globals of the source's server to the target's; with `dry_run` it only says what would be done.
pub async fn migrate_globals(settings: &Settings, dry_run: bool) -> Result<Migrated> {
    let (source_session, mut source) = Box::pin(read_source(&settings.source, settings.globals.via)).await?;
    source.rename(&settings.mapping);
    let (target_session, target) = Box::pin(read_target(settings, &source)).await?;
    let difference = difference(&source, &target, &Wish::of(settings));
    let applied = if dry_run {
        None
    } else {
        preflight::refuse_standby(&target_session)?;
        Some(apply(&difference, &source_session, &target_session).await?)
    };
    Ok(Migrated { difference, applied })
}
