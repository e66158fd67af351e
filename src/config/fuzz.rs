//! Entries for fuzzing: everything a user's files and connection strings can hold.
use std::path::Path;

use super::{
    ConfigFile, Conninfo, Environment, Pattern, Request, Side, cutting,
    passfile::{Login, Passfile},
    resolve, service,
};

/// Both forms of a connection string, read and resolved as far as no other file is named.
pub(crate) fn conninfo(text: &str) {
    let Ok(conninfo) = Conninfo::parse(text) else { return };
    let names_a_file = conninfo.parameters().any(|(name, value)| {
        let files = ["service", "servicefile", "passfile", "sslrootcert", "sslcert", "sslkey"];
        files.contains(&name) && !value.is_empty()
    });
    if !names_a_file {
        let environment = Environment::from_pairs([("HOME", "/nonexistent"), ("USER", "me")]);
        let request = Request { conninfo, ..Request::default() };
        _ = resolve(Side::Source, &request, &environment);
    }
}

/// A configuration file; every refusal names the file, and shows none of its values.
pub(crate) fn config(text: &str) {
    let environment = Environment::from_pairs([("NAME", "value"), ("PASSWORD", "correct horse")]);
    if let Err(error) = ConfigFile::parse("c.yaml", text, &environment) {
        let report = error.report();
        assert!(report.starts_with("c.yaml"), "{report}");
        // A key may be shown; the password stands in the environment alone.
        assert!(text.contains("horse") || !report.contains("horse"), "{report}");
    }
}

/// A password file, and a look-up in it.
pub(crate) fn passfile(text: &str) {
    let login = Login { host: "db", port: 5432, database: "air", user: "me" };
    if let Some(password) = Passfile::parse(text).password(login) {
        assert!(!password.expose().is_empty());
    }
}

/// A service file.
pub(crate) fn service(text: &str) {
    _ = service::find(text, "air", Path::new("pg_service.conf"));
}

/// A pattern, a blank, a name. What a pattern shows as is the same pattern, and an exact one fits its own name.
pub(crate) fn pattern(text: &str) {
    let (pattern, name) = text.split_once(' ').unwrap_or((text, ""));
    let pattern = Pattern::new(pattern);
    pattern.matches(name);
    assert_eq!(Pattern::new(&pattern.to_string()), pattern);
    assert!(pattern.exact().is_none_or(|name| pattern.matches(&name)));
}

/// A size with its unit.
pub(crate) fn size(text: &str) {
    _ = cutting::parse_size(text);
}
