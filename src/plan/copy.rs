//! The two COPY statements of a chunk.
use super::{Input, guard};
use crate::{
    catalog::trimmed,
    config::TableRule,
    object::Table,
    pg::{Ident, quote_literal, refuse_with},
};

/// Whole tables from this size on are loaded frozen: their rows need no hint bits, no VACUUM, and an index-only scan finds
/// them visible at once. It takes a TRUNCATE, 3 to 4 ms, which a small table would not earn back.
const FREEZE_FROM: u64 = 16 << 20;

/// How long a load waits for who reads its table, before the step is tried again.
const LOCK_TIMEOUT: &str = "60s";

/// How the rows of a table travel.
#[derive(Debug)]
pub(super) struct Copy<'a> {
    table: &'a Table,
    into: &'a Table,
    rule: &'a TableRule,
    padded: &'a [Ident],
    binary: bool,
    list: String,
}

impl<'a> Copy<'a> {
    /// `into`: the table that takes the rows, if not `table` itself.
    pub(super) fn new(
        input: &'a Input<'_>,
        table: &'a Table,
        into: &'a Table,
        rule: &'a TableRule,
        binary: bool,
    ) -> Self {
        let padded = input.padded.get(&table.oid).filter(|_| binary).map_or(&[][..], Vec::as_slice);
        let names: Vec<String> = table.copied_columns().map(|column| column.name.to_string()).collect();
        let list = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
        Self { table, into, rule, padded, binary, list }
    }

    /// `COPY … TO STDOUT` of the rows for which `condition` holds; all if it is empty.
    pub(super) fn source_sql(&self, condition: &str) -> String {
        let Self { table, rule, .. } = self;
        let mut conditions: Vec<String> =
            rule.where_.iter().map(|condition| format!("({condition})")).collect();
        conditions.extend((!condition.is_empty()).then(|| condition.to_owned()));
        let plain = conditions.is_empty()
            && rule.order_by.is_none()
            && rule.limit.is_none()
            && self.padded.is_empty();
        if plain && table.has_rows_of_its_own() {
            return format!("COPY {}{} TO STDOUT{}", table.name, self.list, self.format());
        }
        // A partitioned table is read through; of all others only their own rows.
        let only = if table.kind == "p" { "" } else { "ONLY " };
        let mut query = format!("SELECT {} FROM {only}{}", self.expressions().join(", "), table.name);
        if !conditions.is_empty() {
            query += &format!(" WHERE {}", conditions.join(" AND "));
        }
        if let Some(order) = &rule.order_by {
            query += &format!(" ORDER BY {order}");
        }
        if let Some(limit) = rule.limit {
            query += &format!(" LIMIT {limit}");
        }
        format!("COPY ({query}) TO STDOUT{}", self.format())
    }

    /// `COPY … FROM STDIN`, the same for every chunk. Where partitions take the rows, what fires for them is looked for first; a
    /// lane does so for plain tables.
    pub(super) fn target_sql(&self) -> String {
        let name = self.into.name.to_string();
        let copy = format!("COPY {name}{} FROM STDIN{}", self.list, self.format());
        if self.into.kind == "p" { format!("{};\n{copy}", guard::before_copy_through(&name)) } else { copy }
    }

    /// Whether the rows may be loaded frozen: all of a table in one chunk, large enough, and the table is this run's own
    /// (`made_here`), with no foreign key yet that would forbid its TRUNCATE.
    pub(super) fn freezes(&self, made_here: bool, late_constraints: bool) -> bool {
        made_here && late_constraints && self.table.oid == self.into.oid && self.table.bytes >= FREEZE_FROM
    }

    /// As [`Self::target_sql`], frozen. `COPY … FREEZE` needs a table that its own transaction created or truncated; rows
    /// that somebody else put there meanwhile are not thrown away: they fail the step. Who reads the table is waited for, not
    /// for ever.
    pub(super) fn frozen_sql(&self) -> String {
        let name = &self.into.name;
        let refuse = refuse_with(&quote_literal(&format!("table {name} was filled by another session")));
        let format = if self.binary { "FORMAT binary, FREEZE" } else { "FREEZE" };
        format!(
            "SET LOCAL lock_timeout = '{LOCK_TIMEOUT}';\nLOCK TABLE ONLY {name} IN ACCESS EXCLUSIVE MODE;\n\
             SET LOCAL lock_timeout = 0;\n\
             SELECT {refuse} FROM (SELECT FROM ONLY {name} LIMIT 1) x;\n\
             {};\nTRUNCATE ONLY {name};\nCOPY {name}{} FROM STDIN ({format})",
            guard::before_reload(&name.to_string()),
            self.list
        )
    }

    /// As [`Self::target_sql`], for a table that clients may have filled: its rows stay, and triggers that fire for clients do not
    /// fire for what is copied.
    pub(super) fn late_sql(&self) -> String {
        let name = self.into.name.to_string();
        let guard = guard::before_late_copy(&name, self.into.kind == "p");
        format!("{guard};\nCOPY {name}{} FROM STDIN{}", self.list, self.format())
    }

    fn format(&self) -> &'static str {
        if self.binary { " (FORMAT binary)" } else { "" }
    }

    fn expressions(&self) -> Vec<String> {
        let expression =
            |name: &Ident| if self.padded.contains(name) { trimmed(name) } else { name.to_string() };
        self.table.copied_columns().map(|column| expression(&column.name)).collect()
    }
}
