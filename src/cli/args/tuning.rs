//! Options of what is changed of the target while rows are loaded.
use clap::{Args, ValueEnum};

use crate::config::{TuningLevel, TuningOverrides};

/// What may be changed of the target while rows are loaded.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Target")]
pub struct TuningArgs {
    /// How far the target is tuned while rows are loaded [default: the file's `target_tuning.level`]
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub tune_target: Option<TuningName>,

    /// With --tune-target server: turn fsync off too. If its machine crashes meanwhile, all databases of the server are lost
    #[arg(long)]
    pub unsafe_fsync_off: bool,
}

/// How far the target is tuned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TuningName {
    /// Not at all
    Off,
    /// Our own sessions: commits that do not wait for the disk, memory and workers of index builds
    Session,
    /// The server too, by ALTER SYSTEM: fewer checkpoints, less WAL; put back at the end
    Server,
}

impl TuningArgs {
    /// As the configuration has it.
    pub fn overrides(&self) -> TuningOverrides {
        let level = self.tune_target.map(|name| match name {
            TuningName::Off => TuningLevel::Off,
            TuningName::Session => TuningLevel::Session,
            TuningName::Server => TuningLevel::Server,
        });
        TuningOverrides { level, fsync_off: self.unsafe_fsync_off }
    }
}
