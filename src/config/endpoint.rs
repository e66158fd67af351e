//! One side of a migration, resolved: everything needed to dial and log in, nothing left to look up.
use std::{borrow::Cow, fmt, net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use super::{Passfile, RoundTrips, Secret, passfile::Login};

/// Source or target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The server that is read.
    Source,
    /// The server that is written.
    Target,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "source",
            Self::Target => "target",
        })
    }
}

/// One side with its connection parameters, with libpq's meaning
/// (documentation, section "Database Connection Control Functions").
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Which side it is, for messages.
    pub side: Side,
    /// Tried in this order.
    pub hosts: Vec<Host>,
    /// `dbname`
    pub database: String,
    /// `user`
    pub user: String,
    /// `application_name`, when the user gave one.
    pub application_name: Option<String>,
    /// `options`: command-line options for the backend.
    pub options: Option<String>,
    /// TLS parameters.
    pub tls: Tls,
    /// `connect_timeout`, for each host; `None` waits without limit.
    pub connect_timeout: Option<Duration>,
    /// TCP keepalives; `None` switches them off.
    pub keepalive: Option<Keepalive>,
    /// `tcp_user_timeout`
    pub tcp_user_timeout: Option<Duration>,
    /// `target_session_attrs`
    pub target_session_attrs: SessionAttrs,
    /// Where passwords are looked up; nothing if one was given.
    pub passfile: Option<Arc<Passfile>>,
    /// Counts what is asked through it; clones share the count.
    pub round_trips: RoundTrips,
}

impl Endpoint {
    /// The same server's database of this name, with the passwords that the password file has for it.
    #[must_use]
    pub fn with_database(&self, database: &str) -> Self {
        Self { database: database.to_owned(), ..self.clone() }.with_passwords()
    }

    /// The same; what is asked through it is counted apart.
    #[must_use]
    pub fn of_database(&self, database: &str) -> Self {
        Self { round_trips: RoundTrips::default(), ..self.with_database(database) }
    }

    /// Each host with its password of the password file. Without a file they stay as they are.
    pub(super) fn with_passwords(mut self) -> Self {
        let Some(file) = &self.passfile else { return self };
        for host in &mut self.hosts {
            let (database, user) = (&self.database, &self.user);
            let (name, port) = host.address.name_and_port();
            host.password = file.password(Login { host: &name, port, database, user }).cloned();
        }
        self
    }
}

/// One address of an endpoint.
#[derive(Debug, Clone)]
pub struct Host {
    /// Where it listens.
    pub address: Address,
    /// The password for this host (conninfo, environment or passfile), if any.
    pub password: Option<Secret>,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// TCP; `name` is what a certificate is checked against, `ip` (`hostaddr`) spares the look-up.
    Tcp {
        /// `host`
        name: String,
        /// `hostaddr`
        ip: Option<IpAddr>,
        /// `port`
        port: u16,
    },
    /// The socket `.s.PGSQL.<port>` in a directory.
    Unix {
        /// `host`, an absolute path (or `@name` for an abstract socket)
        directory: PathBuf,
        /// `port`
        port: u16,
    },
}

impl Address {
    /// The name that a password is looked up by, and the port.
    fn name_and_port(&self) -> (Cow<'_, str>, u16) {
        match self {
            Self::Tcp { name, port, .. } => (name.into(), *port),
            Self::Unix { directory, port } => (directory.to_string_lossy(), *port),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { name, port, .. } => write!(f, "{name}:{port}"),
            Self::Unix { directory, port } => write!(f, "{}/.s.PGSQL.{port}", directory.display()),
        }
    }
}

/// `user@host:port/database`, without any secret.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@", self.user)?;
        for (i, host) in self.hosts.iter().enumerate() {
            write!(f, "{}{}", if i > 0 { "," } else { "" }, host.address)?;
        }
        write!(f, "/{}", self.database)
    }
}

/// TLS parameters.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// `sslmode`
    pub mode: SslMode,
    /// `sslrootcert`; `None` if not given and the default file is absent.
    pub root_cert: Option<RootCert>,
    /// `sslcert`
    pub cert: Option<PathBuf>,
    /// `sslkey`
    pub key: Option<PathBuf>,
    /// `channel_binding`
    pub channel_binding: ChannelBinding,
    /// `sslsni`: whether the host name is sent in clear while TLS is set up.
    pub sni: bool,
}

/// `sslmode`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SslMode {
    /// No TLS.
    Disable,
    /// TLS only where the server wants it.
    Allow,
    /// TLS if the server has it.
    #[default]
    Prefer,
    /// TLS; the certificate is checked only if `sslrootcert` exists (as libpq does).
    Require,
    /// TLS with a certificate of a trusted authority.
    VerifyCa,
    /// As `VerifyCa`, and the host name must match.
    VerifyFull,
}

/// `sslrootcert`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootCert {
    /// A PEM file.
    File(PathBuf),
    /// `system`: the authorities that the operating system trusts.
    System,
}

/// `channel_binding`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// If the server offers it.
    #[default]
    Prefer,
    /// Without it no login.
    Require,
}

/// TCP keepalives; `None` leaves the system's default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keepalive {
    /// `keepalives_idle`
    pub idle: Option<Duration>,
    /// `keepalives_interval`
    pub interval: Option<Duration>,
    /// `keepalives_count`
    pub count: Option<u32>,
}

/// `target_session_attrs`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SessionAttrs {
    /// Any server.
    #[default]
    Any,
    /// Sessions can write.
    ReadWrite,
    /// Sessions cannot write.
    ReadOnly,
    /// Not in hot standby.
    Primary,
    /// In hot standby.
    Standby,
    /// A standby if there is one, else any.
    PreferStandby,
}
