//! Opening a session.
//!
//! The search for a server (`net::connect`) blocks, so it runs on a thread where that is allowed and drives each login from there.
use std::{
    future::poll_fn,
    sync::{Arc, atomic::AtomicU32},
    time::Duration,
};

use tokio::runtime::Handle;
use tokio_postgres::{
    AsyncMessage, Connection,
    config::{ChannelBinding as DriverBinding, SslMode},
};

use super::{
    Session,
    failure::{map_login_error, timed_out},
    settings::{Greeting, greet},
    stream::{Connector, ControlSocket, ControlTls},
};
use crate::{
    blocking,
    config::{ChannelBinding, Endpoint, RoundTrips},
    error::{Context as _, Result},
    net::{self, Encryption, Link, Standing, gucs},
};

/// A server whose kernel does not even acknowledge a statement for so long is gone; the system would try for a quarter of an
/// hour. Data connections leave it to the user: a full window of a slow target looks the same.
const UNANSWERED: Duration = Duration::from_secs(120);

impl Session {
    /// Connects to the first server of the endpoint that suits, and pins the settings. `name` says what the session is for.
    pub async fn connect(endpoint: &Endpoint, name: &str, application_name: &str) -> Result<Self> {
        let tcp_user_timeout = endpoint.tcp_user_timeout.or(Some(UNANSWERED));
        let endpoint = Arc::new(Endpoint { tcp_user_timeout, ..endpoint.clone() });
        let (name, application_name) = (name.to_owned(), application_name.to_owned());
        let runtime = Handle::current();
        let search = blocking::start("connect", move || {
            net::connect(&endpoint, |link| {
                runtime.block_on(log_in(link, &endpoint, name.clone(), &application_name))
            })
        });
        search?.end().await?
    }
}

async fn log_in(
    link: Link<'_>,
    endpoint: &Arc<Endpoint>,
    name: String,
    application_name: &str,
) -> Result<(Session, Standing)> {
    let patience = link.remaining().unwrap_or(Duration::MAX);
    let login = Box::pin(open(link, endpoint, name, application_name));
    tokio::time::timeout(patience, login).await.unwrap_or_else(|_| Err(timed_out()))
}

async fn open(
    link: Link<'_>,
    endpoint: &Arc<Endpoint>,
    name: String,
    application_name: &str,
) -> Result<(Session, Standing)> {
    let place = || format!("login as `{}` to database `{}`", endpoint.user, endpoint.database);
    endpoint.round_trips.add(RoundTrips::LOGIN);
    let config = driver_config(&link, application_name);
    let tls = link.encryption.client().cloned();
    let socket = ControlSocket::new(link.socket)?;
    let connector = Connector::new(tls.clone());
    let encrypted = connector.flag();
    let (client, connection) =
        config.connect_raw(socket, connector).await.map_err(|e| map_login_error(&e)).context(place)?;
    let reported = connection.parameter("server_version").unwrap_or_default().to_owned();
    let version = gucs::accept_version(&reported)?;
    tokio::spawn(attend(connection, name.clone()));
    let Greeting { standing, backend_pid } = greet(&client, version).await?;
    let session = Session {
        client,
        name,
        endpoint: Arc::clone(endpoint),
        peer: link.peer,
        tls: tls.filter(|_| encrypted.is_set()),
        version,
        in_hot_standby: standing.standby,
        backend_pid,
        under_way: AtomicU32::new(0),
    };
    Ok((session, standing))
}

/// The one task of a session: moves its messages until the client is dropped or the server closes.
async fn attend(mut connection: Connection<ControlSocket, ControlTls>, session: String) {
    loop {
        match poll_fn(|cx| connection.poll_message(cx)).await {
            Some(Ok(AsyncMessage::Notice(notice))) => {
                tracing::debug!(session, severity = notice.severity(), "{}", notice.message());
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                tracing::debug!(session, "connection ended: {error}");
                return;
            }
            None => return,
        }
    }
}

fn driver_config(link: &Link<'_>, application_name: &str) -> tokio_postgres::Config {
    let endpoint = link.endpoint;
    let mut config = tokio_postgres::Config::new();
    config
        .user(&endpoint.user)
        .dbname(&endpoint.database)
        .application_name(endpoint.application_name.as_deref().unwrap_or(application_name))
        .ssl_mode(match link.encryption {
            Encryption::Plain => SslMode::Disable,
            Encryption::IfOffered(_) => SslMode::Prefer,
            Encryption::Required(_) => SslMode::Require,
        })
        .channel_binding(match endpoint.tls.channel_binding {
            ChannelBinding::Disable => DriverBinding::Disable,
            ChannelBinding::Prefer => DriverBinding::Prefer,
            ChannelBinding::Require => DriverBinding::Require,
        });
    if let Some(password) = &link.host.password {
        config.password(password.expose());
    }
    if let Some(options) = &endpoint.options {
        config.options(options);
    }
    config
}
