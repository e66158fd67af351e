//! What the kinds give to the engine that orders: entries.
use crate::pg::{Ident, Oid, QualifiedName};

/// The address of an object on the server it was read from, as `pg_depend` holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId {
    /// The catalog that holds it.
    pub class: Oid,
    /// Its OID there.
    pub oid: Oid,
    /// The column, 0 for the whole.
    pub sub: i32,
}

impl ObjectId {
    /// A whole object.
    pub fn new(class: Oid, oid: Oid) -> Self {
        Self { class, oid, sub: 0 }
    }

    /// A column of it.
    #[must_use]
    pub fn column(self, sub: i32) -> Self {
        Self { sub, ..self }
    }

    /// The object that a column belongs to.
    #[must_use]
    pub fn whole(self) -> Self {
        Self { sub: 0, ..self }
    }
}

/// When an entry is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// Before the data.
    PreData,
    /// After the data of its table.
    PostData,
}

/// How much work an entry is for the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Work {
    /// A change of the catalog.
    Catalog,
    /// A pass over its table: index builds and validations.
    Scan,
    /// A query of its own: REFRESH MATERIALIZED VIEW.
    Query,
}

/// One thing to make, with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its address, by which others depend on it.
    pub id: ObjectId,
    /// Further addresses that mean it.
    pub aliases: Vec<ObjectId>,
    /// Its kind's name in the list of kinds, or of a part (`default`, `partition_attach`, …).
    pub kind: &'static str,
    /// As `ALTER …` and `COMMENT ON …` name it: `TABLE bookings.flights`, `TRIGGER t ON bookings.flights`.
    pub identity: String,
    /// Without quotes: schema (empty for none); name; part of it (a function's arguments, the name of a table's
    /// constraint or trigger; empty for none). For the order and for the ids of steps.
    pub sort_name: [String; 3],
    /// When.
    pub section: Section,
    /// How much work.
    pub work: Work,
    /// Bytes that the source keeps for it beside its table, for estimates: an index's size.
    pub size: u64,
    /// The statements that make it, without a semicolon.
    pub create: Vec<String>,
    /// The query on the source that gives the statement which `create` shows without its secrets: it is run at the last
    /// moment, and its answer stands in no plan. Nothing else can depend on such an entry.
    pub secret_sql: Option<String>,
    /// Its owner, set by `ALTER <identity> OWNER TO`.
    pub owner: Option<String>,
    /// The keyword of GRANT and the name behind it (`TABLE bookings.flights`) if it can have privileges.
    pub grant_on: Option<String>,
    /// Columns and other parts that can have a comment or privileges of their own.
    pub parts: Vec<Part>,
    /// Needed before it, in addition to what `pg_depend` says.
    pub after: Vec<ObjectId>,
    /// What `pg_depend` says it needs and it does not.
    pub not_after: Vec<ObjectId>,
    /// The relation whose data it waits for, if it comes after the data.
    pub relation: Option<ObjectId>,
}

/// A part of an entry that can have a comment, labels and, if it is a column, privileges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its address.
    pub id: ObjectId,
    /// As `COMMENT ON` names it: `COLUMN bookings.flights.status`.
    pub identity: String,
    /// Of a column: its relation and its name, between which GRANT puts other words.
    pub column: Option<(QualifiedName, Ident)>,
}

impl Part {
    /// One that has no privileges.
    pub fn new(id: ObjectId, identity: String) -> Self {
        Self { id, identity, column: None }
    }
}

impl Entry {
    /// An entry of the pre-data section with an address, a kind, `keyword name` as identity and its sort name.
    pub fn new(id: ObjectId, kind: &'static str, identity: String, sort_name: [&str; 3]) -> Self {
        Self {
            id,
            aliases: Vec::new(),
            kind,
            identity,
            sort_name: sort_name.map(str::to_owned),
            section: Section::PreData,
            work: Work::Catalog,
            size: 0,
            create: Vec::new(),
            secret_sql: None,
            owner: None,
            grant_on: None,
            parts: Vec::new(),
            after: Vec::new(),
            not_after: Vec::new(),
            relation: None,
        }
    }

    /// Adds a statement.
    #[must_use]
    pub fn create(mut self, statement: impl Into<String>) -> Self {
        self.create.push(statement.into());
        self
    }

    /// Sets its size on the source, in bytes.
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = bytes;
        self
    }

    /// Sets the owner.
    #[must_use]
    pub fn owner(mut self, role: &str) -> Self {
        self.owner = Some(role.to_owned());
        self
    }

    /// Says how GRANT names it.
    #[must_use]
    pub fn grant_on(mut self, keyword_and_name: String) -> Self {
        self.grant_on = Some(keyword_and_name);
        self
    }

    /// Moves it behind the data of a relation.
    #[must_use]
    pub fn post_data(mut self, relation: ObjectId, work: Work) -> Self {
        self.section = Section::PostData;
        self.relation = Some(relation);
        self.work = work;
        self
    }

    /// Adds a dependency.
    #[must_use]
    pub fn after(mut self, id: ObjectId) -> Self {
        self.after.push(id);
        self
    }
}
