//! Triggers of the target that would fire when the run loads or empties a table: looked for in the very transaction.
//!
//! The plan refuses those that it sees (`refuse`); an owner can make one afterwards, also between two attempts. So the
//! table is locked against CREATE TRIGGER (it takes SHARE ROW EXCLUSIVE), then asked, then loaded: all in one message. The
//! statement fails with the names; what it found has not fired. Pure text.
use super::leading_name;
use crate::pg::{quote_literal, refuse_with};

/// Who of `pg_trigger` fires for an event of `$mask` (`TRIGGER_TYPE_INSERT` and its like in `catalog/pg_trigger.h`),
/// but for constraints of the server's own and for what an extension of a superuser put there.
const FIRES: &str = "t.tgenabled IN ($enabled) AND t.tgtype & $mask <> 0 AND NOT (t.tgisinternal AND t.tgfoid < 16384) \
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d, pg_catalog.pg_proc p, pg_catalog.pg_roles o \
     WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = t.tgfoid AND d.deptype = 'e' \
     AND p.oid = t.tgfoid AND o.oid = p.proowner AND (o.rolsuper OR o.rolname = current_user))";

/// `tgenabled` of triggers that fire in an ordinary session.
const ORDINARY: &str = "'O', 'A'";

/// The same where `session_replication_role` is `replica`.
const REPLICA: &str = "'R', 'A'";

/// How a COPY begins that fires no trigger but those which were enabled for it.
pub(super) const AS_REPLICA: &str = "SET LOCAL session_replication_role = replica;\n";

/// Name of the prepared statement.
const PREPARED: &str = "pgmigrate_guard";

/// What the tables are about to go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Insert = 4,
    Delete = 8,
    Truncate = 32,
    Both = 36,
}

/// What a lane's session runs once: the question is planned once, 0.2 ms a transaction instead of 1 to 1.5 (50 tables or one).
pub fn prepare() -> String {
    format!(
        "PREPARE {PREPARED} (pg_catalog.regclass[]) AS {}",
        refuse_triggers(Event::Insert, "pg_catalog.unnest($1)")
    )
}

/// Before a COPY into each of these tables, which have no partitions, in a session of [`prepare`]: two statements.
pub fn before_copy(tables: &[&str]) -> String {
    let only: Vec<String> = tables.iter().map(|name| format!("ONLY {name}")).collect();
    let lock = format!("LOCK TABLE {} IN ROW EXCLUSIVE MODE", only.join(", "));
    format!("{lock};\nEXECUTE {PREPARED} ({})", array(tables))
}

/// The table of a plain `COPY schema.table …`, quoted as it stands there; none for another statement, and for the catalog's own.
pub fn loaded(sql: &str) -> Option<&str> {
    let name = leading_name(sql.strip_prefix("COPY ")?);
    (!name.starts_with("pg_catalog.")).then_some(name)
}

/// Before a COPY into a table whose partitions take the rows: two statements.
pub fn before_copy_through(table: &str) -> String {
    let lock = format!("LOCK TABLE {table} IN ROW EXCLUSIVE MODE");
    format!("{lock};\n{}", refuse_triggers(Event::Insert, &family(&[table])))
}

/// Before a COPY into a table that clients work on, whose triggers must fire for them and not for the rows: three
/// statements. Checks of foreign keys are triggers too, which do not run here.
pub fn before_late_copy(table: &str, has_partitions: bool) -> String {
    let only = if has_partitions { "" } else { "ONLY " };
    let relations = if has_partitions { family(&[table]) } else { oids(&[table]) };
    let refuse = refuse_enabled(Event::Insert, &relations, REPLICA);
    format!("{AS_REPLICA}LOCK TABLE {only}{table} IN ROW EXCLUSIVE MODE;\n{refuse}")
}

/// Before a table that is locked is emptied and loaded: one statement.
pub fn before_reload(table: &str) -> String {
    refuse_triggers(Event::Both, &oids(&[table]))
}

/// Empties tables, each given as TRUNCATE takes it, with or without ONLY: three statements.
pub fn truncate(tables: &[String]) -> String {
    let list = tables.join(", ");
    let names: Vec<&str> = tables.iter().map(|table| table.strip_prefix("ONLY ").unwrap_or(table)).collect();
    let refuse = refuse_triggers(Event::Truncate, &family(&names));
    format!("LOCK TABLE {list} IN ACCESS EXCLUSIVE MODE;\n{refuse};\nTRUNCATE {list}")
}

/// Empties tables that foreign keys refer to, each given with ONLY: statements.
pub fn delete(tables: &[String]) -> String {
    let names: Vec<&str> = tables.iter().map(|table| table.strip_prefix("ONLY ").unwrap_or(table)).collect();
    let refuse = refuse_triggers(Event::Delete, &oids(&names));
    let deletes: Vec<String> = tables.iter().map(|table| format!("DELETE FROM {table}")).collect();
    format!("LOCK TABLE {} IN ROW EXCLUSIVE MODE;\n{refuse};\n{}", tables.join(", "), deletes.join("; "))
}

/// Fails if a trigger of these relations fires, or if one of them is no table any more; no row otherwise.
fn refuse_triggers(event: Event, relations: &str) -> String {
    refuse_enabled(event, relations, ORDINARY)
}

fn refuse_enabled(event: Event, relations: &str, enabled: &str) -> String {
    let reason = refuse_with(
        "'these triggers of the target would fire: ' || pg_catalog.string_agg( \
         coalesce(pg_catalog.quote_ident(t.tgname) || ' ON ', 'whatever stands for the table ') || r.oid::pg_catalog.text, ', ')",
    );
    let fires = FIRES.replace("$mask", &(event as u32).to_string()).replace("$enabled", enabled);
    format!(
        "SELECT {reason} FROM {relations} r(oid) JOIN pg_catalog.pg_class c ON c.oid = r.oid \
         LEFT JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid AND {fires} \
         WHERE t.oid IS NOT NULL OR c.relkind NOT IN ('r', 'p') HAVING pg_catalog.count(*) > 0"
    )
}

fn oids(tables: &[&str]) -> String {
    format!("pg_catalog.unnest({})", array(tables))
}

fn array(tables: &[&str]) -> String {
    let list: Vec<String> = tables.iter().map(|name| quote_literal(name)).collect();
    format!("ARRAY[{}]::pg_catalog.regclass[]", list.join(", "))
}

/// The tables, with the partitions of those that have some. Tables that merely inherit are not reached.
fn family(tables: &[&str]) -> String {
    format!(
        "(WITH RECURSIVE f(oid) AS (SELECT * FROM {} UNION SELECT i.inhrelid::pg_catalog.regclass \
         FROM f JOIN pg_catalog.pg_class p ON p.oid = f.oid AND p.relkind = 'p' \
         JOIN pg_catalog.pg_inherits i ON i.inhparent = f.oid) SELECT oid FROM f)",
        oids(tables)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_outside_of_quotes() {
        for name in ["public.t", "public.\"a b\"", "\"x\"\"(y) FROM\".\"\"\" z\""] {
            assert_eq!(loaded(&format!("COPY {name} (a, \"b c\") FROM STDIN")), Some(name));
            assert_eq!(loaded(&format!("COPY {name} FROM STDIN")), Some(name));
        }
        assert_eq!(loaded("COPY pg_catalog.pg_largeobject (loid) FROM STDIN"), None);
        assert_eq!(loaded("SET LOCAL lock_timeout = 0;\nCOPY t FROM STDIN"), None);
    }

    #[test]
    fn the_lock_comes_first() {
        let copy = before_copy(&["public.a", "public.\"b'\""]);
        assert!(
            copy.starts_with("LOCK TABLE ONLY public.a, ONLY public.\"b'\" IN ROW EXCLUSIVE MODE;\nEXECUTE ")
        );
        assert!(copy.contains("ARRAY['public.a', 'public.\"b''\"']") && prepare().contains("& 4 <>"));
        let late = before_late_copy("public.a", false);
        assert!(late.starts_with(AS_REPLICA) && late.contains("tgenabled IN ('R', 'A')"), "{late}");
        assert!(prepare().contains("tgenabled IN ('O', 'A')"));
        let emptied = truncate(&["ONLY public.a".to_owned(), "public.p".to_owned()]);
        assert!(emptied.starts_with("LOCK TABLE ONLY public.a, public.p IN ACCESS EXCLUSIVE MODE"));
        assert!(emptied.ends_with("TRUNCATE ONLY public.a, public.p") && emptied.contains("& 32 <>"));
    }
}
