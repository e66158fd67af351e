//! `CHECK` constraints of tables and domains. They stand inside of their owner's text, or apart: where they
//! were never validated or can read other rows (then they come after the data), and where a cycle asks for it.
use serde::Deserialize;

use super::{Entry, ObjectId, Part, Separate, Work};
use crate::pg::{Ident, Oid, catalog};

/// A row of `pg_constraint`.
#[derive(Debug, Clone, Deserialize)]
pub struct Check {
    oid: Oid,
    name: Ident,
    validated: bool,
    /// Whether it calls a function that may read other rows than the one that is checked: before all rows are there,
    /// it could refuse what it will accept.
    after_data: bool,
    /// Defined here, not only inherited.
    #[serde(default = "defined_here")]
    pub local: bool,
    definition: String,
}

fn defined_here() -> bool {
    true
}

impl Check {
    /// Its address.
    pub fn id(&self) -> ObjectId {
        ObjectId::new(catalog::CONSTRAINT, self.oid)
    }

    /// Whether it is a statement of its own.
    pub fn stands_apart(&self, separate: &Separate) -> bool {
        !self.validated || self.after_data || separate.contains(&self.id())
    }

    /// `CONSTRAINT name CHECK (…)`
    pub fn clause(&self) -> String {
        format!("CONSTRAINT {} {}", self.name, self.definition)
    }

    /// Its name as COMMENT ON has it; `on` is `s.t` or `DOMAIN s.d`.
    pub fn part(&self, on: &str) -> Part {
        Part::new(self.id(), format!("CONSTRAINT {} ON {on}", self.name))
    }

    /// The statement of its own: `alter` is `ALTER TABLE s.t`, `on` as for [`Check::part`].
    pub fn entry(&self, alter: &str, on: &str, owner: ObjectId, sort_name: [&str; 3]) -> Entry {
        let entry = Entry::new(
            self.id(),
            "check",
            format!("CONSTRAINT {} ON {on}", self.name),
            [sort_name[0], sort_name[1], self.name.as_str()],
        )
        .create(format!("{alter} ADD {}", self.clause()))
        .after(owner);
        match (self.validated, self.after_data) {
            (true, false) => entry,
            (true, true) => entry.post_data(owner, Work::Scan),
            (false, _) => entry.post_data(owner, Work::Catalog),
        }
    }
}
