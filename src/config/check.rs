//! What a file must hold to besides its form: no empty names, no contradictions, sensible numbers.
use super::{
    cutting::parse_size,
    databases, listen,
    loading::TableGlob,
    pattern::Pattern,
    schema::{Config, SchemaSection, SelectionMode, TableEntry, TableSection},
    selection::{Selection, is_system_schema},
    tuning,
    verify::Percent,
    yaml::{Misfit, Step},
};

/// PostgreSQL counts rows in signed 64 bits.
const MAX_ROWS: u64 = i64::MAX as u64;

/// Lanes beyond this are a typing error: no server serves so many at once.
pub(super) const MAX_JOBS: u32 = 1024;

/// Refuses what cannot be meant; returns warnings for what can hardly be meant.
pub(super) fn check(config: &Config) -> Result<Vec<String>, Misfit> {
    let mut warnings = Vec::new();
    databases::check(&config.databases, &mut warnings).map_err(|misfit| misfit.at(&["databases"]))?;
    check_schemas(&config.schemas, &mut warnings).map_err(|misfit| misfit.at(&["schemas"]))?;
    check_tables(&config.tables).map_err(|misfit| misfit.at(&["tables"]))?;
    check_loading(&config.tables).map_err(|misfit| misfit.at(&["tables"]))?;
    check_table_schemas(config, &mut warnings).map_err(|misfit| misfit.at(&["tables"]))?;
    check_names(config)?;
    check_locations(config)?;
    if config.parallel.max_jobs > MAX_JOBS {
        return Err(Misfit::new(format!("must be at most {MAX_JOBS}")).at(&["parallel", "max_jobs"]));
    }
    let sizes = [
        ("split_larger_than", &config.parallel.split_larger_than),
        ("chunk_bytes", &config.parallel.chunk_bytes),
    ];
    for (key, text) in sizes.into_iter().filter(|(_, text)| !text.is_empty()) {
        parse_size(text).map_err(|why| Misfit::new(why).at(&["parallel", key]))?;
    }
    check_verify(config).map_err(|misfit| misfit.at(&["verify"]))?;
    check_metrics(config).map_err(|misfit| misfit.at(&["metrics"]))?;
    tuning::check(&config.target_tuning).map_err(|misfit| misfit.at(&["target_tuning"]))?;
    Ok(warnings)
}

fn check_verify(config: &Config) -> Result<(), Misfit> {
    let verify = &config.verify;
    Percent::new(verify.sample_percent).map_err(|why| Misfit::new(why).at(&["sample_percent"]))?;
    if verify.concurrency > MAX_JOBS {
        return Err(Misfit::new(format!("must be at most {MAX_JOBS}")).at(&["concurrency"]));
    }
    Ok(())
}

fn check_metrics(config: &Config) -> Result<(), Misfit> {
    let metrics = &config.metrics;
    if !metrics.listen.is_empty() {
        listen::parse(&metrics.listen).map_err(|why| Misfit::new(why).at(&["listen"]))?;
    }
    if metrics.tables > listen::MAX_TABLES {
        return Err(Misfit::new(format!("must be at most {}", listen::MAX_TABLES)).at(&["tables"]));
    }
    Ok(())
}

fn check_schemas(schemas: &SchemaSection, warnings: &mut Vec<String>) -> Result<(), Misfit> {
    for (key, names) in [("include", &schemas.include), ("exclude", &schemas.exclude)] {
        for (index, name) in names.iter().enumerate() {
            check_schema(name, &names[..index]).map_err(|misfit| in_list(misfit, key, index))?;
        }
    }
    let both = schemas.exclude.iter().position(|name| schemas.include.contains(name));
    if let Some(index) = both {
        return Err(in_list(Misfit::new("the schema is also listed in `include`"), "exclude", index));
    }
    match (schemas.mode, schemas.include.is_empty()) {
        (SelectionMode::Include, true) => return Err(empty_include("schema")),
        (SelectionMode::Include, false) | (_, true) => {}
        (mode, false) => {
            warnings.push(format!("`schemas.include` has no effect: `schemas.mode` is `{mode}`"));
        }
    }
    Ok(())
}

fn check_schema(name: &str, before: &[String]) -> Result<(), Misfit> {
    check_name(name, "name of a schema")?;
    if Pattern::new(name).exact().is_some_and(|name| is_system_schema(&name)) {
        return Err(Misfit::new("system schemas are never migrated"));
    }
    if before.iter().any(|other| other == name) {
        return Err(Misfit::new("the schema is listed twice"));
    }
    Ok(())
}

/// Names of extensions, roles and tablespaces.
fn check_names(config: &Config) -> Result<(), Misfit> {
    let extensions = &config.extensions;
    for (key, names) in [("include", &extensions.include), ("exclude", &extensions.exclude)] {
        for (index, name) in names.iter().enumerate() {
            let named = check_name(name, "name of an extension");
            named.map_err(|misfit| in_list(misfit, key, index).at(&["extensions"]))?;
        }
    }
    for (key, names) in [("roles", &config.map.roles), ("tablespaces", &config.map.tablespaces)] {
        for (old, new) in names {
            let named = check_name(old, "old name").and_then(|()| check_name(new, "new name"));
            named.map_err(|misfit| misfit.at(&["map", key]))?;
        }
    }
    Ok(())
}

/// CREATE TABLESPACE takes no other.
fn check_locations(config: &Config) -> Result<(), Misfit> {
    for (name, location) in &config.tablespaces.locations {
        let place = |misfit: Misfit| misfit.at(&["tablespaces", "locations"]);
        check_name(name, "name of a tablespace").map_err(place)?;
        if !location.starts_with('/') || location.contains(['\0', '\n', '\r']) {
            let name = name.escape_debug();
            return Err(place(Misfit::new(format!("the directory of `{name}` must be an absolute path"))));
        }
    }
    Ok(())
}

fn check_name(name: &str, what: &str) -> Result<(), Misfit> {
    match name {
        "" => Err(Misfit::new(format!("the {what} is missing"))),
        name if name.contains('\0') => Err(Misfit::new(format!("the {what} contains a NUL character"))),
        _ => Ok(()),
    }
}

fn check_tables(tables: &TableSection) -> Result<(), Misfit> {
    let default = &tables.default;
    check_rows(Some(default.chunk_size), Some(default.limit)).map_err(|misfit| misfit.at(&["default"]))?;
    if tables.mode == SelectionMode::Include && tables.include.is_empty() {
        return Err(empty_include("table"));
    }
    let included: Vec<_> = tables.include.iter().map(|entry| (&entry.schema, &entry.name)).collect();
    let excluded: Vec<_> = tables.exclude.iter().map(|entry| (&entry.schema, &entry.name)).collect();
    for (index, entry) in tables.include.iter().enumerate() {
        check_table(&included, index)
            .and_then(|()| check_rows(entry.chunk_size, entry.limit))
            .map_err(|misfit| in_list(misfit, "include", index))?;
    }
    for (index, entry) in excluded.iter().enumerate() {
        check_table(&excluded, index).map_err(|misfit| in_list(misfit, "exclude", index))?;
        if included.contains(entry) {
            return Err(in_list(Misfit::new("the table is also listed in `include`"), "exclude", index));
        }
    }
    Ok(())
}

fn check_loading(tables: &TableSection) -> Result<(), Misfit> {
    for (index, text) in tables.delay_data.iter().enumerate() {
        TableGlob::parse(text).map_err(|why| in_list(Misfit::new(why), "delay_data", index))?;
    }
    for (index, entry) in tables.priority.iter().enumerate() {
        TableGlob::parse(&entry.table)
            .map_err(|why| in_list(Misfit::new(why).at(&["table"]), "priority", index))?;
    }
    Ok(())
}

fn check_table(tables: &[(&String, &String)], index: usize) -> Result<(), Misfit> {
    let (schema, name) = tables[index];
    check_name(schema, "key `schema`")?;
    check_name(name, "key `name`")?;
    if Pattern::new(schema).exact().is_some_and(|schema| is_system_schema(&schema)) {
        return Err(Misfit::new("tables of system schemas are never migrated").at(&["schema"]));
    }
    if tables[..index].contains(&(schema, name)) {
        let (schema, name) = (schema.escape_debug(), name.escape_debug());
        return Err(Misfit::new(format!("the table `{schema}.{name}` is listed twice")));
    }
    Ok(())
}

fn check_rows(chunk_size: Option<u64>, limit: Option<u64>) -> Result<(), Misfit> {
    let chunk_size = chunk_size.unwrap_or(1);
    if chunk_size == 0 || chunk_size > MAX_ROWS {
        return Err(Misfit::new("must be a number of rows from 1").at(&["chunk_size"]));
    }
    if limit.unwrap_or(0) > MAX_ROWS {
        return Err(Misfit::new("must be a number of rows, or 0 for all").at(&["limit"]));
    }
    Ok(())
}

/// A table that is asked for in a schema that is not migrated would be left out without a word.
fn check_table_schemas(config: &Config, warnings: &mut Vec<String>) -> Result<(), Misfit> {
    let selection = Selection::of_config(config);
    let unselected = |entry: &TableEntry| {
        Pattern::new(&entry.schema).exact().is_some_and(|schema| !selection.schema_selected(&schema))
    };
    for (index, entry) in config.tables.include.iter().enumerate().filter(|(_, entry)| unselected(entry)) {
        let schema = entry.schema.escape_debug();
        if config.tables.mode == SelectionMode::Include {
            let misfit = Misfit::new(format!("the schema `{schema}` is not selected by `schemas`"));
            return Err(in_list(misfit, "include", index));
        }
        warnings.push(format!(
            "`tables.include[{index}]` has no effect: the schema `{schema}` is not selected by `schemas`"
        ));
    }
    Ok(())
}

fn empty_include(what: &str) -> Misfit {
    Misfit::new(format!("`mode: include` with an empty list selects no {what}")).at(&["include"])
}

pub(super) fn in_list(misfit: Misfit, key: &str, index: usize) -> Misfit {
    misfit.within(Step::Index(index)).at(&[key])
}
