//! `pgmigrate cleanup`: puts back what a run that died has left changed on the target, and drops its journal if asked to.
use std::iter;

use serde::Serialize;

use super::{args::CleanupArgs, context, output};
use crate::{
    config::Overrides,
    error::Result,
    run::{self, DroppedJournal},
    tuning::{self, PutBack},
};

/// What was done.
#[derive(Serialize)]
struct Cleaned {
    /// What became of settings of the server.
    #[serde(flatten)]
    settings: PutBack,
    /// The journal that was dropped, if one was.
    dropped_journal: Option<DroppedJournal>,
}

pub(super) fn run(args: &CleanupArgs) -> Result<()> {
    context::arm_failpoint()?;
    // Only the target is asked; the source needs no connection string.
    let source = args.config.is_none().then(|| args.target.clone()).flatten();
    let target =
        context::load(args.config.clone(), source, args.target.clone(), &Overrides::default())?.target;
    let (settings, dropped_journal) = context::block_on(async {
        let settings = tuning::put_back_leftovers(&target).await;
        // One can be done where the other cannot: they are in two databases.
        let journal = if args.drop_journal { run::drop_journal(&target).await } else { Ok(None) };
        Ok((settings, journal))
    })?;
    let failed = settings.is_err() || dropped_journal.is_err();
    let cleaned = Cleaned {
        settings: settings.as_ref().cloned().unwrap_or_default(),
        dropped_journal: dropped_journal.as_ref().cloned().unwrap_or_default(),
    };
    let lines = cleaned.lines();
    match (args.json, lines.is_empty()) {
        (true, _) => output::print_json(&cleaned)?,
        (false, true) if failed => {}
        (false, true) => {
            let no_journal = if args.drop_journal { ", and no journal to drop" } else { "" };
            output::print(&format!("nothing to put back{no_journal}\n"))?;
        }
        (false, false) => output::print(&format!("{}\n", lines.join("\n")))?,
    }
    settings.map(|_| ()).and(dropped_journal.map(|_| ()))
}

impl Cleaned {
    fn lines(&self) -> Vec<String> {
        let journal = self.dropped_journal.iter().flat_map(|journal| {
            let DroppedJournal { database, run_id, steps_done, not_rebuilt } = journal;
            let dropped = format!(
                "the journal of run {run_id} in the database {database} is dropped: it cannot be resumed; its steps done, {}, stay",
                output::count(*steps_done as u64)
            );
            let missing = (!not_rebuilt.is_empty()).then(|| {
                format!(
                    "warning: dropped for the load and not built again: {}; the run's plan.tsv has their definitions",
                    not_rebuilt.join(", ")
                )
            });
            iter::once(dropped).chain(missing)
        });
        self.settings.lines().into_iter().chain(journal).collect()
    }
}
