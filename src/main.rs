//! The `pgmigrate` program: parse the command line, run the command, end with its exit code.
use std::process::ExitCode;

fn main() -> ExitCode {
    pgmigrate::cli::run(std::env::args_os())
}
