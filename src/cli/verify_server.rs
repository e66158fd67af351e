//! `pgmigrate verify` of several databases: each is compared by itself, all of them share the turns to compare.
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use serde::Serialize;

use super::{args::VerifyArgs, context, output, served::Served, summary::render_verify};
use crate::{
    config::{RolesMode, Settings},
    error::{Error, ErrorKind, Result},
    migration::{self, Chosen, Database},
    pg::Ident,
    policy,
    verify::{self, Gate, VerifyOptions, VerifyReport},
};

/// Databases that are compared at a time: while the rows of one are, the catalogs of the next are read.
const AT_A_TIME: usize = 2;

/// What was found, database by database, the largest first.
#[derive(Debug, Serialize)]
struct ServerVerifyReport {
    equal: bool,
    databases: Vec<Compared>,
    notes: Vec<crate::catalog::Note>,
}

/// One database.
#[derive(Debug, Serialize)]
struct Compared {
    database: String,
    target_database: String,
    /// Nothing if it could not be compared.
    report: Option<VerifyReport>,
    /// Why it could not, or does not stand.
    error: Option<String>,
    #[serde(skip)]
    kind: Option<ErrorKind>,
}

pub(super) fn run(args: &VerifyArgs, settings: &Settings, served: &Served) -> Result<()> {
    refuse_single(args)?;
    let messages = served.metrics().messages();
    let report = context::block_on_watched(messages, compare(args, settings))?;
    if args.json {
        output::print_json(&report)?;
    } else {
        output::print(&render(&report))?;
    }
    report.result()
}

/// What is made for one comparison.
fn refuse_single(args: &VerifyArgs) -> Result<()> {
    let given =
        [("--resume", args.resume), ("--state", args.state.is_some()), ("--html", args.html.is_some())];
    let Some((option, _)) = given.into_iter().find(|(_, given)| *given) else { return Ok(()) };
    let message = format!("`{option}` is for the comparison of one database");
    Err(Error::new(ErrorKind::Usage, message).hint("compare the databases one by one with it"))
}

async fn compare(args: &VerifyArgs, settings: &Settings) -> Result<ServerVerifyReport> {
    let Chosen { databases, notes, .. } = migration::chosen(settings).await?;
    let gate = Arc::new(Gate::new(verify::concurrency(settings)));
    let mut compared: Vec<(usize, Compared)> = stream::iter(databases.iter().enumerate())
        .map(async |(place, database)| (place, one(args, settings, database, Arc::clone(&gate)).await))
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await;
    compared.sort_by_key(|(place, _)| *place);
    let databases: Vec<Compared> = compared.into_iter().map(|(_, one)| one).collect();
    Ok(ServerVerifyReport { equal: databases.iter().all(|one| one.kind.is_none()), databases, notes })
}

async fn one(args: &VerifyArgs, settings: &Settings, database: &Database, gate: Arc<Gate>) -> Compared {
    let mut settings = settings.of_database(&database.source, &database.target);
    if settings.roles == RolesMode::All {
        // Each role is compared with the databases that refer to it; all of them are `globals`' to compare.
        settings.roles = RolesMode::Referenced;
    }
    let mut options = VerifyOptions { gate: Some(gate), ..VerifyOptions::default() };
    if args.verbose {
        let name = Ident(database.source.clone()).to_string();
        options.listener = Some(Arc::new(move |line: &str| output::print_line(&format!("{name}: {line}"))));
    }
    let found = Box::pin(verify::verify(&settings, &options)).await;
    let (report, error) = match found {
        Ok(report) => (Some(report.clone()), report.into_result().err()),
        Err(error) => (None, Some(error)),
    };
    Compared {
        database: database.source.clone(),
        target_database: database.target.clone(),
        report,
        kind: error.as_ref().map(Error::kind),
        error: error.map(|error| error.report()),
    }
}

fn render(report: &ServerVerifyReport) -> String {
    let mut text = String::new();
    for one in &report.databases {
        text += &format!("== {}\n", Ident(one.database.clone()));
        match (&one.report, &one.error) {
            (Some(found), _) => text += &render_verify(found),
            (None, Some(error)) => text += &format!("not compared: {error}\n"),
            (None, None) => {}
        }
        text.push('\n');
    }
    for note in &report.notes {
        text += &format!("{}: {}\n", note.object, note.reason);
    }
    text
}

impl ServerVerifyReport {
    /// Differences count before what could not be compared; both are named.
    fn result(&self) -> Result<()> {
        let bad: Vec<&Compared> = self.databases.iter().filter(|one| one.kind.is_some()).collect();
        let Some(first) = bad.first().and_then(|one| one.kind) else { return Ok(()) };
        let names: Vec<String> = bad.iter().map(|one| Ident(one.database.clone()).to_string()).collect();
        let differs = bad.iter().any(|one| one.kind == Some(ErrorKind::Differs));
        let kind = if differs { ErrorKind::Differs } else { first };
        let message = format!(
            "{} of {} databases are not equal: {}",
            bad.len(),
            self.databases.len(),
            names.join(", ")
        );
        let error = Error::new(kind, message);
        Err(match policy::of(&error).hint {
            Some(_) => error,
            None => error.hint("the report names the cause of each"),
        })
    }
}
