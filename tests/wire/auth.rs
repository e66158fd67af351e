//! Logins and TLS against a throwaway cluster: both kinds of connection, every method, every way of being refused.
use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use pgmigrate::{
    ErrorKind,
    config::{
        Address, ChannelBinding, Endpoint, Host, RootCert, RoundTrips, Secret, SessionAttrs, Side, SslMode,
        Tls,
    },
    session::Session,
    wire::Connection,
};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

const HBA: &str = "
local     all all                   trust
hostssl   all scram    127.0.0.1/32 scram-sha-256
hostnossl all scram    127.0.0.1/32 scram-sha-256
host      all md       127.0.0.1/32 md5
host      all clear    127.0.0.1/32 password
hostssl   all onlytls  127.0.0.1/32 trust
hostnossl all notls    127.0.0.1/32 trust
hostssl   all holder   127.0.0.1/32 cert
";

const ROLES: &str = "
SET password_encryption = 'scram-sha-256';
CREATE ROLE scram LOGIN PASSWORD 'päss''word';
CREATE ROLE clear LOGIN PASSWORD 'secret';
CREATE ROLE onlytls LOGIN; CREATE ROLE notls LOGIN; CREATE ROLE holder LOGIN;
SET password_encryption = 'md5';
CREATE ROLE md LOGIN PASSWORD 'secret'
";

pub(crate) struct Cluster {
    directory: PathBuf,
    port: u16,
}

impl Cluster {
    pub(crate) fn start() -> Option<Self> {
        let bin = server_programs()?;
        let directory = std::env::temp_dir().join(format!("pgmigrate-auth-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Self { directory, port };
        cluster.give_away();
        let data = cluster.path("data");
        run_unprivileged(bin.join("initdb"), &["-D", &data, "-U", "postgres", "-A", "trust", "--no-sync"]);
        cluster.make_certificates();
        fs::write(cluster.directory.join("data/pg_hba.conf"), HBA).unwrap();
        let settings = format!(
            "port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\nssl = on\n\
             ssl_cert_file = '{}'\nssl_key_file = '{}'\nssl_ca_file = '{}'\nfsync = off\n",
            cluster.directory.display(),
            cluster.path("server.pem"),
            cluster.path("server.key"),
            cluster.path("ca.pem"),
        );
        let file = cluster.directory.join("data/postgresql.conf");
        fs::write(&file, fs::read_to_string(&file).unwrap() + &settings).unwrap();
        let log = cluster.path("log");
        run_unprivileged(bin.join("pg_ctl"), &["-D", &data, "-l", &log, "-w", "start"]);
        let mut admin = Connection::connect(&cluster.local("postgres"), "test").unwrap();
        admin.execute(ROLES).unwrap();
        Some(cluster)
    }

    fn path(&self, name: &str) -> String {
        self.directory.join(name).display().to_string()
    }

    fn give_away(&self) {
        if is_root() {
            let owner = Command::new("chown").args(["-R", "postgres"]).arg(&self.directory).status();
            assert!(owner.unwrap().success());
        }
    }

    /// A CA, a server named `localhost` by its CN alone, a client named `holder`, and a CA that signed nothing.
    fn make_certificates(&self) {
        let (ca, ca_pem) = authority("ca");
        let (_, stranger) = authority("stranger");
        self.write("ca.pem", &ca_pem, 0o644);
        self.write("stranger.pem", &stranger, 0o644);
        for (file, name) in [("server", "localhost"), ("client", "holder")] {
            let mut parameters = CertificateParams::default();
            parameters.distinguished_name.push(DnType::CommonName, name);
            let key = KeyPair::generate().unwrap();
            let certificate = parameters.signed_by(&key, &ca).unwrap();
            self.write(&format!("{file}.pem"), &certificate.pem(), 0o644);
            self.write(&format!("{file}.key"), &key.serialize_pem(), 0o600);
        }
        self.give_away();
    }

    fn write(&self, name: &str, contents: &str, mode: u32) {
        let path = self.directory.join(name);
        fs::write(&path, contents).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    pub(crate) fn local(&self, user: &str) -> Endpoint {
        endpoint(user, Address::Unix { directory: self.directory.clone(), port: self.port })
    }

    pub(crate) fn tcp(&self, user: &str, name: &str, mode: SslMode, root: Option<&str>) -> Endpoint {
        let ip = Some([127, 0, 0, 1].into());
        let mut endpoint = endpoint(user, Address::Tcp { name: name.to_owned(), ip, port: self.port });
        endpoint.tls.mode = mode;
        endpoint.tls.root_cert = root.map(|file| RootCert::File(self.directory.join(file)));
        endpoint
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(bin) = server_programs() {
            run_unprivileged(bin.join("pg_ctl"), &["-D", &self.path("data"), "-m", "immediate", "stop"]);
        }
        _ = fs::remove_dir_all(&self.directory);
    }
}

fn endpoint(user: &str, address: Address) -> Endpoint {
    Endpoint {
        side: Side::Source,
        hosts: vec![Host { address, password: None }],
        database: "postgres".into(),
        user: user.into(),
        application_name: None,
        options: None,
        tls: Tls { mode: SslMode::Disable, sni: true, ..Tls::default() },
        connect_timeout: Some(Duration::from_secs(10)),
        keepalive: None,
        tcp_user_timeout: None,
        target_session_attrs: SessionAttrs::Any,
        passfile: None,
        round_trips: RoundTrips::default(),
    }
}

fn authority(name: &str) -> (Issuer<'static, KeyPair>, String) {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let pem = parameters.self_signed(&key).unwrap().pem();
    (Issuer::new(parameters, key), pem)
}

fn server_programs() -> Option<PathBuf> {
    let mut found: Vec<_> =
        fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|d| d.path().join("bin")).collect();
    found.retain(|bin| bin.join("initdb").exists());
    found.sort();
    found.pop()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}

fn run_unprivileged(program: impl AsRef<Path>, arguments: &[&str]) {
    let mut command = Command::new(if is_root() { Path::new("runuser") } else { program.as_ref() });
    if is_root() {
        command.args(["-u", "postgres", "--"]).arg(program.as_ref());
    }
    let status = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(status.success(), "{} {arguments:?}", program.as_ref().display());
}

type Outcome = Result<bool, (ErrorKind, String)>;

/// Whether the connection is encrypted, or why there is none: first of a data connection, then of a session.
fn outcomes(endpoint: &Endpoint) -> [Outcome; 2] {
    let refused = |error: pgmigrate::Error| (error.kind(), error.report());
    let wire = Connection::connect(endpoint, "test").map(|c| c.is_tls()).map_err(refused);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let session = runtime.block_on(Session::connect(endpoint, "test", "test"));
    [wire, session.map(|s| s.is_tls()).map_err(refused)]
}

/// What is expected: encrypted or not, or the kind of error and a part of its text.
type Expected<'e> = Result<bool, (ErrorKind, &'e str)>;

fn check(case: &str, endpoint: &Endpoint, expected: Expected<'_>) {
    for (kind, found) in ["wire", "session"].into_iter().zip(outcomes(endpoint)) {
        let fits = match (&found, expected) {
            (Ok(found), Ok(expected)) => *found == expected,
            (Err((found, text)), Err((expected, part))) => *found == expected && text.contains(part),
            _ => false,
        };
        assert!(fits, "{case}, {kind}: {found:?} instead of {expected:?}");
        if let Err((_, text)) = found {
            assert!(!text.contains("secret") && !text.contains("word'"), "{case}: {text}");
            assert!(text.starts_with("source "), "{case}: {text}");
        }
    }
}

fn with_password(mut endpoint: Endpoint, password: &str) -> Endpoint {
    endpoint.hosts[0].password = Some(Secret::new(password));
    endpoint
}

fn with_binding(mut endpoint: Endpoint, binding: ChannelBinding) -> Endpoint {
    endpoint.tls.channel_binding = binding;
    endpoint
}

#[test]
fn passwords_leave_only_where_they_should() {
    let Some(cluster) = Cluster::start() else { return };
    let tcp = |user, mode| cluster.tcp(user, "localhost", mode, None);
    let denied = ErrorKind::Authentication;
    let right = "päss'word";
    check("trust, unix", &cluster.local("postgres"), Ok(false));
    let mut required = cluster.local("postgres");
    required.tls.mode = SslMode::VerifyFull;
    check("sslmode means nothing on a unix socket", &required, Ok(false));

    let scram = |mode| with_password(tcp("scram", mode), right);
    check("scram in clear", &scram(SslMode::Disable), Ok(false));
    check("scram over TLS", &scram(SslMode::Require), Ok(true));
    check("scram, prefer", &scram(SslMode::Prefer), Ok(true));
    check("scram, allow", &scram(SslMode::Allow), Ok(false));
    for binding in [ChannelBinding::Disable, ChannelBinding::Prefer, ChannelBinding::Require] {
        check("scram, binding", &with_binding(scram(SslMode::Require), binding), Ok(true));
    }
    let unbound = with_binding(scram(SslMode::Disable), ChannelBinding::Require);
    check("binding without TLS", &unbound, Err((denied, "")));
    check(
        "scram, wrong",
        &with_password(tcp("scram", SslMode::Require), "wrong-secret"),
        Err((denied, "scram")),
    );
    check("scram, none", &tcp("scram", SslMode::Require), Err((denied, "none is known")));

    let md = |mode| with_password(tcp("md", mode), "secret");
    check("md5", &md(SslMode::Disable), Ok(false));
    check("md5 over TLS", &md(SslMode::Require), Ok(true));
    check("md5, binding", &with_binding(md(SslMode::Require), ChannelBinding::Require), Err((denied, "")));
    check("clear over TLS", &with_password(tcp("clear", SslMode::Require), "secret"), Ok(true));
    let in_clear = with_password(tcp("clear", SslMode::Disable), "secret");
    check("clear in clear", &in_clear, Err((denied, "password in clear over a connection without TLS")));

    check("only TLS, allow", &tcp("onlytls", SslMode::Allow), Ok(true));
    check("only TLS, disable", &tcp("onlytls", SslMode::Disable), Err((denied, "pg_hba.conf")));
    check("no TLS, prefer", &tcp("notls", SslMode::Prefer), Ok(false));
    check("no TLS, require", &tcp("notls", SslMode::Require), Err((denied, "pg_hba.conf")));
    let mut nowhere = cluster.local("postgres");
    nowhere.database = "nowhere".into();
    check("missing database", &nowhere, Err((denied, "nowhere")));
    check("missing role", &cluster.local("nobody"), Err((denied, "nobody")));
}

#[test]
fn certificates_are_checked_as_sslmode_says() {
    let Some(cluster) = Cluster::start() else { return };
    let tls = |name: &str, mode, root| cluster.tcp("onlytls", name, mode, root);
    let ca = Some("ca.pem");
    let refused = ErrorKind::Tls;
    check("verify-full", &tls("localhost", SslMode::VerifyFull, ca), Ok(true));
    check("another name", &tls("db.example.org", SslMode::VerifyFull, ca), Err((refused, "NotValidForName")));
    check("another name, verify-ca", &tls("db.example.org", SslMode::VerifyCa, ca), Ok(true));
    let stranger = Some("stranger.pem");
    check("unknown CA", &tls("localhost", SslMode::VerifyCa, stranger), Err((refused, "UnknownIssuer")));
    check(
        "unknown CA, require",
        &tls("localhost", SslMode::Require, stranger),
        Err((refused, "UnknownIssuer")),
    );
    check("no CA, require", &tls("localhost", SslMode::Require, None), Ok(true));
    check("no CA", &tls("localhost", SslMode::VerifyCa, None), Err((refused, "no root certificate")));
    let mut holder = cluster.tcp("holder", "localhost", SslMode::VerifyFull, ca);
    check("no client certificate", &holder, Err((ErrorKind::Authentication, "holder")));
    holder.tls.cert = Some(cluster.directory.join("client.pem"));
    holder.tls.key = Some(cluster.directory.join("client.key"));
    check("client certificate", &holder, Ok(true));
    fs::set_permissions(cluster.directory.join("client.key"), fs::Permissions::from_mode(0o644)).unwrap();
    check("open key", &holder, Err((refused, "can be read by others")));
}
