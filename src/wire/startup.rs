//! From a dialled socket to a connection ready for its first statement: TLS, startup message, login, settings.
use std::{sync::Arc, time::Duration};

use postgres_protocol::message::frontend;

use super::{
    auth,
    connection::{Connection, Identity},
    frame::Message,
    transport::Transport,
};
use crate::{
    config::{Endpoint, RoundTrips},
    error::{Error, ErrorKind, Result},
    net::{self, Link, ServerReport, Standing, gucs},
    pg::ServerVersion,
};

impl Connection {
    /// Connects to the first server of the endpoint that suits, and pins the settings.
    pub fn connect(endpoint: &Endpoint, application_name: &str) -> Result<Self> {
        let shared = Arc::new(endpoint.clone());
        net::connect(endpoint, |link| Self::log_in(link, &shared, application_name))
    }

    pub(super) fn log_in(
        link: Link<'_>,
        endpoint: &Arc<Endpoint>,
        application_name: &str,
    ) -> Result<(Self, Standing)> {
        endpoint.round_trips.add(RoundTrips::LOGIN);
        set_timeout(&link.socket, link.remaining())?;
        let transport = Transport::open(link.socket, &link.encryption)?;
        let tls = link.encryption.client().filter(|_| transport.is_tls()).cloned();
        let identity = Identity {
            endpoint: Arc::clone(endpoint),
            peer: link.peer,
            tls,
            version: ServerVersion(0),
            process_id: 0,
            secret_key: 0,
            backend_pid: 0,
        };
        let mut connection = Self::new(transport, identity);
        connection.send_startup(application_name)?;
        auth::log_in(&mut connection, link.host.password.as_ref())?;
        connection.learn_identity()?;
        let standing = connection.greet()?;
        set_timeout(connection.transport.socket(), None)?;
        connection.logged_in = true;
        Ok((connection, standing))
    }

    fn send_startup(&mut self, application_name: &str) -> Result<()> {
        let endpoint = Arc::clone(&self.identity.endpoint);
        let name = endpoint.application_name.as_deref().unwrap_or(application_name);
        let mut parameters = vec![
            ("user", endpoint.user.as_str()),
            ("database", endpoint.database.as_str()),
            ("client_encoding", "UTF8"),
            ("application_name", name),
        ];
        if let Some(options) = &endpoint.options {
            parameters.push(("options", options));
        }
        self.send(|out| frontend::startup_message(parameters, out))
    }

    /// Reads what follows the login: version, process id and secret key.
    fn learn_identity(&mut self) -> Result<()> {
        loop {
            let message = self.recv_startup()?;
            match (message.tag, message.body.as_slice()) {
                (b'S', body) => {
                    if let Some(version) = body.strip_prefix(b"server_version\0") {
                        self.identity.version = self.read_version(version)?;
                    }
                }
                (b'K', [pid @ .., k0, k1, k2, k3]) if pid.len() == 4 => {
                    self.identity.process_id = i32::from_be_bytes([pid[0], pid[1], pid[2], pid[3]]);
                    self.identity.secret_key = i32::from_be_bytes([*k0, *k1, *k2, *k3]);
                }
                (b'Z', body) => {
                    self.ready(body);
                    return Ok(());
                }
                (b'N' | b'K', _) => {}
                (b'E', body) => return Err(self.refused(body)),
                _ => return Err(self.unexpected(&message)),
            }
        }
    }

    /// As `recv`, but parameters are wanted here.
    fn recv_startup(&mut self) -> Result<Message> {
        loop {
            if let Some(message) = self.messages.pop_front() {
                return Ok(message);
            }
            self.read_some()?;
        }
    }

    fn read_version(&self, text: &[u8]) -> Result<ServerVersion> {
        let text = String::from_utf8_lossy(text);
        let text = text.trim_end_matches('\0');
        gucs::accept_version(text).map_err(|error| self.name(error))
    }

    /// The settings, and what the server was before them.
    fn greet(&mut self) -> Result<Standing> {
        let rows = self.query(&gucs::render_greeting(self.identity.version))?;
        let is_on = |row: &[Option<String>], column: usize| {
            row.get(column).and_then(Option::as_deref).is_some_and(|value| matches!(value, "t" | "on"))
        };
        let row = rows.first().map(Vec::as_slice).unwrap_or_default();
        let pid = row.get(2).and_then(Option::as_deref).and_then(|pid| pid.parse().ok());
        self.identity.backend_pid = pid.unwrap_or(self.identity.process_id);
        Ok(Standing { standby: is_on(row, 0), read_only: is_on(row, 1) })
    }

    /// The server ends the login with an error; it closes the connection itself.
    pub(super) fn refused(&mut self, body: &[u8]) -> Error {
        self.break_off();
        let endpoint = &self.identity.endpoint;
        let error = ServerReport::parse(body).into_login_error();
        error.context(format!("login as `{}` to database `{}`", endpoint.user, endpoint.database))
    }
}

fn set_timeout(socket: &net::Socket, timeout: Option<Duration>) -> Result<()> {
    socket
        .set_timeout(timeout)
        .map_err(|error| Error::new(ErrorKind::Io, "cannot set a socket's timeout").caused_by(error))
}
