//! Where metrics are served.
use std::time::Duration;

use super::{ConfigFile, schema::MetricsSection};
use crate::error::{Error, ErrorKind, Result};

/// Where a port alone is: nobody else's machine.
const LOOPBACK: &str = "127.0.0.1";

/// Series of their own for more tables than this are a burden to who scrapes them.
pub(super) const MAX_TABLES: u32 = 10_000;

/// What the command line says of it.
#[derive(Debug, Clone, Default)]
pub struct MetricsOverrides {
    /// Where they are served.
    pub listen: Option<String>,
    /// For how many seconds after the end.
    pub linger: Option<u32>,
    /// How many tables have series of their own.
    pub tables: Option<u32>,
}

/// What can be seen of a command from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MetricsOptions {
    /// `host:port`; `None`: nowhere.
    pub listen: Option<String>,
    /// For how long after the end.
    pub linger: Duration,
    /// So many tables have series of their own.
    pub tables: u32,
}

impl MetricsOptions {
    /// The command line's, else the file's.
    pub(super) fn build(
        section: &MetricsSection,
        overrides: &MetricsOverrides,
        file: Option<&ConfigFile>,
    ) -> Result<Self> {
        let listen = match &overrides.listen {
            Some(text) => Some(
                parse(text)
                    .map_err(|why| Error::new(ErrorKind::Usage, format!("`--metrics-listen` {why}")))?,
            ),
            None if section.listen.is_empty() => None,
            None => Some(parse(&section.listen).map_err(|why| {
                let place =
                    file.map_or("metrics.listen".to_owned(), |file| file.place(&["metrics", "listen"]));
                Error::new(ErrorKind::Config, why).context(place)
            })?),
        };
        let linger = overrides.linger.unwrap_or(section.linger);
        let tables = overrides.tables.unwrap_or(section.tables);
        Ok(Self { listen, linger: Duration::from_secs(linger.into()), tables: tables.min(MAX_TABLES) })
    }
}

/// `host:port` of a port or an address with one. The error says what it must be.
pub(super) fn parse(text: &str) -> Result<String, String> {
    let wrong = || {
        format!(
            "must be a port or an address with one, such as 9187 or 0.0.0.0:9187, not `{}`",
            text.escape_debug()
        )
    };
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok();
    if is_port(text) {
        return Ok(format!("{LOOPBACK}:{text}"));
    }
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    let is_host =
        !host.is_empty() && (is_bracketed || !host.contains(':')) && !host.contains(['/', ' ', '\0']);
    if is_host && is_port(port) { Ok(text.to_owned()) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_that_of_the_loopback() {
        assert_eq!(parse("9187").as_deref(), Ok("127.0.0.1:9187"));
        for whole in ["127.0.0.1:0", "localhost:9187", "[::1]:9187", "0.0.0.0:9187"] {
            assert_eq!(parse(whole).as_deref(), Ok(whole));
        }
        for wrong in ["", ":9187", "::1:9187", "localhost", "65536", "http://localhost:9187", "a b:1", "x:+1"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
