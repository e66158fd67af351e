//! The target of globals: what it has, and what its role may do with the source's.
use std::collections::{BTreeMap, BTreeSet};

use super::{Globals, read};
use crate::{
    catalog::Rights,
    config::Settings,
    error::{Context as _, Result},
    object::Role,
    preflight,
    session::Session,
};

/// The target before the run.
#[derive(Debug)]
pub struct Target {
    /// What it has.
    pub globals: Globals,
    /// What its role may do; `None` of a superuser.
    pub rights: Option<Rights>,
    /// Settings that it does not take, as `setconfig` has them, with what it says.
    pub refused: BTreeMap<String, String>,
    /// Parameters that it knows.
    pub parameters: BTreeSet<String>,
    /// Providers of security labels that it has loaded.
    pub providers: BTreeSet<String>,
}

/// Reads the target, in whichever of its databases there is; `source` says what it is asked about.
pub async fn read_target(settings: &Settings, source: &Globals) -> Result<(Session, Target)> {
    let (session, _) = Session::connect_or_maintenance(&settings.target, "globals").await?;
    preflight::refuse_older(source.version, session.version())?;
    let globals = read::read(&session).await.context(|| "globals of the target")?;
    // No object of its database is asked for: it may be any.
    let rights = preflight::read_rights(&session, true, settings).await.context(|| "rights on the target")?;
    let settings = source.roles.iter().flat_map(Role::settings);
    let refused = preflight::refused_settings(&session, settings).await?;
    let names = session.texts("SELECT name FROM pg_catalog.pg_settings").await?;
    let mut providers = BTreeSet::new();
    for provider in source.labels.iter().map(|label| &label.provider).collect::<BTreeSet<_>>() {
        if preflight::is_label_provider_loaded(&session, provider).await? {
            providers.insert(provider.clone());
        }
    }
    let target = Target { globals, rights, refused, parameters: names.into_iter().collect(), providers };
    Ok((session, target))
}
