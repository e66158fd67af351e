//! Reads the globals of a server: a few queries, however many roles there are.
use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Globals, ParameterPrivilege, dumpall};
use crate::{
    config::{Endpoint, RolesVia, Secret},
    error::{Context as _, Error, ErrorKind, Result},
    net::gucs::APPLICATION_NAME,
    object::{Membership, Queries, ROLE_QUERIES, Role, query_for},
    session::Session,
};

const MEMBERSHIP_QUERIES: Queries =
    &[(u32::MAX, include_str!("sql/membership.sql")), (15, include_str!("sql/membership.pg15.sql"))];

/// `pg_parameter_acl` came with it.
const PARAMETER_PRIVILEGES: u32 = 15;

/// What a server says of itself.
#[derive(Deserialize)]
struct Server {
    login: String,
    bootstrap: String,
    passwords_readable: bool,
}

/// A verifier; it is handed on and never shown.
#[derive(Deserialize)]
struct Verifier {
    name: String,
    verifier: String,
}

/// Reads the source's globals by the way that is asked for; gives them with the session, which reads verifiers later.
pub async fn read_source(endpoint: &Endpoint, via: RolesVia) -> Result<(Session, Globals)> {
    let session = Session::connect(endpoint, "globals", APPLICATION_NAME).await?;
    let mut globals = read(&session).await.context(|| "globals of the source")?;
    if let Some(program) = dumpall::program(via, globals.version).await? {
        dumpall::read_roles(&program, endpoint, &mut globals).await.context(|| "roles.via: pg_dumpall")?;
    }
    Ok((session, globals))
}

/// Reads everything from the catalog.
pub(super) async fn read(session: &Session) -> Result<Globals> {
    let version = session.version();
    let major = version.major();
    let server = session.query_json::<Server>(include_str!("sql/server.sql")).await?.pop();
    let server =
        server.ok_or_else(|| Error::new(ErrorKind::Internal, "the server does not say who we are"))?;
    let (roles, memberships, used, tablespaces, labels) = tokio::try_join!(
        session.query_json::<Role>(query_for(ROLE_QUERIES, major)),
        session.query_json::<Membership>(query_for(MEMBERSHIP_QUERIES, major)),
        session.texts(include_str!("sql/used.sql")),
        session.query_json(include_str!("sql/tablespace.sql")),
        session.query_json(include_str!("sql/label.sql")),
    )?;
    let parameters: Vec<ParameterPrivilege> = if major >= PARAMETER_PRIVILEGES {
        session.query_json(include_str!("sql/parameter.sql")).await?
    } else {
        Vec::new()
    };
    let passwords = if server.passwords_readable { Some(read_passwords(session).await?) } else { None };
    Ok(Globals {
        version,
        login: server.login,
        bootstrap: server.bootstrap,
        roles,
        passwords,
        memberships,
        used: used.into_iter().collect(),
        tablespaces,
        parameters,
        labels,
        notes: Vec::new(),
    })
}

/// They are compared, so that a second run has nothing to do.
async fn read_passwords(session: &Session) -> Result<BTreeMap<String, Secret>> {
    let query = "SELECT rolname AS name, rolpassword AS verifier FROM pg_catalog.pg_authid \
                  WHERE rolpassword IS NOT NULL";
    let rows: Vec<Verifier> = session.query_json(query).await?;
    Ok(rows.into_iter().map(|row| (row.name, Secret::new(row.verifier))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pg::SUPPORTED;

    #[test]
    fn every_version_has_its_query() {
        assert!(SUPPORTED.iter().all(|major| query_for(MEMBERSHIP_QUERIES, *major).starts_with("SELECT")));
        assert!(!query_for(MEMBERSHIP_QUERIES, 15).contains("inherit_option"));
    }
}
