//! What a plan says about itself: the settings and facts that shaped it, and what it leaves out.
//!
//! Nothing in it depends on the clock or on secrets: same catalog and same settings give the same bytes;
//! where the settings leave it open, the processors of the machines decide which tables are cut.
use std::{collections::BTreeMap, fmt::Write as _};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Step;
use crate::catalog::Note;

/// Version of the format of `plan.tsv` that this program writes and reads.
pub const PLAN_FORMAT: u32 = 1;

/// Name of the option that says what becomes of rows that were there before.
pub(super) const ON_EXISTING: &str = "on_existing";

/// Name of the option that says what compresses large values on the target.
pub(super) const TOAST_COMPRESSION: &str = "toast_compression";

/// Name of the option that says in which encoding rows travel, where it is not UTF8.
pub(super) const CLIENT_ENCODING: &str = "client_encoding";

/// The encoding that is none: `SQL_ASCII` means "bytes", which no server converts.
pub(super) const NO_ENCODING: &str = "SQL_ASCII";

/// Name of the option that says that tables have a condition or an order of the user's own.
pub(super) const CONDITIONS: &str = "conditions";

/// The plan: what it is about, and its steps in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What it is about; the first row of the file.
    pub meta: PlanMeta,
    /// Every step, in the order of the file.
    pub steps: Vec<Step>,
}

/// What a plan is about. The `sql` column of the `PLAN` row holds it as JSON on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanMeta {
    /// [`PLAN_FORMAT`] of the program that wrote it.
    pub format: u32,
    /// Version of the program that wrote it.
    pub tool_version: String,
    /// Where the rows come from.
    pub source: PlanSource,
    /// Where they go.
    pub target: PlanTarget,
    /// The options that shaped the plan, by their name in `config.yaml`.
    pub options: BTreeMap<String, String>,
    /// By table whose rows are copied, as steps name it: [`fingerprint`] of its columns.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
    /// By table whose rows are copied before others, as steps name it: how early, the highest first.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub priorities: BTreeMap<String, u32>,
    /// What is left out or done differently, and why.
    pub notes: Vec<Note>,
}

/// A short name of columns, by their names and types in the order of the table: enough to notice that a table is not what it
/// was. The first 12 hexadecimal digits of a SHA-256.
pub fn fingerprint<'c>(columns: impl IntoIterator<Item = (&'c str, &'c str)>) -> String {
    let mut digest = Sha256::new();
    for (name, type_name) in columns {
        digest.update(format!("{name}\0{type_name}\0"));
    }
    hexadecimal(&digest.finalize(), 6)
}

/// The first bytes.
pub(super) fn hexadecimal(bytes: &[u8], count: usize) -> String {
    bytes.iter().take(count).fold(String::with_capacity(2 * count), |mut text, byte| {
        // Writing to a String does not fail.
        _ = write!(text, "{byte:02x}");
        text
    })
}

/// The source as the plan saw it: enough to notice another server or database on `--resume`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanSource {
    /// `system_identifier` of the cluster, in decimal: JSON readers round large numbers.
    pub system_identifier: String,
    /// The database.
    pub database: String,
    /// `server_version_num`.
    pub server_version: u32,
}

/// The target that the plan is made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanTarget {
    /// The database.
    pub database: String,
    /// `system_identifier` of the cluster, in decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_identifier: Option<String>,
}

impl PlanMeta {
    /// Whether rows go into tables that may have rows of their own.
    pub fn appends(&self) -> bool {
        self.options.get(ON_EXISTING).is_some_and(|choice| choice == "append")
    }

    /// Whether large values are compressed by LZ4, whatever the target's own default is.
    pub fn compresses_by_lz4(&self) -> bool {
        self.options.get(TOAST_COMPRESSION).is_some_and(|value| value == "lz4")
    }

    /// Whether texts travel as the bytes that they are, because one of the databases does not say what they mean.
    pub fn moves_bytes(&self) -> bool {
        self.options.get(CLIENT_ENCODING).is_some_and(|value| value == NO_ENCODING)
    }

    /// Whether rows are chosen or sorted by SQL that the user wrote.
    pub fn reads_by_condition(&self) -> bool {
        self.options.contains_key(CONDITIONS)
    }

    /// The metadata of a plan that this program writes, without options and notes yet.
    pub fn new(source: PlanSource, target: PlanTarget) -> Self {
        Self {
            format: PLAN_FORMAT,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            source,
            target,
            options: BTreeMap::new(),
            columns: BTreeMap::new(),
            priorities: BTreeMap::new(),
            notes: Vec::new(),
        }
    }
}
