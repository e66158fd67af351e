//! What a user writes: command line, configuration, connection strings, files that these name.
use std::{fs, os::unix::fs::PermissionsExt as _};

use super::{Page, schema};
use crate::support::cli::Workspace;

pub(super) fn command_line(page: &mut Page) {
    page.section("Command line");
    let both = "--source host=a --target host=b";
    for (tried, line) in [
        ("no subcommand", String::new()),
        ("a mistyped subcommand", "migrat".to_owned()),
        ("a mistyped option", "migrate --jbos 4".to_owned()),
        ("neither file nor connection strings", "plan".to_owned()),
        ("a source and no target", "migrate --source host=a".to_owned()),
        ("an option without its value", format!("migrate {both} --jobs")),
        ("an option twice", format!("migrate {both} --jobs 1 --jobs 2")),
        ("a number that is none", format!("migrate {both} --jobs many")),
        ("a number out of range", format!("migrate {both} --jobs 0")),
        ("a word that is not offered", format!("migrate {both} --on-existing drop")),
        ("a size without a unit", format!("migrate {both} --split-larger-than 12")),
        ("a size that is none", format!("migrate {both} --chunk-bytes lots")),
        ("options that exclude each other", format!("migrate {both} --resume --dry-run")),
        ("a choice that belongs to the plan", format!("migrate {both} --resume --on-existing skip")),
        ("a late table without its schema", format!("migrate {both} --delay-data item")),
        (
            "late rows without fsync",
            format!("migrate {both} --delay-data a.b --tune-target server --unsafe-fsync-off"),
        ),
        ("an address for metrics without a port", format!("migrate {both} --metrics-listen localhost")),
        ("a section that is none", "schema --source host=a --section data".to_owned()),
        ("a comparison with nothing", "schema --source host=a --diff".to_owned()),
        ("a shell that is not known", "completions tcsh".to_owned()),
    ] {
        let outcome = Workspace::new().pgmigrate(line.split_whitespace()).run();
        page.row(tried, 2, &outcome);
    }
}

pub(super) fn config(page: &mut Page) {
    page.section("Configuration file");
    let workspace = Workspace::new();
    let outcome = workspace.pgmigrate(["plan", "--config", "nothing.yaml"]).run();
    page.row("a file that is not there", 2, &outcome);
    page.row("a directory", 2, &workspace.pgmigrate(["plan", "--config", "."]).run());
    fs::write(workspace.path("config.yaml"), b"source: \xff\xfe\n").expect("a file");
    page.row("a file that is not UTF-8", 2, &workspace.with_config("plan").run());
    for (tried, yaml) in [
        ("no connection string", "tables: { mode: all }"),
        ("a list instead of keys", "- source\n- target"),
        ("a mistyped key", "tabels: { mode: all }"),
        ("a mistyped key deep inside", "tables:\n  include:\n    - { schema: a, name: b, chunk_colum: id }"),
        ("a key that belongs elsewhere", "options: { on_existing: skip }"),
        ("a key twice", "source: {}\nsource: {}"),
        ("a list where keys belong", "tables: [a, b]"),
        ("a word where a number belongs", "parallel: { max_jobs: many }"),
        ("a number below zero", "parallel: { max_jobs: -1 }"),
        ("a size without a unit", "parallel: { split_larger_than: 12 }"),
        ("an address for metrics that is a URL", "metrics: { listen: 'http://localhost:9187' }"),
        ("a word that is not offered", "tables: { mode: some }"),
        ("chunks of no rows", "tables: { default: { chunk_size: 0 } }"),
        ("a table without a name", "tables: { include: [{ schema: a }] }"),
        ("a table twice", "tables: { include: [{ schema: a, name: b }, { schema: a, name: b }] }"),
        ("a late table without its schema", "tables: { delay_data: [public.a, item] }"),
        ("a choice of nothing", "schemas: { mode: include }"),
        ("a role with an empty new name", "map: { roles: { ann: '' } }"),
        ("a variable that is not set", "source: { conninfo: 'host=a password=${SECRET_OF_A}' }"),
        ("a variable that does not end", "source: { conninfo: 'host=a password=${SECRET_OF_A' }"),
        ("an asterisk without quotes", "schemas: { include: [*] }"),
        ("a tab as indentation", "tables:\n\tmode: all"),
        ("brackets a thousand deep", &format!("tables: {}", "[".repeat(1000))),
        ("two documents", "source: {}\n---\ntarget: {}"),
    ] {
        let workspace = Workspace::new();
        let outcome = workspace.write("config.yaml", yaml).with_config("plan").run();
        page.row(tried, 2, &outcome);
    }
}

pub(super) fn conninfo(page: &mut Page) {
    page.section("Connection strings");
    for (tried, conninfo) in [
        ("a word without `=`", "air"),
        ("a mistyped parameter", "hots=db1"),
        ("a quote that does not end", "host=db1 password='correct horse"),
        ("a password with a blank and no quotes", "host=db1 password=correct horse=1"),
        ("`%` and no digits behind it", "postgresql://me:100%@db1/air"),
        ("`@` in a password", "postgresql://me:p@ss@db1/air"),
        ("`/` in a password", "postgresql://me:p/ss@db1/air"),
        ("an IPv6 address that does not end", "postgresql://[::1/air"),
        ("a parameter without value", "postgresql://db1/air?sslmode"),
        ("more ports than hosts", "host=a,b port=1,2,3"),
        ("a port that is none", "host=a port=99999"),
        ("an address that is none", "hostaddr=300.1.1.1"),
        ("a time that is none", "host=a connect_timeout=soon"),
        ("a word that is not offered", "host=a sslmode=on"),
        ("what is not done", "host=a sslcrl=crl.pem"),
        ("GSSAPI", "host=a gssencmode=require"),
        ("`verify-full` without an authority", "host=a sslmode=verify-full"),
        ("an authority that is not there", "host=a sslmode=require sslrootcert=nothing.pem"),
        ("`sslrootcert=system` and no full verification", "host=a sslmode=require sslrootcert=system"),
        ("a certificate without a key", "host=a sslcert=client.pem"),
        ("a service that nobody has", "service=nowhere"),
        ("a service file that is not there", "service=air servicefile=nothing.conf"),
    ] {
        let outcome = schema(conninfo);
        assert!(!outcome.stderr.contains("horse") && !outcome.stderr.contains("p/ss"), "{outcome}");
        page.row(tried, 2, &outcome);
    }
    let restricted =
        Workspace::new().pgmigrate(["schema", "--source", "host=a"]).env("PGREQUIREAUTH", "md5").run();
    page.row("a variable that asks for what is not done", 2, &restricted);
}

pub(super) fn files_beside(page: &mut Page) {
    page.section("Service and password files");
    for (tried, text) in [
        ("a mistyped parameter in a service file", "[air]\nhots=db1\n"),
        ("a line of a service file without `=`", "[air]\nhost\n"),
        ("a service that names another", "[air]\nservice=other\n"),
        ("a service kept in LDAP", "[air]\nldap://db1/air\n"),
    ] {
        let workspace = Workspace::new();
        workspace.write("services", text);
        let outcome = workspace.pgmigrate(["schema", "--source", "service=air servicefile=services"]).run();
        page.row(tried, 2, &outcome);
    }
    let workspace = Workspace::new();
    fs::write(workspace.path("services"), b"[air]\nhost=\xff\n").expect("a file");
    let outcome = workspace.pgmigrate(["schema", "--source", "service=air servicefile=services"]).run();
    page.row("a service file that is not UTF-8", 2, &outcome);
    workspace.write("pgpass", "*:*:*:*:correct horse\n");
    fs::set_permissions(workspace.path("pgpass"), fs::Permissions::from_mode(0o644)).expect("rights");
    for (tried, file) in [
        ("a password file that others can read (then nobody listens)", "pgpass"),
        ("a password file that is not there (then nobody listens)", "nothing"),
        ("a directory as password file (then nobody listens)", "."),
    ] {
        let conninfo = format!("host=127.0.0.1 port=1 user=me dbname=air passfile={file}");
        page.row(tried, 3, &workspace.pgmigrate(["schema", "--source", &conninfo]).run());
    }
    fs::write(workspace.path("pgpass"), b"*:*:*:*:\xff\n").expect("a file");
    fs::set_permissions(workspace.path("pgpass"), fs::Permissions::from_mode(0o600)).expect("rights");
    let outcome = workspace.pgmigrate(["schema", "--source", "host=127.0.0.1 port=1 passfile=pgpass"]).run();
    page.row("a password file that is not UTF-8", 2, &outcome);
}
