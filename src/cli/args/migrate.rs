//! Options of `migrate`.
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, value_parser};

use super::{
    BACKUP_DIRECTORY, ConnectionArgs, DatabaseArgs, LoadingArgs, MetricsArgs, ObjectArgs, OnExisting,
    STATE_NAME, ShareArgs, TuningArgs,
};

/// Where the log stands if `--log` does not say: in the directory of the state file.
const LOG_NAME: &str = "pgmigrate.log";
/// Where the report stands if `--report` does not say: in the directory of the state file.
const REPORT_NAME: &str = "report.json";

/// Options of `migrate`.
#[derive(Debug, Clone, Args)]
#[command(override_usage = "\
pgmigrate migrate --config <FILE> [OPTIONS]
       pgmigrate migrate --source <URI> --target <URI> [OPTIONS]")]
#[command(after_help = "\
Examples:
  pgmigrate migrate --config config.yaml --dry-run
  pgmigrate migrate --config config.yaml --jobs 8
  pgmigrate migrate --config config.yaml --resume
  pgmigrate migrate --source postgresql://app@old/shop --target postgresql://app@new/shop
  pgmigrate migrate --source postgresql://postgres@old --target postgresql://postgres@new --all-databases")]
pub struct MigrateArgs {
    /// Where source, target and settings come from.
    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// Where the plan is written; with --resume, where it is read
    #[arg(long, value_name = "FILE", default_value = "plan.tsv")]
    pub plan: PathBuf,

    /// Where the state of each step is written
    #[arg(long, value_name = "FILE", default_value = STATE_NAME)]
    pub state: PathBuf,

    /// How the rows are shared out.
    #[command(flatten)]
    pub share: ShareArgs,

    /// At most so many indexes and constraints are built at a time [default: derived]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=1024))]
    pub index_jobs: Option<u32>,

    /// Print the plan's summary, change nothing
    #[arg(long, conflicts_with = "resume")]
    pub dry_run: bool,

    /// Continue the run of an existing plan: skip what is done, repeat what failed
    #[arg(long)]
    pub resume: bool,

    /// With --resume: which tables are copied again, since rows of theirs come from an earlier moment than the rest
    #[arg(long, value_enum, value_name = "WHICH", num_args = 0..=1, default_value_t = Consistent::Torn,
          default_missing_value = "changed", requires = "resume")]
    pub consistent: Consistent,

    /// What to do with selected tables that hold rows on the target
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = OnExisting::Fail, conflicts_with = "resume")]
    pub on_existing: OnExisting,

    /// How tables are loaded.
    #[command(flatten)]
    pub loading: LoadingArgs,

    /// Back the target up before anything is changed, if it holds anything; without a backup the run does not start. With
    /// --resume it was done
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true, default_missing_value = BACKUP_DIRECTORY,
          conflicts_with = "dry_run")]
    pub backup: Option<PathBuf>,

    /// Log file [default: pgmigrate.log beside the state file]
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,

    /// Report file [default: report.json beside the state file]
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,

    /// Show what is done on stderr, instead of bars
    #[arg(long, short)]
    pub verbose: bool,

    /// Print what happens to stdout as JSON, an event a line, in place of words and bars
    #[arg(long, conflicts_with = "dry_run")]
    pub json_events: bool,

    /// Which databases.
    #[command(flatten)]
    pub databases: DatabaseArgs,

    /// What of the objects stays behind.
    #[command(flatten)]
    pub objects: ObjectArgs,

    /// What may be changed of the target.
    #[command(flatten)]
    pub tuning: TuningArgs,

    /// Where metrics are served.
    #[command(flatten)]
    pub metrics: MetricsArgs,

    /// So many tables, the largest ones, have series of their own
    #[arg(long, value_name = "N", help_heading = "Metrics", value_parser = value_parser!(u32).range(..=10_000))]
    pub metrics_tables: Option<u32>,
}

/// Which tables a resumed run copies again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Consistent {
    /// None, though rows may then be there twice or not at all: the run tells of which tables
    None,
    /// Those of which a part was copied and that changed on the source since: no row is lost or there twice
    Torn,
    /// All of which a part was copied: each table shows one moment
    Table,
    /// These, and those that changed on the source since they were copied
    Changed,
    /// All: the copy shows one moment
    All,
}

impl MigrateArgs {
    /// The log file.
    pub fn log_path(&self) -> PathBuf {
        self.log.clone().unwrap_or_else(|| beside(&self.state, LOG_NAME))
    }

    /// The report file.
    pub fn report_path(&self) -> PathBuf {
        self.report.clone().unwrap_or_else(|| beside(&self.state, REPORT_NAME))
    }
}

fn beside(path: &Path, name: &str) -> PathBuf {
    path.with_file_name(name)
}
