//! What relations take on disk, asked apart from their definitions: the server opens each of them for it, which costs as
//! much as all else that is read of tables.
use std::collections::HashMap;

use serde::Deserialize;

use super::Catalog;
use crate::{
    error::{Context as _, Result},
    object::Object,
    pg::Oid,
    session::Session,
};

/// By relation: tables and materialized views.
#[derive(Debug)]
pub(super) struct Sizes(HashMap<Oid, Size>);

/// NULL for a relation that was dropped since the snapshot.
#[derive(Debug, Deserialize)]
struct Size {
    oid: Oid,
    pages: Option<u64>,
    bytes: Option<u64>,
}

impl Sizes {
    /// Reads them as they are now.
    pub(super) async fn read(session: &Session) -> Result<Self> {
        let sizes: Vec<Size> = session.query_json(include_str!("sql/size.sql")).await.context(|| "sizes")?;
        Ok(Self(sizes.into_iter().map(|size| (size.oid, size)).collect()))
    }

    /// Tells them to the objects of a catalog.
    pub(super) fn fill(&self, catalog: &mut Catalog) {
        for object in &mut catalog.objects {
            match object {
                Object::Table(table) if table.has_rows_of_its_own() => {
                    let size = self.0.get(&table.oid);
                    table.pages = size.and_then(|size| size.pages).unwrap_or_default();
                    table.bytes = size.and_then(|size| size.bytes).unwrap_or_default();
                }
                Object::MaterializedView(view) => {
                    view.bytes = self.0.get(&view.oid).and_then(|size| size.bytes).unwrap_or_default();
                }
                _ => {}
            }
        }
    }
}
