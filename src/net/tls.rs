//! From the connection string's TLS parameters to a rustls configuration.
//!
//! Every `sslmode` means what it means to libpq: a root certificate that is configured is checked in any mode, `verify-ca`
//! and `verify-full` insist on one, only `verify-full` looks at the name. Files are read anew for every dial, so that a
//! renewed certificate is taken up.
use std::{
    fs, io,
    net::{IpAddr, Ipv4Addr},
    os::unix::fs::MetadataExt as _,
    path::Path,
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
};

use super::{
    certificate::Certificate,
    connect::TlsClient,
    verify::{Roots, Verifier},
};
use crate::{
    config::{RootCert, SslMode, Tls},
    error::{Error, ErrorKind, Result},
};

/// The client side of a handshake with `host`.
pub(super) fn client(tls: &Tls, host: &str) -> Result<TlsClient> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier {
        roots: load_roots(tls)?,
        host: (tls.mode == SslMode::VerifyFull).then(|| host.to_owned()),
        provider: Arc::clone(&provider),
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(ErrorKind::Internal, "TLS versions").caused_by(error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match load_identity(tls)? {
        Some((chain, key)) => builder
            .with_client_auth_cert(chain, key)
            .map_err(|error| tls_error("`sslcert` and `sslkey` do not fit together").caused_by(error))?,
        None => builder.with_no_client_auth(),
    };
    // A name that is no DNS name is not sent; the verifier compares the host by itself.
    let name = ServerName::try_from(host.to_owned());
    config.enable_sni = tls.sni && name.is_ok();
    let name = name.unwrap_or(ServerName::IpAddress(IpAddr::V4(Ipv4Addr::UNSPECIFIED).into()));
    Ok(TlsClient { config: Arc::new(config), name })
}

/// What an error of a handshake is: of the network, which passes, or of what the two ends say to each other.
pub fn handshake_error(error: &io::Error) -> (ErrorKind, &'static str) {
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::NotConnected
        | io::ErrorKind::WouldBlock
        | io::ErrorKind::TimedOut => (ErrorKind::Connection, "connection lost in the TLS handshake"),
        _ => (ErrorKind::Tls, "TLS handshake failed"),
    }
}

/// Data for `tls-server-end-point` channel binding, from the certificate chain a server sent.
pub fn end_point_hash(chain: Option<&[CertificateDer<'_>]>) -> Option<Vec<u8>> {
    let der = chain?.first()?;
    Certificate::parse(der)?.end_point_hash(der)
}

fn load_roots(tls: &Tls) -> Result<Option<Roots>> {
    let verifies = matches!(tls.mode, SslMode::VerifyCa | SslMode::VerifyFull);
    let certificates = match &tls.root_cert {
        None if verifies => {
            return Err(tls_error("`sslmode` asks to verify the server, but no root certificate is known")
                .hint("set `sslrootcert` to a PEM file or to `system`"));
        }
        None => return Ok(None),
        Some(RootCert::System) if tls.mode != SslMode::VerifyFull => {
            return Err(Error::new(
                ErrorKind::Config,
                "`sslrootcert=system` can only be used with `sslmode=verify-full`",
            ));
        }
        Some(RootCert::System) => rustls_native_certs::load_native_certs().certs,
        Some(RootCert::File(path)) => load_certificates("sslrootcert", path)?,
    };
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(certificates.iter().cloned());
    if certificates.is_empty() {
        return Err(tls_error("the operating system trusts no certificate authority"));
    }
    Ok(Some(Roots { store, certificates }))
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn load_identity(tls: &Tls) -> Result<Option<Identity>> {
    let Some(cert) = &tls.cert else { return Ok(None) };
    let Some(key) = &tls.key else {
        return Err(tls_error(format!("`sslcert` is {}, but there is no `sslkey`", cert.display())));
    };
    check_permissions(key)?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| {
        tls_error(format!("{} (`sslkey`) holds no private key that can be used", key.display()))
            .caused_by(error)
            .hint("it must be PEM and not encrypted")
    })?;
    Ok(Some((load_certificates("sslcert", cert)?, private)))
}

fn load_certificates(parameter: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let refuse = || tls_error(format!("{} (`{parameter}`) cannot be used", path.display()));
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| refuse().caused_by(error))?;
    if certificates.is_empty() {
        return Err(refuse().caused_by("it holds no PEM certificate"));
    }
    Ok(certificates)
}

/// A key that others can read is refused, as libpq does: 0600 if it is ours, 0640 if it is root's.
fn check_permissions(key: &Path) -> Result<()> {
    let found = fs::metadata(key).map_err(|error| {
        tls_error(format!("{} (`sslkey`) cannot be read", key.display())).caused_by(error)
    })?;
    let others = if found.uid() == 0 { 0o037 } else { 0o077 };
    if found.is_file() && found.mode() & others == 0 {
        return Ok(());
    }
    Err(tls_error(format!("{} (`sslkey`) can be read by others", key.display()))
        .hint("make it a plain file of mode 0600, or 0640 if root owns it"))
}

fn tls_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Tls, message)
}

#[cfg(test)]
mod tests;
