//! What views, defaults, checks and other stored expressions use of PostgreSQL itself, and a newer server no longer has:
//! the operator `!`, a column of `pg_stat_bgwriter`. Dependencies on most system objects are recorded nowhere, so the
//! expressions themselves are searched.
use std::collections::{BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use crate::{
    catalog::{self, Catalog, Unholdable},
    error::{Context as _, Error, ErrorKind, Result},
    object::ObjectId,
    pg::{Oid, quote_literal},
    session::Session,
};

/// A system object that an expression uses.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
struct Used {
    /// relation, column, operator or function
    kind: String,
    /// A function's without its arguments: newer ones have more, with defaults.
    name: String,
}

/// A row of the query: who uses it.
#[derive(Debug, Deserialize)]
struct Use {
    class: Oid,
    oid: Oid,
    #[serde(flatten)]
    used: Used,
}

/// Objects that use what the target does not have; between servers of one version nobody is asked.
pub(super) async fn lost_uses(catalog: &Catalog, source: &Session, target: &Session) -> Result<Unholdable> {
    if source.version().major() == target.version().major() {
        return Ok(Unholdable::new());
    }
    let uses: Vec<Use> =
        source.query_json(include_str!("sql/system_uses.sql")).await.context(|| "uses of system objects")?;
    let distinct: BTreeSet<&Used> = uses.iter().map(|row| &row.used).collect();
    if distinct.is_empty() {
        return Ok(Unholdable::new());
    }
    let lost = lost(&distinct, target).await.context(|| "uses of system objects")?;
    let rows = uses.iter().filter(|row| lost.contains(&row.used));
    let found = rows.map(|row| {
        let Used { kind, name } = &row.used;
        let version = target.version().major();
        (
            ObjectId::new(row.class, row.oid),
            format!("it uses {kind} {name}, which server {version} does not have"),
        )
    });
    Ok(catalog::of_objects(catalog, found))
}

/// Those that the target does not have.
async fn lost(used: &BTreeSet<&Used>, target: &Session) -> Result<HashSet<Used>> {
    let list = serde_json::to_string(used).map_err(|error| {
        Error::new(ErrorKind::Internal, "names of system objects cannot be written").caused_by(error)
    })?;
    let sql = include_str!("sql/system_lost.sql").replace(":used", &quote_literal(&list));
    Ok(target.query_json::<Used>(&sql).await?.into_iter().collect())
}
