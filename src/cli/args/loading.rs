//! How tables are loaded, as options that commands share.
use clap::Args;

use crate::config::LoadingOverrides;

/// How tables are loaded.
#[derive(Debug, Clone, Args)]
pub struct LoadingArgs {
    /// Copy the rows of tables like `schema.table*` or `database.schema.table*` last, when the rest is usable and clients can insert;
    /// may be repeated, and adds to the file's `tables.delay_data`
    #[arg(long, value_name = "PATTERN")]
    pub delay_data: Vec<String>,

    /// Drop indexes of tables that are on the target already before rows come, and build them again afterwards
    #[arg(long)]
    pub rebuild_indexes: bool,
}

impl LoadingArgs {
    /// For the settings.
    pub(in crate::cli) fn overrides(&self) -> LoadingOverrides {
        LoadingOverrides { delay_data: self.delay_data.clone(), rebuild_indexes: self.rebuild_indexes }
    }
}
