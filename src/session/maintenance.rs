//! A session on a server while the database that is meant does not exist.
use super::Session;
use crate::{
    config::Endpoint,
    error::{Error, ErrorKind, Result},
    net::gucs::APPLICATION_NAME,
};

/// Databases of a new cluster.
const DATABASES: [&str; 2] = ["postgres", "template1"];

impl Session {
    /// Connects to the endpoint's database, or to another one if it does not exist; says whether it does.
    pub async fn connect_or_maintenance(endpoint: &Endpoint, name: &str) -> Result<(Self, bool)> {
        match Self::connect(endpoint, name, APPLICATION_NAME).await {
            Ok(session) => Ok((session, true)),
            // 3D000: invalid_catalog_name
            Err(error) if error.code().is_some_and(|code| code.as_str() == "3D000") => {
                Ok((Self::connect_maintenance(endpoint, error).await?, false))
            }
            Err(error) => Err(error),
        }
    }

    /// Connects to another database of the endpoint's server; `missing` is what its own answered.
    pub async fn connect_maintenance(endpoint: &Endpoint, missing: Error) -> Result<Self> {
        let mut last = missing;
        for database in DATABASES {
            let other = endpoint.with_database(database);
            match Self::connect(&other, "maintenance", APPLICATION_NAME).await {
                Ok(session) => return Ok(session),
                Err(error) if error.kind() == ErrorKind::Authentication => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last.hint("create the database, or let the role connect to `postgres` so that it can be created"))
    }
}
