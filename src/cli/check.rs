//! `pgmigrate check`: what stands in the way of a migration, before it is begun. Nothing is changed on either server.
use serde::Serialize;

use super::{args::CheckArgs, context, output, summary::render_check};
use crate::{
    config::Overrides,
    error::Result,
    preflight::check::{self, CheckReport, Inventory, read_inventory},
};

/// What `--json` prints.
#[derive(Serialize)]
struct WithInventory<'a> {
    #[serde(flatten)]
    report: &'a CheckReport,
    /// Of the source.
    inventory: Inventory,
}

pub(super) fn run(args: &CheckArgs) -> Result<()> {
    // Only the source is asked for its inventory; the target needs no connection string.
    let same = args.source.clone().filter(|_| args.inventory && args.config.is_none());
    let target = args.target.clone().or(same);
    let overrides = Overrides {
        on_existing: Some(args.on_existing.into()),
        without: args.objects.without(),
        ..Overrides::default()
    };
    let settings = context::load(args.config.clone(), args.source.clone(), target, &overrides)?;
    if args.inventory {
        return output::print_json(&context::block_on(read_inventory(&settings.source))?);
    }
    let report = context::block_on(check::check(&settings, &args.wanted()))?;
    if args.json {
        let inventory = context::block_on(read_inventory(&settings.source))?;
        output::print_json(&WithInventory { report: &report, inventory })?;
    } else {
        output::print(&render_check(&report))?;
    }
    report.result()
}
