//! `CREATE USER MAPPING`. Its options can hold passwords: they go from the source to the target at the last moment, and
//! stand in no plan.
use serde::Deserialize;

use super::{
    Entry, Kind, ObjectId, Queries, Separate,
    fdw_option::{FdwOption, options_clause},
};
use crate::pg::{Ident, Oid, catalog, quote_literal};

/// A row of `pg_user_mappings`.
#[derive(Debug, Clone, Deserialize)]
pub struct UserMapping {
    oid: Oid,
    server: Ident,
    /// NULL for PUBLIC.
    pub role: Option<Ident>,
    /// Whether we may read its options.
    readable: bool,
    /// Those that are no secret.
    options: Vec<FdwOption>,
    /// The names of the others.
    withheld: Vec<Ident>,
    /// What the role is called on the source, if it got another name.
    #[serde(skip)]
    named_before: Option<Ident>,
}

impl UserMapping {
    fn head(&self) -> String {
        let role = self.role.as_ref().map_or("PUBLIC".to_owned(), Ident::to_string);
        format!("USER MAPPING FOR {role} SERVER {}", self.server)
    }

    /// Gives the role another name on the target.
    pub fn rename_role(&mut self, rename: &dyn Fn(&mut String)) {
        self.named_before = self.role.clone();
        if let Some(role) = &mut self.role {
            rename(&mut role.0);
        }
    }

    /// The statement without what is secret, whose names a comment tells.
    fn text(&self) -> String {
        let withheld: Vec<String> = self.withheld.iter().map(Ident::to_string).collect();
        let withheld = match withheld.as_slice() {
            [] => String::new(),
            names => format!(" /* and {} */", names.join(", ").replace("*/", "* /").replace("/*", "/ *")),
        };
        format!("CREATE {}{}{withheld}", self.head(), options_clause(&self.options))
    }

    /// The query that gives the whole statement on the source.
    fn secret_sql(&self) -> String {
        let role = match self.named_before.as_ref().or(self.role.as_ref()) {
            Some(role) => format!("m.umuser <> 0 AND m.usename = {}", quote_literal(role.as_str())),
            None => "m.umuser = 0".to_owned(),
        };
        format!(
            "SELECT {} || COALESCE((SELECT ' OPTIONS (' || pg_catalog.string_agg(pg_catalog.quote_ident(o.option_name) \
             || ' ' || pg_catalog.quote_literal(o.option_value), ', ') || ')' \
             FROM pg_catalog.pg_options_to_table(m.umoptions) o), '') \
             FROM pg_catalog.pg_user_mappings m WHERE m.srvname = {} AND {role}",
            quote_literal(&format!("CREATE {}", self.head())),
            quote_literal(self.server.as_str())
        )
    }
}

impl Kind for UserMapping {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/user_mapping.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let role = self.role.as_ref().map_or("public", Ident::as_str);
        let mut entry = Entry::new(
            ObjectId::new(catalog::USER_MAPPING, self.oid),
            "user_mapping",
            self.head(),
            ["", self.server.as_str(), role],
        )
        .create(self.text());
        if !self.withheld.is_empty() {
            entry.secret_sql = Some(self.secret_sql());
        }
        entries.push(entry);
    }

    fn remark(&self) -> Option<String> {
        (!self.readable).then(|| "made without its options: they cannot be read on the source".to_owned())
    }
}
