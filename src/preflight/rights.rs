//! What the target's role may do there, asked from its catalogs and, for whole kinds of objects, by trying: providers let
//! roles of theirs do what PostgreSQL keeps for superusers.
use std::{
    collections::{HashMap, HashSet},
    mem,
};

use super::fit::{DENIED, Refused, try_statements};
use crate::{
    catalog::{self, OthersSchema, Permits, Rights, Selected, Unholdable},
    config::{RolesMode, Settings},
    error::{Context as _, Error, ErrorKind, Result},
    object::{Entry, Object, Queries, Separate, query_for},
    session::Session,
};

const ROLE_QUERIES: Queries =
    &[(u32::MAX, include_str!("sql/rights_roles.sql")), (15, include_str!("sql/rights_roles.pg15.sql"))];

/// Fits what was selected to what the target's role may do there; a superuser's is left as it is.
/// `exists`: the session is in its database, and not in another one because that is still to be made.
pub async fn permit_on_target(
    source: &mut Selected,
    session: &Session,
    exists: bool,
    settings: &Settings,
) -> Result<()> {
    let Some(rights) = read_rights(session, exists, settings).await.context(|| "rights on the target")?
    else {
        return Ok(());
    };
    let mut denied = kinds_denied(source, session).await.context(|| "rights on the target")?;
    denied.extend(objects_denied(source, &rights));
    close_tables(source, &rights);
    let before = tables(source);
    catalog::leave_out(source, denied);
    catalog::permit(source, rights);
    let after: HashSet<String> = tables(source).into_iter().collect();
    if let Some(permits) = &mut source.permits {
        permits.lost_tables = before.into_iter().filter(|table| !after.contains(table)).collect();
    }
    Ok(())
}

/// Rows are not left out unasked, and what nobody may make is not begun.
pub(super) fn refuse_denied(source: &Selected, target_is_there: bool, settings: &Settings) -> Result<()> {
    let Some(Permits { rights, lost_tables, .. }) = &source.permits else { return Ok(()) };
    if !target_is_there && !rights.creates_databases {
        let message = format!(
            "the target has no database {}, and {} may not create it",
            settings.target.database, rights.login
        );
        return Err(Error::new(ErrorKind::Privilege, message)
            .hint("have it created there with that role as its owner, or give the role CREATEDB"));
    }
    if lost_tables.is_empty() {
        return Ok(());
    }
    let reason = |table: &String| format!("{table} ({})", root_reason(source, table));
    let list: Vec<String> = lost_tables.iter().map(reason).collect();
    let message =
        format!("the target's role {} may not make these tables: {}", rights.login, list.join(", "));
    Err(Error::new(ErrorKind::Privilege, message)
        .hint("have a superuser make there what they need (an extension is made by CREATE EXTENSION), or exclude them"))
}

/// Why an object was left out: at the end of the chain of what needs what.
fn root_reason(source: &Selected, object: &str) -> String {
    let (mut at, mut steps) = (object.to_owned(), 0);
    loop {
        let note = source.notes.iter().find(|note| note.object == at);
        let reason = note.map_or("", |note| note.reason.trim_start_matches("left out: "));
        let needed = reason
            .strip_prefix("it needs ")
            .and_then(|rest| rest.strip_suffix(", which the target cannot hold"));
        match needed.filter(|_| steps < source.notes.len()) {
            Some(needed) => needed.clone_into(&mut at),
            None if at == object => return reason.to_owned(),
            None => return format!("it needs {at}: {reason}"),
        }
        steps += 1;
    }
}

/// Tables that hold rows, as notes name them.
fn tables(source: &Selected) -> Vec<String> {
    let tables = source.catalog.objects.iter().filter_map(|object| match object {
        Object::Table(table) if table.has_rows_of_its_own() => Some(format!("TABLE {}", table.name)),
        _ => None,
    });
    tables.collect()
}

/// `None` of a superuser. A database that is still to be made will be its maker's.
pub async fn read_rights(session: &Session, exists: bool, settings: &Settings) -> Result<Option<Rights>> {
    let found: Vec<Rights> = session.query_json(include_str!("sql/rights.sql")).await?;
    let Some(mut rights) = found.into_iter().next() else { return Ok(None) };
    rights.major = session.version().major();
    let roles: Vec<catalog::RoleRights> = session.query_json(query_for(ROLE_QUERIES, rights.major)).await?;
    rights.roles = roles.into_iter().map(|role| (role.name.clone(), role)).collect();
    rights.expects_roles = settings.roles == RolesMode::None;
    rights.creates_roles &= !rights.expects_roles;
    if !exists {
        as_of_new_database(&mut rights);
    }
    Ok(Some(rights))
}

fn as_of_new_database(rights: &mut Rights) {
    let others_public = mem::take(&mut rights.others_schemas).remove("public");
    if let Some(owner) = rights.roles.get_mut("pg_database_owner") {
        owner.usable = true;
    } else {
        // Before server 15 `public` is the superuser's, and open to all.
        let owner = others_public.map_or("postgres".to_owned(), |found| found.owner);
        let creators = rights.roles.keys().cloned().collect();
        rights.others_schemas =
            HashMap::from([("public".to_owned(), OthersSchema { owner, open: true, creators })]);
    }
    rights.extensions = HashSet::from(["plpgsql".to_owned()]);
    rights.others_extensions.clone_from(&rights.extensions);
    rights.closed_wrappers.clear();
    rights.closed_tables.clear();
}

/// Objects of kinds that the target does not let our role make.
async fn kinds_denied(source: &Selected, session: &Session) -> Result<Unholdable> {
    let mut statements: Vec<&str> = Vec::new();
    let mut objects: Vec<Vec<usize>> = Vec::new();
    for (index, object) in source.catalog.objects.iter().enumerate() {
        let Some(probe) = probe_of_kind(object) else { continue };
        if let Some(at) = statements.iter().position(|known| *known == probe) {
            objects[at].push(index);
        } else {
            statements.push(probe);
            objects.push(vec![index]);
        }
    }
    let statements: Vec<String> = statements.into_iter().map(str::to_owned).collect();
    let refused = try_statements(session, &statements).await?;
    let denied = refused.iter().filter(|row| row.code == DENIED);
    let denied = denied.filter_map(|Refused { number, reason, .. }| Some((objects.get(*number)?, reason)));
    Ok(denied
        .flat_map(|(objects, reason)| {
            let reason = format!("the target says: {}", reason.replace(" \"pgmigrate_probe\"", ""));
            objects.iter().map(move |index| (*index, reason.clone()))
        })
        .collect())
}

/// A statement that fails for want of a privilege, whatever else may be wrong with it, if our role may not make objects
/// of this kind.
fn probe_of_kind(object: &Object) -> Option<&'static str> {
    Some(match object {
        Object::Language(_) => "CREATE LANGUAGE pgmigrate_probe HANDLER pg_catalog.plpgsql_call_handler",
        Object::BaseType(_) | Object::ShellType(_) => "CREATE TYPE pg_temp.pgmigrate_probe",
        Object::AccessMethod(_) => {
            "CREATE ACCESS METHOD pgmigrate_probe TYPE INDEX HANDLER pg_catalog.bthandler"
        }
        Object::OperatorFamily(_) | Object::OperatorClass(_) => {
            "CREATE OPERATOR FAMILY pg_temp.pgmigrate_probe USING btree"
        }
        Object::TextSearchParser(_) => {
            "CREATE TEXT SEARCH PARSER pg_temp.pgmigrate_probe (START = prsd_start, GETTOKEN = prsd_nexttoken, \
             END = prsd_end, LEXTYPES = prsd_lextype)"
        }
        Object::TextSearchTemplate(_) => {
            "CREATE TEXT SEARCH TEMPLATE pg_temp.pgmigrate_probe (LEXIZE = dsimple_lexize)"
        }
        Object::ForeignDataWrapper(_) => "CREATE FOREIGN DATA WRAPPER pgmigrate_probe",
        Object::EventTrigger(_) => {
            "CREATE EVENT TRIGGER pgmigrate_probe ON ddl_command_start EXECUTE PROCEDURE pg_catalog.pgmigrate_none()"
        }
        Object::Subscription(_) => {
            "CREATE SUBSCRIPTION pgmigrate_probe CONNECTION 'dbname=x password=x' PUBLICATION x WITH (connect = false)"
        }
        _ => return None,
    })
}

/// Single objects that our role may not make, of kinds that it may.
fn objects_denied(source: &mut Selected, rights: &Rights) -> Unholdable {
    let mut denied = Unholdable::new();
    let mut notes = Vec::new();
    for (index, object) in source.catalog.objects.iter_mut().enumerate() {
        let reason = match object {
            Object::Extension(extension) => {
                let name = extension.name.as_str();
                let lacks = rights.superuser_extensions.contains(name) && !rights.extensions.contains(name);
                lacks.then(|| {
                    "only a superuser installs it on the target: have it installed before the run".to_owned()
                })
            }
            Object::Function(function) => {
                let reason = function.denied(&rights.closed_languages, &rights.superuser_settings);
                if reason.is_none() {
                    notes.extend(function.leave_superusers_marks());
                }
                reason
            }
            Object::ForeignServer(server) if rights.closed_wrappers.contains(server.wrapper()) => {
                Some(format!("{} may not use its foreign data wrapper on the target", rights.login))
            }
            Object::Cast(_)
            | Object::Transform(_)
            | Object::Publication(_)
            | Object::PublicationMember(_) => first_entry(object).and_then(|entry| denied_by_text(&entry)),
            _ => None,
        };
        denied.extend(reason.map(|reason| (index, reason)));
    }
    source.notes.extend(notes.into_iter().map(|(object, reason)| catalog::Note { object, reason }));
    denied
}

fn first_entry(object: &Object) -> Option<Entry> {
    let mut entries = Vec::new();
    object.entries(&Separate::new(), &mut entries);
    entries.into_iter().next()
}

fn denied_by_text(entry: &Entry) -> Option<String> {
    let text = entry.create.first()?;
    let types = entry.identity.strip_prefix("CAST (");
    let reason = if types.is_some() && text.contains("WITHOUT FUNCTION") {
        "only a superuser makes casts without a function"
    } else if types.is_some_and(|types| !types.contains('.')) {
        "only a superuser makes casts between built-in types"
    } else if entry.identity.strip_prefix("TRANSFORM FOR ").is_some_and(|rest| !rest.contains('.')) {
        "only a superuser makes transforms of built-in types"
    } else if entry.kind == "publication" && text.contains(" FOR ALL TABLES ") {
        "only a superuser makes publications of all tables"
    } else if text.contains(" ADD TABLES IN SCHEMA ") {
        "only a superuser publishes whole schemas"
    } else {
        return None;
    };
    Some(reason.to_owned())
}

/// Configuration tables that will be the superuser's, who runs the scripts of trusted extensions.
fn close_tables(source: &mut Selected, rights: &Rights) {
    let trusted = |object: &Object| match object {
        Object::Extension(extension) => {
            let name = extension.name.as_str();
            rights.trusted_extensions.contains(name) && !rights.extensions.contains(name)
        }
        _ => false,
    };
    let extensions = source.catalog.objects.iter().filter(|object| trusted(object));
    let made: HashSet<_> = extensions.filter_map(first_entry).map(|entry| entry.id.oid).collect();
    for object in &mut source.catalog.objects {
        if let Object::ExtensionTable(table) = object {
            table.closed = rights.closed_tables.contains(&table.name) || made.contains(&table.extension);
        }
    }
}
