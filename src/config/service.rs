//! Service files (`pg_service.conf`): named groups of connection parameters.
//!
//! `[name]` starts a group, `keyword=value` without blanks around the `=` is a parameter, `#` a comment.
//! The user's file is asked before the system's; a group is taken from one file whole.
use std::{fs, io, path::Path, path::PathBuf};

use super::{Conninfo, Environment, os};
use crate::error::{Context as _, Error, ErrorKind, Result};

/// The parameters of a service, from the first file that has it. `file` is what the connection string names.
pub(super) fn load(service: &str, file: Option<&str>, environment: &Environment) -> Result<Conninfo> {
    for candidate in files(file, environment) {
        let text = match fs::read_to_string(&candidate.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !candidate.named => continue,
            Err(error) => {
                let message = format!("cannot read the service file `{}`", candidate.path.display());
                return Err(Error::new(ErrorKind::Config, message).caused_by(error));
            }
        };
        if let Some(parameters) = find(&text, service, &candidate.path)? {
            return Ok(parameters);
        }
    }
    let name = service.escape_debug();
    Err(Error::new(ErrorKind::Config, format!("service `{name}` is in no service file"))
        .hint("services are looked for in PGSERVICEFILE or ~/.pg_service.conf, then in PGSYSCONFDIR"))
}

/// A place to look; one that the user named must exist.
struct Candidate {
    path: PathBuf,
    named: bool,
}

fn files(file: Option<&str>, environment: &Environment) -> Vec<Candidate> {
    let named = file.filter(|it| !it.is_empty()).or_else(|| environment.non_empty("PGSERVICEFILE"));
    let own = match named {
        Some(path) => Some(Candidate { path: path.into(), named: true }),
        None => {
            os::home(environment).map(|home| Candidate { path: home.join(".pg_service.conf"), named: false })
        }
    };
    let system = match environment.non_empty("PGSYSCONFDIR") {
        Some(directory) => vec![directory],
        None => os::SYSTEM_CONFIGURATION.to_vec(),
    };
    let system = system.into_iter().map(|directory| Path::new(directory).join("pg_service.conf"));
    own.into_iter().chain(system.map(|path| Candidate { path, named: false })).collect()
}

/// The group of this name; of a parameter given twice the first counts, as in libpq.
pub(super) fn find(text: &str, service: &str, path: &Path) -> Result<Option<Conninfo>> {
    let header = format!("[{service}]");
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    if lines.by_ref().all(|(_, line)| line != header) {
        return Ok(None);
    }
    let mut parameters = Conninfo::default();
    for (number, line) in lines.take_while(|(_, line)| !line.starts_with('[')) {
        parameter(line, &mut parameters).context(|| format!("{}:{number}", path.display()))?;
    }
    Ok(Some(parameters))
}

fn parameter(line: &str, parameters: &mut Conninfo) -> Result<()> {
    let refused = |why: &str| Err(Error::new(ErrorKind::Config, why));
    match line.split_once('=') {
        None if line.starts_with("ldap") => refused("services kept in LDAP are not supported"),
        None => refused("a line of a service file must be `keyword=value`"),
        Some((name, _)) if name.starts_with("ldap") => refused("services kept in LDAP are not supported"),
        Some(("service" | "servicefile", _)) => refused("a service cannot refer to another service"),
        Some((name, _)) if parameters.value(name).is_some() => Ok(()),
        Some((name, value)) => parameters.push(name, value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::scratch::Scratch;

    const FILE: &str =
        "# ours\n[other]\nhost=x\n\n[air]\n  host=db1\nport=5433\nport=9\n# no\ndbname=a=b\n[last]\n";

    #[test]
    fn a_group_ends_where_the_next_begins() {
        let found = find(FILE, "air", Path::new("f")).unwrap().unwrap();
        let expected = [("host", "db1"), ("port", "5433"), ("dbname", "a=b")];
        assert!(found.parameters().eq(expected));
        assert_eq!(find(FILE, "last", Path::new("f")).unwrap().unwrap().parameters().count(), 0);
        assert!(find(FILE, "none", Path::new("f")).unwrap().is_none());
    }

    #[test]
    fn refusals_name_file_and_line() {
        let refusal = |text: &str| find(text, "a", Path::new("f.conf")).unwrap_err().report();
        assert_eq!(
            refusal("[a]\nhost=x\nprot=1\n"),
            "f.conf:3: unknown connection parameter `prot`; did you mean `port`?"
        );
        assert_eq!(refusal("[a]\nservice=b"), "f.conf:2: a service cannot refer to another service");
        assert_eq!(refusal("[a]\nhost"), "f.conf:2: a line of a service file must be `keyword=value`");
    }

    #[test]
    fn the_users_file_is_asked_before_the_systems() {
        let scratch = Scratch::new();
        let own = scratch.write("own.conf", "[a]\nhost=own\n");
        scratch.write("pg_service.conf", "[a]\nhost=system\n[b]\nhost=system\n");
        let environment = Environment::from_pairs([
            ("PGSERVICEFILE", own.display().to_string()),
            ("PGSYSCONFDIR", scratch.directory().display().to_string()),
        ]);
        let host =
            |service: &str| load(service, None, &environment).map(|it| it.value("host").unwrap().to_owned());
        assert_eq!(host("a").unwrap(), "own");
        assert_eq!(host("b").unwrap(), "system");
        assert_eq!(host("c").unwrap_err().report(), "service `c` is in no service file");
    }

    #[test]
    fn a_file_that_was_named_must_exist() {
        let error = load("a", Some("/nonexistent/f.conf"), &Environment::default()).unwrap_err();
        assert!(error.to_string().contains("/nonexistent/f.conf"));
    }
}
