//! Whether the rows of a table can travel in COPY's binary format.
//!
//! Binary values carry no type: what is safe was found by reading and trying (`docs/decisions/0003-copy-format.md`).
//! Definitions are equal on both sides when rows move, so the source's types decide, with the target's version.
use std::collections::HashMap;

use serde::Deserialize;

use crate::{
    error::{Context as _, Result},
    object::{Column, Queries, Table, query_for},
    pg::{Oid, QualifiedName, ServerVersion},
    session::Session,
};

const TYPE_QUERIES: Queries =
    &[(u32::MAX, include_str!("sql/type.sql")), (13, include_str!("sql/type.pg13.sql"))];

/// Types whose binary form is an OID of the source, which means something else on the target. As text they are names.
const BY_NAME: [&str; 11] = [
    "regclass",
    "regcollation",
    "regconfig",
    "regdatabase",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
    "regrole",
];

/// Types that can be sent and refuse to be received (their receive functions only raise an error).
const SEND_ONLY: [&str; 4] = ["pg_node_tree", "pg_ndistinct", "pg_dependencies", "pg_mcv_list"];

/// Types whose empty value is sent and refused, up to server 18: by `tsqueryrecv` (tsquery.c: "operand not found"), and by
/// `int2vectorrecv` and `oidvectorrecv`, which want one dimension where an empty array has none.
const EMPTY_REFUSED: [&str; 3] = ["tsquery", "int2vector", "oidvector"];

/// OIDs up to here are assigned by hand (`FirstGenbkiObjectId`, access/transam.h) and the same on every server.
const FIRST_UNPINNED: u32 = 10_000;

/// A row of `pg_type`.
#[derive(Debug, Clone, Deserialize)]
struct Type {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    kind: String,
    element: Oid,
    base: Oid,
    relation: Oid,
    /// Of a range or multirange.
    subtype: Oid,
    send: bool,
    receive: bool,
}

/// All types of a database, and the columns of composite ones.
#[derive(Debug)]
pub struct Types {
    types: HashMap<Oid, Type>,
    columns: HashMap<Oid, Vec<Oid>>,
}

impl Types {
    /// Reads `pg_type`; `columns` are the relations that were read with the catalog.
    pub async fn read<'c>(
        session: &Session,
        relations: impl Iterator<Item = (Oid, &'c [Column])>,
    ) -> Result<Self> {
        let query = query_for(TYPE_QUERIES, session.version().major());
        let rows: Vec<Type> = session.query_json(query).await.context(|| "type")?;
        let types = rows.into_iter().map(|row| (row.oid, row)).collect();
        let columns =
            relations.map(|(oid, list)| (oid, list.iter().map(|column| column.type_oid).collect())).collect();
        Ok(Self { types, columns })
    }

    /// Why a table must travel as text; `None` if it can be binary.
    pub fn text_reason(&self, table: &Table, target: ServerVersion) -> Option<String> {
        table.copied_columns().find_map(|column| {
            let reason = self.unsafe_type(column.type_oid, target, false, 0)?;
            Some(format!("column {} holds {reason}", column.name))
        })
    }

    /// `nested`: inside of an array or a composite, whose binary form names the types in it by OID.
    fn unsafe_type(&self, oid: Oid, target: ServerVersion, nested: bool, depth: u32) -> Option<String> {
        let Some(found) = self.types.get(&oid).filter(|_| depth < 32) else {
            return Some(format!("type {oid}, which cannot be looked up"));
        };
        let name = &found.name;
        let in_catalog = name.schema.as_str() == "pg_catalog";
        if in_catalog && (BY_NAME.contains(&name.name.as_str()) || name.name.as_str() == "regtype") {
            return Some(format!("{}, whose binary form is an OID", name.name));
        }
        if !found.send || !found.receive || (in_catalog && SEND_ONLY.contains(&name.name.as_str())) {
            return Some(format!("{name}, which has no binary form"));
        }
        if in_catalog && EMPTY_REFUSED.contains(&name.name.as_str()) {
            return Some(format!("{}, whose empty value has no binary form", name.name));
        }
        // array_recv and record_recv compare OIDs up to server 13; 14 stopped doing so for types that initdb did not make.
        if nested && !target.at_least(14) && oid.0 >= FIRST_UNPINNED {
            return Some(format!("{name} within another type, which a target before 14 checks by OID"));
        }
        let mut parts: Vec<(Oid, bool)> = Vec::new();
        parts.extend((!found.element.is_none()).then_some((found.element, true)));
        parts.extend((found.kind == "d").then_some((found.base, nested)));
        parts.extend((!found.subtype.is_none()).then_some((found.subtype, nested)));
        if let Some(columns) = self.columns.get(&found.relation).filter(|_| found.kind == "c") {
            parts.extend(columns.iter().map(|column| (*column, true)));
        }
        parts.into_iter().find_map(|(part, nested)| self.unsafe_type(part, target, nested, depth + 1))
    }
}
