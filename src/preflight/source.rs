//! The source: its snapshot, its catalog, and how its tables are cut.
use std::collections::HashSet;

use super::tables;
use crate::{
    catalog::{self, Selected, Statistics, Types},
    config::{Selection, Settings, StatisticsFrom},
    error::{Context as _, Error, ErrorKind, Result},
    net::gucs::APPLICATION_NAME,
    object::Object,
    pg::{Ident, Oid, QualifiedName},
    plan::{self, Machine, Target},
    session::{Session, SnapshotId},
};

/// The source as it was read. Its session holds the snapshot and the locks until it is dropped.
#[derive(Debug)]
pub struct Source {
    /// The control session.
    pub session: Session,
    /// The exported snapshot, for the lanes.
    pub snapshot: SnapshotId,
    /// What is carried.
    pub selected: Selected,
    /// The types of all columns.
    pub types: Types,
    /// The machine it runs on.
    pub machine: Machine,
    /// Whether password verifiers can be read.
    pub passwords_readable: bool,
    /// [`Session::read_mark`] before the snapshot.
    pub mark: String,
}

/// Opens the snapshot and reads everything under it.
pub async fn read_source(settings: &Settings) -> Result<Source> {
    Box::pin(read(settings, true)).await
}

/// [`read_source`], but for what the relations take on disk.
pub async fn read_definitions(settings: &Settings) -> Result<Source> {
    Box::pin(read(settings, false)).await
}

async fn read(settings: &Settings, with_sizes: bool) -> Result<Source> {
    let session = Session::connect(&settings.source, "source catalog", APPLICATION_NAME).await?;
    let machine = super::read_machine(&session).await;
    let mark = session.read_mark().await?;
    let snapshot = tables::hold_still(&session, &settings.selection).await?;
    let second = second_session(settings, &snapshot).await;
    let catalog = if with_sizes {
        catalog::read_with_sizes(&session, second.as_ref()).await
    } else {
        catalog::read(&session, second.as_ref()).await
    };
    let catalog = catalog.context(|| "source catalog")?;
    refuse_missing_schemas(settings, &catalog)?;
    let types = read_types(&session, &catalog).await?;
    refuse_missing_relations(&settings.selection, &catalog)?;
    let mut selected = catalog::select(catalog, &settings.selection)?;
    // The note is among those of what is not carried.
    let is_readable = |object: &Object| !matches!(object, Object::LargeObjects(found) if !found.readable);
    selected.catalog.objects.retain(is_readable);
    catalog::rename(&mut selected, &settings.mapping);
    let answer = session.texts("SELECT has_table_privilege('pg_catalog.pg_authid', 'SELECT')::text").await?;
    let passwords_readable = answer.first().is_some_and(|answer| answer == "true");
    Ok(Source { session, snapshot, selected, types, machine, passwords_readable, mark })
}

impl Source {
    /// The planner's statistics of what is carried, if they are wanted and the target can take them.
    pub(super) async fn read_statistics(
        &self,
        settings: &Settings,
        target: &Target,
    ) -> Result<Option<Statistics>> {
        let catalog = &self.selected.catalog;
        let wanted = settings.options.statistics == StatisticsFrom::Carry;
        if !wanted || plan::refuses_statistics(catalog, target).is_some() {
            return Ok(None);
        }
        let relations = catalog.objects.iter().filter_map(|object| match object {
            Object::Table(table) => Some(table.oid),
            Object::MaterializedView(view) => Some(view.oid),
            _ => None,
        });
        let relations: Vec<Oid> = relations.collect();
        catalog::read_statistics(&self.session, &relations).await.map(Some)
    }
}

/// A further session that sees the same, to read a large catalog on two processors; a server that has no connection to
/// spare is read by one.
async fn second_session(settings: &Settings, snapshot: &SnapshotId) -> Option<Session> {
    let open = async {
        let session = Session::connect(&settings.source, "source catalog 2", APPLICATION_NAME).await?;
        session.import_snapshot(snapshot).await?;
        Ok::<_, Error>(session)
    };
    open.await.inspect_err(|error| tracing::debug!("{}", error.report())).ok()
}

/// A relation that `--table` names must be there.
fn refuse_missing_relations(selection: &Selection, catalog: &catalog::Catalog) -> Result<()> {
    if !selection.relations_only() {
        return Ok(());
    }
    let names: HashSet<&QualifiedName> = catalog.objects.iter().filter_map(Object::relation_name).collect();
    let tables = selection.explicit_tables().into_iter();
    let missing: Vec<String> = tables
        .map(|table| QualifiedName::new(table.schema, table.name))
        .filter(|name| !names.contains(name))
        .map(|name| name.to_string())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("the source has no table, view or sequence {}", missing.join(", "));
    Err(Error::new(ErrorKind::Config, message).hint("check `--table`: names are case-sensitive"))
}

fn refuse_missing_schemas(settings: &Settings, catalog: &catalog::Catalog) -> Result<()> {
    let there: HashSet<&str> = catalog
        .objects
        .iter()
        .filter_map(|object| match object {
            Object::Schema(schema) => Some(schema.name.as_str()),
            _ => None,
        })
        .collect();
    let missing: Vec<String> = settings
        .selection
        .explicit_schemas()
        .into_iter()
        .filter(|schema| !there.contains(schema.as_str()))
        .map(|schema| Ident(schema).to_string())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("the source has no schema {}", missing.join(", "));
    Err(Error::new(ErrorKind::Config, message).hint("check `schemas.include`: names are case-sensitive"))
}

async fn read_types(session: &Session, catalog: &catalog::Catalog) -> Result<Types> {
    let relations = catalog.objects.iter().filter_map(|object| match object {
        Object::Table(table) => Some((table.oid, &*table.columns)),
        Object::View(view) => Some((view.oid, &*view.columns)),
        Object::MaterializedView(view) => Some((view.oid, &*view.columns)),
        Object::CompositeType(composite) => Some((composite.relation, &*composite.columns)),
        _ => None,
    });
    Types::read(session, relations).await
}
