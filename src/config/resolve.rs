//! From the words of a connection string to an [`Endpoint`]: nothing left to look up.
//!
//! A parameter is taken from the string, else from the service it names, else from the environment, else
//! from the built-in default, as libpq does. Files are read here (service, password), servers are not asked.
mod address;
mod tls;
mod value;

use std::{path::PathBuf, sync::Arc, time::Duration};

use self::value::Values;
use super::{
    Conninfo, Endpoint, Environment, Host, Keepalive, Passfile, RoundTrips, Secret, SessionAttrs, Side,
    keyword, os, service,
};
use crate::error::{Context as _, Error, ErrorKind, Result};

/// What [`resolve`] needs to know of a side besides its connection string.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The connection string, read.
    pub conninfo: Conninfo,
    /// A password file named beside the connection string.
    pub passfile: Option<PathBuf>,
    /// The database if neither connection string nor service names one.
    pub database: Option<String>,
}

/// An endpoint and what was learned on the way to it.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The database, if connection string or service name it (and not just a default).
    pub named_database: Option<String>,
    /// What the user should hear about.
    pub warnings: Vec<String>,
}

/// Resolves one side.
pub fn resolve(side: Side, request: &Request, environment: &Environment) -> Result<Resolved> {
    resolve_side(side, request, environment).context(|| side.to_string())
}

fn resolve_side(side: Side, request: &Request, environment: &Environment) -> Result<Resolved> {
    refuse_variables(&request.conninfo, environment)?;
    let service = load_service(&request.conninfo, environment)?;
    let values = Values::new(&request.conninfo, &service, environment);
    let mut warnings = Vec::new();
    let user = match values.text("user") {
        Some(user) => user.to_owned(),
        None => os::user_name(environment).ok_or_else(no_user)?,
    };
    let named_database = values.named("dbname").map(str::to_owned);
    let database = named_database
        .clone()
        .or_else(|| request.database.clone())
        .or_else(|| environment.non_empty("PGDATABASE").map(str::to_owned))
        .unwrap_or_else(|| user.clone());
    let addresses = address::addresses(&values)?;
    let password = values.text("password").map(Secret::new);
    let passfile = match password {
        Some(_) => None,
        None => Some(Arc::new(load_passfile(&values, request, environment, &mut warnings)?)),
    };
    let host = |address| Host { address, password: password.clone() };
    let hosts: Vec<Host> = addresses.into_iter().map(host).collect();
    let tls = tls::tls(&values, &hosts, os::home(environment))?;
    let application_name =
        values.text("application_name").or_else(|| values.text("fallback_application_name"));
    let endpoint = Endpoint {
        side,
        hosts,
        application_name: application_name.map(str::to_owned),
        options: values.text("options").map(str::to_owned),
        tls,
        connect_timeout: seconds_or(&values, "connect_timeout", CONNECT_TIMEOUT)?,
        keepalive: keepalive(&values)?,
        tcp_user_timeout: values.milliseconds("tcp_user_timeout")?,
        target_session_attrs: session_attributes(&values)?,
        passfile,
        round_trips: RoundTrips::default(),
        database,
        user,
    };
    let endpoint = endpoint.with_passwords();
    Ok(Resolved { endpoint, named_database, warnings })
}

/// Where libpq would wait for ever. A login takes moments; a server that starts up says so at once.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// Where the system waits for two hours. A run holds connections that are idle for long, and a peer that vanished is to
/// be noticed within two minutes.
const KEEPALIVES_IDLE: Duration = Duration::from_secs(60);
const KEEPALIVES_INTERVAL: Duration = Duration::from_secs(10);
const KEEPALIVES_COUNT: u32 = 6;

/// A variable that asks for something which is not done is refused like the parameter it stands for.
fn refuse_variables(conninfo: &Conninfo, environment: &Environment) -> Result<()> {
    for keyword in keyword::KEYWORDS.iter().filter(|keyword| conninfo.value(keyword.name).is_none()) {
        let Some(variable) = keyword.variable else { continue };
        let Some(value) = environment.non_empty(variable) else { continue };
        keyword.check(value).context(|| format!("environment variable {variable}"))?;
    }
    Ok(())
}

fn load_service(conninfo: &Conninfo, environment: &Environment) -> Result<Conninfo> {
    let given = conninfo.value("service").or_else(|| environment.non_empty("PGSERVICE"));
    match given.filter(|service| !service.is_empty()) {
        Some(service) => service::load(service, conninfo.value("servicefile"), environment),
        None => Ok(Conninfo::default()),
    }
}

fn no_user() -> Error {
    Error::new(
        ErrorKind::Config,
        "no user is given and the system has no name for the user running pgmigrate",
    )
    .hint("add `user=…` to the connection string")
}

/// The file that is named, else the user's own.
fn load_passfile(
    values: &Values<'_>,
    request: &Request,
    environment: &Environment,
    warnings: &mut Vec<String>,
) -> Result<Passfile> {
    let named = request.passfile.clone().or_else(|| values.text("passfile").map(PathBuf::from));
    let default = || os::home(environment).map(|home| home.join(".pgpass"));
    let is_named = named.is_some();
    match named.or_else(default) {
        Some(path) => Passfile::load(&path, is_named, warnings),
        None => Ok(Passfile::default()),
    }
}

fn keepalive(values: &Values<'_>) -> Result<Option<Keepalive>> {
    if values.number("keepalives")? == Some(0) {
        return Ok(None);
    }
    Ok(Some(Keepalive {
        idle: seconds_or(values, "keepalives_idle", KEEPALIVES_IDLE)?,
        interval: seconds_or(values, "keepalives_interval", KEEPALIVES_INTERVAL)?,
        count: match values.text("keepalives_count") {
            Some(_) => values.positive("keepalives_count")?,
            None => Some(KEEPALIVES_COUNT),
        },
    }))
}

/// What a parameter says, 0 being the same as `None`; or the default where nothing is said.
fn seconds_or(values: &Values<'_>, name: &str, default: Duration) -> Result<Option<Duration>> {
    match values.text(name) {
        Some(_) => values.seconds(name),
        None => Ok(Some(default)),
    }
}

fn session_attributes(values: &Values<'_>) -> Result<SessionAttrs> {
    let choices = [
        ("any", SessionAttrs::Any),
        ("read-write", SessionAttrs::ReadWrite),
        ("read-only", SessionAttrs::ReadOnly),
        ("primary", SessionAttrs::Primary),
        ("standby", SessionAttrs::Standby),
        ("prefer-standby", SessionAttrs::PreferStandby),
    ];
    Ok(values.choice("target_session_attrs", &choices)?.unwrap_or_default())
}

#[cfg(test)]
mod tests;
