//! Options of `check`.
use std::path::PathBuf;

use clap::{Args, builder::PossibleValuesParser};

use super::{ObjectArgs, OnExisting};
use crate::preflight::check::{CHECKS, Wanted};

/// Options of `check`.
#[derive(Debug, Clone, Args)]
#[command(override_usage = "\
pgmigrate check --config <FILE> [OPTIONS]
       pgmigrate check --source <URI> --target <URI> [OPTIONS]
       pgmigrate check --inventory --source <URI>")]
#[command(after_help = "\
Ends with 0 if nothing was found that a migration would fail by, with 4 otherwise. docs/reference/checks.md has all checks.

Examples:
  pgmigrate check --config config.yaml
  pgmigrate check --config config.yaml --skip disk-space,no-primary-key
  pgmigrate check --config config.yaml --json | jq '.findings[] | select(.severity == \"error\")'
  pgmigrate check --inventory --source postgresql://app@old/shop | jq .roles")]
pub struct CheckArgs {
    /// Configuration file
    #[arg(long, value_name = "FILE", required_unless_present = "source")]
    pub config: Option<PathBuf>,

    /// Source as URI or key=value string, in place of the file's
    #[arg(long, value_name = "URI")]
    pub source: Option<String>,

    /// Target as URI or key=value string, in place of the file's
    #[arg(long, value_name = "URI")]
    pub target: Option<String>,

    /// Make only these checks (a list with commas, or repeated)
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = ids(), hide_possible_values = true)]
    pub only: Vec<String>,

    /// Make all checks but these
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = ids(), hide_possible_values = true)]
    pub skip: Vec<String>,

    /// What the migration will do with selected tables that hold rows on the target
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = OnExisting::Fail)]
    pub on_existing: OnExisting,

    /// Print the findings as JSON, with an inventory of the source
    #[arg(long)]
    pub json: bool,

    /// Print the inventory of the source alone, as JSON: roles, databases, HBA rules, replication, special objects
    #[arg(long, conflicts_with_all = ["json", "only", "skip"])]
    pub inventory: bool,

    /// What of the objects stays behind.
    #[command(flatten)]
    pub objects: ObjectArgs,
}

impl CheckArgs {
    /// Which checks are made.
    pub fn wanted(&self) -> Wanted {
        Wanted { only: self.only.clone(), skip: self.skip.clone() }
    }
}

fn ids() -> PossibleValuesParser {
    PossibleValuesParser::new(CHECKS.iter().map(|check| check.id))
}
