//! Handshakes in memory: each `sslmode` against certificates that are right and wrong in one way each.
use std::{io, os::unix::fs::PermissionsExt as _, path::PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{ClientConnection, ServerConfig, ServerConnection};

use super::*;

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

fn authority(name: &str) -> Authority {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let pem = parameters.self_signed(&key).unwrap().pem();
    Authority { issuer: Issuer::new(parameters, key), pem }
}

/// A certificate with a CN and no alternative name, as many servers of PostgreSQL have it.
fn server(authority: &Authority, name: &str) -> Arc<ServerConfig> {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().unwrap();
    let certificate = parameters.signed_by(&key, &authority.issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        );
    Arc::new(config.unwrap())
}

fn file(name: &str, contents: &str, mode: u32) -> PathBuf {
    let path = std::env::temp_dir().join(format!("pgmigrate-tls-{}-{name}", std::process::id()));
    fs::write(&path, contents).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

fn tls(mode: SslMode, root: Option<PathBuf>) -> Tls {
    Tls { mode, root_cert: root.map(RootCert::File), sni: true, ..Tls::default() }
}

/// Runs a handshake to its end; the client's channel-binding data or its error.
fn shake_hands(tls: &Tls, host: &str, server: Arc<ServerConfig>) -> Result<Vec<u8>, String> {
    let client = client(tls, host).map_err(|e| e.report())?;
    let mut client = ClientConnection::new(client.config, client.name).unwrap();
    let mut server = ServerConnection::new(server).unwrap();
    while client.is_handshaking() {
        let mut wire = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut wire).unwrap();
        }
        server.read_tls(&mut io::Cursor::new(wire)).unwrap();
        _ = server.process_new_packets();
        let mut wire = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut wire).unwrap();
        }
        client.read_tls(&mut io::Cursor::new(wire)).unwrap();
        client.process_new_packets().map_err(|e| e.to_string())?;
    }
    Ok(end_point_hash(client.peer_certificates()).unwrap())
}

#[test]
fn each_mode_checks_what_it_promises() {
    let (ours, theirs) = (authority("ours"), authority("theirs"));
    let root = file("ours.pem", &ours.pem, 0o644);
    let good = server(&ours, "db.example.org");
    let stranger = server(&theirs, "db.example.org");
    let outcome = |mode, root: &Option<PathBuf>, host: &str, server: &Arc<ServerConfig>| {
        shake_hands(&tls(mode, root.clone()), host, Arc::clone(server)).map(|_| ())
    };
    let rooted = Some(root.clone());
    for (mode, root, host, server, expected) in [
        (SslMode::Require, &None, "elsewhere", &stranger, Ok(())),
        (SslMode::Require, &rooted, "elsewhere", &good, Ok(())),
        (SslMode::Require, &rooted, "db.example.org", &stranger, Err("UnknownIssuer")),
        (SslMode::Prefer, &rooted, "db.example.org", &stranger, Err("UnknownIssuer")),
        (SslMode::VerifyCa, &rooted, "elsewhere", &good, Ok(())),
        (SslMode::VerifyCa, &rooted, "db.example.org", &stranger, Err("UnknownIssuer")),
        (SslMode::VerifyCa, &None, "db.example.org", &good, Err("no root certificate is known")),
        (SslMode::VerifyFull, &rooted, "db.example.org", &good, Ok(())),
        (SslMode::VerifyFull, &rooted, "elsewhere", &good, Err("NotValidForName")),
    ] {
        let found = outcome(mode, root, host, server);
        match (&found, expected) {
            (Ok(()), Ok(())) => {}
            (Err(text), Err(part)) if text.contains(part) => {}
            _ => panic!("{mode:?} {host}: {found:?} instead of {expected:?}"),
        }
    }
    fs::remove_file(root).unwrap();
}

#[test]
fn the_servers_own_certificate_may_be_the_root() {
    let own = authority("localhost");
    let key = own.issuer.key().serialize_der();
    let der = CertificateDer::from_pem_slice(own.pem.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![der], PrivateKeyDer::try_from(key).unwrap())
        .unwrap();
    let root = file("own.pem", &own.pem, 0o644);
    let found = shake_hands(&tls(SslMode::VerifyFull, Some(root.clone())), "localhost", Arc::new(config));
    assert_eq!(found.map(|hash| hash.len()), Ok(32));
    fs::remove_file(root).unwrap();
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let own = authority("client");
    let cert = file("client.pem", &own.pem, 0o644);
    let key = file("client.key", &own.issuer.key().serialize_pem(), 0o644);
    let mut parameters = tls(SslMode::Require, None);
    (parameters.cert, parameters.key) = (Some(cert.clone()), Some(key.clone()));
    let error = client(&parameters, "x").err().unwrap();
    assert!(error.report().contains("can be read by others"), "{}", error.report());
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(client(&parameters, "x").is_ok());
    parameters.key = None;
    assert!(client(&parameters, "x").err().unwrap().report().contains("no `sslkey`"));
    for path in [cert, key] {
        fs::remove_file(path).unwrap();
    }
}
