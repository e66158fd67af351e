//! `CREATE ROLE`: attributes and settings. Password verifiers never stand in a plan: the run carries them over.
use serde::Deserialize;

use super::{
    Queries,
    setting::{assignment, setting_name},
};
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
            let name = setting_name(setting);
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
        let words: Vec<String> = self.attributes().iter().map(|(on, word)| switch(*on, word)).collect();
        let mut create = format!("CREATE ROLE {} WITH {}", self.name, words.join(" "));
        if self.connection_limit != -1 {
            create += &format!(" CONNECTION LIMIT {}", self.connection_limit);
        }
        if let Some(until) = &self.valid_until {
            create += &format!(" VALID UNTIL {}", quote_literal(until));
        }
        let mut statements = vec![create];
        statements.extend(self.settings.iter().map(|setting| self.set_statement(setting)));
        statements.extend(self.comment_statement());
        statements
    }

    /// Its attributes that are on or off, in the order of `pg_dumpall`.
    fn attributes(&self) -> [(bool, &'static str); 7] {
        [
            (self.superuser, "SUPERUSER"),
            (self.inherit, "INHERIT"),
            (self.may_create_roles, "CREATEROLE"),
            (self.create_database, "CREATEDB"),
            (self.login, "LOGIN"),
            (self.replication, "REPLICATION"),
            (self.bypass_row_security, "BYPASSRLS"),
        ]
    }

    /// What ALTER ROLE must say of another role's attributes to make them these; those that are equal are left unsaid, as
    /// not everybody may say them.
    pub fn changes_from(&self, there: &Self) -> Vec<String> {
        let pairs = self.attributes().into_iter().zip(there.attributes());
        let changed = pairs.filter(|((on, _), (was, _))| on != was);
        let mut words: Vec<String> = changed.map(|((on, word), _)| switch(on, word)).collect();
        if self.connection_limit != there.connection_limit {
            words.push(format!("CONNECTION LIMIT {}", self.connection_limit));
        }
        if self.valid_until() != there.valid_until() {
            words.push(format!("VALID UNTIL {}", quote_literal(self.valid_until())));
        }
        words
    }

    /// Without a limit it is valid until infinity, and there is no way back from that word to none.
    fn valid_until(&self) -> &str {
        self.valid_until.as_deref().unwrap_or("infinity")
    }

    /// Elements of `setconfig`.
    pub fn settings(&self) -> &[String] {
        &self.settings
    }

    /// ALTER ROLE … SET
    pub fn set_statement(&self, setting: &str) -> String {
        format!("ALTER ROLE {} SET {}", self.name, assignment(setting))
    }

    /// Keeps the settings for which this holds.
    pub fn keep_settings(&mut self, keep: impl FnMut(&String) -> bool) {
        self.settings.retain(keep);
    }

    /// Its comment.
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// COMMENT ON ROLE, if it has one.
    pub fn comment_statement(&self) -> Option<String> {
        let comment = self.comment.as_ref()?;
        Some(format!("COMMENT ON ROLE {} IS {}", self.name, quote_literal(comment)))
    }

    /// A role as CREATE ROLE makes it.
    pub fn plain(name: Ident) -> Self {
        Self {
            oid: Oid(0),
            name,
            superuser: false,
            inherit: true,
            may_create_roles: false,
            create_database: false,
            login: false,
            replication: false,
            bypass_row_security: false,
            connection_limit: -1,
            valid_until: None,
            settings: Vec::new(),
            comment: None,
            named_before: None,
            lost: Vec::new(),
        }
    }

    /// Whether it is a superuser.
    pub fn is_superuser(&self) -> bool {
        self.superuser
    }

    /// Applies a word of CREATE ROLE (`LOGIN`, `NOINHERIT`); false if it is none.
    pub fn apply_word(&mut self, word: &str) -> bool {
        let (on, bare) = word.strip_prefix("NO").map_or((true, word), |bare| (false, bare));
        let attribute = match bare {
            "SUPERUSER" => &mut self.superuser,
            "INHERIT" => &mut self.inherit,
            "CREATEROLE" => &mut self.may_create_roles,
            "CREATEDB" => &mut self.create_database,
            "LOGIN" => &mut self.login,
            "REPLICATION" => &mut self.replication,
            "BYPASSRLS" => &mut self.bypass_row_security,
            _ => return false,
        };
        *attribute = on;
        true
    }

    /// CONNECTION LIMIT
    pub fn limit_connections(&mut self, limit: i32) {
        self.connection_limit = limit;
    }

    /// VALID UNTIL
    pub fn end_at(&mut self, until: String) {
        self.valid_until = Some(until);
    }

    /// Adds an element of `setconfig`.
    pub fn add_setting(&mut self, setting: String) {
        self.settings.push(setting);
    }

    /// Gives it a comment.
    pub fn comment_on(&mut self, comment: String) {
        self.comment = Some(comment);
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

fn switch(on: bool, word: &str) -> String {
    if on { word.to_owned() } else { format!("NO{word}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_said() {
        let mut wanted = Role::plain(Ident::from("a"));
        let there = wanted.clone();
        assert!(wanted.changes_from(&there).is_empty());
        assert!(
            wanted.apply_word("LOGIN") && wanted.apply_word("NOINHERIT") && !wanted.apply_word("NOTHING")
        );
        wanted.limit_connections(3);
        assert_eq!(wanted.changes_from(&there), ["NOINHERIT", "LOGIN", "CONNECTION LIMIT 3"]);
        assert_eq!(there.changes_from(&wanted), ["INHERIT", "NOLOGIN", "CONNECTION LIMIT -1"]);
        wanted.end_at("2030-01-01 00:00:00+00".to_owned());
        assert_eq!(there.changes_from(&wanted)[3], "VALID UNTIL 'infinity'");
    }
}
