//! The target: whether its database is there, and what is in it.
use std::collections::{HashMap, HashSet};

use futures_util::future;
use serde::Deserialize;

use crate::{
    catalog::{self, Catalog},
    config::Settings,
    error::{Context as _, Error, Result},
    object::{MEMBERSHIP_QUERIES, Object, ROLE_QUERIES, query_for},
    pg::{Oid, QualifiedName},
    plan::Target,
    session::Session,
};

/// A row of `pg_available_extension_versions`.
#[derive(Deserialize)]
struct Available {
    name: String,
    version: String,
}

/// The setting came with 14; its values are what the server was built with.
const HAS_LZ4: &str = "SELECT ('lz4' = ANY (enumvals))::text FROM pg_catalog.pg_settings \
     WHERE name = 'default_toast_compression'";

/// Asked without touching the table.
const LARGE_OBJECTS: &str = "SELECT has_table_privilege('pg_catalog.pg_largeobject', 'INSERT') AS writes_pages, \
     pg_catalog.current_setting('block_size')::integer / 4 AS page_bytes";

/// The answer.
#[derive(Deserialize)]
struct LargeObjectAccess {
    writes_pages: bool,
    page_bytes: u32,
}

const FILLED: &str = "SELECT m.oid::pg_catalog.int8 AS oid FROM pg_catalog.pg_largeobject_metadata m \
     WHERE EXISTS (SELECT FROM pg_catalog.pg_largeobject l WHERE l.loid = m.oid)";

#[derive(Deserialize)]
struct OidOf {
    oid: Oid,
}

/// Those of extensions came with them, and are theirs. A login makes nothing.
const EVENT_TRIGGERS: &str = "SELECT evtname AS name, pg_has_role(evtowner, 'USAGE') AS ours FROM pg_catalog.pg_event_trigger e \
      WHERE evtenabled IN ('O', 'A') AND evtevent <> 'login' AND NOT EXISTS ( \
            SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_event_trigger'::pg_catalog.regclass \
               AND d.objid = e.oid AND d.deptype = 'e') \
      ORDER BY evtname";

const IDENTIFIER: &str = "SELECT system_identifier::text FROM pg_catalog.pg_control_system()";

/// Reads the target; gives it with the session, which is in another database if that is still to be made.
pub(super) async fn read_target(settings: &Settings) -> Result<(Session, Target)> {
    let (session, exists) = Session::connect_or_maintenance(&settings.target, "target catalog").await?;
    let major = session.version().major();
    let (catalog, installed) = if exists {
        let (catalog, installed) = read_catalog(&session, settings).await?;
        (Some(catalog), installed)
    } else {
        (None, HashSet::new())
    };
    let access = session.query_json::<LargeObjectAccess>(LARGE_OBJECTS).await?.pop();
    let filled_large_objects = filled_large_objects(&session, catalog.as_ref()).await?;
    let available: Vec<Available> =
        session.query_json("SELECT name, version FROM pg_catalog.pg_available_extension_versions").await?;
    let mut extensions: HashMap<String, Vec<String>> = HashMap::new();
    for extension in available {
        extensions.entry(extension.name).or_default().push(extension.version);
    }
    let target = Target {
        version: session.version(),
        system_identifier: session.one_text(IDENTIFIER).await?,
        with_rows: tables_with_rows(&session, catalog.as_ref()).await?,
        catalog,
        machine: super::read_machine(&session).await,
        roles: session.query_json(query_for(ROLE_QUERIES, major)).await?,
        memberships: session.query_json(query_for(MEMBERSHIP_QUERIES, major)).await?,
        extensions,
        writes_large_object_pages: access.as_ref().is_some_and(|access| access.writes_pages),
        large_object_page_bytes: access.map_or(0, |access| access.page_bytes),
        filled_large_objects,
        event_triggers: if exists { session.query_json(EVENT_TRIGGERS).await? } else { Vec::new() },
        installed,
        has_lz4: has_lz4(&session).await?,
    };
    Ok((session, target))
}

/// Whether the server was built with LZ4.
pub(super) async fn has_lz4(session: &Session) -> Result<bool> {
    Ok(session.texts(HAS_LZ4).await?.first().is_some_and(|answer| answer == "true"))
}

/// What the rules select of the target, the part that the source's objects can meet; and all of its extensions.
async fn read_catalog(session: &Session, settings: &Settings) -> Result<(Catalog, HashSet<String>)> {
    let catalog = catalog::read_with_sizes(session, None).await.context(|| "target catalog")?;
    let installed = catalog.objects.iter().filter_map(|object| match object {
        Object::Extension(extension) => Some(extension.name.0.clone()),
        _ => None,
    });
    let installed = installed.collect();
    Ok((catalog::select(catalog, &settings.selection)?.catalog, installed))
}

/// One look into an index for each.
async fn filled_large_objects(session: &Session, catalog: Option<&Catalog>) -> Result<Option<HashSet<Oid>>> {
    match catalog.and_then(|catalog| catalog.large_objects().next()) {
        None => Ok(Some(HashSet::new())),
        Some(found) if !found.readable => Ok(None),
        Some(_) => {
            Ok(Some(session.query_json::<OidOf>(FILLED).await?.into_iter().map(|row| row.oid).collect()))
        }
    }
}

async fn tables_with_rows(session: &Session, catalog: Option<&Catalog>) -> Result<HashSet<QualifiedName>> {
    let asked = catalog.into_iter().flat_map(|catalog| &catalog.objects).map(async |object| {
        Ok::<_, Error>(match object {
            Object::Table(table) if table.has_rows_of_its_own() && table.bytes > 0 => {
                catalog::has_rows(session, &table.name).await?.then(|| table.name.clone())
            }
            Object::ExtensionTable(table) if !table.is_sequence() && table.readable => {
                let rows = session.texts(&format!("SELECT '' FROM {} LIMIT 1", table.users_rows())).await?;
                (!rows.is_empty()).then(|| table.name.clone())
            }
            _ => None,
        })
    });
    // All questions are sent at once.
    Ok(future::try_join_all(asked).await?.into_iter().flatten().collect())
}
