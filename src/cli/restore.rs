//! `pgmigrate restore`: a directory of `pgmigrate backup` or `pg_dump -Fd` into an empty database.
use std::time::Instant;

use super::{args::RestoreArgs, backup::jobs, context, output};
use crate::{
    backup::{self, RestoreWish},
    config::Overrides,
    error::Result,
    pg::quote_ident,
};

pub(super) fn run(args: &RestoreArgs) -> Result<()> {
    let overrides = Overrides { jobs: args.jobs, ..Overrides::default() };
    let source = args.config.is_none().then(|| args.target.clone()).flatten();
    let settings = context::load(args.config.clone(), source, args.target.clone(), &overrides)?;
    let wish = RestoreWish {
        directory: args.directory.clone(),
        jobs: jobs(&settings),
        no_owner: args.no_owner,
        no_privileges: args.no_privileges,
    };
    let begun = Instant::now();
    let restored = context::block_on(backup::restore(&settings.target, &wish))?;
    let mut text = String::new();
    if !restored.verified {
        text += "note: the backup has no manifest: its files were taken as they are\n";
    }
    text += &format!(
        "restored  database {}{}: {} rows of {} tables",
        quote_ident(&settings.target.database),
        if restored.created { ", new" } else { "" },
        output::count(restored.rows),
        output::count(restored.tables)
    );
    if restored.large_objects > 0 {
        text += &format!(", {} large objects", output::count(restored.large_objects));
    }
    text += &format!(", in {}\n", output::duration(begun.elapsed()));
    output::print(&text)
}
