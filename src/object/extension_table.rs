//! Configuration tables and sequences of an extension (`pg_extension_config_dump`): they come with CREATE EXTENSION, and the
//! rows that their users put in are carried as data.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, sequence};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A member of `pg_extension.extconfig`.
#[derive(Debug, Clone, Deserialize)]
pub struct ExtensionTable {
    /// Its OID.
    pub oid: Oid,
    /// Its name.
    #[serde(flatten)]
    pub name: QualifiedName,
    /// `relkind`: r or S.
    kind: String,
    /// Whose it is.
    pub extension: Oid,
    /// `WHERE …`: which rows are its users', not the extension's; empty for all.
    condition: String,
    /// Of a sequence: whether it counts up.
    ascending: bool,
    /// All but the generated ones.
    pub columns: Vec<Ident>,
    /// Tables that its foreign keys refer to: their rows come first.
    pub referenced: Vec<Oid>,
    /// Whether our role may read it.
    pub readable: bool,
    /// Whether the target's role may not write it.
    #[serde(skip)]
    pub closed: bool,
    /// Heap and TOAST with their maps.
    pub bytes: u64,
}

impl ExtensionTable {
    /// Whether it is a sequence, which has a value and no rows.
    pub fn is_sequence(&self) -> bool {
        self.kind == "S"
    }

    /// Its users' rows, as it stands behind FROM.
    pub fn users_rows(&self) -> String {
        format!("ONLY {} {}", self.name, self.condition).trim_end().to_owned()
    }

    /// The source query whose result is the statement that sets the target's value, see [`super::Sequence::carry_sql`].
    pub fn carry_sql(&self, keep: bool) -> String {
        sequence::carry_sql(&self.name, self.ascending, keep)
    }
}

impl Kind for ExtensionTable {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/extension_table.sql"))];

    /// Nothing is made, but what needs it (a foreign key, a view) finds that its rows are carried.
    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        // Comment and privileges at its own address are the extension's affair; column -3 stands for its rows.
        let address = ObjectId::new(catalog::CLASS, self.oid);
        let sort_name = [self.name.schema.as_str(), self.name.name.as_str(), ""];
        let identity = format!("ROWS OF {}", self.name);
        let mut entry = Entry::new(address.column(-3), "extension_table", identity, sort_name)
            .after(ObjectId::new(catalog::EXTENSION, self.extension));
        entry.aliases.push(address);
        entries.push(entry);
    }
}
