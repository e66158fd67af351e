//! Options of `globals`.
use clap::{Args, ValueEnum};

use super::{ConnectionArgs, ObjectArgs};
use crate::config::RolesMode;

/// Options of `globals`.
#[derive(Debug, Clone, Args)]
#[command(override_usage = "\
pgmigrate globals --config <FILE> [OPTIONS]
       pgmigrate globals --source <URI> --target <URI> [OPTIONS]")]
#[command(after_help = "\
It makes what the target's server lacks and takes nothing away; the role that migrates is never touched. Run twice, it has
nothing to do. Roles that are there stay as they are unless the file says `roles.on_existing: update`; tablespaces are made in
the directories that the file names in `tablespaces.locations`.

Examples:
  pgmigrate globals --source postgresql://admin@old/postgres --target postgresql://admin@new/postgres --dry-run
  pgmigrate globals --config config.yaml --json")]
pub struct GlobalsArgs {
    /// Where source, target and settings come from.
    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// Which roles [default: the file's `roles.mode`; without a file all]
    #[arg(long, value_enum, value_name = "WHICH")]
    pub roles: Option<RolesName>,

    /// Print what would be done, as SQL, and change nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,

    /// What of the objects stays behind.
    #[command(flatten)]
    pub objects: ObjectArgs,
}

/// Which roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RolesName {
    /// Every role of the source
    All,
    /// Those that some database of the source uses, and those that they are members of
    Referenced,
    /// None
    None,
}

impl From<RolesName> for RolesMode {
    fn from(name: RolesName) -> Self {
        match name {
            RolesName::All => Self::All,
            RolesName::Referenced => Self::Referenced,
            RolesName::None => Self::None,
        }
    }
}
