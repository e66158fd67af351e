//! Roles as `pg_dumpall` tells them: the program is run, and its script read. What it does not tell, or what must not go through
//! a pipe (password verifiers), is the catalog's.
use std::{io, process::Command};

use super::{Globals, script};
use crate::{
    blocking,
    config::{Address, Endpoint, RolesVia, Secret, SslMode},
    error::{Context as _, Error, ErrorKind, Result},
    net::gucs::parse_version,
    object::Membership,
    pg::{Ident, SUPPORTED, ServerVersion},
};

/// The program, as PATH has it.
const PROGRAM: &str = "pg_dumpall";

/// Variables that could lead it to another server, or make it print otherwise.
const UNSET: [&str; 12] = [
    "PGHOST",
    "PGHOSTADDR",
    "PGPORT",
    "PGDATABASE",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGOPTIONS",
    "PGSSLMODE",
    "PGSSLROOTCERT",
    "PGSSLCERT",
    "PGSSLKEY",
    "PGTARGETSESSIONATTRS",
];

/// A program that is there and new enough.
#[derive(Debug, Clone, Copy)]
pub(super) struct Program;

/// The program, if the roles of a source of this version are to be read by it.
pub(super) async fn program(via: RolesVia, source: ServerVersion) -> Result<Option<Program>> {
    let is_newer = SUPPORTED.last().is_some_and(|newest| source.major() > *newest);
    match via {
        RolesVia::Catalog => Ok(None),
        RolesVia::Auto if !is_newer => Ok(None),
        RolesVia::Auto => Ok(find(source).await.ok()),
        RolesVia::PgDumpall => find(source).await.map(Some),
    }
}

async fn find(source: ServerVersion) -> Result<Program> {
    let hint =
        "put a `pg_dumpall` as new as the source before all others on PATH, or set `roles.via: catalog`";
    let output = run(Command::new(PROGRAM), &["--version"]).await.map_err(|error| error.hint(hint))?;
    // pg_dumpall (PostgreSQL) 18.1
    let reported = output.split(") ").nth(1).unwrap_or_default();
    match parse_version(reported) {
        Some(version) if version.major() >= source.major() => Ok(Program),
        _ => {
            let message = format!(
                "`{PROGRAM}` on PATH is older than the source (PostgreSQL {source}): {}",
                output.trim().escape_debug()
            );
            Err(Error::new(ErrorKind::Config, message).hint(hint))
        }
    }
}

/// Puts its roles and memberships in place of the catalog's.
pub(super) async fn read_roles(_: &Program, endpoint: &Endpoint, globals: &mut Globals) -> Result<()> {
    let text = run(command(endpoint), &["--roles-only", "--no-role-passwords"]).await?;
    let script = script::read(&text).map_err(|why| {
        Error::new(ErrorKind::Unsupported, format!("cannot read what `{PROGRAM}` wrote: {why}"))
            .hint("set `roles.via: catalog`")
    })?;
    globals.roles = script.roles;
    globals.roles.sort_by(|one, other| one.name.cmp(&other.name));
    globals.memberships = script.memberships;
    globals.memberships.sort_by(|one, other| key(one).cmp(&key(other)));
    globals.notes.extend(script.notes);
    Ok(())
}

fn key(found: &Membership) -> (&str, &str, Option<&str>) {
    (found.role.as_str(), found.member.as_str(), found.grantor.as_ref().map(Ident::as_str))
}

/// Runs it to its end; gives what it wrote.
async fn run(mut command: Command, arguments: &'static [&'static str]) -> Result<String> {
    let ended = blocking::start(PROGRAM, move || command.args(arguments).output())?.end().await?;
    let output = ended.map_err(|cause| {
        let message = match cause.kind() {
            io::ErrorKind::NotFound => format!("there is no `{PROGRAM}` on PATH"),
            _ => format!("cannot run `{PROGRAM}`"),
        };
        Error::new(ErrorKind::Config, message).caused_by(cause)
    })?;
    if output.status.success() {
        return String::from_utf8(output.stdout).map_err(|_| {
            Error::new(ErrorKind::Unsupported, format!("what `{PROGRAM}` wrote is not UTF-8"))
                .hint("set `roles.via: catalog`")
        });
    }
    let told = String::from_utf8_lossy(&output.stderr);
    Err(Error::new(ErrorKind::Server, format!("`{PROGRAM}` failed")).caused_by(told.trim().to_owned()))
        .context(|| "source")
}

/// The program with the endpoint in its environment: its command line shows no secret, and none is on it.
fn command(endpoint: &Endpoint) -> Command {
    let mut command = Command::new(PROGRAM);
    for name in UNSET {
        command.env_remove(name);
    }
    let database = endpoint.database.replace('\\', "\\\\").replace('\'', "\\'");
    command
        .arg(format!("--database=dbname='{database}'"))
        .arg("--no-password")
        .env("PGUSER", &endpoint.user)
        .env("PGSSLMODE", ssl_mode(endpoint.tls.mode))
        // As our own sessions: times are spelled alike.
        .env("PGTZ", "UTC")
        .env("PGDATESTYLE", "ISO, MDY")
        .env("PGCLIENTENCODING", "UTF8");
    let addresses = |text: fn(&Address) -> String| {
        endpoint.hosts.iter().map(|host| text(&host.address)).collect::<Vec<_>>().join(",")
    };
    command.env("PGHOST", addresses(host)).env("PGPORT", addresses(port));
    if endpoint.hosts.iter().all(|host| matches!(host.address, Address::Tcp { ip: Some(_), .. })) {
        command.env("PGHOSTADDR", addresses(ip));
    }
    let password = endpoint.hosts.iter().find_map(|host| host.password.as_ref());
    if let Some(password) = password.map(Secret::expose) {
        command.env("PGPASSWORD", password);
    }
    if let Some(options) = &endpoint.options {
        command.env("PGOPTIONS", options);
    }
    let tls = &endpoint.tls;
    for (name, path) in [("PGSSLCERT", &tls.cert), ("PGSSLKEY", &tls.key)] {
        if let Some(path) = path {
            command.env(name, path);
        }
    }
    match &tls.root_cert {
        Some(crate::config::RootCert::File(path)) => _ = command.env("PGSSLROOTCERT", path),
        Some(crate::config::RootCert::System) => _ = command.env("PGSSLROOTCERT", "system"),
        None => {}
    }
    command
}

fn host(address: &Address) -> String {
    match address {
        Address::Tcp { name, .. } => name.clone(),
        Address::Unix { directory, .. } => directory.display().to_string(),
    }
}

fn port(address: &Address) -> String {
    match address {
        Address::Tcp { port, .. } | Address::Unix { port, .. } => port.to_string(),
    }
}

fn ip(address: &Address) -> String {
    match address {
        Address::Tcp { ip: Some(ip), .. } => ip.to_string(),
        _ => String::new(),
    }
}

/// The word of libpq.
fn ssl_mode(mode: SslMode) -> &'static str {
    match mode {
        SslMode::Disable => "disable",
        SslMode::Allow => "allow",
        SslMode::Prefer => "prefer",
        SslMode::Require => "require",
        SslMode::VerifyCa => "verify-ca",
        SslMode::VerifyFull => "verify-full",
    }
}
