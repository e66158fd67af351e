//! The command line: the only room that prints.
//!
//! One file a subcommand. Results go to stdout, everything else (progress, errors) to stderr. A closed stdout
//! (`pgmigrate schema | head`) is no error.
use std::{ffi::OsString, process::ExitCode};

use clap::Parser as _;

use crate::{
    error::Result,
    policy::{self, EXIT_OK},
};
use args::{Cli, Command};
use served::Served;

pub mod args;
mod backup;
mod check;
mod cleanup;
mod completions;
mod context;
mod events;
mod globals;
mod man;
mod migrate;
mod migrate_server;
pub mod output;
mod plan;
pub mod progress_view;
mod restore;
mod schema;
mod schema_diff;
mod served;
mod status;
pub mod summary;
mod verify;
mod verify_server;
mod version;

/// Exit code for a command line that cannot be understood, as for [`crate::ErrorKind::Usage`].
const EXIT_USAGE: u8 = 2;

/// Parses the arguments, runs the command, and gives its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version end here too. Nobody is left to be told that the terminal is gone.
            _ = error.print();
            return ExitCode::from(if error.use_stderr() { EXIT_USAGE } else { EXIT_OK });
        }
    };
    let mut after = None;
    let exit_code = match dispatch(cli.command, &mut after) {
        Ok(()) => ExitCode::from(EXIT_OK),
        Err(error) => {
            output::print_error(&error);
            ExitCode::from(policy::of(&error).exit_code)
        }
    };
    if let Some(served) = after {
        served.linger();
    }
    exit_code
}

/// `after`: what goes on when all is said.
fn dispatch(command: Command, after: &mut Option<Served>) -> Result<()> {
    match command {
        Command::Check(args) => check::run(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Migrate(args) => migrate::run(&args, after),
        Command::Verify(args) => verify::run(&args, after),
        Command::Schema(args) => schema::run(&args),
        Command::Globals(args) => globals::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Cleanup(args) => cleanup::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Man(args) => man::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Version => version::run(),
    }
}
