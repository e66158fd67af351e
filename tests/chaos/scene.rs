//! Where the runs take place: two servers that nobody else uses, a source database full of traps, a bad network to either side.
use crate::support::{
    cli::Workspace,
    database::{Database, Session},
    lock::Lock,
    server::{Server, literal},
};

use super::{
    disk::{Disk, TABLESPACE},
    network::Network,
};

/// Connections that the servers have: few, so that it takes little to use them up.
const MAX_CONNECTIONS: u32 = 30;

/// In seconds: less than by default, so that holes in the network last longer.
pub(super) const STALL_TIMEOUT: u32 = 10;

const SOURCE: &str = include_str!("source.sql");

/// The same every time: what a crash of the source took away is put back before a run.
const REFILL: &str =
    "INSERT INTO cache SELECT n, repeat(md5(n::text), 5) FROM generate_series(1, 2000) n; CHECKPOINT";

/// One of the two servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Source,
    Target,
}

/// What all runs share.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) source: Server,
    pub(super) target: Server,
    pub(super) database: Database,
    /// The same database without unlogged tables, for runs in which the source crashes.
    pub(super) logged: Database,
    pub(super) networks: [Network; 2],
    pub(super) disk: Option<Disk>,
    _alone: [Lock; 2],
}

/// What belongs to one run.
#[derive(Debug)]
pub(super) struct Stage<'s> {
    pub(super) scene: &'s Scene,
    pub(super) database: &'s Database,
    pub(super) copy: Database,
    pub(super) workspace: Workspace,
    /// The role that migrates.
    pub(super) role: &'static str,
}

impl Scene {
    /// Starts the servers and fills the source.
    pub(super) fn prepare() -> Self {
        let servers = ["chaos-source", "chaos-target"].map(Server::main);
        let alone = [servers[0].alone(), servers[1].alone()];
        for server in &servers {
            configure(server);
        }
        let [source, target] = servers;
        let create = || Database::create_with(&source, "TEMPLATE template0 OWNER chaos_mover");
        let (database, logged) = (create(), create());
        database.execute(SOURCE);
        logged.execute(SOURCE);
        logged.execute("ALTER TABLE cache SET LOGGED; CHECKPOINT");
        let networks = [Network::to(source.port), Network::to(target.port)];
        let disk = Disk::mount(&target);
        Self { source, target, database, logged, networks, disk, _alone: alone }
    }

    pub(super) fn server(&self, side: Side) -> &Server {
        if side == Side::Source { &self.source } else { &self.target }
    }

    pub(super) fn network(&self, side: Side) -> &Network {
        &self.networks[usize::from(side == Side::Target)]
    }

    /// Takes away what an earlier run may have left in the way.
    fn mend(&self) {
        for (server, network) in [&self.source, &self.target].into_iter().zip(&self.networks) {
            server.start_again();
            network.heal();
        }
        if let Some(disk) = &self.disk {
            disk.free();
        }
    }

    /// The stage for a run; `on_disk`: the target database is there, empty, on a small disk.
    pub(super) fn stage(&self, role: &'static str, source_crashes: bool, on_disk: bool) -> Stage<'_> {
        self.mend();
        if self.database.count("cache") == 0 {
            self.database.execute(REFILL);
        }
        let copy = match &self.disk {
            Some(_) if on_disk => {
                let options = format!("TEMPLATE template0 OWNER chaos_mover TABLESPACE {TABLESPACE}");
                Database::create_with(&self.target, &options)
            }
            _ => Database::absent(&self.target),
        };
        let database = if source_crashes { &self.logged } else { &self.database };
        Stage { scene: self, database, copy, workspace: Workspace::new(), role }
    }
}

/// Durable commits (else a crash takes what was acknowledged), few connections, the roles.
fn configure(server: &Server) {
    let mut session = server.session();
    if session.value("SHOW max_connections") != MAX_CONNECTIONS.to_string() {
        session.execute("ALTER SYSTEM SET synchronous_commit = on");
        session.execute(&format!("ALTER SYSTEM SET max_connections = {MAX_CONNECTIONS}"));
        drop(session);
        server.crash();
        session = server.session();
    }
    for role in ["chaos_mover LOGIN CREATEDB", "chaos_reader"] {
        let name = role.split(' ').next().expect("a name");
        if !session.exists(&format!("SELECT 1 FROM pg_roles WHERE rolname = {}", literal(name))) {
            session.execute(&format!("CREATE ROLE {role}"));
        }
    }
    // What a run that was stopped by force may have left.
    session.execute("ALTER ROLE chaos_mover LOGIN CONNECTION LIMIT -1");
}

impl Stage<'_> {
    pub(super) fn end(&self, side: Side) -> &Database {
        if side == Side::Source { self.database } else { &self.copy }
    }

    /// A session as superuser in one of the databases; `None` where there is none to be had.
    pub(super) fn session(&self, side: Side) -> Option<Session> {
        Session::try_open(&self.end(side).uri()).ok()
    }

    /// Puts back what a crash of the target took from its unlogged table.
    pub(super) fn refill(&self) {
        if self.copy.count("cache") == 0 {
            self.copy.execute(REFILL);
        }
    }

    /// Writes the configuration: one side may be reached through its network.
    pub(super) fn configure(&self, through: Option<Side>) {
        let uri = |side: Side| {
            let direct = self.end(side).uri_as(self.role, "");
            if through != Some(side) {
                return direct;
            }
            let ports = [self.scene.server(side).port, self.scene.network(side).port()];
            direct.replacen(&format!(":{}/", ports[0]), &format!(":{}/", ports[1]), 1)
        };
        let rest = format!(
            "parallel: {{ max_jobs: 3, chunk_bytes: '128kB', split_larger_than: '128kB' }}
options: {{ stall_timeout: {STALL_TIMEOUT} }}
tables:
  mode: all
  include:
    - {{ schema: public, name: item, chunk_column: id, chunk_size: 500 }}
    - {{ schema: public, name: cache, chunk_column: id, chunk_size: 300 }}"
        );
        self.workspace.config(&uri(Side::Source), &uri(Side::Target), &rest);
    }

    /// A subcommand with that configuration.
    pub(super) fn command(&self, name: &str) -> crate::support::cli::Invocation {
        self.workspace.with_config(name)
    }
}
