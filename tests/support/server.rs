//! Throwaway servers, one cluster a name and version, shared by all tests and kept for the next run.
//!
//! The work (an unprivileged user, a free port, short socket paths) is `scripts/cluster.sh`'s; this adds the choice
//! of versions and a lock, so that of all test processes one starts the cluster. Roles belong to a whole cluster:
//! source and target are never the same one, and a test that creates roles holds [`Server::alone`].
//!
//! Servers are those of `PGMIGRATE_PG_BINS` (directories joined by colons, the first is the main one; `scripts/test.sh`
//! sets it), else those that `scripts/pg.sh list` finds and `scripts/pg-versions.sh` has fetched.
use std::{
    collections::HashSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use super::{database::Session, lock::Lock, root, target_dir};

/// Members of this role need a password (SCRAM); all others are trusted.
pub(crate) const SCRAM_GROUP: &str = "test_scram";

/// The server programs of one major version.
#[derive(Debug, Clone)]
pub(crate) struct Installation {
    pub(crate) bin: PathBuf,
    pub(crate) major: u32,
}

/// A running cluster.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) name: String,
    pub(crate) major: u32,
    pub(crate) port: u16,
}

/// All versions at hand, the main one first, each once.
pub(crate) fn installations() -> &'static [Installation] {
    static FOUND: OnceLock<Vec<Installation>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let mut seen = HashSet::new();
        let all = bin_dirs().into_iter().filter_map(|bin| Some(Installation { major: major_of(&bin)?, bin }));
        let found: Vec<_> = all.filter(|installation| seen.insert(installation.major)).collect();
        assert!(!found.is_empty(), "no PostgreSQL server found: run `make test`, which installs one");
        found
    })
}

/// The major version that tests use that need just one.
pub(crate) fn main_version() -> u32 {
    installations()[0].major
}

/// All major versions at hand, oldest first.
pub(crate) fn versions() -> Vec<u32> {
    let mut all: Vec<u32> = installations().iter().map(|installation| installation.major).collect();
    all.sort_unstable();
    all
}

/// Every directory that may hold programs of PostgreSQL, best first.
pub(crate) fn bin_dirs() -> Vec<PathBuf> {
    if let Some(dirs) = env::var_os("PGMIGRATE_PG_BINS").filter(|dirs| !dirs.is_empty()) {
        return env::split_paths(&dirs).collect();
    }
    let listed = script("pg.sh", &["list"]);
    let mut dirs: Vec<PathBuf> = listed.lines().map(PathBuf::from).collect();
    if let Ok(fetched) = fs::read_dir(target_dir().join("pg")) {
        dirs.extend(fetched.flatten().map(|entry| entry.path().join("bin")));
    }
    dirs
}

fn major_of(bin: &Path) -> Option<u32> {
    let output = Command::new(bin.join("postgres")).arg("--version").output().ok()?;
    version_in(&String::from_utf8_lossy(&output.stdout))
}

/// The major version in `postgres (PostgreSQL) 15.18 (Debian …)`.
pub(crate) fn version_in(text: &str) -> Option<u32> {
    let digits: String =
        text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Runs a script of the project; its standard output.
pub(crate) fn script(name: &str, arguments: &[&str]) -> String {
    let output = Command::new(root().join("scripts").join(name))
        .args(arguments)
        .env("CARGO_TARGET_DIR", target_dir())
        .output()
        .unwrap_or_else(|error| panic!("scripts/{name} doesn't start: {error}"));
    assert!(
        output.status.success(),
        "scripts/{name} {} failed:\n{}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

impl Server {
    /// The cluster of this name and version, started if it isn't up.
    pub(crate) fn start(name: &str, major: u32) -> Self {
        let installation = installations().iter().find(|installation| installation.major == major);
        let bin = &installation.unwrap_or_else(|| panic!("no PostgreSQL {major} here")).bin;
        let name = format!("test-{name}-{major}");
        let lock = Lock::take(&name);
        let conninfo = script("cluster.sh", &["start", &name, "--bin", bin.to_str().expect("UTF-8")]);
        let port = conninfo.split(' ').find_map(|pair| pair.strip_prefix("port=")).expect("a port");
        let server = Self { name, major, port: port.parse().expect("a number") };
        server.ask_for_passwords();
        drop(lock);
        server
    }

    /// The cluster of this name in the main version.
    pub(crate) fn main(name: &str) -> Self {
        Self::start(name, main_version())
    }

    /// Crashes it, as a power cut does to what it had not written yet, and starts it again.
    pub(crate) fn crash(&self) {
        self.crash_and_stay_down();
        self.start_again();
    }

    /// Crashes it.
    pub(crate) fn crash_and_stay_down(&self) {
        script("cluster.sh", &["crash", &self.name]);
    }

    /// Starts it, if it is down.
    pub(crate) fn start_again(&self) {
        let installation = installations().iter().find(|installation| installation.major == self.major);
        let bin = &installation.expect("it was started").bin;
        script("cluster.sh", &["start", &self.name, "--bin", bin.to_str().expect("UTF-8")]);
    }

    /// Keeps every other test that creates roles here away, until dropped.
    pub(crate) fn alone(&self) -> Lock {
        Lock::take(&format!("{}.alone", self.name))
    }

    /// Where a database of this server is.
    pub(crate) fn uri(&self, database: &str) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/{}", self.port, percent_encoded(database))
    }

    /// A session as superuser in the maintenance database.
    pub(crate) fn session(&self) -> Session {
        Session::open(&self.uri("postgres"))
    }

    /// Whether a database of this name exists.
    pub(crate) fn has_database(&self, name: &str) -> bool {
        self.session().exists(&format!("SELECT 1 FROM pg_database WHERE datname = {}", literal(name)))
    }

    /// Whether a role of this name exists.
    pub(crate) fn has_role(&self, name: &str) -> bool {
        self.session().exists(&format!("SELECT 1 FROM pg_roles WHERE rolname = {}", literal(name)))
    }

    /// Whether the server can create an extension: asked by doing it, as not every server can list what it has.
    pub(crate) fn has_extension(&self, name: &str) -> bool {
        let mut session = self.session();
        let tried = session.try_execute(&format!("BEGIN; CREATE EXTENSION {} CASCADE", ident(name)));
        session.execute("ROLLBACK");
        tried.is_ok()
    }

    /// Drops the roles whose names begin like this and that nothing depends on, so that a migration has to make them.
    pub(crate) fn forget_roles(&self, beginning: &str) {
        let mut session = self.session();
        let find =
            format!("SELECT rolname FROM pg_roles WHERE strpos(rolname::text, {}) = 1", literal(beginning));
        let mut left = usize::MAX;
        loop {
            let roles = session.rows(&find);
            if roles.is_empty() || roles.len() == left {
                return;
            }
            left = roles.len();
            for role in roles {
                let name = role[0].clone().expect("a name");
                // One that a killed test's database still needs stays: the migration finds it there.
                drop(session.try_execute(&format!("DROP ROLE {}", ident(&name))));
            }
        }
    }

    /// The server rewrites its own `pg_hba.conf`: its files belong to a user that we may not be.
    fn ask_for_passwords(&self) {
        let mut session = self.session();
        if session.exists(&format!("SELECT 1 FROM pg_roles WHERE rolname = '{SCRAM_GROUP}'")) {
            return;
        }
        let path = session.value("SELECT current_setting('hba_file')");
        // Read before it is written: COPY empties the file first.
        let text = session.value("SELECT pg_read_file('pg_hba.conf')");
        let rules = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        let values: Vec<_> = [&*format!("host all +{SCRAM_GROUP} all scram-sha-256")]
            .into_iter()
            .chain(rules)
            .map(|rule| format!("({})", literal(rule)))
            .collect();
        session.execute(&format!("COPY (VALUES {}) TO {}", values.join(", "), literal(&path)));
        session.execute("SELECT pg_reload_conf()");
        session.execute(&format!("CREATE ROLE {SCRAM_GROUP}"));
    }
}

/// Text as SQL literal, for a server with standard strings.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as quoted SQL identifier.
pub(crate) fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
