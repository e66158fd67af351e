//! The database that a backup goes into: absent, and made like the one that was backed up, or empty.
use std::collections::BTreeSet;

use super::toc::{Toc, TocEntry};
use crate::{
    config::Endpoint,
    error::{Error, ErrorKind, Result},
    net::gucs::parse_version,
    pg::{Ident, quote_ident, quote_literal},
    preflight,
    session::Session,
};

const FIRST_OBJECT: &str = include_str!("sql/first_object.sql");

/// Whether the endpoint's database exists and somebody made anything in it.
pub async fn holds_anything(endpoint: &Endpoint) -> Result<bool> {
    let (session, exists) = Session::connect_or_maintenance(endpoint, "backup").await?;
    Ok(exists && !session.texts(FIRST_OBJECT).await?.is_empty())
}

/// Looks at the target, refuses what cannot be, and only then makes the database if it is absent. Says whether it did.
pub(super) async fn prepare(endpoint: &Endpoint, toc: &Toc, with_owners: bool) -> Result<bool> {
    let (session, exists) = Session::connect_or_maintenance(endpoint, "restore").await?;
    if let Some(version) = parse_version(&toc.server_version) {
        preflight::refuse_older(version, session.version())?;
    }
    if exists && let Some(object) = session.texts(FIRST_OBJECT).await?.first() {
        let message =
            format!("database {} is not empty: it holds {object}", Ident(endpoint.database.clone()));
        return Err(Error::new(ErrorKind::Refused, message)
            .hint("restore into another database, which is made if it does not exist, or drop this one"));
    }
    if with_owners {
        refuse_missing_roles(&session, toc).await?;
    }
    if !exists {
        create(&session, endpoint, toc, with_owners).await?;
    }
    Ok(!exists)
}

async fn create(session: &Session, endpoint: &Endpoint, toc: &Toc, with_owners: bool) -> Result<()> {
    let name = quote_ident(&endpoint.database);
    let entry = toc.entries.iter().find(|entry| entry.desc == "DATABASE");
    let as_dumped = entry.and_then(|entry| under_another_name(entry, &name));
    let sql = as_dumped.unwrap_or_else(|| format!("CREATE DATABASE {name} TEMPLATE template0"));
    session.execute(&sql).await?;
    match entry.map(|entry| entry.owner.as_str()).filter(|owner| with_owners && !owner.is_empty()) {
        Some(owner) => {
            session.execute(&format!("ALTER DATABASE {name} OWNER TO {}", quote_ident(owner))).await
        }
        None => Ok(()),
    }
}

/// `CREATE DATABASE` as it was dumped, of a database with the (quoted) name.
fn under_another_name(entry: &TocEntry, name: &str) -> Option<String> {
    let options = entry.definition.trim().strip_prefix("CREATE DATABASE ")?;
    let plain = options.strip_prefix(&quote_ident(&entry.tag));
    let quoted = || options.strip_prefix(&format!("\"{}\"", entry.tag.replace('"', "\"\"")));
    let options = plain.filter(|rest| rest.starts_with([' ', ';'])).or_else(quoted)?;
    Some(format!("CREATE DATABASE {name}{options}"))
}

/// A role that is missing would end the restore in its middle.
async fn refuse_missing_roles(session: &Session, toc: &Toc) -> Result<()> {
    let owners: BTreeSet<&str> =
        toc.entries.iter().map(|entry| entry.owner.as_str()).filter(|owner| !owner.is_empty()).collect();
    if owners.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> = owners.iter().map(|owner| format!("({})", quote_literal(owner))).collect();
    let missing = session
        .texts(&format!(
            "SELECT pg_catalog.quote_ident(o.name) FROM (VALUES {}) o (name) \
             WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = o.name) ORDER BY 1",
            rows.join(", ")
        ))
        .await?;
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("the target has no role {}", missing.join(", "));
    Err(Error::new(ErrorKind::Refused, message)
        .hint("roles belong to the server, not to a database: create them, or restore with `--no-owner`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_made_under_another_name() {
        let made = |tag: &str, definition: &str| {
            let entry =
                TocEntry { tag: tag.to_owned(), definition: definition.to_owned(), ..TocEntry::default() };
            under_another_name(&entry, "new")
        };
        let options = " WITH TEMPLATE = template0 ENCODING = 'UTF8'";
        assert_eq!(
            made("shop", &format!("CREATE DATABASE shop{options};\n\n")).unwrap(),
            format!("CREATE DATABASE new{options};")
        );
        assert_eq!(made("a\"b", "CREATE DATABASE \"a\"\"b\";").unwrap(), "CREATE DATABASE new;");
        // A newer server quotes a word that ours does not know.
        assert_eq!(made("json_table", "CREATE DATABASE \"json_table\";").unwrap(), "CREATE DATABASE new;");
        assert_eq!(made("shop", "CREATE DATABASE shopping;"), None);
    }
}
