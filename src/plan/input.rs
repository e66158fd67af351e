//! Everything that a plan is made from. The same input gives the same plan, byte for byte.
use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::{Cut, Machine, Step, StepKind};
use crate::{
    catalog::{Catalog, Selected, Statistics, Types},
    config::Settings,
    object::{Membership, Role},
    pg::{Ident, Oid, QualifiedName, ServerVersion},
};

/// What a plan is made from.
#[derive(Debug)]
pub struct Input<'a> {
    /// The source, reduced to what is carried.
    pub source: &'a Selected,
    /// The source's types.
    pub types: &'a Types,
    /// How each table is cut; whole if it is not in here.
    pub cuts: &'a HashMap<Oid, Cut>,
    /// By table: columns whose trailing blanks stay behind, see [`crate::catalog::read_padded`].
    pub padded: &'a HashMap<Oid, Vec<Ident>>,
    /// The source's statistics, if they are carried.
    pub statistics: Option<&'a Statistics>,
    /// The target.
    pub target: &'a Target,
    /// What the user wants.
    pub settings: &'a Settings,
    /// The source's machine.
    pub source_machine: &'a Machine,
    /// Whether `pg_authid` can be read on the source.
    pub passwords_readable: bool,
}

/// The target before the run.
#[derive(Debug)]
pub struct Target {
    /// Its version.
    pub version: ServerVersion,
    /// `system_identifier` of its cluster.
    pub system_identifier: String,
    /// Its database, reduced by the same rules as the source; `None` if it is not there yet.
    pub catalog: Option<Catalog>,
    /// Its machine.
    pub machine: Machine,
    /// Its roles.
    pub roles: Vec<Role>,
    /// Its memberships.
    pub memberships: Vec<Membership>,
    /// Selected tables that have rows.
    pub with_rows: HashSet<QualifiedName>,
    /// Extensions that can be installed, with their versions.
    pub extensions: HashMap<String, Vec<String>>,
    /// Whether our role may write large objects as rows of `pg_largeobject`.
    pub writes_large_object_pages: bool,
    /// Bytes of a page of large objects (`LOBLKSIZE`).
    pub large_object_page_bytes: u32,
    /// Large objects that have contents; `None` if our role may not see it.
    pub filled_large_objects: Option<HashSet<Oid>>,
    /// Event triggers that its database has, selected or not, and that fire on definitions.
    pub event_triggers: Vec<TargetEventTrigger>,
    /// Extensions that its database has, selected or not.
    pub installed: HashSet<String>,
    /// Whether its build can compress by LZ4.
    pub has_lz4: bool,
}

impl Input<'_> {
    /// [`Step::new`] in the target database.
    pub(super) fn step(&self, kind: StepKind, id: String, object: String) -> Step {
        Step::new(kind, id, &self.settings.target.database, object)
    }
}

/// An enabled event trigger of the target.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TargetEventTrigger {
    /// Its name.
    pub name: Ident,
    /// Whether our role may disable it.
    pub ours: bool,
}
