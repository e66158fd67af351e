//! The plans of several databases, without their migrations.
use serde::Serialize;

use super::{Chosen, Database, choose};
use crate::{
    catalog::Note,
    config::{RolesMode, Settings},
    error::{Context as _, Error, ErrorKind, Result},
    globals::{self, Migrated},
    net::gucs::APPLICATION_NAME,
    pg::Ident,
    plan::{Plan, StepKind},
    preflight::{self, Budget},
    session::Session,
    tuning::{self, Choice},
};

/// What there is to do, and with what.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) chosen: Chosen,
    pub(super) budget: Budget,
    /// Databases that can be under way at the same time.
    pub(super) at_a_time: usize,
    /// Of source and target.
    pub(super) versions: [String; 2],
}

/// Looks at both servers.
pub(super) async fn look(settings: &Settings) -> Result<Look> {
    let (source, target) = tokio::try_join!(
        Session::connect(&settings.source, "server", APPLICATION_NAME),
        Session::connect_or_maintenance(&settings.target, "server"),
    )?;
    let (target, _) = target;
    preflight::refuse_older(source.version(), target.version())?;
    let chosen = choose(&source, settings).await?;
    let count = chosen.databases.len();
    let (budget, at_a_time) = preflight::budget_of_several(settings, &source, &target, count).await?;
    let versions = [&source, &target].map(|session| session.version().to_string());
    Ok(Look { chosen, budget, at_a_time: at_a_time as usize, versions })
}

/// Which databases are meant; only the source is asked.
pub async fn chosen(settings: &Settings) -> Result<Chosen> {
    let source = Session::connect(&settings.source, "server", APPLICATION_NAME).await?;
    choose(&source, settings).await
}

/// The plans of a server's databases.
#[derive(Debug, Serialize)]
pub struct Plans {
    /// By database, the largest first.
    pub databases: Vec<PlanOf>,
    /// What belongs to the server itself and comes first; nothing if roles are left out.
    pub globals: Option<Migrated>,
    /// What they may use together.
    #[serde(flatten)]
    pub limits: Limits,
    /// Databases that are left out, and why.
    pub notes: Vec<Note>,
    /// What a run would change of the target's server; nothing if it is not to be.
    pub tuning: Option<Choice>,
}

/// What all databases may use together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Lanes.
    pub lanes: u32,
    /// Why so many.
    pub lanes_reason: String,
    /// Databases under way at the same time.
    pub databases_at_a_time: usize,
    /// Connections to source and target at most.
    pub connections: [u32; 2],
    /// Connections that source and target have free.
    pub free_connections: [u32; 2],
}

/// The plan of a database in short.
#[derive(Debug, Serialize)]
pub struct PlanOf {
    /// Which database.
    #[serde(flatten)]
    pub database: Database,
    /// [`Plan::run_id`]; nothing if it cannot be planned.
    pub run_id: Option<String>,
    /// All steps.
    pub steps: usize,
    /// Those that copy rows.
    pub chunks: usize,
    /// What is left out or done differently, and why.
    pub notes: Vec<Note>,
    /// Why it cannot be planned.
    pub error: Option<String>,
    #[serde(skip)]
    kind: Option<ErrorKind>,
}

/// Plans each database that is selected; `keep` gets each plan. One that cannot be planned does not stop the others.
pub async fn plan(settings: &Settings, keep: impl Fn(&Database, &Plan) -> Result<()>) -> Result<Plans> {
    let Look { chosen, budget, at_a_time, .. } = look(settings).await?;
    let globals = match settings.roles {
        RolesMode::None => None,
        _ => Some(globals::migrate_globals(settings, true).await.context(|| "globals")?),
    };
    // They are brought before any of these plans is made, and are no part of one.
    let expected = globals.as_ref().map(|globals| globals.difference.made.clone()).unwrap_or_default();
    let mut databases = Vec::new();
    for database in chosen.databases {
        let settings = settings.of_database(&database.source, &database.target);
        let planned = preflight::build_plan_after(&settings, &expected).await;
        databases.push(match planned {
            Ok(plan) => {
                keep(&database, &plan)?;
                PlanOf::new(database, &plan)
            }
            Err(error) => PlanOf::failed(database, &error),
        });
    }
    let limits = Limits {
        lanes: budget.lanes,
        lanes_reason: budget.reason,
        databases_at_a_time: at_a_time,
        connections: budget.connections,
        free_connections: budget.free,
    };
    let tuning = tuning::preview(&settings.target, &settings.tuning).await?;
    Ok(Plans { databases, globals, limits, notes: chosen.notes, tuning })
}

impl PlanOf {
    fn new(database: Database, plan: &Plan) -> Self {
        Self {
            database,
            run_id: Some(plan.run_id()),
            steps: plan.steps.len(),
            chunks: plan.steps.iter().filter(|step| step.kind == StepKind::Data).count(),
            notes: plan.meta.notes.clone(),
            error: None,
            kind: None,
        }
    }

    fn failed(database: Database, error: &Error) -> Self {
        let (error, kind) = (Some(error.report()), Some(error.kind()));
        Self { database, run_id: None, steps: 0, chunks: 0, notes: Vec::new(), error, kind }
    }
}

impl Plans {
    /// An error if a database cannot be planned, of the first one's kind.
    pub fn result(&self) -> Result<()> {
        let bad: Vec<&PlanOf> = self.databases.iter().filter(|one| one.kind.is_some()).collect();
        let Some(kind) = bad.first().and_then(|one| one.kind) else { return Ok(()) };
        let names: Vec<String> =
            bad.iter().map(|one| Ident(one.database.source.clone()).to_string()).collect();
        let message = format!(
            "{} of {} databases cannot be planned: {}",
            bad.len(),
            self.databases.len(),
            names.join(", ")
        );
        Err(Error::new(kind, message).hint("the summary names the cause of each"))
    }
}
