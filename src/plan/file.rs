//! `plan.tsv`: the whole plan as text, one line a step.
//!
//! ```text
//! id  kind  database  object  depends_on  estimate  chunk  source_sql  sql        ← header
//! plan  PLAN  …                                                       {"format":1,…}
//! data:public.t:0001  DATA  db  public.t  pre:0007,@INDEX  81920  ctid >= …  COPY …  COPY …
//! ```
//! Fields are separated by tabs and escaped as COPY text ([`super::copy_text`]), so that
//! `COPY plan FROM 'plan.tsv' (HEADER)` loads it. `depends_on` holds ids separated by commas; before that escaping, a
//! backslash or comma within an id, and an `@` at its start, carry a backslash: `@DATA` is a kind, `\@DATA` an id.
//!
//! Invariant: what [`Plan::save`] writes, [`Plan::load`] gives back equal, and the same plan gives the same bytes.
use std::{fmt, fs, path::Path};

use sha2::{Digest as _, Sha256};

use super::{
    Dependency, PLAN_FORMAT, Plan, PlanMeta, Step, StepId, StepKind,
    check::{Broken, PLAN_ID, check},
    copy_text::{escape_into, unescape},
    meta::hexadecimal,
};
use crate::{
    durable,
    error::{Context as _, Error, ErrorKind, Result},
};

const COLUMNS: [&str; 9] =
    ["id", "kind", "database", "object", "depends_on", "estimate", "chunk", "source_sql", "sql"];

/// The kind of the first row.
const PLAN_KIND: &str = "PLAN";

/// How the row begins with which a plan does.
pub(super) const PART_BEGINS: &str = "plan\tPLAN\t";

/// Lines before the first step: the header and the `PLAN` row. Escaping leaves one line a step.
const LINES_BEFORE_STEPS: usize = 2;

impl Plan {
    /// The text of `plan.tsv`.
    pub fn render(&self) -> String {
        let mut text = header();
        text.push('\n');
        // Strings and integers under fixed names: serde_json has no reason to fail, and an empty field would be
        // refused by the reader.
        let meta = serde_json::to_string(&self.meta).unwrap_or_default();
        render_row(&mut text, [PLAN_ID, PLAN_KIND, &self.meta.target.database, "", "", "0", "", "", &meta]);
        for step in &self.steps {
            render_step(&mut text, step);
        }
        text
    }

    /// Reads the text of `plan.tsv`; an error names line and column.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut lines = Lines { rest: bytes, number: 0 };
        let first = lines.next_line()?.ok_or_else(|| broken("the file is empty"))?;
        if first != header() {
            return Err(broken("the columns are not those of a plan").context("line 1"));
        }
        let meta = match lines.next_line()? {
            Some(line) => parse_meta(line).context(|| place(lines.number))?,
            None => return Err(broken("the row with the plan's metadata is missing").context("line 2")),
        };
        let mut steps = Vec::new();
        while let Some(line) = lines.next_line()? {
            if line.starts_with(PART_BEGINS) {
                return Err(broken("the file holds the plans of several databases")
                    .hint("run the command that made it, with `--all-databases` or `databases` in the configuration")
                    .context(place(lines.number)));
            }
            steps.push(parse_step(line).context(|| place(lines.number))?);
        }
        check(&steps).map_err(|rule| rule_error(&rule))?;
        Ok(Self { meta, steps })
    }

    /// Writes the file, whole or not at all, readable by its owner only; gives its [`Plan::run_id`].
    pub fn save(&self, path: &Path) -> Result<String> {
        let text = self.checked_text()?;
        durable::write_atomically(path, text.as_bytes())?;
        Ok(run_id(&text))
    }

    /// The text, if it can be loaded again. Another must not be written: it is the only memory of what was to be done.
    pub(super) fn checked_text(&self) -> Result<String> {
        check(&self.steps).map_err(|rule| {
            Error::new(ErrorKind::Internal, "the plan is not sound").caused_by(rule_error(&rule))
        })?;
        Ok(self.render())
    }

    /// Takes an earlier plan away, that nothing goes by it any more. A symbolic link stays one, to an empty file, which is no
    /// plan; what is no file has no plan.
    pub fn remove(path: &Path) -> Result<()> {
        match fs::symlink_metadata(path) {
            Ok(found) if found.is_file() => fs::remove_file(path)
                .and_then(|()| durable::sync_directory_of(path))
                .map_err(|cause| durable::cannot("remove", path).caused_by(cause)),
            Ok(found) if found.is_symlink() && path.is_file() => durable::write_atomically(path, b""),
            _ => Ok(()),
        }
    }

    /// Reads the file.
    pub fn load(path: &Path) -> Result<Self> {
        let bytes = durable::read(path).map_err(|cause| durable::cannot("read", path).caused_by(cause))?;
        Self::parse(&bytes).context(|| format!("`{}`", path.display()))
    }

    /// The name of the run that this plan is: the first 16 hexadecimal digits of the SHA-256 of its file.
    pub fn run_id(&self) -> String {
        run_id(&self.render())
    }
}

/// The first line.
pub(super) fn header() -> String {
    COLUMNS.join("\t")
}

fn run_id(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()), 8)
}

fn render_row(text: &mut String, fields: [&str; COLUMNS.len()]) {
    for (i, field) in fields.into_iter().enumerate() {
        if i > 0 {
            text.push('\t');
        }
        escape_into(text, field);
    }
    text.push('\n');
}

fn render_step(text: &mut String, step: &Step) {
    let depends_on = render_dependencies(&step.depends_on);
    let estimate = step.estimate.to_string();
    render_row(
        text,
        [
            &step.id.0,
            step.kind.as_str(),
            &step.database,
            &step.object,
            &depends_on,
            &estimate,
            &step.chunk,
            &step.source_sql,
            &step.sql,
        ],
    );
}

fn render_dependencies(dependencies: &[Dependency]) -> String {
    let mut text = String::new();
    for (i, dependency) in dependencies.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        match dependency {
            Dependency::Kind(kind) => text.extend(["@", kind.as_str()]),
            Dependency::Step(StepId(id)) => {
                for (i, c) in id.chars().enumerate() {
                    if matches!(c, '\\' | ',') || (c == '@' && i == 0) {
                        text.push('\\');
                    }
                    text.push(c);
                }
            }
        }
    }
    text
}

fn parse_meta(line: &str) -> Result<PlanMeta> {
    /// Read first: a newer format may have other fields.
    #[derive(serde::Deserialize)]
    struct Format {
        format: u32,
    }
    let fields = split(line)?;
    if fields[..2] != [PLAN_ID, PLAN_KIND] {
        return Err(broken(format!("the row `{PLAN_ID}` of kind `{PLAN_KIND}` must come first")));
    }
    let json = field(&fields, "sql")?;
    let unreadable = |cause: serde_json::Error| {
        broken("the plan's metadata cannot be read").caused_by(cause).context(column("sql"))
    };
    let Format { format } = serde_json::from_str(&json).map_err(unreadable)?;
    if format != PLAN_FORMAT {
        return Err(broken(format!("the plan has format {format}, this program reads {PLAN_FORMAT}")).hint(
            "use the version of pgmigrate that wrote the plan, or make a new one with `pgmigrate plan`",
        ));
    }
    serde_json::from_str(&json).map_err(unreadable)
}

fn parse_step(line: &str) -> Result<Step> {
    let fields = split(line)?;
    Ok(Step {
        id: StepId(field(&fields, "id")?),
        kind: parse_field(&fields, "kind", str::parse::<StepKind>)?,
        database: field(&fields, "database")?,
        object: field(&fields, "object")?,
        depends_on: parse_field(&fields, "depends_on", parse_dependencies)?,
        estimate: parse_field(&fields, "estimate", |text| {
            text.parse::<u64>().map_err(|_| format!("`{text}` is not a number of bytes"))
        })?,
        chunk: field(&fields, "chunk")?,
        source_sql: field(&fields, "source_sql")?,
        sql: field(&fields, "sql")?,
    })
}

fn parse_dependencies(text: &str) -> Result<Vec<Dependency>, String> {
    let mut dependencies = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (dependency, after) = parse_dependency(rest)?;
        dependencies.push(dependency);
        match after {
            Some("") => return Err("a comma ends the list".to_owned()),
            Some(after) => rest = after,
            None => break,
        }
    }
    Ok(dependencies)
}

/// The first dependency, and what follows its comma if there is one.
fn parse_dependency(text: &str) -> Result<(Dependency, Option<&str>), String> {
    let mut id = String::new();
    let mut chars = text.chars();
    let mut after = None;
    while let Some(c) = chars.next() {
        match c {
            '\\' => id.push(chars.next().ok_or("a backslash ends the list")?),
            ',' => {
                after = Some(chars.as_str());
                break;
            }
            _ => id.push(c),
        }
    }
    let dependency = match id.strip_prefix('@').filter(|_| text.starts_with('@')) {
        Some(kind) => Dependency::Kind(kind.parse()?),
        None if id.is_empty() => return Err("an id is empty".to_owned()),
        None => Dependency::Step(StepId(id)),
    };
    Ok((dependency, after))
}

fn split(line: &str) -> Result<[&str; COLUMNS.len()]> {
    let fields: Vec<&str> = line.split('\t').collect();
    let count = fields.len();
    fields.try_into().map_err(|_| broken(format!("it has {count} columns instead of {}", COLUMNS.len())))
}

fn field(fields: &[&str; COLUMNS.len()], name: &str) -> Result<String> {
    parse_field(fields, name, |text| Ok::<_, String>(text.to_owned()))
}

fn parse_field<T, E: fmt::Display>(
    fields: &[&str; COLUMNS.len()],
    name: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T> {
    let raw = COLUMNS.iter().zip(fields).find(|(column, _)| **column == name).map_or("", |(_, raw)| *raw);
    unescape(raw)
        .and_then(|text| parse(&text).map_err(|what| what.to_string()))
        .map_err(|what| broken(what).context(column(name)))
}

/// The lines of a file, counted from 1.
struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
}

impl<'a> Lines<'a> {
    fn next_line(&mut self) -> Result<Option<&'a str>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') else {
            return Err(broken("the line is cut off").context(place(self.number)));
        };
        let line = std::str::from_utf8(&self.rest[..end])
            .map_err(|cause| broken("the line is not UTF-8").caused_by(cause).context(place(self.number)))?;
        self.rest = &self.rest[end + 1..];
        Ok(Some(line))
    }
}

fn place(line: usize) -> String {
    format!("line {line}")
}

fn column(name: &str) -> String {
    format!("column `{name}`")
}

fn broken(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Plan, what)
        .hint("restore the plan, or make a new one with `pgmigrate plan` for an empty target")
}

fn rule_error(rule: &Broken) -> Error {
    broken(&*rule.what).context(column(rule.column)).context(place(rule.step + 1 + LINES_BEFORE_STEPS))
}

#[cfg(test)]
pub(super) mod tests;
