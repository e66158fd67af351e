//! Steps that copy the contents of large objects: rows (loid, pageno, data) of `pg_largeobject`, like those of any table.
//!
//! Only a superuser may write that table. For other roles the same COPY goes into a view of ours whose trigger calls
//! `lo_put`: the lanes, the journal and the bounds of memory stay what they are.
use std::collections::HashSet;

use super::{Dependency, Input, Step, StepKind, chunk};
use crate::{
    catalog::Note,
    config::OnExisting,
    error::{Error, ErrorKind, Result},
    object::{LargeObjects, Object},
    pg::Oid,
};

/// Where the contents stand.
const TABLE: &str = "pg_catalog.pg_largeobject";

/// What other roles than superusers write into; it lives in the journal's schema until the contents are there.
const VIEW: &str = "pgmigrate.large_object";

/// `lo_put` writes no empty page, but one at the end of an object counts for its length; then the object is extended to
/// there, unless it is longer already. 393216 opens for reading and writing (`INV_READ | INV_WRITE`).
const MAKE_VIEW: &str = "\
CREATE VIEW pgmigrate.large_object AS
  SELECT NULL::pg_catalog.oid AS loid, NULL::pg_catalog.int8 AS start, NULL::pg_catalog.bytea AS data;
CREATE FUNCTION pgmigrate.put_large_object() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  fd integer;
BEGIN
  IF length(NEW.data) > 0 THEN
    PERFORM lo_put(NEW.loid, NEW.start, NEW.data);
  ELSE
    fd := lo_open(NEW.loid, 393216);
    IF lo_lseek64(fd, 0, 2) < NEW.start THEN
      PERFORM lo_truncate64(fd, NEW.start);
    END IF;
    PERFORM lo_close(fd);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER put INSTEAD OF INSERT ON pgmigrate.large_object
  FOR EACH ROW EXECUTE PROCEDURE pgmigrate.put_large_object();";

/// A trigger that does not fire would lose the rows in silence: then a text that is no number fails the step.
const TRIGGER_FIRES: &str = "SELECT CAST(CASE WHEN pg_catalog.current_setting('session_replication_role') = 'replica' \
     THEN 'session_replication_role is replica, so large objects cannot be written' ELSE '0' END AS pg_catalog.int4)";

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
    let objects: Vec<&LargeObjects> = large_objects(&input.source.catalog.objects).collect();
    let Some(first) = objects.first() else { return Ok(LargeObjectSteps::default()) };
    let mut steps = LargeObjectSteps::default();
    let writes_pages = input.target.writes_large_object_pages == Some(first.page_bytes);
    if on_target(input, &objects)? {
        if input.settings.on_existing == OnExisting::Skip {
            let reason = "not copied: the target has them, and `--on-existing skip` was given".to_owned();
            notes.push(Note { object: "contents of large objects".to_owned(), reason });
            return Ok(steps);
        }
        let oids = objects.iter().flat_map(|objects| &objects.oids).map(Oid::to_string).collect::<Vec<_>>();
        let sql = format!("DELETE FROM {TABLE} WHERE loid = ANY ('{{{}}}');", oids.join(","));
        steps
            .before
            .push(Step { sql, ..step(input, StepKind::Truncate, "truncate:large_objects".to_owned()) });
    }
    if !writes_pages {
        let id = |what: &str| format!("large_object_view:{what}");
        steps
            .before
            .push(Step { sql: MAKE_VIEW.to_owned(), ..step(input, StepKind::SchemaPre, id("create")) });
        steps.after.push(Step {
            sql: format!("DROP VIEW {VIEW};\nDROP FUNCTION pgmigrate.put_large_object();"),
            depends_on: vec![Dependency::Kind(StepKind::Data)],
            ..step(input, StepKind::SchemaPost, id("drop"))
        });
    }
    steps.data = data(input, &objects, first, writes_pages);
    Ok(steps)
}

fn large_objects(objects: &[Object]) -> impl Iterator<Item = &LargeObjects> {
    objects.iter().filter_map(|object| match object {
        Object::LargeObjects(objects) => Some(objects),
        _ => None,
    })
}

/// Whether the target has all of them, to be kept or written anew; anything between all and none is refused.
fn on_target(input: &Input<'_>, objects: &[&LargeObjects]) -> Result<bool> {
    let catalog = input.target.catalog.iter();
    let there: HashSet<Oid> = catalog
        .flat_map(|catalog| large_objects(&catalog.objects))
        .flat_map(|found| found.oids.clone())
        .collect();
    let oids: Vec<Oid> = objects.iter().flat_map(|objects| &objects.oids).copied().collect();
    let common = oids.iter().filter(|oid| there.contains(oid)).count();
    if common == 0 {
        return Ok(false);
    }
    let mode = input.settings.on_existing;
    let may_empty = input.target.writes_large_object_pages.is_some();
    if common == oids.len() && (mode == OnExisting::Skip || (mode == OnExisting::Truncate && may_empty)) {
        return Ok(true);
    }
    let message = format!("the target has {common} of the source's {} large objects", oids.len());
    Err(Error::new(ErrorKind::Refused, message).hint(
        "remove them there with `lo_unlink`: a large object keeps its OID, and one is not added to another",
    ))
}

/// The contents in chunks; of every server that has TID range scans by blocks, so that one that is large is cut too.
fn data(input: &Input<'_>, objects: &[&LargeObjects], first: &LargeObjects, writes_pages: bool) -> Vec<Step> {
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
        format!("{TRIGGER_FIRES};\nCOPY {VIEW} (loid, start, data) FROM STDIN (FORMAT binary)")
    };
    let chunks = conditions.into_iter().zip(shares).enumerate().map(|(number, (condition, share))| {
        let filter = if condition.is_empty() { String::new() } else { format!(" WHERE {condition}") };
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

fn step(input: &Input<'_>, kind: StepKind, id: String) -> Step {
    input.step(kind, id, "LARGE OBJECTS".to_owned())
}
