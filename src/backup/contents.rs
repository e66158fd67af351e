//! What an archive of a database consists of: its entries in their order, and where the data of those that have some
//! comes from. Pure, but for the queries that the caller runs.
use std::collections::HashMap;

use super::{
    entry::{Book, Secrets},
    toc::{DumpId, TocEntry, TocSection},
};
use crate::{
    catalog::Catalog,
    config::Selection,
    ddl::Script,
    object::{ExtensionTable, Object, ObjectId, Section, Table},
    pg::{Ident, Oid, QualifiedName, quote_ident},
    plan::{self, Rules},
};

/// Where the names of large objects' files stand.
pub(super) const LARGE_OBJECTS_FILE: &str = "blobs.toc";

/// The encoding that says nothing about its bytes.
const NO_ENCODING: &str = "SQL_ASCII";

/// All that an archive will hold.
#[derive(Debug)]
pub(super) struct Contents {
    /// In their order.
    pub(super) entries: Vec<TocEntry>,
    /// Tables with rows.
    pub(super) tables: Vec<TableData>,
    /// Of each sequence: its entry, and the query whose result is the statement that sets its value.
    pub(super) sequences: Vec<(DumpId, String)>,
    /// Large objects, in order.
    pub(super) large_objects: Vec<Oid>,
    /// The encoding of texts in the files.
    pub(super) encoding: &'static str,
}

/// The rows of a table.
#[derive(Debug)]
pub(super) struct TableData {
    /// Its entry.
    pub(super) id: DumpId,
    /// For messages.
    pub(super) name: String,
    /// `COPY … TO STDOUT`
    pub(super) copy_out: String,
    /// About what it reads.
    pub(super) bytes: u64,
}

/// `SQL_ASCII` says nothing about its bytes: they go as they are. All others have a way to UTF8 and back.
pub(super) fn encoding_of(catalog: &Catalog) -> &'static str {
    if catalog.database.encoding == NO_ENCODING { NO_ENCODING } else { "UTF8" }
}

/// Puts it together.
pub(super) fn of(catalog: &Catalog, script: &Script, secrets: &Secrets) -> Contents {
    let encoding = encoding_of(catalog);
    let mut book = Book::default();
    add_settings(&mut book, encoding);
    add_database(&mut book, catalog);
    book.add_section(Section::PreData, script, catalog, secrets);
    let mut data = Data { book, tables: Vec::new(), by_oid: HashMap::new() };
    data.add_tables(catalog);
    data.add_extension_tables(catalog);
    let sequences = data.add_sequences(catalog);
    let large_objects = data.add_large_objects(catalog);
    let Data { mut book, tables, by_oid } = data;
    let first = book.entries.len();
    book.add_section(Section::PostData, script, catalog, secrets);
    wait_for_rows(&mut book.entries[first..], catalog, script, &by_oid);
    Contents { entries: book.entries, tables, sequences, large_objects, encoding }
}

/// What `pg_restore` reads before all else.
fn add_settings(book: &mut Book, encoding: &str) {
    for (desc, definition) in [
        ("ENCODING", format!("SET client_encoding = '{encoding}';\n")),
        ("STDSTRINGS", "SET standard_conforming_strings = 'on';\n".to_owned()),
        ("SEARCHPATH", "SELECT pg_catalog.set_config('search_path', '', false);\n".to_owned()),
    ] {
        book.add(TocEntry {
            tag: desc.to_owned(),
            desc: desc.to_owned(),
            section: TocSection::PreData,
            definition,
            ..TocEntry::default()
        });
    }
}

fn add_database(book: &mut Book, catalog: &Catalog) {
    let database = &catalog.database;
    let name = Ident(database.name.clone());
    book.add(TocEntry {
        class: 1262,
        tag: database.name.clone(),
        desc: "DATABASE".to_owned(),
        section: TocSection::PreData,
        definition: format!("{}\n", plan::create_database(database, catalog.version, &name)),
        drop: format!("DROP DATABASE {name};\n"),
        owner: database.owner.clone(),
        ..TocEntry::default()
    });
    let is_public =
        |object: &Object| matches!(object, Object::Schema(schema) if schema.name.as_str() == "public");
    if !catalog.objects.iter().any(is_public) {
        // Every new database has it, and this one dropped it.
        book.add(TocEntry {
            tag: "public".to_owned(),
            desc: "SCHEMA".to_owned(),
            section: TocSection::PreData,
            definition: "DROP SCHEMA IF EXISTS public;\n".to_owned(),
            ..TocEntry::default()
        });
    }
}

/// Entries of the section in the middle.
struct Data {
    book: Book,
    tables: Vec<TableData>,
    /// By the table: the entry of its rows.
    by_oid: HashMap<Oid, DumpId>,
}

impl Data {
    fn add_tables(&mut self, catalog: &Catalog) {
        let everything = Selection::everything();
        let rules = Rules::new(&catalog.objects, &everything);
        let tables = catalog.objects.iter().filter_map(|object| match object {
            Object::Table(table) if table.has_rows_of_its_own() => Some(table),
            _ => None,
        });
        for table in tables {
            let into = rules.hash_root(table).unwrap_or(table);
            self.add_table(table, into);
        }
    }

    /// `into`: the table that takes the rows, if not `table` itself.
    fn add_table(&mut self, table: &Table, into: &Table) {
        let columns: Vec<&Ident> = table.copied_columns().map(|column| &column.name).collect();
        let list = list(&columns);
        let through = table.oid != into.oid;
        // By this comment `pg_restore` knows that the table is not its own to empty.
        let definition =
            if through { format!("-- load via partition root {}", into.name) } else { String::new() };
        let id = self.add_rows(
            &table.name,
            table.oid,
            definition,
            format!("COPY {}{list} FROM stdin;\n", into.name),
            self.book.of(table.id()).into_iter().collect(),
        );
        self.by_oid.insert(table.oid, id);
        self.tables.push(TableData {
            id,
            name: table.name.to_string(),
            copy_out: format!("COPY {}{list} TO STDOUT", table.name),
            bytes: table.bytes,
        });
    }

    /// Rows that users put into the tables of extensions. Those that a foreign key refers to come first.
    fn add_extension_tables(&mut self, catalog: &Catalog) {
        let mut left: Vec<&ExtensionTable> = extension_tables(catalog).collect();
        left.retain(|table| !table.is_sequence());
        while !left.is_empty() {
            let names: Vec<Oid> = left.iter().map(|table| table.oid).collect();
            let is_ready = |table: &ExtensionTable| {
                !table.referenced.iter().any(|oid| *oid != table.oid && names.contains(oid))
            };
            let (mut ready, mut others): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|table| is_ready(table));
            if ready.is_empty() {
                // They refer to each other: any order is as good.
                ready = std::mem::take(&mut others);
            }
            for table in ready {
                self.add_extension_table(table);
            }
            left = others;
        }
    }

    fn add_extension_table(&mut self, table: &ExtensionTable) {
        let columns: Vec<&Ident> = table.columns.iter().collect();
        let list = list(&columns);
        let expressions = columns.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let needs = table.referenced.iter().filter_map(|oid| self.by_oid.get(oid).copied()).collect();
        let copy = format!("COPY {}{list} FROM stdin;\n", table.name);
        let id = self.add_rows(&table.name, table.oid, String::new(), copy, needs);
        self.by_oid.insert(table.oid, id);
        self.tables.push(TableData {
            id,
            name: table.name.to_string(),
            copy_out: format!("COPY (SELECT {expressions} FROM {}) TO STDOUT", table.users_rows()),
            bytes: table.bytes,
        });
    }

    fn add_rows(
        &mut self,
        name: &QualifiedName,
        oid: Oid,
        definition: String,
        copy: String,
        needs: Vec<DumpId>,
    ) -> DumpId {
        let id = self.book.add(TocEntry {
            has_data: true,
            oid: oid.0,
            definition,
            copy,
            needs,
            ..in_data("TABLE DATA", name)
        });
        if let Some(entry) = self.book.entries.last_mut() {
            entry.file = format!("{id}.dat");
        }
        id
    }

    fn add_sequences(&mut self, catalog: &Catalog) -> Vec<(DumpId, String)> {
        let mut queries = Vec::new();
        for object in &catalog.objects {
            let (name, address, query) = match object {
                Object::Sequence(sequence) => {
                    (&sequence.name, Some(sequence.id()), sequence.carry_sql(false))
                }
                Object::ExtensionTable(table) if table.is_sequence() => {
                    (&table.name, None, table.carry_sql(false))
                }
                _ => continue,
            };
            let needs = address.and_then(|address: ObjectId| self.book.of(address)).into_iter().collect();
            queries.push((self.book.add(TocEntry { needs, ..in_data("SEQUENCE SET", name) }), query));
        }
        queries
    }

    fn add_large_objects(&mut self, catalog: &Catalog) -> Vec<Oid> {
        let mut oids: Vec<Oid> = catalog.large_objects().flat_map(|alike| alike.oids.clone()).collect();
        oids.sort_unstable();
        if !oids.is_empty() {
            self.book.add(TocEntry {
                has_data: true,
                tag: "BLOBS".to_owned(),
                desc: "BLOBS".to_owned(),
                section: TocSection::Data,
                file: LARGE_OBJECTS_FILE.to_owned(),
                ..TocEntry::default()
            });
        }
        oids
    }
}

fn extension_tables(catalog: &Catalog) -> impl Iterator<Item = &ExtensionTable> {
    catalog.objects.iter().filter_map(|object| match object {
        Object::ExtensionTable(table) => Some(table),
        _ => None,
    })
}

fn in_data(desc: &str, name: &QualifiedName) -> TocEntry {
    TocEntry {
        tag: name.name.0.clone(),
        desc: desc.to_owned(),
        section: TocSection::Data,
        namespace: name.schema.0.clone(),
        ..TocEntry::default()
    }
}

/// ` (a, b)`; a table without columns has no list.
fn list(columns: &[&Ident]) -> String {
    if columns.is_empty() {
        return String::new();
    }
    let names: Vec<String> = columns.iter().map(|name| quote_ident(name.as_str())).collect();
    format!(" ({})", names.join(", "))
}

/// What reads other tables than its own waits for all rows: `pg_restore` with several jobs starts whatever has nothing
/// left to wait for. So do the foreign keys of partitioned tables, whose rows are their partitions'.
fn wait_for_rows(
    entries: &mut [TocEntry],
    catalog: &Catalog,
    script: &Script,
    by_oid: &HashMap<Oid, DumpId>,
) {
    let partitioned = catalog.objects.iter().any(|object| match object {
        Object::ForeignKey(key) => key.is_of_partitioned_table() || key.refers_to_partitioned_table(),
        _ => false,
    });
    let has_late_checks =
        script.items.iter().any(|item| item.entry.kind == "check" && item.entry.section == Section::PostData);
    if !partitioned && !has_late_checks {
        return;
    }
    let mut all: Vec<DumpId> = by_oid.values().copied().collect();
    all.sort_unstable();
    let is_concerned = |entry: &&mut TocEntry| match entry.desc.as_str() {
        "FK CONSTRAINT" => partitioned,
        "CHECK CONSTRAINT" => true,
        _ => false,
    };
    for entry in entries.iter_mut().filter(is_concerned) {
        entry.needs.extend(&all);
    }
}
