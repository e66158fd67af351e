//! What the user wrote, and what it means.
//!
//! ```text
//! config.yaml ─▶ ConfigFile ─┐
//! command line ─▶ Overrides ─┼─▶ Settings { source, target: Endpoint, selection: Selection, … }
//! Environment, pg_service.conf, .pgpass ─┘
//! ```
//! [`Config`] is what was written (unknown keys refused); [`Settings`] is resolved and valid, and all that the
//! rest of the program sees. This is the only room that reads files of the user and the environment. It prints
//! nothing: what the user should hear is returned as warnings. No error shows a value of a connection string.
mod check;
mod conninfo;
mod cutting;
mod databases;
mod documented;
mod endpoint;
mod env;
mod example;
mod file;
mod filter;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
mod globals;
mod keyword;
mod listen;
mod loading;
mod mapping;
mod nearest;
mod os;
mod passfile;
mod pattern;
mod resolve;
mod round_trips;
mod schema;
#[cfg(test)]
mod scratch;
mod secret;
mod selection;
mod service;
mod settings;
mod shape;
mod tuning;
mod verify;
mod without;
mod yaml;

pub use conninfo::Conninfo;
pub use cutting::Cutting;
pub use databases::{DatabaseOverrides, Databases};
pub use endpoint::{
    Address, ChannelBinding, Endpoint, Host, Keepalive, RootCert, SessionAttrs, Side, SslMode, Tls,
};
pub use env::{Environment, VARIABLES};
pub use example::render_example;
pub use file::ConfigFile;
pub use filter::Filter;
pub use globals::GlobalsOptions;
pub use listen::{MetricsOptions, MetricsOverrides};
pub use loading::{Loading, LoadingOverrides, TableGlob};
pub use mapping::Mapping;
pub use passfile::Passfile;
pub use pattern::Pattern;
pub use resolve::{Request, Resolved, resolve};
pub use round_trips::RoundTrips;
pub use schema::{
    Config, DEFAULT_CHUNK_SIZE, DatabaseSection, DatabasesMode, EndpointSection, ExtensionSection,
    MapSection, MetricsSection, ObjectSection, OnExistingRole, OptionSection, ParallelSection, RoleSection,
    RolesMode, RolesVia, SchemaSection, SelectionMode, StatisticsFrom, TableDefaults, TableEntry, TableName,
    TableSection, TablespaceSection, ToastCompression, TuningLevel, TuningSection, VerifyMode, VerifySection,
};
pub use secret::Secret;
pub use selection::{NamedTable, Selection, TableRule, is_system_schema};
pub use settings::{Consistent, LoadOptions, OnExisting, Overrides, Settings};
pub use tuning::{TuningOptions, TuningOverrides};
pub use verify::{Percent, VerifyOverrides, VerifySettings};
pub use without::{Part, Without};
