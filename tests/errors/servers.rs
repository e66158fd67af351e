//! Servers that are not there, not what they should be, or do not let us in.
use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener},
    process::id,
    sync::Arc,
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{ServerConfig, ServerConnection, crypto::ring, pki_types::PrivateKeyDer};

use super::{Page, ends, schema};
use crate::support::{
    cli::Workspace,
    database::Database,
    server::{SCRAM_GROUP, Server, ident},
};

/// Somebody who listens: reads what comes first, answers this, and waits until the other side has gone.
fn answering(answer: Vec<u8>) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for mut line in listener.incoming().flatten() {
            let answer = answer.clone();
            thread::spawn(move || {
                let mut bytes = [0; 1024];
                if line.read(&mut bytes).is_ok() && line.write_all(&answer).is_ok() && answer.len() != 1 {
                    while matches!(line.read(&mut bytes), Ok(1..)) {}
                }
            });
        }
    });
    port
}

/// What a server of this version says to a login without a password.
fn welcome(version: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let status = format!("server_version\0{version}\0");
    for (tag, body) in [(b'R', &[0, 0, 0, 0][..]), (b'S', status.as_bytes()), (b'K', &[0; 8]), (b'Z', b"I")] {
        bytes.push(tag);
        bytes.extend((u32::try_from(body.len()).expect("short") + 4).to_be_bytes());
        bytes.extend(body);
    }
    bytes
}

pub(super) fn reach(page: &mut Page) {
    page.section("Servers");
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let at = |port: u16, rest: &str| {
        let outcome =
            schema(&format!("host=127.0.0.1 port={port} user=me dbname=air sslmode=disable {rest}"));
        (outcome, port)
    };
    let http = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".to_vec();
    for (tried, code, (mut outcome, port)) in [
        ("a port at which nobody listens", 3, at(closed, "")),
        ("a server of another kind", 3, at(answering(http), "")),
        ("a server that says nothing", 3, at(answering(Vec::new()), "connect_timeout=1")),
        ("a server that hangs up", 3, at(answering(vec![b'E']), "")),
        ("a server that is too old", 4, at(answering(welcome("9.6.24")), "")),
        ("a server that is none of PostgreSQL's", 4, at(answering(welcome("Redshift")), "")),
    ] {
        outcome.stderr = outcome.stderr.replace(&port.to_string(), "5432");
        page.row(tried, code, &outcome);
    }
    let port = page.source.port;
    let missing = Database::absent(&page.source);
    let login = |user: &str, database: &str, rest: &str| {
        schema(&format!("host=127.0.0.1 port={port} user={user} dbname={database} {rest}"))
    };
    for (tried, outcome) in [
        ("a host that nobody knows", schema("host=no-such-host.invalid user=me")),
        ("a socket that is not there", schema("host=/nonexistent user=me")),
        ("a database that is not there", login("postgres", &missing.name, "")),
        ("a user whom the server does not know", login("nobody_at_all", "postgres", "")),
        ("a standby is wanted", login("postgres", "postgres", "target_session_attrs=standby")),
        ("a setting that the server does not know", login("postgres", "postgres", "options=-cnope=1")),
    ] {
        page.row(tried, 3, &outcome);
    }
    let uri = page.database.uri();
    let outcome = ends(&Workspace::new(), "migrate", &uri, &uri).run();
    page.row("the same database on both sides", 4, &outcome);
}

/// A certificate's flaw.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flaw {
    OtherName,
    Expired,
    UnknownAuthority,
}

/// A server that agrees to TLS and shows a certificate with this flaw; its port, and the PEM of the authority to trust.
fn with_certificate(flaw: Flaw) -> (u16, String) {
    let authority = |name: &str| {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let pem = parameters.self_signed(&key).expect("a certificate").pem();
        (Issuer::new(parameters, key), pem)
    };
    let (issuer, pem) = authority("authority");
    let mut parameters = CertificateParams::default();
    let name = if flaw == Flaw::OtherName { "db.example.org" } else { "localhost" };
    parameters.distinguished_name.push(DnType::CommonName, name);
    if flaw == Flaw::Expired {
        parameters.not_before = date_time_ymd(2019, 1, 1);
        parameters.not_after = date_time_ymd(2020, 1, 1);
    }
    let key = KeyPair::generate().expect("a key");
    let certificate = parameters.signed_by(&key, &issuer).expect("a certificate");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
        )
        .expect("a configuration");
    let config = Arc::new(config);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for mut line in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            thread::spawn(move || {
                let mut request = [0; 8];
                if line.read_exact(&mut request).is_ok() && line.write_all(b"S").is_ok() {
                    let mut server = ServerConnection::new(config).expect("a connection");
                    // The client breaks it off.
                    while server.is_handshaking() && server.complete_io(&mut line).is_ok() {}
                }
            });
        }
    });
    let trusted = if flaw == Flaw::UnknownAuthority { authority("another").1 } else { pem };
    (port, trusted)
}

pub(super) fn tls(page: &mut Page) {
    page.section("TLS");
    for (tried, flaw, mode) in [
        ("a certificate of another name, `verify-full`", Flaw::OtherName, "verify-full"),
        ("a certificate that has expired, `verify-full`", Flaw::Expired, "verify-full"),
        ("a certificate that has expired, `verify-ca`", Flaw::Expired, "verify-ca"),
        ("a certificate of an unknown authority, `verify-full`", Flaw::UnknownAuthority, "verify-full"),
        (
            "a certificate of an unknown authority, `require` with `sslrootcert`",
            Flaw::UnknownAuthority,
            "require",
        ),
    ] {
        let (port, pem) = with_certificate(flaw);
        let workspace = Workspace::new();
        workspace.write("root.pem", &pem);
        let conninfo = format!(
            "host=localhost hostaddr=127.0.0.1 port={port} user=me dbname=air sslmode={mode} sslrootcert=root.pem"
        );
        let mut outcome = workspace.pgmigrate(["schema", "--source", &conninfo]).run();
        outcome.stderr = outcome.stderr.replace(&port.to_string(), "5432");
        page.row(tried, 3, &outcome);
    }
    let plain = format!("host=127.0.0.1 port={} user=postgres dbname=postgres", page.source.port);
    let workspace = Workspace::new();
    workspace.write("junk.pem", "junk\n");
    for (tried, rest) in [
        ("`require`, and the server has no TLS", "sslmode=require"),
        ("channel binding, and the server has no TLS", "channel_binding=require"),
        ("an authority that is no certificate", "sslmode=verify-ca sslrootcert=junk.pem"),
        ("a key that others can read", "sslmode=require sslcert=junk.pem sslkey=junk.pem"),
    ] {
        let outcome = workspace.pgmigrate(["schema", "--source", &format!("{plain} {rest}")]).run();
        page.row(tried, 3, &outcome);
    }
}

/// A role, dropped with its privileges at the end.
struct Role<'d> {
    database: &'d Database,
    name: String,
}

impl<'d> Role<'d> {
    fn create(database: &'d Database, name: &str, options: &str) -> Self {
        let name = format!("test_{name}_{}", id());
        let quoted = ident(&name);
        let mut session = database.session();
        session.execute("SET password_encryption = 'scram-sha-256'");
        session.execute(&format!("DROP ROLE IF EXISTS {quoted}; CREATE ROLE {quoted} LOGIN {options}"));
        Self { database, name }
    }
}

impl Drop for Role<'_> {
    fn drop(&mut self) {
        let name = ident(&self.name);
        drop(self.database.session().try_execute(&format!("DROP OWNED BY {name}; DROP ROLE {name}")));
    }
}

pub(super) fn rights(page: &mut Page) {
    page.section("Logins and privileges");
    let (source, target): (Server, Server) = (page.source.clone(), page.target.clone());
    let database = Database::with(&source, super::ONE_TABLE);
    let locked =
        Role::create(&database, "locked", &format!("PASSWORD 'correct horse' IN ROLE {SCRAM_GROUP}"));
    page.row("a wrong password", 3, &schema(&database.uri_as(&locked.name, "battery-staple")));
    page.row("no password", 3, &schema(&database.uri_as(&locked.name, "")));
    let full = Role::create(&database, "full", "CONNECTION LIMIT 0");
    page.row("a role without a free connection", 3, &schema(&database.uri_as(&full.name, "")));
    let absent = Database::absent(&target);
    let reader = Role::create(&database, "reader", "");
    let outcome = ends(&Workspace::new(), "migrate", &database.uri_as(&reader.name, ""), &absent.uri()).run();
    page.row("a source's role that may not read the table", 4, &outcome);
    let copy = Database::create(&target);
    copy.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC");
    let guest = Role::create(&copy, "guest", "");
    let outcome = ends(&Workspace::new(), "migrate", &database.uri(), &copy.uri_as(&guest.name, "")).run();
    page.row("a target's role that may create nothing", 4, &outcome);
    let outcome = ends(&Workspace::new(), "migrate", &database.uri(), &absent.uri_as(&guest.name, "")).run();
    page.row("a target's role that may not create the database", 4, &outcome);
    page.absent("missing privileges", &absent);
}
