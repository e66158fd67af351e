//! One side of the comparison: its snapshot, and its catalog as the selection leaves it.
use super::state::Mark;
use crate::{
    catalog::{self, Note, Selected},
    config::{self, Endpoint, Settings},
    ddl::{self, Placement, Script},
    error::{Context as _, Error, ErrorKind, Result},
    net::gucs::APPLICATION_NAME,
    observe::EndpointReport,
    pg::ServerVersion,
    preflight::{self, Expected, Source},
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
    /// What of the source is not compared, since a migration would leave it out for this target.
    pub(super) left_out: Vec<Note>,
    /// Of the source: the same, fitted to what the target's role may do, if it may not do everything.
    pub(super) fitted: Option<(Selected, Script)>,
}

/// A side whose catalog is not final yet.
struct Draft {
    session: Session,
    snapshot: SnapshotId,
    selected: Selected,
}

impl Side {
    /// Reads the source as a migration would, with its refusals: a table that is asked for by name and is not there
    /// must not count as compared. The target is reduced by the same rules.
    pub(super) async fn open_both(settings: &Settings) -> Result<(Self, Self)> {
        let (mut source, mut target) =
            tokio::try_join!(Box::pin(open_source(settings)), Box::pin(open_target(settings)))?;
        preflight::refuse_older(source.session.version(), target.session.version())?;
        let (left_out, fitted) = fit(settings, &mut source, &target).await?;
        catalog::align_large_objects(&mut source.selected.catalog, &mut target.selected.catalog);
        let script = fitted
            .permits
            .is_some()
            .then(|| ddl::build(&fitted.catalog, &Placement::default()))
            .transpose()?;
        let fitted = script.map(|script| (fitted, script));
        let source = Self { left_out, fitted, ..Self::new(&settings.source, source)? };
        Ok((source, Self::new(&settings.target, target)?))
    }

    fn new(endpoint: &Endpoint, draft: Draft) -> Result<Self> {
        let Draft { session, snapshot, selected } = draft;
        let script = ddl::build(&selected.catalog, &Placement::default())
            .context(|| format!("{} catalog", endpoint.side))?;
        Ok(Self {
            endpoint: endpoint.clone(),
            session,
            snapshot,
            selected,
            script,
            left_out: Vec::new(),
            fitted: None,
        })
    }

    /// A further session that sees the same snapshot. `settings` are statements for it alone.
    pub(super) async fn worker(&self, settings: &str) -> Result<Session> {
        let session = Session::connect(&self.endpoint, "verify worker", APPLICATION_NAME).await?;
        session.execute(settings).await?;
        session.import_snapshot(&self.snapshot).await?;
        Ok(session)
    }

    /// What it is and what its snapshot sees.
    pub(super) async fn mark(&self) -> Result<Mark> {
        let session = self.worker("").await?;
        let row = session.one_text(Mark::QUERY).await?;
        Mark::parse(&self.selected.catalog.database.system_identifier, &row).ok_or_else(|| {
            Error::new(ErrorKind::Internal, format!("the {}'s snapshot cannot be read", self.name()))
        })
    }

    /// The server's version.
    pub(super) fn version(&self) -> ServerVersion {
        self.session.version()
    }

    /// Source or target.
    pub(super) fn name(&self) -> config::Side {
        self.endpoint.side
    }

    /// Where it is, for the report.
    pub(super) fn report(&self) -> EndpointReport {
        EndpointReport { address: self.endpoint.to_string(), server_version: self.version().to_string() }
    }
}

async fn open_source(settings: &Settings) -> Result<Draft> {
    let Source { session, snapshot, selected, .. } = preflight::read_source(settings).await?;
    Ok(Draft { session, snapshot, selected })
}

async fn open_target(settings: &Settings) -> Result<Draft> {
    let session = Session::connect(&settings.target, "verify", APPLICATION_NAME).await?;
    let snapshot = session.export_snapshot().await?;
    let catalog = Box::pin(catalog::read_with_sizes(&session, None)).await.context(|| "target catalog")?;
    let selected = catalog::select(catalog, &settings.selection).context(|| "target catalog")?;
    Ok(Draft { session, snapshot, selected })
}

/// Leaves out of the source what this target cannot hold, in a session of its own, since what is tried there can fail.
/// Gives what is left out, with what cannot be read; and the source as far as the target's role may make it.
async fn fit(settings: &Settings, source: &mut Draft, target: &Draft) -> Result<(Vec<Note>, Selected)> {
    let Selected { catalog, notes, .. } = &source.selected;
    let is_unread = |note: &&Note| catalog.uncarried.iter().any(|found| found.object == note.object);
    let unread: Vec<Note> = notes.iter().filter(is_unread).cloned().collect();
    let known = notes.len();
    let session = Session::connect(&settings.target, "verify fit", APPLICATION_NAME).await?;
    let has = Some(&target.selected.catalog);
    preflight::fit_to_target(&mut source.selected, &source.session, &session, has, &Expected::default())
        .await?;
    let left_out = unread.into_iter().chain(source.selected.notes.split_off(known)).collect();
    let mut fitted = source.selected.clone();
    preflight::permit_on_target(&mut fitted, &session, true, settings).await?;
    Ok((left_out, fitted))
}
