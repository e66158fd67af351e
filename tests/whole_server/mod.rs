//! A whole server in one run: a dozen databases of every sort, with some forty roles, settings and privileges, between servers
//! that no other test uses. `scripts/whole-server.sh` fills a server with the same, for tries by hand.
mod attacks;
mod kills;
mod once;

use std::mem::ManuallyDrop;

use serde_json::Value;

use crate::{
    globals,
    support::{
        cli::{Invocation, Workspace},
        database::Database,
        judge,
        lock::Lock,
        sample,
        server::{Server, ident, versions},
    },
};

/// Its `pg_dumpall` knows what these scripts ask for.
const OLDEST: u32 = 11;

/// What belongs to the server, a statement each: some stand in no transaction.
const DATABASES: &str = include_str!("sql/databases.sql");

/// More of them: a larger shop, a database that others are made of, and one that lets nobody in.
const MORE: &str = "
CREATE DATABASE shop_2 TEMPLATE shop OWNER gl_scram;
CREATE DATABASE stock TEMPLATE shop IS_TEMPLATE true;
CREATE DATABASE closed TEMPLATE template0 ALLOW_CONNECTIONS false;
";

/// What is in them.
const CONTENTS: [(&str, &str); 8] = [
    ("shop", include_str!("sql/shop.sql")),
    ("we\"ird näme\tt\nn", include_str!("sql/hostile.sql")),
    ("latin", include_str!("sql/latin.sql")),
    ("documents", include_str!("sql/documents.sql")),
    ("measures", include_str!("sql/measures.sql")),
    ("toolbox", include_str!("sql/toolbox.sql")),
    ("tenant", include_str!("sql/tenant.sql")),
    ("postgres", include_str!("sql/postgres.sql")),
];

/// All that `--all-databases` takes of them.
pub(crate) const TAKEN: usize = 11;

/// What is set on a server and may not stay changed, a line each.
const SETTINGS: &str = "
    SELECT name || ' = ' || setting FROM pg_settings WHERE source NOT IN ('client', 'session', 'override')
    UNION ALL SELECT 'file: ' || name || ' = ' || setting FROM pg_file_settings
    UNION ALL SELECT 'slot ' || slot_name FROM pg_replication_slots
    UNION ALL SELECT 'prepared transaction ' || gid FROM pg_prepared_xacts
    ORDER BY 1";

/// Two servers, alone, and a directory to run in.
pub(crate) struct Whole {
    pub(crate) source: Server,
    pub(crate) target: Server,
    pub(crate) workspace: Workspace,
    settings: [Vec<String>; 2],
    _alone: [Lock; 2],
}

impl Whole {
    /// Empty ones.
    pub(crate) fn between(from: u32, to: u32) -> Self {
        let (source, target) = (Server::start("whole", from), Server::start("whole-copy", to));
        let alone = [source.alone(), target.alone()];
        for server in [&source, &target] {
            empty(server);
        }
        let settings = [lines(&source, SETTINGS), lines(&target, SETTINGS)];
        Self { source, target, workspace: Workspace::new(), settings, _alone: alone }
    }

    /// From the main version to itself.
    fn between_main() -> Self {
        let main = crate::support::server::main_version();
        Self::between(main, main)
    }

    /// The same, with everything.
    pub(crate) fn filled() -> Self {
        let whole = Self::between_main();
        whole.fill();
        whole
    }

    /// Everything.
    pub(crate) fn fill(&self) {
        self.source.session().execute(include_str!("../globals/roles.sql"));
        statements(&self.source, DATABASES);
        for (name, script) in CONTENTS {
            database(&self.source, name).execute(script);
        }
        statements(&self.source, MORE);
        database(&self.source, "shop_2").execute(
            "INSERT INTO public.customer (name, attributes) SELECT 'more ' || n, '[]' FROM generate_series(1, 20000) n",
        );
    }

    /// Empties the target, and forgets the run.
    pub(crate) fn again(&mut self) {
        empty(&self.target);
        self.workspace = Workspace::new();
    }

    /// A command of all databases.
    pub(crate) fn run(&self, command: &str) -> Invocation {
        let (source, target) = (self.source.uri("postgres"), self.target.uri("postgres"));
        self.workspace.pgmigrate([command, "--source", &source, "--target", &target, "--all-databases"])
    }

    pub(crate) fn report(&self) -> Value {
        serde_json::from_str(&self.workspace.read("report.json")).expect("JSON")
    }

    /// The report of a database.
    pub(crate) fn report_of(&self, name: &str) -> Value {
        let report = self.report();
        let databases = report["databases"].as_array().expect("databases");
        databases
            .iter()
            .find(|one| one["database"] == name)
            .unwrap_or_else(|| panic!("{name}: {report:#}"))
            .clone()
    }

    /// Every database that was taken is equal, and nothing of ours is left: in their catalogs, by `pg_dump`, row by row, and
    /// what belongs to the server by `pg_dumpall`. What is wrong, a line each.
    pub(crate) fn judge(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for name in names(&self.source).iter().filter(|name| *name != "closed") {
            let [from, to] = [&self.source, &self.target].map(|server| database(server, name));
            if !to.exists() {
                wrong.push(format!("{name} is not there"));
                continue;
            }
            wrong.extend(judge::compare(&from, &to).err().map(|told| format!("{name}: {told}")));
            if sample::digests(&from) != sample::digests(&to) {
                wrong.push(format!("{name}: rows differ"));
            }
            if to.has("SELECT FROM pg_namespace WHERE nspname = 'pgmigrate'") {
                wrong.push(format!("{name}: the journal is left"));
            }
        }
        let newest = self.target.major;
        let of_older = |line: &String| match self.source.major {
            ..16 if newest >= 16 => globals::as_since_16(line),
            _ => line.clone(),
        };
        let wanted: Vec<String> = globals::dumped(&self.source, newest).iter().map(of_older).collect();
        let found = globals::dumped(&self.target, newest);
        wrong.extend(
            wanted.iter().filter(|line| !found.contains(line)).map(|line| format!("globals lack {line}")),
        );
        wrong.extend(
            found.iter().filter(|line| !wanted.contains(line)).map(|line| format!("globals have {line}")),
        );
        for (server, before) in [&self.source, &self.target].into_iter().zip(&self.settings) {
            let now = lines(server, SETTINGS);
            wrong.extend(now.iter().filter(|line| !before.contains(line)).map(|line| format!("set: {line}")));
            wrong.extend(
                before.iter().filter(|line| !now.contains(line)).map(|line| format!("no longer set: {line}")),
            );
        }
        let verify = self.run("verify").run();
        wrong.extend((verify.status.code() != Some(0)).then(|| verify.to_string()));
        wrong
    }

    /// All of the target that a run could change.
    pub(crate) fn target_as_it_is(&self) -> Vec<String> {
        let mut all = globals::dumped(&self.target, self.target.major);
        all.extend(lines(
            &self.target,
            "SELECT row(datname, datdba::regrole, datacl, datconnlimit, datistemplate)::text FROM pg_database ORDER BY 1",
        ));
        for name in names(&self.target) {
            let of_it = database(&self.target, &name).fingerprint();
            all.extend(of_it.into_iter().map(|line| format!("{name}: {line}")));
        }
        all
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            empty(&self.source);
            empty(&self.target);
        }
    }
}

/// One that is not dropped with the value.
pub(crate) fn database(server: &Server, name: &str) -> ManuallyDrop<Database> {
    ManuallyDrop::new(Database { server: server.clone(), name: name.to_owned() })
}

/// The oldest version at hand for which the scripts are written, and the newest.
fn oldest_and_newest() -> Option<(u32, u32)> {
    let all: Vec<u32> = versions().into_iter().filter(|version| *version >= OLDEST).collect();
    Some((*all.first()?, *all.last()?))
}

/// Statements that stand alone.
fn statements(server: &Server, script: &str) {
    let mut session = server.session();
    for statement in script.split(";\n").filter(|statement| !statement.trim().is_empty()) {
        session.execute(statement);
    }
}

/// The databases but the templates that initdb made.
fn names(server: &Server) -> Vec<String> {
    lines(
        server,
        "SELECT datname FROM pg_database WHERE datname NOT IN ('template0', 'template1') ORDER BY 1",
    )
}

fn lines(server: &Server, query: &str) -> Vec<String> {
    server.session().rows(query).into_iter().filter_map(|mut row| row.remove(0)).collect()
}

/// As initdb made it, but for what the harness itself has.
fn empty(server: &Server) {
    for name in names(server).iter().filter(|name| *name != "postgres") {
        let mut session = server.session();
        session.execute(&format!("ALTER DATABASE {} IS_TEMPLATE false", ident(name)));
        drop(session);
        drop(ManuallyDrop::into_inner(database(server, name)));
    }
    for name in ["postgres", "template1"] {
        database(server, name)
            .execute("DROP TABLE IF EXISTS public.job CASCADE; DROP SCHEMA IF EXISTS pgmigrate CASCADE");
    }
    server.forget_roles("gl_");
}
