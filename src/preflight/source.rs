//! The source: its snapshot, its catalog, and how its tables are cut.
use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::{
    catalog::{self, Selected, Statistics, Types},
    config::{Selection, Settings, StatisticsFrom},
    error::{Context as _, Error, ErrorKind, Result},
    net::gucs::APPLICATION_NAME,
    object::Object,
    pg::{Ident, Oid, QualifiedName, quote_literal},
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
    let session = Session::connect(&settings.source, "source catalog", APPLICATION_NAME).await?;
    let machine = super::read_machine(&session).await;
    let mark = session.read_mark().await?;
    let snapshot = session.export_snapshot().await?;
    let tables: Vec<Listed> = session.query_json(include_str!("sql/tables.sql")).await?;
    refuse_missing_tables(&settings.selection, &tables)?;
    let by_oid: HashMap<Oid, &Listed> = tables.iter().map(|table| (table.oid, table)).collect();
    let is_selected = |table: &&Listed| table.is_selected(&by_oid, &settings.selection);
    refuse_unreadable_tables(tables.iter().filter(is_selected))?;
    let selected: Vec<QualifiedName> =
        tables.iter().filter(is_selected).map(|table| table.name.clone()).collect();
    let (locked, second) =
        tokio::join!(catalog::lock_tables(&session, &selected), second_session(settings, &snapshot));
    locked?;
    refuse_replaced(&session, tables.iter().filter(is_selected)).await?;
    let catalog = catalog::read(&session, second.as_ref()).await.context(|| "source catalog")?;
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

/// A table, as it is listed before anything is locked.
#[derive(Debug, Deserialize)]
struct Listed {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    partition_of: Option<Oid>,
    readable: bool,
}

impl Listed {
    /// A partition goes with the table it is a partition of, as in [`catalog::select`].
    fn is_selected(&self, tables: &HashMap<Oid, &Self>, selection: &Selection) -> bool {
        let (schema, name) = (self.name.schema.as_str(), self.name.name.as_str());
        if selection.table(schema, name).is_some() {
            return true;
        }
        let above = self.partition_of.filter(|_| !selection.table_excluded(schema, name));
        above.and_then(|oid| tables.get(&oid)).is_some_and(|above| above.is_selected(tables, selection))
    }
}

/// A table that the configuration names must be there.
fn refuse_missing_tables(selection: &Selection, tables: &[Listed]) -> Result<()> {
    if selection.relations_only() {
        // Views and sequences can be named then too: see `refuse_missing_relations`.
        return Ok(());
    }
    let there: HashSet<(&str, &str)> =
        tables.iter().map(|table| (table.name.schema.as_str(), table.name.name.as_str())).collect();
    let missing: Vec<String> = selection
        .explicit_tables()
        .into_iter()
        .filter(|table| table.required && !there.contains(&(table.schema.as_str(), table.name.as_str())))
        .map(|table| QualifiedName::new(table.schema, table.name).to_string())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("the source has no table {}", missing.join(", "));
    Err(Error::new(ErrorKind::Config, message).hint("check `tables.include`: names are case-sensitive"))
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

/// All of them at once: one after the other would make a run per table.
fn refuse_unreadable_tables<'t>(tables: impl Iterator<Item = &'t Listed>) -> Result<()> {
    let names: Vec<String> =
        tables.filter(|table| !table.readable).map(|table| table.name.to_string()).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Privilege, format!("the source's role may not read {}", names.join(", ")))
        .hint("GRANT USAGE on their schemas and SELECT on these tables, or exclude them"))
}

/// Between the list and the lock, a name can have become another relation's: a view's, whose query would run as us. The
/// snapshot does not see it, the name does.
async fn refuse_replaced<'t>(session: &Session, tables: impl Iterator<Item = &'t Listed>) -> Result<()> {
    let listed: Vec<String> = tables
        .map(|table| format!("({}, {}::pg_catalog.oid)", quote_literal(&table.name.to_string()), table.oid))
        .collect();
    if listed.is_empty() {
        return Ok(());
    }
    let replaced = session
        .texts(&format!(
            "SELECT name FROM (VALUES {}) listed (name, oid) \
             WHERE pg_catalog.to_regclass(name)::pg_catalog.oid IS DISTINCT FROM oid",
            listed.join(", ")
        ))
        .await?;
    if replaced.is_empty() {
        return Ok(());
    }
    let message = format!("these tables were replaced while they were read: {}", replaced.join(", "));
    Err(Error::new(ErrorKind::Refused, message).hint("run it again when their definitions hold still"))
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
