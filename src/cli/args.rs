//! The command line as data: subcommands, options, help. It says nothing about what they do.
mod backup;
mod check;
mod cleanup;
mod databases;
mod globals;
mod loading;
mod metrics;
mod migrate;
mod objects;
mod schema;
mod status;
mod tuning;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};

pub use backup::{BACKUP_DIRECTORY, BackupArgs, RestoreArgs};
pub use check::CheckArgs;
pub use cleanup::CleanupArgs;
pub use databases::DatabaseArgs;
pub use globals::{GlobalsArgs, RolesName};
pub use loading::LoadingArgs;
pub use metrics::MetricsArgs;
pub use migrate::{Consistent, MigrateArgs};
pub use objects::ObjectArgs;
pub use schema::{FilterArgs, SchemaArgs, SectionName};
pub use status::StatusArgs;
pub use tuning::{TuningArgs, TuningName};
pub use verify::{VerifyArgs, VerifyModeName};

/// Name of the state file.
pub const STATE_NAME: &str = "state.tsv";

/// Width of the meanings in the table of exit codes: 80 columns in all.
const MEANING_WIDTH: usize = 74;

/// Moves PostgreSQL databases to PostgreSQL.
///
/// One program, no libpq, no psql, no `pg_dump`: it rebuilds the definitions from the source's catalog, copies the rows
/// in parallel from one snapshot, resumes after any crash, and checks the copy.
#[derive(Debug, Parser)]
#[command(name = "pgmigrate", version, propagate_version = false, max_term_width = 100)]
#[command(subcommand_required = true, arg_required_else_help = true)]
#[command(after_help = after_help())]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look at both servers for what would stand in the way of a migration
    Check(CheckArgs),
    /// Write the plan of a migration, and print its summary
    Plan(PlanArgs),
    /// Migrate: plan, copy, build indexes and constraints, analyze
    Migrate(MigrateArgs),
    /// Compare source and target: rows, checksums, sequences, definitions
    Verify(VerifyArgs),
    /// Print the definitions that a migration would create, as SQL; or compare those of two servers
    Schema(SchemaArgs),
    /// Bring roles, memberships, tablespaces and privileges on parameters from server to server
    Globals(GlobalsArgs),
    /// Tell what a run is at, from another terminal
    Status(StatusArgs),
    /// Put back what a run that died has left changed on the target
    Cleanup(CleanupArgs),
    /// Write the target database to a directory that `pg_restore` reads too
    Backup(BackupArgs),
    /// Restore such a directory, or one of `pg_dump -Fd`, into an empty database
    Restore(RestoreArgs),
    /// Print the completion script of a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write those of all subcommands
    Man(ManArgs),
    /// Print the version, the servers and the plan format it knows
    Version,
}

/// Where source, target and settings come from.
#[derive(Debug, Clone, Args)]
pub struct ConnectionArgs {
    /// Configuration file
    #[arg(long, value_name = "FILE", required_unless_present_all = ["source", "target"])]
    pub config: Option<PathBuf>,

    /// Source as URI or key=value string, in place of the file's; keep passwords in ~/.pgpass, where no process list shows them
    #[arg(long, value_name = "URI")]
    pub source: Option<String>,

    /// Target as URI or key=value string, in place of the file's
    #[arg(long, value_name = "URI")]
    pub target: Option<String>,
}

/// How the rows are shared out between lanes.
#[derive(Debug, Clone, Args)]
pub struct ShareArgs {
    /// At most so many lanes copy at a time [default: the file's `parallel.max_jobs`]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=1024))]
    pub jobs: Option<u32>,

    /// Cut tables larger than this (512MB, 2GB) into chunks [default: the file's `parallel.split_larger_than`]
    #[arg(long, value_name = "SIZE")]
    pub split_larger_than: Option<String>,

    /// Size of a chunk (64MB) [default: the file's `parallel.chunk_bytes`]
    #[arg(long, value_name = "SIZE")]
    pub chunk_bytes: Option<String>,

    /// At most so many connections to the source, all of ours counted [default: what it has free]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(2..))]
    pub source_connections: Option<u32>,

    /// At most so many connections to the target [default: what it has free]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(3..))]
    pub target_connections: Option<u32>,
}

/// Options of `plan`.
#[derive(Debug, Clone, Args)]
#[command(override_usage = "\
pgmigrate plan --config <FILE> [OPTIONS]
       pgmigrate plan --source <URI> --target <URI> [OPTIONS]")]
#[command(after_help = "\
Examples:
  pgmigrate plan --config config.yaml
  pgmigrate plan --config config.yaml --plan /var/lib/move/plan.tsv --json | jq .steps")]
pub struct PlanArgs {
    /// Where source, target and settings come from.
    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// Where the plan is written
    #[arg(long, value_name = "FILE", default_value = "plan.tsv")]
    pub plan: PathBuf,

    /// How the rows are shared out.
    #[command(flatten)]
    pub share: ShareArgs,

    /// What to do with selected tables that hold rows on the target
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = OnExisting::Fail)]
    pub on_existing: OnExisting,

    /// How tables are loaded.
    #[command(flatten)]
    pub loading: LoadingArgs,

    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,

    /// Which databases.
    #[command(flatten)]
    pub databases: DatabaseArgs,

    /// What of the objects stays behind.
    #[command(flatten)]
    pub objects: ObjectArgs,

    /// What may be changed of the target.
    #[command(flatten)]
    pub tuning: TuningArgs,
}

/// Options of `completions`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Example:
  pgmigrate completions bash > /etc/bash_completion.d/pgmigrate")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Options of `man`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  pgmigrate man | man -l -
  pgmigrate man --dir /usr/local/share/man/man1")]
pub struct ManArgs {
    /// Write a page for the program and one for each subcommand into this directory
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// What to do with selected tables that hold rows on the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnExisting {
    /// Refuse, before anything is changed
    Fail,
    /// Leave these tables as they are
    Skip,
    /// Empty these tables first
    Truncate,
    /// Add the source's rows to them
    Append,
}

/// The table of exit codes, and examples.
fn after_help() -> String {
    let mut text = "Exit codes:\n".to_owned();
    for (code, meaning) in crate::policy::EXIT_CODES {
        let mut column = 0;
        let mut line = format!("  {code:>2} ");
        for word in meaning.split(' ') {
            if column + word.len() > MEANING_WIDTH {
                line.push_str("\n     ");
                column = 0;
            }
            line.extend([" ", word]);
            column += word.len() + 1;
        }
        text.extend([line.as_str(), "\n"]);
    }
    text.push_str(
        "\nExamples:\n  pgmigrate migrate --config config.yaml\n  pgmigrate verify --config config.yaml\n",
    );
    text
}

#[cfg(test)]
mod tests;
