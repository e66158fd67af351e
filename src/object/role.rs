//! `CREATE ROLE`: attributes and settings. Password verifiers never stand in a plan: the run carries them over.
use serde::Deserialize;

use super::Queries;
use crate::pg::{Ident, Oid, quote_literal};

/// The query of roles; readable by everyone.
pub const ROLE_QUERIES: Queries = &[(u32::MAX, include_str!("sql/role.sql"))];

/// A row of `pg_roles`.
#[derive(Debug, Clone, Deserialize)]
pub struct Role {
    /// Its OID.
    pub oid: Oid,
    /// Its name.
    pub name: Ident,
    superuser: bool,
    inherit: bool,
    #[serde(rename = "create_role")]
    may_create_roles: bool,
    create_database: bool,
    /// Whether it can log in, and so can have a password that matters.
    pub login: bool,
    replication: bool,
    bypass_row_security: bool,
    connection_limit: i32,
    valid_until: Option<String>,
    settings: Vec<String>,
    comment: Option<String>,
    /// What it is called on the source, if it got another name.
    #[serde(skip)]
    named_before: Option<Ident>,
    /// Attributes and settings that the target's role may not give it.
    #[serde(skip)]
    lost: Vec<String>,
}

/// Attributes that somebody who is no superuser may give to a role.
#[derive(Debug, Clone, Copy)]
pub struct RoleLimits {
    /// CREATEDB
    pub create_database: bool,
    /// REPLICATION
    pub replication: bool,
    /// BYPASSRLS
    pub bypass_row_security: bool,
}

impl Role {
    /// Takes from it what may not be given, see [`Role::lost`].
    pub fn limit(&mut self, may: &RoleLimits, may_set: &dyn Fn(&str) -> bool) {
        let attributes = [
            (&mut self.superuser, false, "SUPERUSER"),
            (&mut self.create_database, may.create_database, "CREATEDB"),
            (&mut self.replication, may.replication, "REPLICATION"),
            (&mut self.bypass_row_security, may.bypass_row_security, "BYPASSRLS"),
        ];
        let mut lost = Vec::new();
        for (is, may, word) in attributes {
            if *is && !may {
                *is = false;
                lost.push(word.to_owned());
            }
        }
        self.settings.retain(|setting| {
            let name = setting.split('=').next().unwrap_or_default();
            let keep = may_set(name);
            if !keep {
                lost.push(format!("SET {name}"));
            }
            keep
        });
        self.lost = lost;
    }

    /// What it is made without.
    pub fn lost(&self) -> &[String] {
        &self.lost
    }

    /// What makes it.
    pub fn statements(&self) -> Vec<String> {
        let word = |on: bool, word: &str| if on { word.to_owned() } else { format!("NO{word}") };
        let mut create = format!(
            "CREATE ROLE {} WITH {} {} {} {} {} {} {}",
            self.name,
            word(self.superuser, "SUPERUSER"),
            word(self.inherit, "INHERIT"),
            word(self.may_create_roles, "CREATEROLE"),
            word(self.create_database, "CREATEDB"),
            word(self.login, "LOGIN"),
            word(self.replication, "REPLICATION"),
            word(self.bypass_row_security, "BYPASSRLS"),
        );
        if self.connection_limit != -1 {
            create += &format!(" CONNECTION LIMIT {}", self.connection_limit);
        }
        if let Some(until) = &self.valid_until {
            create += &format!(" VALID UNTIL {}", quote_literal(until));
        }
        let mut statements = vec![create];
        statements.extend(
            self.settings
                .iter()
                .map(|setting| format!("ALTER ROLE {} SET {}", self.name, assignment(setting))),
        );
        statements.extend(
            self.comment
                .as_ref()
                .map(|comment| format!("COMMENT ON ROLE {} IS {}", self.name, quote_literal(comment))),
        );
        statements
    }

    /// Gives it another name on the target.
    pub fn rename(&mut self, name: &str) {
        self.named_before = Some(std::mem::replace(&mut self.name, Ident(name.to_owned())));
    }

    /// What it is called on the source, if that is another name.
    pub fn name_before(&self) -> Option<&Ident> {
        self.named_before.as_ref().filter(|name| **name != self.name)
    }

    /// Makes it without its comment.
    pub fn leave_comment(&mut self) {
        self.comment = None;
    }

    /// The source query whose result is the statement that sets the target's password: no row without a password.
    pub fn carry_password_sql(&self) -> String {
        let there = self.name_before().unwrap_or(&self.name);
        // An MD5 hash is one of name and password, and worth nothing under another name.
        let usable = if self.name_before().is_some() { " AND rolpassword NOT LIKE 'md5%'" } else { "" };
        format!(
            "SELECT pg_catalog.format('ALTER ROLE %I PASSWORD %L', {}::text, rolpassword) FROM pg_catalog.pg_authid \
             WHERE rolname = {} AND rolpassword IS NOT NULL{usable}",
            quote_literal(self.name.as_str()),
            quote_literal(there.as_str())
        )
    }
}

/// Settings whose value is a list, stored quoted element by element (`GUC_LIST_QUOTE` in `guc_tables.c`):
/// to quote them again would make one element of them.
const LISTS: [&str; 6] = [
    "local_preload_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

/// `name = value` from an element of `setconfig`.
fn assignment(setting: &str) -> String {
    let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
    // An extension's setting has a dot: each part is a name of its own.
    let quoted: Vec<String> = name.split('.').map(crate::pg::quote_ident).collect();
    let value =
        if LISTS.contains(&name) && !value.is_empty() { value.to_owned() } else { quote_literal(value) };
    format!("{} = {value}", quoted.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_not_quoted_again() {
        assert_eq!(assignment("search_path=bookings, \"$user\""), "search_path = bookings, \"$user\"");
        assert_eq!(assignment("work_mem=64MB"), "work_mem = '64MB'");
        assert_eq!(assignment("my.setting=it's"), "my.setting = 'it''s'");
    }
}
