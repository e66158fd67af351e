//! Looks at both servers before anything is changed: what is there, whether it can be carried, and how.
//!
//! It changes nothing. What it finds becomes the input of the plan; what stands against a run is refused here or by
//! the plan, with the name of the thing. Called by `cli` for `plan`, `migrate` and `schema`.
mod budget;
mod machine;
mod source;
mod target;

pub use budget::{Budget, budget};
pub use machine::{read_machine, read_machine_under_snapshot};
pub use source::{Source, read_source};
pub use target::read_target;

use crate::{
    config::Settings,
    error::{Error, ErrorKind, Result},
    pg::SUPPORTED,
    plan::{self, Input, Plan},
    session::Session,
};

/// Reads both sides and builds the plan; gives it with the source's session, which holds the snapshot.
pub async fn build_plan(settings: &Settings) -> Result<(Plan, Source)> {
    let source = read_source(settings).await?;
    let target = read_target(settings).await?;
    let database = &source.selected.catalog.database;
    let there = target.catalog.as_ref().map(|catalog| &catalog.database);
    if there.is_some_and(|there| {
        there.system_identifier == database.system_identifier && there.name == database.name
    }) {
        let message = format!("source and target are the same database ({})", database.name);
        return Err(Error::new(ErrorKind::Refused, message).hint("check both connection strings"));
    }
    if target.version.major() < source.selected.catalog.version.major() {
        let message = format!(
            "the target (PostgreSQL {}) is older than the source (PostgreSQL {})",
            target.version, source.selected.catalog.version
        );
        return Err(
            Error::new(ErrorKind::Refused, message).hint("migrate to the same or a newer major version")
        );
    }
    let plan = plan::build(&Input {
        source: &source.selected,
        types: &source.types,
        cuts: &source.cuts,
        target: &target,
        settings,
        source_machine: &source.machine,
        passwords_readable: source.passwords_readable,
    })?;
    Ok((plan, source))
}

/// Newer servers than those we know may work; older ones lack what the catalog queries ask for.
fn refuse_unsupported(session: &Session) -> Result<()> {
    let (side, version) = (session.side(), session.version());
    let oldest = SUPPORTED.first().copied().unwrap_or_default();
    if version.at_least(oldest) {
        return Ok(());
    }
    let message = format!("the {side} runs PostgreSQL {version}; the oldest that is supported is {oldest}");
    Err(Error::new(ErrorKind::Refused, message).hint("upgrade that server first"))
}
