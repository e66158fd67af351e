//! The `pgmigrate` program: parse the command line, run the command, end with its exit code.
use std::process::ExitCode;

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    pgmigrate::cli::run(std::env::args_os())
}
