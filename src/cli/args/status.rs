//! Options of `status`.
use std::path::PathBuf;

use clap::Args;

use super::STATE_NAME;

/// Options of `status`.
#[derive(Debug, Clone, Args)]
#[command(override_usage = "\
pgmigrate status --config <FILE> [OPTIONS]
       pgmigrate status --target <URI> [OPTIONS]")]
#[command(after_help = "\
It reads the journal in the target database and the sessions there, as the role of the run or a superuser. With the run's plan
it can tell how much there is to do.

Examples:
  pgmigrate status --config config.yaml
  pgmigrate status --target postgresql://app@new/shop --plan /var/lib/move/plan.tsv --state /var/lib/move/state.tsv
  pgmigrate status --config config.yaml --json | jq .state")]
pub struct StatusArgs {
    /// Configuration file
    #[arg(long, value_name = "FILE", required_unless_present = "target")]
    pub config: Option<PathBuf>,

    /// Target as URI or key=value string, in place of the file's
    #[arg(long, value_name = "URI")]
    pub target: Option<String>,

    /// The run's plan, if it is at hand
    #[arg(long, value_name = "FILE", default_value = "plan.tsv")]
    pub plan: PathBuf,

    /// The run's state file, if it is at hand: it tells of a run that ended
    #[arg(long, value_name = "FILE", default_value = STATE_NAME)]
    pub state: PathBuf,

    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}
