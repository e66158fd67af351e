//! Which databases of a server, as options that commands share.
use clap::Args;

use crate::config::DatabaseOverrides;

/// Which databases of the source's server.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Databases")]
pub struct DatabaseArgs {
    /// Every database of the source's server, into the one of the same name, after roles and tablespaces
    #[arg(long)]
    pub all_databases: bool,

    /// Only databases of this name; * and ? stand for any characters and any one; may be repeated
    #[arg(long, value_name = "NAME")]
    pub include_database: Vec<String>,

    /// Not the databases of this name, written likewise; may be repeated
    #[arg(long, value_name = "NAME")]
    pub exclude_database: Vec<String>,
}

impl DatabaseArgs {
    /// For the settings.
    pub(in crate::cli) fn overrides(&self) -> DatabaseOverrides {
        DatabaseOverrides {
            all: self.all_databases,
            include: self.include_database.clone(),
            exclude: self.exclude_database.clone(),
        }
    }
}
