//! Options of `verify`: how rows are compared, and how it is told.
use std::path::PathBuf;

use clap::{Args, ValueEnum, value_parser};

use super::{ConnectionArgs, DatabaseArgs, MetricsArgs, ObjectArgs};
use crate::config::{Percent, VerifyOverrides};

/// Name of the file of what was read so far.
const VERIFY_STATE_NAME: &str = "verify.tsv";

/// Options of `verify`.
#[derive(Debug, Clone, Args)]
#[command(override_usage = "\
pgmigrate verify --config <FILE> [OPTIONS]
       pgmigrate verify --source <URI> --target <URI> [OPTIONS]")]
#[command(after_help = "\
Ends with 0 if everything is equal, with 1 if anything differs. Estimates that differ (--mode fast) are warnings.

Examples:
  pgmigrate verify --config config.yaml
  pgmigrate verify --config config.yaml --mode counts
  pgmigrate verify --config config.yaml --sample 1
  pgmigrate verify --config config.yaml --resume
  pgmigrate verify --source postgresql://postgres@old --target postgresql://postgres@new --all-databases
  pgmigrate verify --config config.yaml --html verify.html --json > verify.json")]
pub struct VerifyArgs {
    /// Where source, target and settings come from.
    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// How much of the rows is compared [default: the file's `verify.mode`, else checksum]
    #[arg(long, value_enum, value_name = "MODE")]
    pub mode: Option<VerifyModeName>,

    /// Compare so many of a hundred rows, the same ones on both sides: `--mode sample` [default: the file's
    /// `verify.sample_percent`, else 10]
    #[arg(long, value_name = "PERCENT")]
    pub sample: Option<Percent>,

    /// At most so many connections to each side compare at a time, over all databases [default: the file's
    /// `verify.concurrency`, else `parallel.max_jobs`, else 4]
    #[arg(long, visible_alias = "jobs", value_name = "N", value_parser = value_parser!(u32).range(1..=1024))]
    pub verify_concurrency: Option<u32>,

    /// Name so many rows of each table that differs by their keys [default: the file's `verify.max_differences`, else 20]
    #[arg(long, value_name = "N")]
    pub max_differences: Option<u32>,

    /// Go on where an earlier `verify` ended: what it has read counts where the servers prove that it is the same
    #[arg(long)]
    pub resume: bool,

    /// File of what was read so far [default: verify.tsv]
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,

    /// Write the result as a page for a browser, too
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,

    /// Show what is done on stderr
    #[arg(long, short)]
    pub verbose: bool,

    /// Which databases.
    #[command(flatten)]
    pub databases: DatabaseArgs,

    /// What of the objects stays behind.
    #[command(flatten)]
    pub objects: ObjectArgs,

    /// Where metrics are served.
    #[command(flatten)]
    pub metrics: MetricsArgs,
}

impl VerifyArgs {
    /// What is said here goes before the file.
    pub fn overrides(&self) -> VerifyOverrides {
        VerifyOverrides {
            mode: self.mode.map(Into::into),
            sample: self.sample,
            concurrency: self.verify_concurrency,
            max_differences: self.max_differences,
        }
    }

    /// The file of what was read so far.
    pub fn state_path(&self) -> PathBuf {
        self.state.clone().unwrap_or_else(|| VERIFY_STATE_NAME.into())
    }
}

/// How much of the rows is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VerifyModeName {
    /// The planner's estimates of their number; differences are warnings
    Fast,
    /// Their number
    Counts,
    /// Their number, and a checksum of all of them
    Checksum,
    /// Their number, and a checksum of some
    Sample,
}
