//! Options of `cleanup`.
use std::path::PathBuf;

use clap::Args;

/// Options of `cleanup`.
#[derive(Debug, Clone, Args)]
#[command(override_usage = "\
pgmigrate cleanup --config <FILE> [OPTIONS]
       pgmigrate cleanup --target <URI> [OPTIONS]")]
#[command(after_help = "\
It puts back the settings of the target's server that a run with `--tune-target server` has changed
and, being killed, has left. Settings that a run works with it leaves alone. Run twice, it has
nothing to do. The journal of a run that stopped stays, for `migrate --resume`, unless
--drop-journal says that nobody will resume it.

Examples:
  pgmigrate cleanup --target postgresql://postgres@new/shop
  pgmigrate cleanup --target postgresql://postgres@new/shop --drop-journal
  pgmigrate cleanup --config config.yaml --json")]
pub struct CleanupArgs {
    /// Configuration file
    #[arg(long, value_name = "FILE", required_unless_present = "target")]
    pub config: Option<PathBuf>,

    /// Target as URI or key=value string, in place of the file's
    #[arg(long, value_name = "URI")]
    pub target: Option<String>,

    /// Drop the journal of the target's database too: its run cannot be resumed then. What it has copied stays
    #[arg(long)]
    pub drop_journal: bool,

    /// Print what was done as JSON
    #[arg(long)]
    pub json: bool,
}
