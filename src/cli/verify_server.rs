//! `pgmigrate verify` of several databases: each is compared by itself, all of them share the turns to compare.
use std::{path::PathBuf, sync::Arc};

use futures_util::{StreamExt as _, stream};

use super::{
    args::VerifyArgs,
    context, output,
    served::Served,
    summary::{render_several_html, render_verify_several},
    verify::load_state,
};
use crate::{
    config::Settings,
    durable,
    error::Result,
    migration::{self, Chosen, Database},
    pg::Ident,
    verify::{self, Compared, Gate, SeveralReport, VerifyOptions},
};

/// Databases that are compared at a time: while the rows of one are, the catalogs of the next are read.
const AT_A_TIME: usize = 2;

/// `state`: the file of what was read so far.
pub(super) fn run(
    args: &VerifyArgs,
    settings: &Settings,
    state: Option<PathBuf>,
    served: &Served,
) -> Result<()> {
    let messages = served.metrics().messages();
    let report = context::block_on_watched(messages, compare(args, settings, state))?;
    if let Some(path) = &args.html {
        durable::write_atomically(path, render_several_html(&report).as_bytes())?;
    }
    if args.json {
        output::print_json(&report)?;
    } else {
        output::print(&render_verify_several(&report))?;
    }
    report.result()
}

async fn compare(args: &VerifyArgs, settings: &Settings, state: Option<PathBuf>) -> Result<SeveralReport> {
    let state = load_state(state, args.resume)?;
    let gate = Some(Arc::new(Gate::new(verify::concurrency(settings))));
    let shared = VerifyOptions { gate, state, ..VerifyOptions::default() };
    let Chosen { databases, notes } = migration::chosen(settings).await?;
    let mut compared: Vec<(usize, Compared)> = stream::iter(databases.iter().enumerate())
        .map(async |(place, database)| (place, one(args, settings, database, shared.clone()).await))
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await;
    compared.sort_by_key(|(place, _)| *place);
    Ok(SeveralReport::new(compared.into_iter().map(|(_, one)| one).collect(), notes))
}

async fn one(
    args: &VerifyArgs,
    settings: &Settings,
    database: &Database,
    mut options: VerifyOptions,
) -> Compared {
    let settings = settings.of_database(&database.source, &database.target);
    if args.verbose {
        let name = Ident(database.source.clone()).to_string();
        options.listener = Some(Arc::new(move |line: &str| output::print_line(&format!("{name}: {line}"))));
    }
    let found = Box::pin(verify::verify(&settings, &options)).await;
    Compared::new([database.source.clone(), database.target.clone()], found)
}
