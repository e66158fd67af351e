//! The TLS parameters, with libpq's default files below `~/.postgresql`.
use std::path::{Path, PathBuf};

use super::value::{Values, invalid};
use crate::{
    config::{Address, ChannelBinding, Host, RootCert, SslMode, Tls},
    error::Result,
};

const MODES: [(&str, SslMode); 6] = [
    ("disable", SslMode::Disable),
    ("allow", SslMode::Allow),
    ("prefer", SslMode::Prefer),
    ("require", SslMode::Require),
    ("verify-ca", SslMode::VerifyCa),
    ("verify-full", SslMode::VerifyFull),
];

/// The TLS parameters. Over a unix socket there is no TLS, so that files missing there are no error.
pub(super) fn tls(values: &Values<'_>, hosts: &[Host], home: Option<PathBuf>) -> Result<Tls> {
    let directory = home.map(|home| home.join(".postgresql"));
    let tcp = hosts.iter().any(|host| matches!(host.address, Address::Tcp { .. }));
    let (mode, root_cert) = trust(values, directory.as_deref(), tcp)?;
    let (cert, key) = client_certificate(values, directory.as_deref())?;
    Ok(Tls {
        mode,
        root_cert,
        cert,
        key,
        channel_binding: channel_binding(values)?,
        sni: values.number("sslsni")? != Some(0),
    })
}

fn channel_binding(values: &Values<'_>) -> Result<ChannelBinding> {
    let choices = [
        ("disable", ChannelBinding::Disable),
        ("prefer", ChannelBinding::Prefer),
        ("require", ChannelBinding::Require),
    ];
    Ok(values.choice("channel_binding", &choices)?.unwrap_or_default())
}

/// How far the server must prove itself, and by which authority.
fn trust(values: &Values<'_>, directory: Option<&Path>, tcp: bool) -> Result<(SslMode, Option<RootCert>)> {
    let given = values.choice("sslmode", &MODES)?;
    if values.text("sslrootcert") == Some("system") {
        return match given {
            None | Some(SslMode::VerifyFull) => Ok((SslMode::VerifyFull, Some(RootCert::System))),
            Some(_) => Err(invalid("`sslrootcert=system` needs `sslmode=verify-full`".to_owned())),
        };
    }
    let mode = match given {
        Some(mode) => mode,
        None if values.requires_tls() => SslMode::Require,
        None => SslMode::default(),
    };
    let named = values.text("sslrootcert").map(PathBuf::from);
    let is_named = named.is_some();
    let path = named.or_else(|| directory.map(|directory| directory.join("root.crt")));
    match path {
        // With an authority at hand, `require` checks the certificate, as in libpq.
        Some(path) if path.exists() => {
            let mode = if mode == SslMode::Require { SslMode::VerifyCa } else { mode };
            Ok((mode, Some(RootCert::File(path))))
        }
        path if tcp && needs_authority(mode, is_named) => Err(no_authority(path.as_deref())),
        _ => Ok((mode, None)),
    }
}

/// A file that was named is one that was relied on: `require` does not go on without it.
fn needs_authority(mode: SslMode, named: bool) -> bool {
    matches!(mode, SslMode::VerifyCa | SslMode::VerifyFull) || (named && mode == SslMode::Require)
}

fn no_authority(path: Option<&Path>) -> crate::error::Error {
    let message = match path {
        Some(path) => format!("the root certificate file `{}` does not exist", path.display()),
        None => "there is no root certificate file to check the server's certificate with".to_owned(),
    };
    invalid(message)
        .hint("give `sslrootcert=FILE`, or `sslrootcert=system` for the authorities of the system")
}

/// The client's certificate and key; the default files only if they exist.
fn client_certificate(
    values: &Values<'_>,
    directory: Option<&Path>,
) -> Result<(Option<PathBuf>, Option<PathBuf>)> {
    let modes = [("disable", false), ("allow", true)];
    if values.choice("sslcertmode", &modes)? == Some(false) {
        return Ok((None, None));
    }
    let default = |name: &str| directory.map(|directory| directory.join(name)).filter(|path| path.exists());
    let cert = values.text("sslcert").map(PathBuf::from).or_else(|| default("postgresql.crt"));
    let key = values.text("sslkey").map(PathBuf::from).or_else(|| default("postgresql.key"));
    match (cert, key) {
        (Some(cert), Some(key)) => Ok((Some(cert), Some(key))),
        (Some(cert), None) => Err(invalid(format!("the certificate `{}` has no key", cert.display()))
            .hint("give `sslkey=FILE`, or `sslcertmode=disable` to send no certificate")),
        (None, _) => Ok((None, None)),
    }
}
