//! Options of `schema`: what is printed, and the comparison of two servers.
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::ObjectArgs;
use crate::config::Filter;

/// Options of `schema`.
#[derive(Debug, Clone, Args)]
#[command(override_usage = "\
pgmigrate schema --config <FILE> [OPTIONS]
       pgmigrate schema --source <URI> [OPTIONS]
       pgmigrate schema --diff --source <URI> --target <URI> [OPTIONS]")]
#[command(after_help = "\
With --diff: ends with 0 if all definitions are equal, with 1 if anything differs, be it that only one side has it.
Names stand as they are, with * and ? for any characters and any one.

Examples:
  pgmigrate schema --source postgresql://app@old/shop
  pgmigrate schema --config config.yaml | psql -X -v ON_ERROR_STOP=1 -d empty
  pgmigrate schema --source postgresql://app@old/shop --table 'shop.order*' --no-owner
  pgmigrate schema --diff --config config.yaml --json")]
pub struct SchemaArgs {
    /// Configuration file
    #[arg(long, value_name = "FILE", required_unless_present = "source")]
    pub config: Option<PathBuf>,

    /// Source as URI or key=value string, in place of the file's
    #[arg(long, value_name = "URI")]
    pub source: Option<String>,

    /// Target: with --diff, the server to compare with
    #[arg(long, value_name = "URI")]
    pub target: Option<String>,

    /// Print only this section (can be repeated)
    #[arg(long, value_enum, value_name = "NAME", conflicts_with = "diff")]
    pub section: Vec<SectionName>,

    /// Compare the definitions of source and target, object by object
    #[arg(long)]
    pub diff: bool,

    /// Print the comparison as JSON, in the form of `verify --json`
    #[arg(long, requires = "diff")]
    pub json: bool,

    /// What is selected.
    #[command(flatten)]
    pub filter: FilterArgs,

    /// What of the objects stays behind.
    #[command(flatten)]
    pub objects: ObjectArgs,
}

/// Which objects, in place of the file's selection.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Selection")]
pub struct FilterArgs {
    /// Only this schema (can be repeated)
    #[arg(long, value_name = "NAME")]
    pub schema: Vec<String>,

    /// Not this schema (can be repeated)
    #[arg(long, value_name = "NAME")]
    pub exclude_schema: Vec<String>,

    /// Only this table, view or sequence, as NAME or SCHEMA.NAME, with what it needs, whatever --schema says (can be
    /// repeated)
    #[arg(long, value_name = "NAME")]
    pub table: Vec<String>,

    /// Not this table, as NAME or SCHEMA.NAME (can be repeated)
    #[arg(long, value_name = "NAME")]
    pub exclude_table: Vec<String>,
}

impl FilterArgs {
    /// As the settings take it.
    pub fn filter(&self) -> Filter {
        Filter {
            schemas: self.schema.clone(),
            exclude_schemas: self.exclude_schema.clone(),
            tables: self.table.clone(),
            exclude_tables: self.exclude_table.clone(),
        }
    }
}

/// A part of the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SectionName {
    /// Roles, and what stands before the data: schemas, types, functions, tables, views
    PreData,
    /// What comes after it: indexes, keys, foreign keys, triggers, rules, policies
    PostData,
}
