//! Makes what was selected fit the target: what it cannot hold is left out with all that needs it, and named.
//!
//! Most of that follows from the version (`catalog::unholdable`). The rest only the target itself can tell, and is asked
//! only if the source has such things and the target not yet: whether it has the code of compiled functions, and the system
//! objects on which somebody changed privileges. It is tried, and rolled back: `CREATE FUNCTION` and `REVOKE` run within
//! blocks that end with an error, so that nothing remains and nobody else ever sees it. A server that takes no writes is
//! not asked. Called by [`super::read_sides`] and by `verify`.
use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use super::Expected;
use crate::{
    catalog::{self, Catalog, Selected, Unholdable},
    error::Result,
    object::{Object, Separate},
    pg::{QualifiedName, quote_literal},
    session::Session,
};

/// SQLSTATE 42501: `insufficient_privilege`.
pub(super) const DENIED: &str = "42501";

/// What is made of code that may not be there. It is never called, and is gone before anybody could.
const PROBE: [&str; 2] = ["pg_temp", "pgmigrate_probe"];

/// Applies all of it to what was selected of the source. Nothing may depend on the target's session ([`Session`]s with a
/// snapshot lose it to an error); `has` is what its database has, `expected` what the target will have besides.
pub async fn fit_to_target(
    source: &mut Selected,
    source_session: &Session,
    target: &Session,
    has: Option<&Catalog>,
    expected: &Expected,
) -> Result<()> {
    super::tablespace::keep_usable_tablespaces(source, target, &expected.tablespaces).await?;
    super::compression::keep_known_compression(source, target).await?;
    let mut found = catalog::unholdable(&source.catalog, target.version());
    found.extend(super::uses::lost_uses(&source.catalog, source_session, target).await?);
    let mut refused = refused_privileges(&source.catalog, target).await?;
    if target.one_text("SELECT pg_catalog.current_setting('transaction_read_only')").await? == "off" {
        super::label::keep_loadable_labels(source, target).await?;
        super::setting::keep_known_settings(source, target).await?;
        refused.extend(refused_objects(&source.catalog, target).await?);
    }
    if let Some(has) = has {
        let there: HashSet<Known> =
            if refused.is_empty() { HashSet::new() } else { has.objects.iter().filter_map(known).collect() };
        let objects = &source.catalog.objects;
        refused.retain(|at, _| !known(&objects[*at]).is_some_and(|known| there.contains(&known)));
    }
    found.extend(refused);
    catalog::leave_out(source, found);
    Ok(())
}

/// Changed privileges of system objects, where the session's role may not change them.
async fn refused_privileges(catalog: &Catalog, session: &Session) -> Result<Unholdable> {
    let objects = catalog.objects.iter().enumerate();
    let system = objects.filter(|(_, object)| matches!(object, Object::SystemPrivilege(_)));
    let system: Vec<usize> = system.map(|(index, _)| index).collect();
    if system.is_empty()
        || session.one_text("SELECT pg_catalog.current_setting('is_superuser')").await? == "on"
    {
        return Ok(Unholdable::new());
    }
    let reason = "only a superuser changes the privileges of what initdb made";
    Ok(system.into_iter().map(|index| (index, reason.to_owned())).collect())
}

/// By which it is seen that an object is there already: kind and name, and of privileges, which have nothing else, also
/// what they are.
type Known = (&'static str, [String; 3], Vec<String>);

fn known(object: &Object) -> Option<Known> {
    let mut entries = Vec::new();
    object.entries(&Separate::new(), &mut entries);
    let entry = entries.into_iter().next()?;
    let create = if entry.kind == "system_privilege" { entry.create } else { Vec::new() };
    Some((entry.kind, entry.sort_name, create))
}

/// What the target refuses when it is tried.
async fn refused_objects(catalog: &Catalog, session: &Session) -> Result<Unholdable> {
    let mut probes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, object) in catalog.objects.iter().enumerate() {
        for statement in probes_of(object) {
            probes.entry(statement).or_default().push(index);
        }
    }
    let (statements, objects): (Vec<String>, Vec<Vec<usize>>) = probes.into_iter().unzip();
    let refused = try_statements(session, &statements).await?;
    // What our role may not is the affair of `rights`.
    let refused = refused.iter().filter(|row| row.code != DENIED);
    let refused = refused.filter_map(|row| Some((objects.get(row.number)?, &row.reason)));
    Ok(refused
        .flat_map(|(objects, reason)| {
            objects.iter().map(move |index| (*index, format!("the target says: {reason}")))
        })
        .collect())
}

/// Statements that the target takes if it can hold the object.
fn probes_of(object: &Object) -> Vec<String> {
    match object {
        Object::Function(function) => {
            let name = QualifiedName::new(PROBE[0], PROBE[1]);
            function.compiled.iter().map(|compiled| compiled.probe(&name)).collect()
        }
        Object::SystemPrivilege(privilege) => privilege.probes(),
        _ => Vec::new(),
    }
}

/// An answer of [`try_statements`].
#[derive(Debug, Deserialize)]
pub struct Refused {
    /// Its place among the statements.
    pub number: usize,
    /// The SQLSTATE.
    pub code: String,
    /// What the server said.
    pub reason: String,
}

/// Tries statements in one round trip, each rolled back. Gives those that failed.
pub async fn try_statements(session: &Session, statements: &[String]) -> Result<Vec<Refused>> {
    // Without its language nothing can be tried, and nothing is held against the source.
    let plpgsql = "SELECT count(*) FROM pg_catalog.pg_language WHERE lanname = 'plpgsql'";
    if statements.is_empty() || session.one_text(plpgsql).await? == "0" {
        return Ok(Vec::new());
    }
    let list: Vec<String> = statements.iter().map(|statement| quote_literal(statement)).collect();
    let body = format!(
        "DECLARE tried text[] := ARRAY[{}]; refused json[] := '{{}}'; \
         BEGIN FOR number IN 1 .. pg_catalog.array_length(tried, 1) LOOP \
         BEGIN EXECUTE tried[number]; RAISE EXCEPTION USING ERRCODE = 'PGMOK'; \
         EXCEPTION WHEN SQLSTATE 'PGMOK' THEN NULL; \
         WHEN OTHERS THEN refused := refused || pg_catalog.json_build_object('number', number - 1, 'code', SQLSTATE, 'reason', SQLERRM); \
         END; END LOOP; \
         PERFORM pg_catalog.set_config('pgmigrate.refused', pg_catalog.array_to_json(refused)::text, false); END",
        list.join(", ")
    );
    session.execute(&format!("DO {}", quote_literal(&body))).await?;
    let answer = "pg_catalog.current_setting('pgmigrate.refused')::json";
    let rows = format!(
        "SELECT (r.value->>'number')::int4 AS number, r.value->>'code' AS code, r.value->>'reason' AS reason \
         FROM pg_catalog.json_array_elements({answer}) r"
    );
    session.query_json(&rows).await
}
