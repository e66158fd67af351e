//! Looks at both servers before anything is changed: what is there, whether it can be carried, and how.
//!
//! It changes nothing. What it finds becomes the input of the plan; what stands against a run is refused here or by
//! the plan, with the name of the thing. Called by `cli` for `plan`, `migrate` and `schema`.
mod budget;
mod compression;
mod condition;
mod cut;
mod encoding;
mod fit;
mod hidden;
mod label;
mod machine;
mod rights;
mod setting;
mod source;
mod tables;
mod tablespace;
mod target;
mod uses;

pub use budget::{Budget, PLANNED_AT_A_TIME, budget, budget_of_several};
pub use fit::{Refused, fit_to_target, try_statements};
pub use label::is_label_provider_loaded;
pub use machine::{read_machine, read_machine_under_snapshot};
pub use rights::{permit_on_target, read_rights};
pub use setting::refused_settings;
pub use source::{Source, read_definitions, read_source};
use target::read_target;

use std::collections::HashMap;

use crate::{
    catalog::{self, Statistics},
    config::Settings,
    error::{Error, ErrorKind, Result},
    pg::{Ident, Oid, ServerVersion},
    plan::{self, Cut, Input, Plan, Target},
    session::Session,
};

/// Both sides as they are, fit for each other.
pub struct Sides {
    source: Source,
    target: Target,
    cuts: HashMap<Oid, Cut>,
    padded: HashMap<Oid, Vec<Ident>>,
    statistics: Option<Statistics>,
}

/// Reads both sides and builds the plan.
pub async fn build_plan(settings: &Settings) -> Result<Plan> {
    read_sides(settings).await?.plan(settings).map(|(plan, _)| plan)
}

/// Reads both sides.
pub async fn read_sides(settings: &Settings) -> Result<Sides> {
    let (source, target) = tokio::join!(read_source(settings), read_target(settings));
    let (mut source, (session, mut target)) = (source?, target?);
    refuse_standby(&session)?;
    let database = &source.selected.catalog.database;
    let there = target.catalog.as_ref().map(|catalog| &catalog.database);
    if there.is_some_and(|there| {
        there.system_identifier == database.system_identifier && there.name == database.name
    }) {
        let message = format!("source and target are the same database ({})", database.name);
        return Err(Error::new(ErrorKind::Refused, message).hint("check both connection strings"));
    }
    refuse_older(source.selected.catalog.version, target.version)?;
    source.selected.notes.extend(encoding::agree(&source.selected.catalog.database, there)?);
    hidden::refuse_hidden_rows(&source).await?;
    fit_to_target(&mut source.selected, &source.session, &session, target.catalog.as_ref()).await?;
    permit_on_target(&mut source.selected, &session, target.catalog.is_some(), settings).await?;
    rights::refuse_denied(&source.selected, target.catalog.is_some(), settings)?;
    drop(session);
    if let Some(there) = &mut target.catalog {
        catalog::align_large_objects(&mut source.selected.catalog, there);
    }
    condition::check_conditions(&source.session, &source.selected, settings).await?;
    let wide_rows = [false, true];
    let lanes =
        wide_rows.map(|wide| budget::lanes(settings).min(source.machine.lanes_to(&target.machine, wide)));
    let cuts = cut::read_cuts(&source.session, &source.selected, settings, lanes).await?;
    let padded = cut::read_padded(&source.session, &source.selected).await?;
    let statistics = source.read_statistics(settings, &target).await?;
    Ok(Sides { source, target, cuts, padded, statistics })
}

impl Sides {
    /// Builds the plan; gives it with the source, whose session holds the snapshot.
    pub fn plan(self, settings: &Settings) -> Result<(Plan, Source)> {
        let Self { source, target, cuts, padded, statistics } = self;
        let plan = plan::build(&Input {
            source: &source.selected,
            types: &source.types,
            cuts: &cuts,
            padded: &padded,
            statistics: statistics.as_ref(),
            target: &target,
            settings,
            source_machine: &source.machine,
            passwords_readable: source.passwords_readable,
        })?;
        Ok((plan, source))
    }
}

/// A standby takes no writes.
pub fn refuse_standby(target: &Session) -> Result<()> {
    if !target.in_hot_standby() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Refused, "the target is a standby, which takes no writes")
        .hint("name its primary, or several hosts with `target_session_attrs=primary`"))
}

/// What an older server cannot hold is not known.
pub fn refuse_older(source: ServerVersion, target: ServerVersion) -> Result<()> {
    if target.major() >= source.major() {
        return Ok(());
    }
    let message = format!("the target (PostgreSQL {target}) is older than the source (PostgreSQL {source})");
    Err(Error::new(ErrorKind::Refused, message).hint("migrate to the same or a newer major version"))
}
