//! `pgmigrate backup`, and the backup before a migration: a database to a directory that `pg_restore` reads too.
use std::{path::Path, thread, time::Instant};

use super::{args::BackupArgs, context, output};
use crate::{
    backup::{self, Backup, BackupWish},
    config::{Overrides, Settings},
    error::{Context as _, Result},
};

/// Level of compression of the backup before a migration: as much as does not make the disk's speed wait.
const LEVEL: u32 = 1;

/// Connections, unless somebody says how many.
const MOST_JOBS: usize = 8;

pub(super) fn run(args: &BackupArgs) -> Result<()> {
    let overrides = Overrides { jobs: args.jobs, ..Overrides::default() };
    // Only the target is asked; the source needs no connection string.
    let source = args.config.is_none().then(|| args.target.clone()).flatten();
    let settings = context::load(args.config.clone(), source, args.target.clone(), &overrides)?;
    let wish = BackupWish { base: args.dir.clone(), jobs: jobs(&settings), level: args.compress };
    let begun = Instant::now();
    let made = context::block_on(backup::back_up(&settings, &wish))?;
    output::print(&told(&made, begun))
}

/// Backs the target up if it is there and holds anything.
pub(super) async fn before_migration(settings: &Settings, base: &Path) -> Result<()> {
    let begun = Instant::now();
    if !backup::holds_anything(&settings.target).await.context(|| "backup")? {
        output::print_line("backup: the target holds nothing");
        return Ok(());
    }
    let made = backup::back_up(settings, &wish(settings, base)).await?;
    tracing::info!(path = %made.path.display(), bytes = made.manifest.bytes(), "target backed up");
    output::print_line(told(&made, begun).trim_end());
    Ok(())
}

/// How a target is backed up before a migration.
pub(super) fn wish(settings: &Settings, base: &Path) -> BackupWish {
    BackupWish { base: base.to_owned(), jobs: jobs(settings), level: LEVEL }
}

/// As many as the settings say, else one a processor.
pub(super) fn jobs(settings: &Settings) -> u32 {
    let processors = thread::available_parallelism().map_or(1, usize::from).min(MOST_JOBS);
    settings.max_jobs.unwrap_or(u32::try_from(processors).unwrap_or(1))
}

fn told(backup: &Backup, begun: Instant) -> String {
    let mut text = String::new();
    for note in &backup.notes {
        text += &format!("note: {}: {}\n", note.object, note.reason);
    }
    let manifest = &backup.manifest;
    text += &format!(
        "backup  {}\n        {} rows of {} tables, {} in {} files, read back, in {}\n",
        backup.path.display(),
        output::count(manifest.rows()),
        output::count(manifest.tables() as u64),
        output::bytes(manifest.bytes()),
        output::count(manifest.files.len() as u64),
        output::duration(begun.elapsed())
    );
    text
}
