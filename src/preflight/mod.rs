//! Looks at both servers before anything is changed: what is there, whether it can be carried, and how.
//!
//! It changes nothing. What it finds becomes the input of the plan; what stands against a run is refused here or by
//! the plan, with the name of the thing. Called by `cli` for `plan`, `migrate`, `check` and `schema`.
mod budget;
pub mod check;
mod compression;
mod condition;
mod cut;
mod encoding;
mod expected;
mod fit;
mod hidden;
mod label;
mod machine;
mod refusals;
mod rights;
mod setting;
mod source;
mod tables;
mod tablespace;
mod target;
mod uses;

pub use budget::{Budget, PLANNED_AT_A_TIME, budget, budget_of_several};
pub use expected::Expected;
pub use fit::{Refused, fit_to_target, try_statements};
pub use label::is_label_provider_loaded;
pub use machine::{read_machine, read_machine_under_snapshot};
use refusals::Refusals;
pub use rights::{permit_on_target, read_rights};
pub use setting::refused_settings;
pub use source::{Source, read_definitions, read_source};
use target::read_target;

use std::collections::HashMap;

use crate::{
    catalog::{self, Database, Statistics},
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
    build_plan_after(settings, &Expected::default()).await
}

/// The plan that will be built once the target has what is expected.
pub async fn build_plan_after(settings: &Settings, expected: &Expected) -> Result<Plan> {
    let sides = read_both(settings, expected, &mut Refusals::first()).await?;
    sides.plan(settings).map(|(plan, _)| plan)
}

/// Reads both sides.
pub async fn read_sides(settings: &Settings) -> Result<Sides> {
    read_both(settings, &Expected::default(), &mut Refusals::first()).await
}

async fn read_both(settings: &Settings, expected: &Expected, refusals: &mut Refusals) -> Result<Sides> {
    let (source, target) = tokio::join!(read_source(settings), read_target(settings));
    refusals.stage = "source-catalog";
    let mut source = source?;
    refusals.stage = refusals::ANY;
    let (session, mut target) = target?;
    expected.add_to(&mut target, &source.selected.catalog);
    refusals.pass("target-standby", refuse_standby(&session))?;
    let database = &source.selected.catalog.database;
    let there = target.catalog.as_ref().map(|catalog| &catalog.database);
    refusals.pass("same-database", refuse_itself(database, there))?;
    refusals.pass("target-older", refuse_older(source.selected.catalog.version, target.version))?;
    let note = refusals.pass("encoding", encoding::agree(database, there))?;
    source.selected.notes.extend(note.flatten());
    refusals.pass("hidden-rows", hidden::refuse_hidden_rows(&source).await)?;
    fit_to_target(&mut source.selected, &source.session, &session, target.catalog.as_ref(), expected).await?;
    permit_on_target(&mut source.selected, &session, target.catalog.is_some(), settings).await?;
    let denied = rights::refuse_denied(&source.selected, target.catalog.is_some(), settings);
    refusals.pass("target-rights", denied)?;
    if let Some(there) = &mut target.catalog {
        catalog::align_large_objects(&mut source.selected.catalog, there);
    }
    let conditions = condition::check_conditions(&source.session, &source.selected, settings);
    let exists = target.catalog.is_some();
    let (tried, logged) =
        tokio::join!(conditions, refusals.log(settings, [&source.session, &session], exists));
    if refusals.pass("conditions", tried)?.is_none() {
        // The server has ended the transaction with it.
        return Ok(Sides::uncut(source, target));
    }
    logged?;
    drop(session);
    let wide_rows = [false, true];
    let lanes =
        wide_rows.map(|wide| budget::lanes(settings).min(source.machine.lanes_to(&target.machine, wide)));
    let cuts = cut::read_cuts(&source.session, &source.selected, settings, lanes).await;
    let cuts = refusals.pass("chunk-column", cuts)?.unwrap_or_default();
    let padded = cut::read_padded(&source.session, &source.selected).await?;
    let statistics = source.read_statistics(settings, &target).await?;
    Ok(Sides { source, target, cuts, padded, statistics })
}

impl Sides {
    /// What is known before it is asked how rows travel.
    fn uncut(source: Source, target: Target) -> Self {
        Self { source, target, cuts: HashMap::new(), padded: HashMap::new(), statistics: None }
    }

    /// Builds the plan; gives it with the source, whose session holds the snapshot.
    pub fn plan(self, settings: &Settings) -> Result<(Plan, Source)> {
        let plan = plan::build(&self.input(settings))?;
        Ok((plan, self.source))
    }

    /// All that stands against the plan, each with the id of its check.
    fn refusals(&self, settings: &Settings) -> Vec<(&'static str, Error)> {
        plan::refusals(&self.input(settings))
    }

    fn input<'a>(&'a self, settings: &'a Settings) -> Input<'a> {
        Input {
            source: &self.source.selected,
            types: &self.source.types,
            cuts: &self.cuts,
            padded: &self.padded,
            statistics: self.statistics.as_ref(),
            target: &self.target,
            settings,
            source_machine: &self.source.machine,
            passwords_readable: self.source.passwords_readable,
        }
    }
}

/// A database is not copied onto itself.
fn refuse_itself(source: &Database, there: Option<&Database>) -> Result<()> {
    let is_it =
        |there: &Database| there.system_identifier == source.system_identifier && there.name == source.name;
    if !there.is_some_and(is_it) {
        return Ok(());
    }
    let message = format!("source and target are the same database ({})", source.name);
    Err(Error::new(ErrorKind::Refused, message).hint("check both connection strings"))
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
