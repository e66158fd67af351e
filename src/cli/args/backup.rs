//! Options of `backup` and `restore`.
use std::path::PathBuf;

use clap::{Args, value_parser};

/// Directory in which backups are made if nobody says where.
pub const BACKUP_DIRECTORY: &str = "backup";

/// Options of `backup`.
#[derive(Debug, Clone, Args)]
#[command(override_usage = "\
pgmigrate backup --config <FILE> [OPTIONS]
       pgmigrate backup --target <URI> [OPTIONS]")]
#[command(after_help = "\
The whole database, from one snapshot, in the directory format of pg_dump: pg_restore of version 15
and newer restores it too. The directory has its name only when every file was read back.

Examples:
  pgmigrate backup --target postgresql://app@new/shop
  pgmigrate backup --config config.yaml --dir /var/backups --jobs 8 --compress 6")]
pub struct BackupArgs {
    /// Configuration file: its target is backed up
    #[arg(long, value_name = "FILE", required_unless_present = "target")]
    pub config: Option<PathBuf>,

    /// Database to back up as URI or key=value string, in place of the file's target
    #[arg(long, value_name = "URI")]
    pub target: Option<String>,

    /// Directory in which the backup's own is made: `pgmigrate_backup_<database>_<time>`
    #[arg(long, value_name = "DIR", default_value = BACKUP_DIRECTORY)]
    pub dir: PathBuf,

    /// At most so many connections [default: the file's `parallel.max_jobs`, else one a processor, up to 8]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=1024))]
    pub jobs: Option<u32>,

    /// Level of compression, from 0 for none to 9
    #[arg(long, value_name = "LEVEL", default_value_t = 1, value_parser = value_parser!(u32).range(0..=9))]
    pub compress: u32,
}

/// Options of `restore`.
#[derive(Debug, Clone, Args)]
#[command(override_usage = "\
pgmigrate restore <DIRECTORY> --config <FILE> [OPTIONS]
       pgmigrate restore <DIRECTORY> --target <URI> [OPTIONS]")]
#[command(after_help = "\
Every file is held to the manifest before the target is changed. The database must be empty, or
absent: then it is made. What pg_dump -Fd wrote (without compression or with gzip) is restored too;
it has no manifest.

Examples:
  pgmigrate restore backup/pgmigrate_backup_shop_20260131T020000Z --target postgresql://app@new/shop
  pgmigrate restore /var/backups/shop --config config.yaml --jobs 8 --no-owner")]
pub struct RestoreArgs {
    /// The backup
    #[arg(value_name = "DIRECTORY")]
    pub directory: PathBuf,

    /// Configuration file: its target is restored
    #[arg(long, value_name = "FILE", required_unless_present = "target")]
    pub config: Option<PathBuf>,

    /// Database to restore as URI or key=value string, in place of the file's target
    #[arg(long, value_name = "URI")]
    pub target: Option<String>,

    /// At most so many connections [default: the file's `parallel.max_jobs`, else one a processor, up to 8]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=1024))]
    pub jobs: Option<u32>,

    /// Set no owners: everything belongs to the role of the connection
    #[arg(long)]
    pub no_owner: bool,

    /// Set no privileges and no default privileges
    #[arg(long)]
    pub no_privileges: bool,
}
