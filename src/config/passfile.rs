//! The password file (`~/.pgpass`): lines of `host:port:database:user:password`.
//!
//! Each of the first four fields may be `*`; a backslash makes a `:` or `\` literal; the first line that
//! fits wins. As with libpq, a file that others can read is ignored, and said so.
use std::{fmt, fs, io, path::Path};

use super::{Secret, os};
use crate::error::{Error, ErrorKind, Result};

/// The rights of group and others.
const OTHERS: u32 = 0o077;

/// The entries of a password file.
#[derive(Default)]
pub struct Passfile {
    entries: Vec<Entry>,
}

/// Shows how many there are: they tell of others' servers too.
impl fmt::Debug for Passfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passfile({} entries)", self.entries.len())
    }
}

/// One line; `None` stands for `*`.
#[derive(Debug)]
struct Entry {
    fields: [Option<String>; 4],
    password: Secret,
}

/// What a password is looked up for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Login<'a> {
    /// Host name, address or socket directory, as the user gave it.
    pub(super) host: &'a str,
    /// Port.
    pub(super) port: u16,
    /// Database.
    pub(super) database: &'a str,
    /// User.
    pub(super) user: &'a str,
}

impl Passfile {
    /// Reads the file. Without a file there are no entries; `named` says that the user asked for this file,
    /// so that its absence is worth a warning.
    pub(super) fn load(path: &Path, named: bool, warnings: &mut Vec<String>) -> Result<Self> {
        let shown = path.display();
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if named {
                    warnings.push(format!("password file `{shown}` does not exist"));
                }
                return Ok(Self::default());
            }
            Err(error) => return Err(unreadable(path).caused_by(error)),
        };
        if !metadata.is_file() {
            warnings.push(format!("password file `{shown}` is ignored: it is not a plain file"));
        } else if os::mode(&metadata) & OTHERS != 0 {
            warnings.push(format!(
                "password file `{shown}` is ignored: group or others may read it (make it `chmod 0600`)"
            ));
        } else {
            let text = fs::read_to_string(path).map_err(|error| unreadable(path).caused_by(error))?;
            return Ok(Self::parse(&text));
        }
        Ok(Self::default())
    }

    /// Reads the lines; those that are comments or lack a field are passed over, as in libpq.
    pub(super) fn parse(text: &str) -> Self {
        Self {
            entries: text.lines().filter(|line| !line.starts_with('#')).filter_map(Entry::parse).collect(),
        }
    }

    /// The password of the first entry that fits.
    pub(super) fn password(&self, login: Login<'_>) -> Option<&Secret> {
        let port = login.port.to_string();
        // A socket in the default directory goes by the name of `localhost`.
        let host = if login.host.is_empty() || os::SOCKET_DIRECTORIES.contains(&login.host) {
            "localhost"
        } else {
            login.host
        };
        let wanted = [host, &port, login.database, login.user];
        let fits = |entry: &&Entry| {
            entry
                .fields
                .iter()
                .zip(wanted)
                .all(|(field, value)| field.as_deref().is_none_or(|it| it == value))
        };
        self.entries.iter().find(fits).map(|entry| &entry.password).filter(|found| !found.expose().is_empty())
    }
}

impl Entry {
    fn parse(line: &str) -> Option<Self> {
        let mut rest = line;
        let mut fields = [const { None }; 4];
        for field in &mut fields {
            let (raw, text, after) = split_field(rest);
            rest = after?;
            *field = (raw != "*").then_some(text);
        }
        let (_, password, _) = split_field(rest);
        Some(Self { fields, password: Secret::new(password) })
    }
}

/// The field before the next bare `:`, raw and with its escapes undone, and what follows the `:`.
fn split_field(line: &str) -> (&str, String, Option<&str>) {
    let mut text = String::new();
    let mut rest = line.char_indices();
    while let Some((at, c)) = rest.next() {
        match c {
            ':' => return (&line[..at], text, Some(&line[at + 1..])),
            '\\' => text.push(rest.next().map_or('\\', |(_, literal)| literal)),
            c => text.push(c),
        }
    }
    (line, text, None)
}

fn unreadable(path: &Path) -> Error {
    Error::new(ErrorKind::Config, format!("cannot read the password file `{}`", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::scratch::Scratch;

    fn look_up(file: &str, host: &str, user: &str) -> Option<String> {
        let login = Login { host, port: 5432, database: "air", user };
        Passfile::parse(file).password(login).map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn the_first_line_that_fits_wins() {
        let file = "# comment\ndb:5432:air:me:one\ndb:*:*:me:two\n*:*:*:*:three\n";
        assert_eq!(look_up(file, "db", "me").as_deref(), Some("one"));
        assert_eq!(look_up(file, "db", "you").as_deref(), Some("three"));
        assert_eq!(look_up("db:5433:air:me:one\nshort:line\n", "db", "me"), None);
        assert_eq!(look_up("db:*:*:me:\n", "db", "me"), None);
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(look_up(r"\:\:1:5432:air:m\\e:p\:w\\", "::1", r"m\e").as_deref(), Some(r"p:w\"));
        assert_eq!(look_up(r"\*:*:*:*:x", "db", "me"), None);
        assert_eq!(look_up("db:*:*:*:a:b", "db", "me").as_deref(), Some("a"));
    }

    #[test]
    fn the_default_socket_directory_is_localhost() {
        let file = "localhost:*:*:*:pw";
        assert_eq!(look_up(file, "/var/run/postgresql", "me").as_deref(), Some("pw"));
        assert_eq!(look_up(file, "/srv/socket", "me"), None);
        assert_eq!(look_up("/srv/socket:*:*:*:pw", "/srv/socket", "me").as_deref(), Some("pw"));
    }

    #[test]
    fn a_file_that_others_can_read_is_ignored_with_a_warning() {
        let scratch = Scratch::new();
        for (mode, entries, warning) in [(0o600, 1, None), (0o640, 0, Some("group or others may read it"))] {
            let path = scratch.write_with_mode("pgpass", "*:*:*:*:pw\n", mode);
            let mut warnings = Vec::new();
            let passfile = Passfile::load(&path, true, &mut warnings).unwrap();
            assert_eq!(passfile.entries.len(), entries);
            assert_eq!(warnings.len(), usize::from(warning.is_some()));
            assert!(warnings.iter().all(|text| text.contains(warning.unwrap_or_default())));
        }
    }

    #[test]
    fn only_a_named_file_must_exist() {
        let path = Scratch::new().path("none");
        let mut warnings = Vec::new();
        Passfile::load(&path, false, &mut warnings).unwrap();
        assert!(warnings.is_empty());
        Passfile::load(&path, true, &mut warnings).unwrap();
        assert_eq!(warnings.len(), 1);
    }
}
