//! Steps that copy the contents of large objects: rows (loid, pageno, data) of `pg_largeobject`, like those of any table.
//!
//! Only a superuser may write that table. For other roles the same COPY goes into a view of ours whose trigger calls
//! `lo_put`: the lanes, the journal and the bounds of memory stay what they are.
use std::collections::{BTreeSet, HashSet};

use super::{Dependency, Input, Step, StepId, StepKind, chunk};
use crate::{
    catalog::{Catalog, Note},
    config::OnExisting,
    error::{Error, ErrorKind, Result},
    object::LargeObjects,
    pg::{Oid, refuse_with},
};

/// Where the contents stand.
const TABLE: &str = "pg_catalog.pg_largeobject";

/// What other roles than superusers write into; it lives in the journal's schema until the contents are there.
const VIEW: &str = "pgmigrate.large_object";

/// The ids of a view's steps. Whoever takes back that the one is done has to run the other again.
#[derive(Debug)]
pub struct ViewSteps {
    /// The step that makes it.
    pub made_by: &'static str,
    /// The step that drops it, when all is written.
    pub dropped_by: &'static str,
}

/// Those of the view that other roles than superusers write large objects through.
pub const LARGE_OBJECT_VIEW: ViewSteps =
    ViewSteps { made_by: "large_object_view:create", dropped_by: "large_object_view:drop" };

/// `lo_put` writes no empty page, but one at the end of an object counts for its length. Such lengths are kept, and the
/// objects extended to them when all else is there: `lo_truncate64` also deletes what lies behind, which another lane may
/// just have written. 393216 opens for reading and writing (`INV_READ | INV_WRITE`).
const MAKE_VIEW: &str = "\
CREATE VIEW pgmigrate.large_object AS
  SELECT NULL::pg_catalog.oid AS loid, NULL::pg_catalog.int8 AS start, NULL::pg_catalog.bytea AS data;
CREATE TABLE pgmigrate.large_object_end (loid pg_catalog.oid, length pg_catalog.int8);
CREATE FUNCTION pgmigrate.put_large_object() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF length(NEW.data) > 0 THEN
    PERFORM lo_put(NEW.loid, NEW.start, NEW.data);
  ELSIF NEW.start > 0 THEN
    INSERT INTO pgmigrate.large_object_end VALUES (NEW.loid, NEW.start);
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION pgmigrate.extend_large_object(loid oid, wanted int8) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog AS $$
DECLARE
  fd integer := lo_open(loid, 393216);
BEGIN
  IF lo_lseek64(fd, 0, 2) < wanted THEN
    PERFORM lo_truncate64(fd, wanted);
  END IF;
  PERFORM lo_close(fd);
END $$;
CREATE TRIGGER put INSTEAD OF INSERT ON pgmigrate.large_object
  FOR EACH ROW EXECUTE PROCEDURE pgmigrate.put_large_object();";

const END_VIEW: &str = "\
SELECT pgmigrate.extend_large_object(loid, pg_catalog.max(length)) FROM pgmigrate.large_object_end GROUP BY loid;
DROP VIEW pgmigrate.large_object;
DROP TABLE pgmigrate.large_object_end;
DROP FUNCTION pgmigrate.put_large_object();
DROP FUNCTION pgmigrate.extend_large_object(oid, int8);";

/// A trigger that does not fire would lose the rows in silence: then the step fails.
fn trigger_fires() -> String {
    let reason = "'session_replication_role is replica, so large objects cannot be written'";
    format!(
        "SELECT {} WHERE pg_catalog.current_setting('session_replication_role') = 'replica'",
        refuse_with(reason)
    )
}

/// The steps, by when they run.
#[derive(Debug, Default)]
pub(super) struct LargeObjectSteps {
    /// Before the data.
    pub(super) before: Vec<Step>,
    /// `DATA` steps.
    pub(super) data: Vec<Step>,
    /// After the data.
    pub(super) after: Vec<Step>,
}

/// Builds the steps; none if there are no large objects, or if those of the target are kept as they are.
pub(super) fn steps(input: &Input<'_>, notes: &mut Vec<Note>) -> Result<LargeObjectSteps> {
    let objects: Vec<&LargeObjects> = input.source.catalog.large_objects().collect();
    let Some(first) = objects.first() else { return Ok(LargeObjectSteps::default()) };
    let mut steps = LargeObjectSteps::default();
    let writes_pages =
        input.target.writes_large_object_pages && input.target.large_object_page_bytes == first.page_bytes;
    let mut wanted = String::new();
    match (filled_on_target(input, &objects)?, input.settings.on_existing) {
        (filled, _) if filled.is_empty() => {}
        (filled, OnExisting::Skip) => {
            let reason = format!(
                "not copied: the target has those of {}, and `--on-existing skip` was given",
                filled.len()
            );
            notes.push(Note { object: "contents of large objects".to_owned(), reason });
            let oids = objects.iter().flat_map(|objects| &objects.oids);
            let others: Vec<Oid> = oids.filter(|oid| !filled.contains(oid)).copied().collect();
            if others.is_empty() {
                return Ok(steps);
            }
            wanted = any_of(&others);
        }
        (filled, _) => {
            let sql = format!("DELETE FROM {TABLE} WHERE {};", any_of(&filled));
            steps
                .before
                .push(Step { sql, ..step(input, StepKind::Truncate, "truncate:large_objects".to_owned()) });
        }
    }
    if !writes_pages {
        let make = step(input, StepKind::SchemaPre, LARGE_OBJECT_VIEW.made_by.to_owned());
        steps.before.push(Step { sql: MAKE_VIEW.to_owned(), ..make });
        steps.after.push(Step {
            sql: END_VIEW.to_owned(),
            depends_on: vec![Dependency::Kind(StepKind::Data)],
            ..step(input, StepKind::SchemaPost, LARGE_OBJECT_VIEW.dropped_by.to_owned())
        });
    }
    steps.data = data(input, &objects, &wanted, writes_pages);
    if input.target.large_object_page_bytes != first.page_bytes {
        // Pages of several chunks are parts of one page there, which only one transaction at a time can change.
        one_by_one(&mut steps.data);
    }
    Ok(steps)
}

fn any_of<'o>(oids: impl IntoIterator<Item = &'o Oid>) -> String {
    let oids: Vec<String> = oids.into_iter().map(Oid::to_string).collect();
    format!("loid = ANY ('{{{}}}')", oids.join(","))
}

/// Those that the target has with contents, in order: they are kept or written anew. Empty ones that somebody prepared are
/// like empty tables. Refused is what cannot be had: some of those that are made by one statement, and what
/// `--on-existing` says nothing about.
fn filled_on_target(input: &Input<'_>, objects: &[&LargeObjects]) -> Result<BTreeSet<Oid>> {
    let there: HashSet<Oid> = input
        .target
        .catalog
        .iter()
        .flat_map(Catalog::large_objects)
        .flat_map(|found| found.oids.clone())
        .collect();
    let common_of = |objects: &LargeObjects| objects.oids.iter().filter(|oid| there.contains(oid)).count();
    let in_part = objects.iter().any(|found| ![0, found.oids.len()].contains(&common_of(found)));
    let is_filled = |oid: &&Oid| match &input.target.filled_large_objects {
        Some(filled) => there.contains(oid) && filled.contains(oid),
        None => there.contains(oid),
    };
    let filled: BTreeSet<Oid> =
        objects.iter().flat_map(|objects| &objects.oids).filter(is_filled).copied().collect();
    let may = match input.settings.on_existing {
        OnExisting::Skip => true,
        OnExisting::Truncate => input.target.writes_large_object_pages,
        OnExisting::Fail | OnExisting::Append => false,
    };
    if !in_part && (filled.is_empty() || may) {
        return Ok(filled);
    }
    let count = |objects: &[&LargeObjects]| objects.iter().map(|found| found.oids.len()).sum::<usize>();
    let common: usize = objects.iter().map(|found| common_of(found)).sum();
    let message = format!("the target has {common} of the source's {} large objects", count(objects));
    Err(Error::new(ErrorKind::Refused, message).hint(
        "remove them there with `lo_unlink`: a large object keeps its OID, and one is not added to another",
    ))
}

/// The contents of those that are `wanted`, a condition or empty, in chunks; of every server that has TID range scans by blocks, so that one that is large is cut too.
fn data(input: &Input<'_>, objects: &[&LargeObjects], wanted: &str, writes_pages: bool) -> Vec<Step> {
    let Some(first) = objects.first() else { return Vec::new() };
    let firsts: Vec<Oid> = objects.iter().filter_map(|objects| objects.oids.first().copied()).collect();
    let (source, cutting) = (input.source.catalog.version, input.settings.cutting);
    let cut = chunk::cut_large_objects([first.pages, first.bytes], &firsts, source, cutting);
    let (conditions, shares) = (chunk::conditions(&cut), chunk::shares(&cut, first.pages));
    let digits = conditions.len().to_string().len().max(4);
    let columns = if writes_pages {
        "loid, pageno, data".to_owned()
    } else {
        format!("loid, pageno::pg_catalog.int8 * {} AS start, data", first.page_bytes)
    };
    let sql = if writes_pages {
        format!("COPY {TABLE} (loid, pageno, data) FROM STDIN (FORMAT binary)")
    } else {
        format!("{};\nCOPY {VIEW} (loid, start, data) FROM STDIN (FORMAT binary)", trigger_fires())
    };
    let chunks = conditions.into_iter().zip(shares).enumerate().map(|(number, (condition, share))| {
        let conditions: Vec<&str> =
            [&*condition, wanted].into_iter().filter(|text| !text.is_empty()).collect();
        let filter = if conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", conditions.join(" AND "))
        };
        Step {
            object: TABLE.to_owned(),
            estimate: super::data::part(first.bytes, share),
            source_sql: format!("COPY (SELECT {columns} FROM {TABLE}{filter}) TO STDOUT (FORMAT binary)"),
            chunk: condition,
            sql: sql.clone(),
            ..step(input, StepKind::Data, format!("data:{TABLE}:{number:0digits$}", number = number + 1))
        }
    });
    chunks.collect()
}

fn one_by_one(steps: &mut [Step]) {
    let ids: Vec<StepId> = steps.iter().map(|step| step.id.clone()).collect();
    for (step, before) in steps.iter_mut().skip(1).zip(ids) {
        step.depends_on.push(Dependency::Step(before));
    }
}

fn step(input: &Input<'_>, kind: StepKind, id: String) -> Step {
    input.step(kind, id, "LARGE OBJECTS".to_owned())
}
