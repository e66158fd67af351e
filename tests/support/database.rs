//! Databases with names of their own, and sessions to ask them.
use std::{
    env,
    process::id,
    sync::atomic::{AtomicU32, Ordering},
};

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage, error::SqlState};

use super::server::{Server, ident, literal};

/// A row as text; `None` is NULL.
pub(crate) type Row = Vec<Option<String>>;

/// A database that is dropped at the end, unless `PGMIGRATE_TEST_KEEP` is set.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) server: Server,
    pub(crate) name: String,
}

/// One connection, used by one thread.
pub(crate) struct Session {
    runtime: Runtime,
    client: Client,
}

impl Database {
    /// A name that no other test uses; there is no such database yet, but if the test makes one it is dropped.
    pub(crate) fn absent(server: &Server) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}_{}", id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self::named(server, &name)
    }

    /// The same with a name to choose; the process id is added to it.
    pub(crate) fn absent_named(server: &Server, name: &str) -> Self {
        Self::named(server, &format!("{name} {}", id()))
    }

    fn named(server: &Server, name: &str) -> Self {
        let database = Self { server: server.clone(), name: name.to_owned() };
        // What a killed test with the same process id has left.
        database.drop_it();
        database
    }

    /// A new, empty database.
    pub(crate) fn create(server: &Server) -> Self {
        Self::create_with(server, "TEMPLATE template0")
    }

    /// A new, empty database in which a script was run.
    pub(crate) fn with(server: &Server, sql: &str) -> Self {
        let database = Self::create(server);
        database.execute(sql);
        database
    }

    /// A new database with options of CREATE DATABASE.
    pub(crate) fn create_with(server: &Server, options: &str) -> Self {
        let database = Self::absent(server);
        server.session().execute(&format!("CREATE DATABASE {} {options}", ident(&database.name)));
        database
    }

    /// Whether it exists.
    pub(crate) fn exists(&self) -> bool {
        self.server.has_database(&self.name)
    }

    /// Where it is, as superuser.
    pub(crate) fn uri(&self) -> String {
        self.server.uri(&self.name)
    }

    /// Where it is, as another role.
    pub(crate) fn uri_as(&self, role: &str, password: &str) -> String {
        let login = if password.is_empty() { role.to_owned() } else { format!("{role}:{password}") };
        self.uri().replacen("postgres@", &format!("{login}@"), 1)
    }

    /// Where it is, through another port.
    pub(crate) fn uri_through(&self, port: u16) -> String {
        self.uri().replacen(&format!(":{}/", self.server.port), &format!(":{port}/"), 1)
    }

    /// A session as superuser.
    pub(crate) fn session(&self) -> Session {
        Session::open(&self.uri())
    }

    /// Runs statements.
    pub(crate) fn execute(&self, sql: &str) {
        self.session().execute(sql);
    }

    /// The first value of the first row.
    pub(crate) fn value(&self, sql: &str) -> String {
        self.session().value(sql)
    }

    /// All rows.
    pub(crate) fn rows(&self, sql: &str) -> Vec<Row> {
        self.session().rows(sql)
    }

    /// Whether the query gives a row.
    pub(crate) fn has(&self, sql: &str) -> bool {
        self.session().exists(sql)
    }

    /// The rows of a relation.
    pub(crate) fn count(&self, relation: &str) -> u64 {
        self.value(&format!("SELECT count(*) FROM {relation}")).parse().expect("a number")
    }

    /// All that a user could see change: relations, functions and types by name, settings of the database, and a
    /// digest of every table's rows.
    pub(crate) fn fingerprint(&self) -> Vec<String> {
        let mut session = self.session();
        let not_ours = "nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'";
        let tables = session.rows(&format!(
            "SELECT format('%I.%I', nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace \
             WHERE relkind IN ('r', 'm') AND relispopulated AND {not_ours} ORDER BY 1"
        ));
        let mut all = Vec::new();
        for table in tables {
            let table = table[0].clone().expect("a name");
            let digest = format!(
                "SELECT count(*) || ' ' || coalesce(sum(hashtext(t::text)::bigint), 0) FROM ONLY {table} AS t"
            );
            all.push(format!("{table}: {}", session.value(&digest)));
        }
        for (what, sql) in [
            (
                "schema",
                format!("SELECT nspname, nspowner::regrole, nspacl FROM pg_namespace WHERE {not_ours}"),
            ),
            (
                "relation",
                format!(
                    "SELECT nspname, relname, relkind, relowner::regrole, relacl, reltriggers.n FROM pg_class c \
                     JOIN pg_namespace n ON n.oid = relnamespace, LATERAL (SELECT count(*) AS n FROM pg_trigger \
                     WHERE tgrelid = c.oid) AS reltriggers WHERE {not_ours}"
                ),
            ),
            (
                "constraint",
                format!(
                    "SELECT nspname, conname, pg_get_constraintdef(c.oid) FROM pg_constraint c \
                     JOIN pg_namespace n ON n.oid = connamespace WHERE {not_ours}"
                ),
            ),
            (
                "function",
                format!(
                    "SELECT nspname, proname, proargtypes FROM pg_proc JOIN pg_namespace n \
                     ON n.oid = pronamespace WHERE {not_ours}"
                ),
            ),
            (
                "type",
                format!(
                    "SELECT nspname, typname FROM pg_type JOIN pg_namespace n ON n.oid = typnamespace WHERE {not_ours}"
                ),
            ),
            (
                "setting",
                "SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase \
                         WHERE datname = current_database()"
                    .to_owned(),
            ),
        ] {
            let mut rows: Vec<_> =
                session.rows(&sql).into_iter().map(|row| format!("{what} {}", text_of(&row))).collect();
            rows.sort();
            all.extend(rows);
        }
        all
    }

    /// A database with a subscription cannot be dropped.
    fn drop_subscriptions(&self) {
        let subscriptions = "SELECT s.subname FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid \
                             WHERE d.datname = current_database()";
        let Ok(mut session) = Session::try_open(&self.uri()) else { return };
        // A test may have put its own operators before the server's.
        session.execute("SET search_path = ''");
        for row in session.rows(subscriptions) {
            let name = ident(row[0].as_deref().unwrap_or_default());
            drop(session.try_execute(&format!("ALTER SUBSCRIPTION {name} SET (slot_name = NONE)")));
            drop(session.try_execute(&format!("DROP SUBSCRIPTION {name}")));
        }
    }

    fn drop_it(&self) {
        self.drop_subscriptions();
        // Whoever is still in it, a killed run's server process say, is sent away; on a server too old for FORCE
        // somebody may come in between.
        for _ in 0..20 {
            // A test that fails because its server is gone must not fail a second time here.
            let mut session = match Session::try_open(&self.server.uri("postgres")) {
                Ok(session) => session,
                Err(error) => return eprintln!("database {} stays: {}", self.name, told(&error)),
            };
            let sent_away = format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}",
                literal(&self.name)
            );
            drop(session.try_execute(&sent_away));
            match session.try_execute(&format!("DROP DATABASE IF EXISTS {}", ident(&self.name))) {
                Ok(()) => return,
                Err(error) if error.code() == Some(&SqlState::OBJECT_IN_USE) => {}
                Err(error) => return eprintln!("database {} stays: {}", self.name, told(&error)),
            }
        }
        eprintln!("database {} stays: it is in use", self.name);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if env::var_os("PGMIGRATE_TEST_KEEP").is_some() {
            eprintln!("kept: {}", self.uri());
        } else {
            self.drop_it();
        }
    }
}

impl Session {
    /// Connects.
    pub(crate) fn open(uri: &str) -> Self {
        Self::try_open(uri).unwrap_or_else(|error| panic!("{uri}: {}", told(&error)))
    }

    /// Connects, or says what is in the way.
    pub(crate) fn try_open(uri: &str) -> Result<Self, tokio_postgres::Error> {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (client, connection) = runtime.block_on(tokio_postgres::connect(uri, NoTls))?;
        runtime.spawn(async move {
            // Its end is seen by whoever asks next.
            drop(connection.await);
        });
        Ok(Self { runtime, client })
    }

    /// Runs statements, and says what went wrong.
    pub(crate) fn try_execute(&mut self, sql: &str) -> Result<(), tokio_postgres::Error> {
        self.runtime.block_on(self.client.batch_execute(sql))
    }

    /// Runs statements.
    pub(crate) fn execute(&mut self, sql: &str) {
        self.try_execute(sql).unwrap_or_else(|error| panic!("{}\n{sql}", told(&error)));
    }

    /// All rows.
    pub(crate) fn rows(&mut self, sql: &str) -> Vec<Row> {
        self.try_rows(sql).unwrap_or_else(|error| panic!("{}\n{sql}", told(&error)))
    }

    /// All rows, or what went wrong.
    pub(crate) fn try_rows(&mut self, sql: &str) -> Result<Vec<Row>, tokio_postgres::Error> {
        let messages = self.runtime.block_on(self.client.simple_query(sql))?;
        let rows = messages.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect())
            }
            _ => None,
        });
        Ok(rows.collect())
    }

    /// The first value of the first row; NULL is the empty text.
    pub(crate) fn value(&mut self, sql: &str) -> String {
        let rows = self.rows(sql);
        rows.first().unwrap_or_else(|| panic!("no row: {sql}"))[0].clone().unwrap_or_default()
    }

    /// Whether the query gives a row.
    pub(crate) fn exists(&mut self, sql: &str) -> bool {
        !self.rows(sql).is_empty()
    }
}

/// What the server said.
pub(crate) fn told(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(server) => format!("{} ({})", server.message(), server.code().code()),
        None => error.to_string(),
    }
}

fn text_of(row: &Row) -> String {
    row.iter().map(|value| value.as_deref().unwrap_or("NULL")).collect::<Vec<_>>().join(" | ")
}
