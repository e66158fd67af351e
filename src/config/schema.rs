//! The configuration file as it is written: every key, what it means, and its default.
//!
//! Nothing is resolved here. The text of the comments is also the text of `config.example.yaml`.
use std::collections::BTreeMap;

use super::documented::{section, words};

/// Rows in a chunk, where the file doesn't say otherwise.
pub const DEFAULT_CHUNK_SIZE: u64 = 500_000;

section! {
    /// The whole file.
    pub struct Config {
        /// The server that is read.
        source: EndpointSection = EndpointSection::default(),
        /// The server that is written.
        target: EndpointSection = EndpointSection::default(),
        /// Which databases of the source's server are migrated.
        databases: DatabaseSection = DatabaseSection::default(),
        /// Which schemas are migrated.
        schemas: SchemaSection = SchemaSection::default(),
        /// Which roles are created on the target.
        roles: RoleSection = RoleSection::default(),
        /// Where tablespaces are made; of `globals`.
        tablespaces: TablespaceSection = TablespaceSection::default(),
        /// Which tables of these schemas carry their rows over, and how each is read.
        tables: TableSection = TableSection::default(),
        /// Which extensions are created.
        extensions: ExtensionSection = ExtensionSection::default(),
        /// What of the objects is carried; each `false` is a `--no-…` of the command line.
        objects: ObjectSection = ObjectSection::default(),
        /// Names that are others on the target.
        map: MapSection = MapSection::default(),
        /// How much is done at the same time.
        parallel: ParallelSection = ParallelSection::default(),
        /// The order of the work.
        options: OptionSection = OptionSection::default(),
        /// How `verify` compares rows.
        verify: VerifySection = VerifySection::default(),
        /// What can be seen of `migrate` and `verify` from elsewhere.
        metrics: MetricsSection = MetricsSection::default(),
        /// What is changed of the target's server while rows are loaded, and put back afterwards.
        target_tuning: TuningSection = TuningSection::default(),
    }
}

section! {
    /// One server.
    pub struct EndpointSection {
        /// Connection string as libpq reads it: `host=db1 dbname=air user=me` or
        /// `postgresql://me@db1/air`. What it leaves out comes from the `PG*` environment.
        /// It is needed here or on the command line (`--source`, `--target`).
        conninfo: String = String::new(),
        /// Password file, instead of `PGPASSFILE` and `~/.pgpass`.
        passfile: String = String::new(),
    }
}

words! {
    /// Which databases.
    pub enum DatabasesMode {
        /// The one of the connection string.
        #[default]
        Single,
        /// Every database but what `exclude` lists.
        All,
        /// Only what `include` lists.
        Include,
        /// Every database but what `exclude` lists; the same as `all`, said aloud.
        Exclude,
    }
}

section! {
    /// Selection of databases. Templates, and databases that accept no connections, are never selected.
    pub struct DatabaseSection {
        /// `single` takes the one of the source's connection string, into the one of the target's. `all` and `exclude` take
        /// every database but those of `exclude`; `include` takes only those of `include`. What else is said here then
        /// holds for each of them, and roles and tablespaces are carried once, before.
        mode: DatabasesMode = DatabasesMode::Single,
        /// Names of databases; globs as in `schemas.include`.
        include: Vec<String> = Vec::new(),
        /// Names of databases, written likewise.
        exclude: Vec<String> = Vec::new(),
        /// Names on the target, where they are others: `{ shop: store }`.
        rename: BTreeMap<String, String> = BTreeMap::new(),
    }
}

words! {
    /// How a list of names selects.
    pub enum SelectionMode {
        /// Everything but what `exclude` lists.
        #[default]
        All,
        /// Only what `include` lists.
        Include,
        /// Everything but what `exclude` lists; the same as `all`, said aloud.
        Exclude,
    }
}

section! {
    /// Selection of schemas. System schemas are never selected.
    pub struct SchemaSection {
        /// `all` and `exclude` take every schema but those of `exclude`; `include` takes only those of
        /// `include`.
        mode: SelectionMode = SelectionMode::All,
        /// Names of schemas; `*` and `?` stand for any characters and any one, `\` makes them literal.
        include: Vec<String> = Vec::new(),
        /// Names of schemas, written likewise.
        exclude: Vec<String> = Vec::new(),
    }
}

words! {
    /// Which roles are created on the target.
    pub enum RolesMode {
        /// Every role that owns or is granted something that is migrated.
        #[default]
        Referenced,
        /// Every role of the source.
        All,
        /// None: the target has them all; a run that needs another one is refused.
        None,
    }
}

words! {
    /// What becomes of a role that the target has already.
    pub enum OnExistingRole {
        /// Its attributes, password, settings and comment stay as they are.
        #[default]
        Keep,
        /// They become the source's; nothing is taken away.
        Update,
    }
}

words! {
    /// Who reads the roles of a server.
    pub enum RolesVia {
        /// The catalog, unless the source is newer than the versions that pgmigrate knows and `pg_dumpall` is at hand.
        #[default]
        Auto,
        /// Our own queries.
        Catalog,
        /// The program of that name, found on PATH and as new as the source.
        #[serde(rename = "pg_dumpall")]
        PgDumpall,
    }
}

section! {
    /// Selection of roles.
    pub struct RoleSection {
        /// `referenced` takes every role that owns or is granted something that is migrated; `all` every
        /// role of the source; `none` creates no role.
        mode: RolesMode = RolesMode::Referenced,
        /// Of `globals`: roles that the target has already are left as they are (`keep`), or get the source's
        /// attributes, password, settings and comment (`update`). Memberships that they lack are granted either way.
        on_existing: OnExistingRole = OnExistingRole::Keep,
        /// Of `globals`: who reads the roles: our own queries (`catalog`), or the program `pg_dumpall`, which must be on
        /// PATH and as new as the source. `auto` is the catalog, unless the source is newer than the versions that
        /// pgmigrate knows and such a program is there.
        via: RolesVia = RolesVia::Auto,
    }
}

section! {
    /// Tablespaces, which are directories of the target's machine.
    pub struct TablespaceSection {
        /// `{ name: /directory }`: a tablespace that the target lacks, by its name there, is made in this empty directory
        /// of the target's machine; one that is not listed is not made, and named.
        locations: BTreeMap<String, String> = BTreeMap::new(),
    }
}

section! {
    /// Selection of tables.
    pub struct TableSection {
        /// `all` and `exclude` take every table but those of `exclude`, and `include` only tunes tables;
        /// `include` takes only the tables of `include`.
        mode: SelectionMode = SelectionMode::All,
        /// What holds for every table whose entry in `include` doesn't say otherwise.
        default: TableDefaults = TableDefaults::default(),
        /// Tables by name; of several entries that fit a table the most exact one counts.
        include: Vec<TableEntry> = Vec::new(),
        /// Tables that are left out.
        exclude: Vec<TableName> = Vec::new(),
        /// Tables whose rows come when the rest of the database is usable: `schema.table*`, or
        /// `database.schema.table*` with the source's database; globs as in `schemas.include`. They stand with their
        /// constraints and triggers, clients can insert into them, and then the rows and their other indexes come.
        delay_data: Vec<String> = Vec::new(),
        /// Tables that are copied before others, whatever takes longest.
        priority: Vec<TablePriority> = Vec::new(),
    }
}

section! {
    /// How early a table is copied.
    pub struct TablePriority {
        /// `schema.table*` or `database.schema.table*`, as in `delay_data`.
        table: String = String::new(),
        /// The highest comes first; a table that is not listed has 0. Of several that fit the highest counts.
        priority: u32 = 0,
    }
}

section! {
    /// How a table is read.
    pub struct TableDefaults {
        /// Column whose ranges are the chunks; empty: pgmigrate cuts large tables by size.
        chunk_column: String = String::new(),
        /// Rows in a chunk, on average.
        chunk_size: u64 = DEFAULT_CHUNK_SIZE,
        /// SQL condition: only rows for which it holds are copied.
        where_ as "where": String = String::new(),
        /// SQL sort order in which rows are read.
        order_by: String = String::new(),
        /// At most this many rows, in one chunk; 0: all.
        limit: u64 = 0,
    }
}

section! {
    /// A table with settings of its own; a key that is left out is taken from `tables.default`.
    pub struct TableEntry {
        /// Schema; globs as in `schemas.include`.
        schema: String = String::new(),
        /// Table; globs as in `schemas.include`.
        name: String = String::new(),
        /// As in `tables.default`.
        chunk_column: Option<String> = None,
        /// As in `tables.default`.
        chunk_size: Option<u64> = None,
        /// As in `tables.default`.
        where_ as "where": Option<String> = None,
        /// As in `tables.default`.
        order_by: Option<String> = None,
        /// As in `tables.default`.
        limit: Option<u64> = None,
    }
}

section! {
    /// A table.
    pub struct TableName {
        /// Schema; globs as in `schemas.include`.
        schema: String = String::new(),
        /// Table; globs as in `schemas.include`.
        name: String = String::new(),
    }
}

section! {
    /// Selection of extensions. One that is left out must be in the target database if anything carried needs it.
    pub struct ExtensionSection {
        /// Only these; empty: all that are selected or needed. Globs as in `schemas.include`.
        include: Vec<String> = Vec::new(),
        /// Not these.
        exclude: Vec<String> = Vec::new(),
    }
}

section! {
    /// What of the objects is carried.
    pub struct ObjectSection {
        /// Owners; false: everything belongs to the role of the target's connection.
        owner: bool = true,
        /// Privileges and default privileges; memberships of roles belong to the roles.
        privileges: bool = true,
        /// Comments.
        comments: bool = true,
        /// Security labels.
        security_labels: bool = true,
        /// Tablespaces, where the target has one of that name (see `map.tablespaces`); false: all that is made is
        /// stored in the database's own.
        tablespaces: bool = true,
        /// Publications.
        publications: bool = true,
        /// Subscriptions.
        subscriptions: bool = true,
    }
}

section! {
    /// Names that are others on the target: `{ old: new }`.
    pub struct MapSection {
        /// Roles: owners, those that are granted something, default privileges, policies, user mappings, memberships.
        roles: BTreeMap<String, String> = BTreeMap::new(),
        /// Tablespaces.
        tablespaces: BTreeMap<String, String> = BTreeMap::new(),
    }
}

section! {
    /// Bounds of what is done at the same time.
    pub struct ParallelSection {
        /// At most this many chunks are copied at a time; 0: as many as processors, connections and the
        /// work at hand suggest.
        max_jobs: u32 = 0,
        /// At most this many connections to the source, all of ours counted, of all databases; 0: what it has free.
        source_connections: u32 = 0,
        /// The same of the target.
        target_connections: u32 = 0,
        /// Tables larger than this, TOAST included, are cut into chunks that several lanes copy; smaller ones are
        /// copied whole, in the order of their rows. With a unit as in postgresql.conf: `512MB`, `2GB`. Empty: what
        /// one lane would have to copy if all had the same, but at least 128MB.
        split_larger_than: String = String::new(),
        /// Size of a chunk, TOAST included; written likewise. Empty: 64MB.
        chunk_bytes: String = String::new(),
    }
}

words! {
    /// How values that are stored out of line, or compressed in place, are compressed by the target.
    pub enum ToastCompression {
        /// LZ4 where the target has it, which takes a fraction of pglz's time.
        #[default]
        Lz4,
        /// Whatever `default_toast_compression` of the target says.
        Server,
    }
}

words! {
    /// Where the planner's statistics of the target come from.
    pub enum StatisticsFrom {
        /// ANALYZE on the target.
        #[default]
        Analyze,
        /// The source, as far as the target can take them.
        Carry,
    }
}

section! {
    /// The order of the work.
    pub struct OptionSection {
        /// Build indexes when a table's rows are there (faster); false: before.
        create_indexes_after_data: bool = true,
        /// Add constraints when a table's rows are there (faster); false: before.
        create_constraints_after_data: bool = true,
        /// Collect the planner's statistics of each table once its rows are there.
        analyze_after_load: bool = true,
        /// Drop indexes and UNIQUE constraints of tables that are on the target already before rows come, and build them
        /// again afterwards.
        rebuild_indexes: bool = false,
        /// Seconds: when nothing moved in a lane for so long, both servers are asked what it is at; if neither works on
        /// it, its connections are cut and the step is tried again. 0: never.
        stall_timeout: u32 = 30,
        /// Where these statistics come from: `analyze` reads the target's tables; `carry` takes the source's, which
        /// needs a target of server 18 or newer. What cannot be carried is analyzed, unless `analyze_after_load` is
        /// false, and named in the plan. With `carry`, values of the tables' rows stand in the plan file.
        statistics: StatisticsFrom = StatisticsFrom::Analyze,
        /// Large values are compressed by `lz4`, where the target has it (a column's own COMPRESSION stays), or by
        /// what its `server` is configured to.
        toast_compression: ToastCompression = ToastCompression::Lz4,
    }
}

words! {
    /// How much of the rows is compared.
    pub enum VerifyMode {
        /// The planner's estimates of their number; no row is read.
        Fast,
        /// Their number.
        Counts,
        /// Their number, and a checksum of all of them.
        #[default]
        Checksum,
        /// Their number, and a checksum of some, the same ones on both sides.
        Sample,
    }
}

section! {
    /// How `verify` compares rows.
    pub struct VerifySection {
        /// `checksum` compares the number of rows and a checksum of all of them; `sample` their number and a checksum of
        /// some; `counts` their number; `fast` the planner's estimates, whose differences are warnings.
        mode: VerifyMode = VerifyMode::Checksum,
        /// With `sample`: so many of a hundred rows, drawn by their primary or unique key.
        sample_percent: f64 = 10.0,
        /// At most so many connections to each side compare at a time, over all databases; 0: `parallel.max_jobs`, else 4.
        concurrency: u32 = 0,
        /// So many rows of a table that differs are named by their keys; 0: none.
        max_differences: u32 = 20,
    }
}

section! {
    /// What can be seen of `migrate` and `verify` from elsewhere.
    pub struct MetricsSection {
        /// Serve a live page and metrics for Prometheus on this port of the loopback, or on `address:port`, without TLS and
        /// password: `9187`, `[::1]:9187`, `0.0.0.0:9187`. Empty: don't.
        listen: String = String::new(),
        /// Seconds: serve them for so long after the end, so that a last scrape sees how it ended.
        linger: u32 = 0,
        /// So many tables, the largest ones, have series of their own.
        tables: u32 = 0,
    }
}

words! {
    /// How far the target is tuned while rows are loaded.
    pub enum TuningLevel {
        /// Not at all.
        Off,
        /// Our own sessions.
        #[default]
        Session,
        /// The server too.
        Server,
    }
}

section! {
    /// What is changed of the target's server while rows are loaded, and put back afterwards.
    pub struct TuningSection {
        /// `session` tunes our own sessions only: commits that do not wait for the disk, memory and parallel workers of index
        /// builds; `off` leaves these too as the server has them. `server` also lets the whole server write less WAL and
        /// fewer checkpoints, by ALTER SYSTEM: `max_wal_size`, `checkpoint_timeout`, `autovacuum`, `full_page_writes`. What
        /// was there before is written down first, in the target's database `postgres`, and put back at the end of the run;
        /// after a crash, by the next run or `pgmigrate cleanup`. It concerns every database of that server: meanwhile they
        /// are not vacuumed, and a power cut of its machine may damage them.
        level: TuningLevel = TuningLevel::Session,
        /// With `server`: turn `fsync` off too. A power cut or a crash of its machine before the end of the run then destroys
        /// every database of the server. Before the run says that it is done, all is synced to disk.
        fsync_off: bool = false,
        /// With `server`: further settings, or other values for ours: `{ max_wal_size: 32GB }`. Only those that a reload of
        /// the configuration changes.
        settings: BTreeMap<String, String> = BTreeMap::new(),
    }
}
