//! What a run works with: both sides resolved, the selection, the bounds. Made once, from the file and the
//! command line; the rest of the program sees nothing else of either.
use std::{collections::BTreeMap, fmt, path::PathBuf, str::FromStr, time::Duration};

use super::{
    Config, ConfigFile, Conninfo, DatabaseOverrides, Databases, Endpoint, Environment, Filter,
    GlobalsOptions, Loading, LoadingOverrides, Mapping, MetricsOptions, MetricsOverrides, Request, Resolved,
    RolesMode, Selection, Side, StatisticsFrom, ToastCompression, TuningOptions, TuningOverrides,
    VerifyOverrides, VerifySettings, Without,
    check::MAX_JOBS,
    cutting::Cutting,
    resolve,
    schema::{EndpointSection, ParallelSection},
    shape::shape,
};
use crate::error::{Context as _, Error, ErrorKind, Result};

/// The catalog's session, which holds the snapshot then, and a lane.
const SOURCE_AT_LEAST: u32 = 2;

/// The session of the journal, a lane and a worker.
const TARGET_AT_LEAST: u32 = 3;

/// What the command line says; it goes before the file.
#[derive(Clone, Default)]
pub struct Overrides {
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// Connection string of the source, instead of the file's.
    pub source: Option<String>,
    /// Connection string of the target, instead of the file's.
    pub target: Option<String>,
    /// Upper limit of lanes.
    pub jobs: Option<u32>,
    /// Upper limit of index builds at a time.
    pub index_jobs: Option<u32>,
    /// From which size on a table is cut, as text with a unit.
    pub split_larger_than: Option<String>,
    /// Size of a chunk, likewise.
    pub chunk_bytes: Option<String>,
    /// What to do with tables that hold rows on the target already.
    pub on_existing: Option<OnExisting>,
    /// Which tables come last, and what becomes of indexes meanwhile.
    pub loading: LoadingOverrides,
    /// What of the objects stays behind, in addition to what the file leaves out.
    pub without: Without,
    /// Databases.
    pub databases: DatabaseOverrides,
    /// At most so many connections to source and target.
    pub connections: [Option<u32>; 2],
    /// Schemas and tables.
    pub filter: Filter,
    /// How `verify` compares rows.
    pub verify: VerifyOverrides,
    /// What can be seen of the command from elsewhere.
    pub metrics: MetricsOverrides,
    /// What may be changed of the target's server.
    pub tuning: TuningOverrides,
}

/// What to do with a selected table that holds rows on the target already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnExisting {
    /// Refuse the run.
    #[default]
    Fail,
    /// Leave the table as it is.
    Skip,
    /// Empty it first.
    Truncate,
    /// Add the source's rows to it.
    Append,
}

impl OnExisting {
    /// Every choice.
    pub const ALL: [Self; 4] = [Self::Fail, Self::Skip, Self::Truncate, Self::Append];

    /// Its word on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Skip => "skip",
            Self::Truncate => "truncate",
            Self::Append => "append",
        }
    }
}

impl fmt::Display for OnExisting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for OnExisting {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|choice| choice.as_str() == word);
        found.ok_or_else(|| {
            let words = Self::ALL.map(Self::as_str).join(", ");
            Error::new(ErrorKind::Usage, format!("`--on-existing` must be one of {words}"))
        })
    }
}

/// Which tables a resumed run copies again, because rows of theirs come from another moment than the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Consistent {
    /// None, even if rows are there twice then, or not at all.
    None,
    /// Those of which a part was copied, and that changed on the source since: no row is lost, and none is there twice.
    #[default]
    Torn,
    /// All of which a part was copied: each table shows one moment.
    Table,
    /// These, and those that changed on the source since they were copied.
    Changed,
    /// All: the copy shows one moment.
    All,
}

/// The order of the work around a table's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadOptions {
    /// Indexes are built when the rows are there, not before.
    pub create_indexes_after_data: bool,
    /// Constraints are added when the rows are there, not before.
    pub create_constraints_after_data: bool,
    /// The planner's statistics are collected once the rows are there, unless they are carried.
    pub analyze_after_load: bool,
    /// Indexes of tables that were there before are dropped, and built again when the rows are there.
    pub rebuild_indexes: bool,
    /// A lane in which nothing moves for so long is looked after; zero: never.
    pub stall_timeout: Duration,
    /// Where they come from.
    pub statistics: StatisticsFrom,
    /// What compresses large values on the target.
    pub toast_compression: ToastCompression,
}

/// All that a run needs to know of the user's wishes.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server that is read.
    pub source: Endpoint,
    /// The server that is written.
    pub target: Endpoint,
    /// Which databases of the source's server.
    pub databases: Databases,
    /// At most so many connections to source and target; `None`: what the servers have free.
    pub connections: [Option<u32>; 2],
    /// Which schemas and tables.
    pub selection: Selection,
    /// Names of the source that are others on the target.
    pub mapping: Mapping,
    /// Which roles.
    pub roles: RolesMode,
    /// What becomes of roles and tablespaces of the whole server.
    pub globals: GlobalsOptions,
    /// Upper limit of lanes; `None` leaves the number to the plan.
    pub max_jobs: Option<u32>,
    /// Upper limit of index builds at a time; `None` leaves the number to the run.
    pub index_jobs: Option<u32>,
    /// At which size tables are cut.
    pub cutting: Cutting,
    /// The order of the work.
    pub options: LoadOptions,
    /// Which tables come first and last.
    pub loading: Loading,
    /// What to do with tables that hold rows on the target already.
    pub on_existing: OnExisting,
    /// How rows are compared.
    pub verify: VerifySettings,
    /// What can be seen of the command from elsewhere.
    pub metrics: MetricsOptions,
    /// What may be changed of the target while rows are loaded.
    pub tuning: TuningOptions,
    /// By path: the keys of the configuration that shape a plan and are not at their default, as JSON.
    pub shape: BTreeMap<String, String>,
    /// What the user should hear about before the run.
    pub warnings: Vec<String>,
}

impl Settings {
    /// Reads the configuration file, if one is named, and resolves all of it.
    pub fn load(overrides: &Overrides, environment: &Environment) -> Result<Self> {
        let path = overrides.config.as_deref();
        let file = path.map(|path| ConfigFile::load(path, environment)).transpose()?;
        Self::build(file.as_ref(), overrides, environment)
    }

    /// Resolves a file that was read, or its absence.
    pub fn build(
        file: Option<&ConfigFile>,
        overrides: &Overrides,
        environment: &Environment,
    ) -> Result<Self> {
        let config = overrides.filter.apply(&file.map(|file| file.config.clone()).unwrap_or_default());
        let config = overrides.loading.apply(config)?;
        let source_request = request(Side::Source, &config.source, overrides.source.as_deref(), file)?;
        let mut target_request = request(Side::Target, &config.target, overrides.target.as_deref(), file)?;
        let source = resolve(Side::Source, &source_request, environment)?;
        target_request.database.clone_from(&source.named_database);
        let target = resolve(Side::Target, &target_request, environment)?;
        let max_jobs = jobs("--jobs", overrides.jobs)?;
        let databases = Databases::build(&config.databases, &overrides.databases);
        let is_single = databases.is_single();
        Ok(Self {
            warnings: warnings(file, overrides, [&source, &target]),
            source: source.endpoint,
            target: target.endpoint,
            databases,
            connections: connections(&config.parallel, overrides)?,
            selection: overrides.filter.selection(&config).without(&overrides.without),
            mapping: Mapping::of_section(&config.map),
            shape: shape(&config),
            // A whole server without a file of wishes: all of its roles, as `globals` has it.
            roles: if file.is_none() && !is_single { RolesMode::All } else { config.roles.mode },
            globals: GlobalsOptions::of_config(&config),
            max_jobs: max_jobs.or(Some(config.parallel.max_jobs).filter(|jobs| *jobs > 0)),
            index_jobs: jobs("--index-jobs", overrides.index_jobs)?,
            cutting: Cutting::build(&config.parallel, overrides, file)?,
            options: load_options(&config),
            loading: Loading::of_config(&config),
            on_existing: overrides.on_existing.unwrap_or_default(),
            verify: VerifySettings::build(&config.verify, &overrides.verify)?,
            metrics: MetricsOptions::build(&config.metrics, &overrides.metrics, file)?,
            tuning: TuningOptions::build(
                &config.target_tuning,
                overrides.tuning,
                !config.tables.delay_data.is_empty(),
            )?,
        })
    }
}

impl Settings {
    /// The same for a database of the servers, by its names on source and target. All roles are the server's affair: of what is
    /// missing all the same, a database needs what it refers to.
    #[must_use]
    pub fn of_database(&self, source: &str, target: &str) -> Self {
        let roles = match self.roles {
            RolesMode::All => RolesMode::Referenced,
            mode => mode,
        };
        Self {
            source: self.source.of_database(source),
            target: self.target.of_database(target),
            roles,
            ..self.clone()
        }
    }
}

/// How many connections may be ours.
fn connections(parallel: &ParallelSection, overrides: &Overrides) -> Result<[Option<u32>; 2]> {
    let file =
        [parallel.source_connections, parallel.target_connections].map(|count| (count > 0).then_some(count));
    let caps = [0, 1].map(|side| overrides.connections[side].or(file[side]));
    let least = [("source", caps[0], SOURCE_AT_LEAST), ("target", caps[1], TARGET_AT_LEAST)];
    for (side, cap, least) in least {
        if cap.is_some_and(|cap| cap < least) {
            let message = format!("a run needs {least} connections to the {side} at least");
            return Err(Error::new(ErrorKind::Config, message).hint(format!(
                "raise `--{side}-connections`, or `parallel.{side}_connections` in the file"
            )));
        }
    }
    Ok(caps)
}

/// A side's connection string: the command line's, else the file's.
fn request(
    side: Side,
    section: &EndpointSection,
    override_: Option<&str>,
    file: Option<&ConfigFile>,
) -> Result<Request> {
    let side_key = side.to_string();
    if let Some(text) = override_ {
        let conninfo = Conninfo::parse(text).context(|| format!("--{side}"))?;
        return Ok(Request { conninfo, ..Request::default() });
    }
    let Some(file) = file.filter(|_| !section.conninfo.trim().is_empty()) else {
        return Err(Error::new(ErrorKind::Config, format!("no connection string for the {side}"))
            .hint(format!("give `--{side} URI`, or `{side}.conninfo` in the file named by `--config`")));
    };
    let keys = [side_key.as_str(), "conninfo"];
    let conninfo = Conninfo::parse(&section.conninfo).context(|| file.place(&keys))?;
    let passfile = Some(PathBuf::from(&section.passfile)).filter(|path| !path.as_os_str().is_empty());
    if passfile.is_some() && conninfo.value("passfile").is_some() {
        let message = "`passfile` is given twice: as a key and in the connection string";
        return Err(Error::new(ErrorKind::Config, message).context(file.place(&[&side_key, "passfile"])));
    }
    Ok(Request { conninfo, passfile, database: None })
}

fn jobs(option: &str, jobs: Option<u32>) -> Result<Option<u32>> {
    match jobs {
        Some(jobs) if jobs == 0 || jobs > MAX_JOBS => {
            Err(Error::new(ErrorKind::Usage, format!("`{option}` must be from 1 to {MAX_JOBS}")))
        }
        jobs => Ok(jobs),
    }
}

fn load_options(config: &Config) -> LoadOptions {
    LoadOptions {
        create_indexes_after_data: config.options.create_indexes_after_data,
        create_constraints_after_data: config.options.create_constraints_after_data,
        analyze_after_load: config.options.analyze_after_load,
        rebuild_indexes: config.options.rebuild_indexes,
        stall_timeout: Duration::from_secs(config.options.stall_timeout.into()),
        statistics: config.options.statistics,
        toast_compression: config.options.toast_compression,
    }
}

fn warnings(file: Option<&ConfigFile>, overrides: &Overrides, sides: [&Resolved; 2]) -> Vec<String> {
    let mut warnings = file.map(|file| file.warnings.clone()).unwrap_or_default();
    for (side, text) in [(Side::Source, &overrides.source), (Side::Target, &overrides.target)] {
        let conninfo = text.as_deref().map(Conninfo::parse);
        if matches!(conninfo, Some(Ok(conninfo)) if conninfo.value("password").is_some()) {
            warnings.push(format!(
                "the password in `--{side}` can be seen in the system's list of processes; \
                 use a password file, PGPASSWORD or the configuration file"
            ));
        }
    }
    for warning in sides.into_iter().flat_map(|side| &side.warnings) {
        // Both sides may read the same password file.
        if !warnings.contains(warning) {
            warnings.push(warning.clone());
        }
    }
    warnings
}

#[cfg(test)]
mod tests;
