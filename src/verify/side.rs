//! One side of the comparison: its snapshot, and its catalog as the selection leaves it.
use crate::{
    catalog::{self, Selected},
    config::{Endpoint, Settings},
    ddl::{self, Placement, Script},
    error::{Context as _, Result},
    net::gucs::APPLICATION_NAME,
    observe::EndpointReport,
    pg::ServerVersion,
    preflight::{self, Source},
    session::{Session, SnapshotId},
};

/// A side that was read. Its session holds the snapshot for as long as this lives, and runs nothing after the catalog
/// was read: an error would end the snapshot for everyone.
pub(super) struct Side {
    endpoint: Endpoint,
    session: Session,
    snapshot: SnapshotId,
    /// What is compared.
    pub(super) selected: Selected,
    /// What would make it.
    pub(super) script: Script,
    /// The same, fitted to what the target's role may do, if it may not do everything.
    pub(super) fitted: Option<(Selected, Script)>,
}

impl Side {
    /// Reads the source as a migration would, with its refusals: a table that is asked for by name and is not there
    /// must not count as compared.
    pub(super) async fn open_source(settings: &Settings) -> Result<Self> {
        let Source { session, snapshot, mut selected, .. } = preflight::read_source(settings).await?;
        preflight::fit_to_target(&mut selected, &session, settings).await?;
        let mut fitted = selected.clone();
        preflight::permit_on_target(&mut fitted, settings).await?;
        let mut side = Self::new(&settings.source, session, snapshot, selected)?;
        if fitted.permits.is_some() {
            let script = ddl::build(&fitted.catalog, &Placement::default())?;
            side.fitted = Some((fitted, script));
        }
        Ok(side)
    }

    /// Reads the target, reduced by the same rules.
    pub(super) async fn open_target(settings: &Settings) -> Result<Self> {
        let session = Session::connect(&settings.target, "verify", APPLICATION_NAME).await?;
        let snapshot = session.export_snapshot().await?;
        let catalog = Box::pin(catalog::read(&session, None)).await.context(|| "target catalog")?;
        let mut selected = catalog::select(catalog, &settings.selection).context(|| "target catalog")?;
        let refused = preflight::refused_privileges(&selected.catalog, &session).await?;
        catalog::leave_out(&mut selected, refused);
        Self::new(&settings.target, session, snapshot, selected)
    }

    fn new(endpoint: &Endpoint, session: Session, snapshot: SnapshotId, selected: Selected) -> Result<Self> {
        let script = ddl::build(&selected.catalog, &Placement::default())
            .context(|| format!("{} catalog", endpoint.side))?;
        Ok(Self { endpoint: endpoint.clone(), session, snapshot, selected, script, fitted: None })
    }

    /// A further session that sees the same snapshot. `settings` are statements for it alone.
    pub(super) async fn worker(&self, settings: &str) -> Result<Session> {
        let session = Session::connect(&self.endpoint, "verify worker", APPLICATION_NAME).await?;
        session.execute(settings).await?;
        session.import_snapshot(&self.snapshot).await?;
        Ok(session)
    }

    /// The server's version.
    pub(super) fn version(&self) -> ServerVersion {
        self.session.version()
    }

    /// Source or target.
    pub(super) fn name(&self) -> String {
        self.endpoint.side.to_string()
    }

    /// Where it is, for the report.
    pub(super) fn report(&self) -> EndpointReport {
        EndpointReport { address: self.endpoint.to_string(), server_version: self.version().to_string() }
    }
}
