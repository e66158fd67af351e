//! The settings that are pinned right after the login (the list is [`gucs`], shared with data connections).
use tokio_postgres::{Client, SimpleQueryMessage};

use super::failure::map_error;
use crate::{
    error::{Error, ErrorKind, Result},
    net::{Standing, gucs},
    pg::ServerVersion,
};

/// What the server said before our settings.
pub(super) struct Greeting {
    pub(super) standing: Standing,
    pub(super) backend_pid: i32,
}

/// One round trip: asks what the server is, then pins the settings.
pub(super) async fn greet(client: &Client, version: ServerVersion) -> Result<Greeting> {
    let answers =
        client.simple_query(&gucs::render_control_greeting(version)).await.map_err(|e| map_error(&e))?;
    let row = answers.iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let row = row.ok_or_else(|| Error::new(ErrorKind::Protocol, "the server does not say what it is"))?;
    let text = |column: usize| row.try_get(column).ok().flatten().unwrap_or_default();
    let is_on = |column| matches!(text(column), "t" | "on");
    Ok(Greeting {
        standing: Standing { standby: is_on(0), read_only: is_on(1) },
        backend_pid: text(2).parse().unwrap_or_default(),
    })
}
