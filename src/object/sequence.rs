//! `CREATE SEQUENCE`, and who owns it. The sequence of an identity column comes with its table.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_sequence` with its `pg_class`.
#[derive(Debug, Clone, Deserialize)]
pub struct Sequence {
    /// Its OID.
    pub oid: Oid,
    /// Its name.
    #[serde(flatten)]
    pub name: QualifiedName,
    owner: String,
    persistence: String,
    /// Server 15 and newer: before, all were logged and ALTER SEQUENCE had no word for it.
    has_persistence: bool,
    data_type: String,
    start: i64,
    increment: i64,
    min: i64,
    max: i64,
    cache: i64,
    cycle: bool,
    /// The table of the column that owns it.
    pub owned_by: Option<Oid>,
    owned_by_schema: Option<Ident>,
    owned_by_table: Option<Ident>,
    owned_by_column: Option<Ident>,
    /// Whether it is the sequence of an identity column.
    pub identity: bool,
}

impl Sequence {
    /// Its address.
    pub fn id(&self) -> ObjectId {
        ObjectId::new(catalog::CLASS, self.oid)
    }

    /// Its options, for CREATE SEQUENCE and for identity columns.
    pub fn options(&self) -> String {
        let (low, high) = match self.data_type.as_str() {
            "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
            "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
            _ => (i64::MIN, i64::MAX),
        };
        let (default_min, default_max) = if self.increment > 0 { (1, high) } else { (low, -1) };
        let bound = |value: i64, default: i64, name: &str| {
            if value == default { format!("NO {name}") } else { format!("{name} {value}") }
        };
        format!(
            "START WITH {} INCREMENT BY {} {} {} CACHE {}{}",
            self.start,
            self.increment,
            bound(self.min, default_min, "MINVALUE"),
            bound(self.max, default_max, "MAXVALUE"),
            self.cache,
            if self.cycle { " CYCLE" } else { "" }
        )
    }

    /// The `AS type` of CREATE SEQUENCE; an identity column's follows from the column.
    fn as_type(&self) -> String {
        if self.data_type == "bigint" { String::new() } else { format!(" AS {}", self.data_type) }
    }

    /// The column that owns it.
    pub fn owned_by_column(&self) -> Option<&Ident> {
        self.owned_by_column.as_ref()
    }

    /// What makes an identity sequence logged or not where its table is otherwise; made with the table, it is the same.
    pub(super) fn own_persistence(&self, table: &str) -> Option<String> {
        let word = if self.persistence == "u" { "UNLOGGED" } else { "LOGGED" };
        let other = self.has_persistence && self.persistence != table;
        other.then(|| format!("ALTER SEQUENCE {} SET {word}", self.name))
    }

    /// Makes it stand by itself: the table that owns it is not carried.
    pub fn disown(&mut self) {
        self.owned_by = None;
        self.identity = false;
    }

    fn owned_by(&self) -> Option<String> {
        Some(format!(
            "{}.{}.{}",
            self.owned_by_schema.as_ref()?,
            self.owned_by_table.as_ref()?,
            self.owned_by_column.as_ref()?
        ))
    }

    /// The source query whose result is the statement that sets the target's value. `keep` says that the target's own is
    /// kept if it is further: rows are added to rows that are there.
    pub fn carry_sql(&self, keep: bool) -> String {
        carry_sql(&self.name, self.increment > 0, keep)
    }
}

/// As [`Sequence::carry_sql`], of a sequence that counts up or down.
pub(super) fn carry_sql(name: &QualifiedName, ascending: bool, keep: bool) -> String {
    let literal = crate::pg::quote_literal(&name.to_string());
    let further = if ascending { "GREATEST" } else { "LEAST" };
    // In the text of a format, so a percent sign of the name is doubled, and a quote too.
    let own = name.to_string().replace('%', "%%").replace('\'', "''");
    let value = if keep { format!("{further}(%s, (SELECT last_value FROM {own}))") } else { "%s".to_owned() };
    format!(
        "SELECT pg_catalog.format('SELECT pg_catalog.setval(%L, {value}, %L)', {literal}, last_value, is_called) FROM {name}"
    )
}

impl Kind for Sequence {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/sequence.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let identity = format!("SEQUENCE {}", self.name);
        let sort_name = [self.name.schema.as_str(), self.name.name.as_str(), ""];
        let mut entry =
            Entry::new(self.id(), "sequence", identity.clone(), sort_name).grant_on(identity.clone());
        let table = self.owned_by.map(|oid| ObjectId::new(catalog::CLASS, oid));
        if self.identity {
            // Made by the table, whose owner it has; comments and privileges are its own.
            entry.after.extend(table);
            entries.push(entry);
            return;
        }
        let unlogged = if self.persistence == "u" { "UNLOGGED " } else { "" };
        entry = entry
            .create(format!("CREATE {unlogged}SEQUENCE {}{} {}", self.name, self.as_type(), self.options()))
            .owner(&self.owner);
        // A default of the owning table calls it, so it comes first; the ownership follows.
        entry.not_after.extend(table);
        entries.push(entry);
        if let (Some(table), Some(column)) = (table, self.owned_by()) {
            let id = ObjectId::new(catalog::SEQUENCE, self.oid);
            entries.push(
                Entry::new(id, "sequence_owned_by", format!("SEQUENCE OWNED BY {}", self.name), sort_name)
                    .create(format!("ALTER {identity} OWNED BY {column}"))
                    .after(self.id())
                    .after(table),
            );
        }
    }
}
