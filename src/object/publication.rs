//! `CREATE PUBLICATION`. Its tables and schemas are added one by one (`publication_member`).
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::{
    object::Section,
    pg::{Ident, Oid, catalog},
};

/// A row of `pg_publication`.
#[derive(Debug, Clone, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "mirrors the row")]
pub struct Publication {
    oid: Oid,
    name: Ident,
    owner: String,
    all_tables: bool,
    insert: bool,
    update: bool,
    delete: bool,
    /// Server 11 and newer; before, TRUNCATE was not published.
    truncate: bool,
    /// `publish_via_partition_root` (server 13 and newer).
    via_root: bool,
    /// `publish_generated_columns` (server 18 and newer): n, or s for stored.
    generated_columns: String,
}

impl Publication {
    fn text(&self) -> String {
        let published = [
            ("insert", self.insert),
            ("update", self.update),
            ("delete", self.delete),
            ("truncate", self.truncate),
        ];
        let published: Vec<&str> =
            published.into_iter().filter_map(|(word, is)| is.then_some(word)).collect();
        let for_all = if self.all_tables { " FOR ALL TABLES" } else { "" };
        let mut options = format!("publish = '{}'", published.join(", "));
        if self.via_root {
            options += ", publish_via_partition_root = true";
        }
        if self.generated_columns == "s" {
            options += ", publish_generated_columns = stored";
        }
        format!("CREATE PUBLICATION {}{for_all} WITH ({options})", self.name)
    }
}

impl Kind for Publication {
    const QUERIES: Queries = &[
        (u32::MAX, include_str!("sql/publication.sql")),
        (17, include_str!("sql/publication.pg17.sql")),
        (12, include_str!("sql/publication.pg12.sql")),
        (10, include_str!("sql/publication.pg10.sql")),
    ];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let mut entry = Entry::new(
            ObjectId::new(catalog::PUBLICATION, self.oid),
            "publication",
            format!("PUBLICATION {}", self.name),
            ["", self.name.as_str(), ""],
        )
        .create(self.text())
        .owner(&self.owner);
        // Where one publishes updates, a table without a key refuses them: nothing of the load should meet it.
        entry.section = Section::PostData;
        entries.push(entry);
    }
}
