//! From the items of our script to entries of an archive: definition, comments, labels and privileges are entries of
//! their own, as `pg_restore`'s switches want them, and the owner is the archive's affair, not the text's.
use std::collections::HashMap;

use super::{
    desc,
    toc::{DumpId, TocEntry, TocSection},
};
use crate::{
    catalog::Catalog,
    ddl::{self, Item, Script},
    object::{ObjectId, Section},
    pg::{QualifiedName, quote_ident},
};

/// Words for what is stored in a tablespace.
const STORED: [&str; 4] = ["TABLE", "MATERIALIZED VIEW", "INDEX", "CONSTRAINT"];

/// Words for what is made with an access method of tables.
const BY_METHOD: [&str; 2] = ["TABLE", "MATERIALIZED VIEW"];

/// The first version with access methods of tables.
const HAS_METHODS: u32 = 12;

/// The statements of entries that the catalog shows without their secrets.
pub(super) type Secrets = HashMap<ObjectId, Vec<String>>;

/// Entries in their order, and what each item of the script became.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) entries: Vec<TocEntry>,
    /// By the item's place in the script: what whoever needs it has to wait for.
    waits: Vec<Vec<DumpId>>,
    /// By the address of an item: its entry.
    by_address: HashMap<ObjectId, DumpId>,
    /// By schema: the entry of its privileges.
    schema_privileges: HashMap<String, DumpId>,
}

impl Book {
    /// Adds an entry and gives its number.
    pub(super) fn add(&mut self, entry: TocEntry) -> DumpId {
        let id = DumpId::try_from(self.entries.len() + 1).unwrap_or(DumpId::MAX);
        self.entries.push(TocEntry { id, ..entry });
        id
    }

    /// The entry that makes an object.
    pub(super) fn of(&self, address: ObjectId) -> Option<DumpId> {
        self.by_address.get(&address).copied()
    }

    /// Adds the items of a section. The sections come in their order.
    pub(super) fn add_section(
        &mut self,
        section: Section,
        script: &Script,
        catalog: &Catalog,
        secrets: &Secrets,
    ) {
        for item in script.items.iter().filter(|item| item.entry.section == section) {
            let needs = self.needs(item);
            let parts = Parts::of(item, catalog, secrets);
            let waits = match (item.entry.kind, parts.definition.is_empty()) {
                ("large_object", _) => self.add_large_objects(item, catalog),
                // Nothing is made here, but something made it.
                (_, true) => {
                    self.add_belongings(item, &parts, &needs);
                    needs
                }
                (_, false) => vec![self.add_item(item, catalog, &parts, needs)],
            };
            self.waits.push(waits);
        }
    }

    /// Entries that an item waits for. What comes in a later pass whatever its place is not among them: nobody would
    /// wait for it.
    fn needs(&self, item: &Item) -> Vec<DumpId> {
        let own = desc::pass(desc::of(&item.entry), "");
        let is_before = |id: &DumpId| {
            let needed = usize::try_from(*id).ok().and_then(|id| self.entries.get(id.checked_sub(1)?));
            needed.is_none_or(|needed| desc::pass(&needed.desc, &needed.tag) <= own)
        };
        let mut needs: Vec<DumpId> = item
            .needs
            .iter()
            .filter_map(|place| self.waits.get(*place))
            .flatten()
            .copied()
            .filter(is_before)
            .collect();
        needs.sort_unstable();
        needs.dedup();
        needs
    }

    fn add_item(&mut self, item: &Item, catalog: &Catalog, parts: &Parts, needs: Vec<DumpId>) -> DumpId {
        let desc = desc::of(&item.entry);
        let has_methods = catalog.version.at_least(HAS_METHODS);
        let mut entry = TocEntry {
            definition: text(&parts.definition),
            section: match item.entry.section {
                Section::PreData => TocSection::PreData,
                Section::PostData => TocSection::PostData,
            },
            tablespace: STORED.contains(&desc).then(String::new),
            access_method: (has_methods && BY_METHOD.contains(&desc)).then(|| "heap".to_owned()),
            needs,
            ..about(item, desc)
        };
        if desc == "MATERIALIZED VIEW DATA" {
            // It reads as its owner, whom policies may leave a part of the rows: that is what the view holds.
            entry.definition =
                format!("SET row_security = on;\n{}SET row_security = off;\n", entry.definition);
        }
        if item.entry.kind == "foreign_key" {
            // `--clean` drops the tables in any order.
            let [schema, table, name] = &item.entry.sort_name;
            let table = QualifiedName::new(schema.clone(), table.clone());
            entry.drop = format!("ALTER TABLE {table} DROP CONSTRAINT {};\n", quote_ident(name));
        }
        if let Some(owner) = &item.entry.owner {
            owner.clone_into(&mut entry.owner);
            if desc::is_owned(desc) && !matches!(item.entry.kind, "view_query" | "operator_family_members") {
                entry.drop = format!("DROP {};\n", item.entry.identity);
            } else {
                entry.definition += &text(&parts.owner);
            }
        }
        let id = self.add(entry);
        self.by_address.insert(item.entry.id, id);
        self.add_belongings(item, parts, &[id]);
        id
    }

    /// Comments, labels and privileges.
    fn add_belongings(&mut self, item: &Item, parts: &Parts, needs: &[DumpId]) {
        for (desc, statements) in
            [("COMMENT", &parts.comments), ("SECURITY LABEL", &parts.labels), ("ACL", &parts.privileges)]
        {
            if statements.is_empty() {
                continue;
            }
            let mut entry = TocEntry {
                tag: item.entry.identity.clone(),
                definition: text(statements),
                owner: item.entry.owner.clone().unwrap_or_default(),
                needs: needs.to_vec(),
                class: 0,
                oid: 0,
                ..about(item, desc)
            };
            if desc == "ACL" {
                // Who grants what others gave him must be let into the schema first.
                entry.needs.extend(self.schema_privileges.get(&entry.namespace));
            }
            let id = self.add(entry);
            if desc == "ACL" && item.entry.kind == "schema" {
                self.schema_privileges.insert(item.entry.sort_name[1].clone(), id);
            }
        }
    }

    /// Large objects: an entry each, as `pg_dump` has up to 16; comments and privileges of all that are alike in one.
    fn add_large_objects(&mut self, item: &Item, catalog: &Catalog) -> Vec<DumpId> {
        let alike = catalog.large_objects().find(|objects| objects.oids.first() == Some(&item.entry.id.oid));
        let Some(alike) = alike else { return Vec::new() };
        let mut last = Vec::new();
        for oid in &alike.oids {
            last = vec![self.add(TocEntry {
                class: item.entry.id.class.0,
                oid: oid.0,
                tag: oid.to_string(),
                desc: "BLOB".to_owned(),
                section: TocSection::PreData,
                definition: format!("SELECT pg_catalog.lo_create('{oid}');\n"),
                drop: format!("SELECT pg_catalog.lo_unlink('{oid}');\n"),
                owner: alike.owner().to_owned(),
                ..TocEntry::default()
            })];
        }
        let mut parts = Parts::default();
        // As the owner they are made in three statements.
        let made_by = if alike.owner().is_empty() { 1 } else { 3 };
        parts.privileges.extend(item.entry.create.iter().skip(made_by).cloned());
        parts.sort(&item.statements[item.entry.create.len()..], None);
        // By these words the switches of `pg_restore` know that they go with the data.
        let tag = format!("LARGE OBJECT {}", item.entry.id.oid);
        let first = self.entries.len();
        self.add_belongings(item, &parts, &last);
        for entry in &mut self.entries[first..] {
            tag.clone_into(&mut entry.tag);
        }
        last
    }
}

/// What an entry says of its item, whatever it does about it.
fn about(item: &Item, desc: &str) -> TocEntry {
    let [schema, name, part] = &item.entry.sort_name;
    let tag = match part.as_str() {
        "" => name.clone(),
        arguments if arguments.starts_with('(') => format!("{name}{arguments}"),
        part => format!("{name} {part}"),
    };
    TocEntry {
        class: item.entry.id.class.0,
        oid: item.entry.id.oid.0,
        tag,
        desc: desc.to_owned(),
        namespace: schema.clone(),
        ..TocEntry::default()
    }
}

/// The statements of an item, sorted by what they are about.
#[derive(Debug, Default)]
struct Parts {
    definition: Vec<String>,
    owner: Vec<String>,
    comments: Vec<String>,
    labels: Vec<String>,
    privileges: Vec<String>,
}

impl Parts {
    fn of(item: &Item, catalog: &Catalog, secrets: &Secrets) -> Self {
        let for_new = ddl::for_new_database(item, catalog);
        let statements = for_new.as_ref().unwrap_or(&item.statements);
        let made_by = match &for_new {
            // Of the schema `public` the first makes it; the extension `plpgsql` is there.
            Some(statements) => statements.len().min(1),
            None => item.entry.create.len(),
        };
        let (definition, rest) = statements.split_at(made_by);
        let definition = secrets.get(&item.entry.id).map_or(definition, Vec::as_slice).to_vec();
        let mut parts = Self { definition, ..Self::default() };
        parts.sort(rest, item.entry.owner.as_deref().map(|owner| (item.entry.identity.as_str(), owner)));
        parts
    }

    fn sort(&mut self, statements: &[String], owner: Option<(&str, &str)>) {
        let set_owner =
            owner.map(|(identity, owner)| format!("ALTER {identity} OWNER TO {}", quote_ident(owner)));
        for statement in statements {
            let list = match statement {
                statement if ddl::is_privilege(statement) => &mut self.privileges,
                statement if statement.starts_with("COMMENT ON ") => &mut self.comments,
                statement if statement.starts_with("SECURITY LABEL ") => &mut self.labels,
                statement if Some(statement) == set_owner.as_ref() => &mut self.owner,
                _ => &mut self.definition,
            };
            list.push(statement.clone());
        }
    }
}

/// Statements as they stand in an entry.
fn text(statements: &[String]) -> String {
    statements.iter().flat_map(|statement| [statement, ";\n"]).collect()
}
