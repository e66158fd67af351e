//! What of the objects is carried, as switches that most commands share.
use clap::Args;

use crate::config::{Part, Without};

/// What of the objects stays behind, in addition to what the file's `objects` says.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one for each switch")]
#[command(next_help_heading = "Objects")]
pub struct ObjectArgs {
    /// Set no owners: everything belongs to the role of the target's connection
    #[arg(long)]
    pub no_owner: bool,

    /// Set no privileges and no default privileges
    #[arg(long)]
    pub no_privileges: bool,

    /// Carry no comments
    #[arg(long)]
    pub no_comments: bool,

    /// Carry no security labels
    #[arg(long)]
    pub no_security_labels: bool,

    /// Store everything in the database's own tablespace
    #[arg(long)]
    pub no_tablespaces: bool,

    /// Carry no publications
    #[arg(long)]
    pub no_publications: bool,

    /// Carry no subscriptions
    #[arg(long)]
    pub no_subscriptions: bool,
}

impl ObjectArgs {
    /// What stays behind.
    pub fn without(&self) -> Without {
        let is_given = |part: &Part| match part {
            Part::Owner => self.no_owner,
            Part::Privileges => self.no_privileges,
            Part::Comments => self.no_comments,
            Part::SecurityLabels => self.no_security_labels,
            Part::Tablespaces => self.no_tablespaces,
            Part::Publications => self.no_publications,
            Part::Subscriptions => self.no_subscriptions,
        };
        Part::ALL.into_iter().filter(is_given).collect()
    }
}
