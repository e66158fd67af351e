//! Tests of the chain of defaults, in an environment and a home of their own.
use std::time::Duration;

use super::*;
use crate::config::{Address, ChannelBinding, RootCert, SslMode, scratch::Scratch};

/// A home directory and the variables around it.
struct Bench {
    home: Scratch,
    variables: Vec<(&'static str, String)>,
}

impl Bench {
    fn new() -> Self {
        Self { home: Scratch::new(), variables: Vec::new() }
    }

    fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    fn file(self, name: &str, text: &str) -> Self {
        self.home.write(name, text);
        self
    }

    fn resolve(&self, conninfo: &str) -> Result<Resolved> {
        let home = ("HOME", self.home.directory().display().to_string());
        let environment = Environment::from_pairs(self.variables.iter().cloned().chain([home]));
        let request = Request { conninfo: Conninfo::parse(conninfo).unwrap(), ..Request::default() };
        resolve(Side::Source, &request, &environment)
    }

    fn endpoint(&self, conninfo: &str) -> Endpoint {
        self.resolve(conninfo).unwrap().endpoint
    }

    fn refusal(&self, conninfo: &str) -> String {
        self.resolve(conninfo).unwrap_err().report()
    }
}

fn password(endpoint: &Endpoint) -> Option<&str> {
    endpoint.hosts[0].password.as_ref().map(Secret::expose)
}

#[test]
fn string_before_service_before_environment_before_default() {
    let bench = Bench::new()
        .file(".pg_service.conf", "[air]\nhost=by-service\nuser=by-service\n")
        .variable("PGHOST", "by-variable")
        .variable("PGUSER", "by-variable")
        .variable("PGPORT", "5439")
        .variable("PGAPPNAME", "by-variable");
    let endpoint = bench.endpoint("service=air user=by-string");
    assert_eq!(endpoint.to_string(), "by-string@by-service:5439/by-string");
    assert_eq!(endpoint.application_name.as_deref(), Some("by-variable"));
    assert_eq!(bench.endpoint("").to_string(), "by-variable@by-variable:5439/by-variable");
    assert_eq!(bench.endpoint("port=").hosts[0].address.to_string(), "by-variable:5432");
}

#[test]
fn the_service_may_be_named_by_the_environment() {
    let bench =
        Bench::new().file("services", "[air]\nhost=h\nuser=u\ndbname=d\n").variable("PGSERVICE", "air");
    let path = bench.home.path("services").display().to_string();
    let bench = bench.variable("PGSERVICEFILE", &path);
    let resolved = bench.resolve("").unwrap();
    assert_eq!(resolved.endpoint.to_string(), "u@h:5432/d");
    assert_eq!(resolved.named_database.as_deref(), Some("d"));
}

#[test]
fn the_database_has_its_own_chain() {
    let bench = Bench::new().variable("PGDATABASE", "by-variable");
    let environment = Environment::from_pairs(bench.variables.clone());
    let database = |conninfo: &str, other: Option<&str>| {
        let conninfo = Conninfo::parse(conninfo).unwrap();
        let request = Request { conninfo, passfile: None, database: other.map(str::to_owned) };
        resolve(Side::Target, &request, &environment).unwrap().endpoint.database
    };
    assert_eq!(database("user=u dbname=own", Some("other")), "own");
    assert_eq!(database("user=u", Some("other")), "other");
    assert_eq!(database("user=u", None), "by-variable");
    assert_eq!(Bench::new().endpoint("user=u").database, "u");
}

#[test]
fn hosts_addresses_and_ports_are_matched_up() {
    let bench = Bench::new();
    let shown = |conninfo: &str| {
        bench.endpoint(conninfo).hosts.iter().map(|host| host.address.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(shown("host=a,/run,b port=1"), ["a:1", "/run/.s.PGSQL.1", "b:1"]);
    assert_eq!(shown("host=a,b port=,2"), ["a:5432", "b:2"]);
    assert_eq!(
        bench.endpoint("host=a hostaddr=::1").hosts[0].address,
        Address::Tcp { name: "a".into(), ip: Some("::1".parse().unwrap()), port: 5432 }
    );
    assert_eq!(shown("hostaddr=127.0.0.1"), ["127.0.0.1:5432"]);
    for (conninfo, expected) in [
        ("host=a,b port=1,2,3", "source: `port` lists 3 ports for 2 hosts"),
        ("host=a,b hostaddr=::1", "source: `host` lists 2 names, but `hostaddr` 1 addresses"),
        ("host=a port=0", "source: `port` must be a number from 1 to 65535"),
        ("host=a port=65536", "source: `port` must be a number from 1 to 65535"),
    ] {
        assert_eq!(bench.refusal(conninfo), expected);
    }
    assert!(bench.refusal("hostaddr=db").starts_with("source: `hostaddr` must be a numeric IP address"));
}

#[test]
fn passwords_come_from_string_then_environment_then_file() {
    let bench = Bench::new().file(".pgpass", "a:*:*:u:of-a\nb:*:*:u:of-b\n");
    assert_eq!(password(&bench.endpoint("host=a user=u password=p")), Some("p"));
    assert_eq!(password(&bench.endpoint("host=b user=u")), Some("of-b"));
    assert_eq!(password(&bench.endpoint("host=c user=u")), None);
    let both = bench.endpoint("host=a,b user=u");
    assert_eq!(both.hosts[1].password, Some(Secret::new("of-b")));
    let bench = bench.variable("PGPASSWORD", "by-variable");
    assert_eq!(password(&bench.endpoint("host=a user=u")), Some("by-variable"));
}

#[test]
fn each_database_has_its_own_line_of_the_password_file() {
    let file = "a:*:shop:u:of-shop\na:5433:*:u:of-port\na:*:air:*:of-air\n/srv/pg:*:air:u:of-socket\n";
    let bench = Bench::new().file(".pgpass", file);
    let endpoint = bench.endpoint("host=a,a,/srv/pg,b port=5432,5433,5432,5432 user=u dbname=shop");
    let of = |endpoint: &Endpoint| -> Vec<String> {
        let shown = |host: &Host| host.password.as_ref().map_or("none", Secret::expose).to_owned();
        endpoint.hosts.iter().map(shown).collect()
    };
    assert_eq!(of(&endpoint), ["of-shop", "of-shop", "none", "none"]);
    assert_eq!(of(&endpoint.of_database("air")), ["of-air", "of-port", "of-socket", "none"]);
    assert_eq!(of(&endpoint.with_database("other")), ["none", "of-port", "none", "none"]);
    assert_eq!(of(&endpoint.of_database("air").with_database("shop")), of(&endpoint));
    // One that was given is for all of them.
    let given = bench.endpoint("host=a user=u dbname=shop password=p").of_database("air");
    assert_eq!(of(&given), ["p"]);
    assert!(!format!("{endpoint:?}").contains("of-"));
}

#[test]
fn a_named_passfile_that_is_missing_is_warned_about() {
    let resolved = Bench::new().resolve("host=a user=u passfile=/nonexistent/pgpass").unwrap();
    assert_eq!(resolved.warnings, ["password file `/nonexistent/pgpass` does not exist"]);
}

#[test]
fn a_root_certificate_makes_require_check() {
    let bench = Bench::new();
    assert_eq!(bench.endpoint("host=a user=u sslmode=require").tls.mode, SslMode::Require);
    let missing = bench.refusal("host=a user=u sslmode=verify-ca");
    assert!(missing.contains("root.crt` does not exist"), "{missing}");
    assert!(bench.resolve("host=/tmp user=u sslmode=verify-ca").is_ok());
    assert!(bench.resolve("host=a user=u sslmode=require sslrootcert=/nonexistent/ca").is_err());
    let bench = bench.file(".postgresql/root.crt", "");
    let tls = bench.endpoint("host=a user=u sslmode=require").tls;
    assert_eq!(tls.mode, SslMode::VerifyCa);
    assert_eq!(tls.root_cert, Some(RootCert::File(bench.home.path(".postgresql/root.crt"))));
}

#[test]
fn the_systems_authorities_imply_full_verification() {
    let bench = Bench::new();
    let tls = bench.endpoint("host=a user=u sslrootcert=system").tls;
    assert_eq!((tls.mode, tls.root_cert), (SslMode::VerifyFull, Some(RootCert::System)));
    assert_eq!(
        bench.refusal("host=a user=u sslrootcert=system sslmode=require"),
        "source: `sslrootcert=system` needs `sslmode=verify-full`"
    );
}

#[test]
fn the_clients_certificate_has_default_files() {
    let bench = Bench::new().file(".postgresql/postgresql.crt", "");
    assert!(bench.refusal("host=a user=u").contains("has no key"));
    assert_eq!(bench.endpoint("host=a user=u sslcertmode=disable").tls.cert, None);
    let bench = bench.file(".postgresql/postgresql.key", "");
    let tls = bench.endpoint("host=a user=u").tls;
    assert_eq!(tls.cert, Some(bench.home.path(".postgresql/postgresql.crt")));
    assert_eq!(tls.key, Some(bench.home.path(".postgresql/postgresql.key")));
}

#[test]
fn times_numbers_and_words() {
    let bench = Bench::new();
    let endpoint = bench.endpoint(
        "host=a user=u connect_timeout=7 keepalives_idle=30 keepalives_count=3 tcp_user_timeout=1500 \
         channel_binding=require target_session_attrs=prefer-standby sslsni=0 fallback_application_name=f \
         options='-c work_mem=1MB'",
    );
    assert_eq!(endpoint.connect_timeout, Some(Duration::from_secs(7)));
    let keepalive = Keepalive {
        idle: Some(Duration::from_secs(30)),
        interval: Some(Duration::from_secs(10)),
        count: Some(3),
    };
    assert_eq!(endpoint.keepalive, Some(keepalive));
    assert_eq!(endpoint.tcp_user_timeout, Some(Duration::from_millis(1500)));
    assert_eq!(endpoint.tls.channel_binding, ChannelBinding::Require);
    assert_eq!(endpoint.target_session_attrs, SessionAttrs::PreferStandby);
    assert!(!endpoint.tls.sni);
    assert_eq!(endpoint.application_name.as_deref(), Some("f"));
    assert_eq!(endpoint.options.as_deref(), Some("-c work_mem=1MB"));
    let endless = bench.endpoint("host=a user=u keepalives=0 connect_timeout=0");
    assert_eq!((endless.keepalive, endless.connect_timeout), (None, None));
    let defaults = bench.endpoint("host=a user=u");
    let keepalive = Keepalive {
        idle: Some(Duration::from_secs(60)),
        interval: Some(Duration::from_secs(10)),
        count: Some(6),
    };
    assert_eq!(
        (defaults.keepalive, defaults.connect_timeout),
        (Some(keepalive), Some(Duration::from_secs(30)))
    );
    assert!(defaults.tls.sni);
    assert_eq!(
        bench.refusal("host=a user=u sslmode=on"),
        "source: `sslmode` must be one of disable, allow, prefer, require, verify-ca, verify-full"
    );
    assert!(bench.refusal("host=a user=u connect_timeout=soon").contains("`connect_timeout` must be"));
}

#[test]
fn variables_that_restrict_trust_are_refused_not_ignored() {
    let bench = Bench::new().variable("PGREQUIREPEER", "postgres");
    assert!(bench.refusal("host=a user=u").starts_with("source: environment variable PGREQUIREPEER: "));
    let bench = Bench::new().variable("PGREQUIRESSL", "1");
    assert_eq!(bench.endpoint("host=a user=u").tls.mode, SslMode::Require);
}
