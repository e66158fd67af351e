//! Reads the roles out of `pg_dumpall --roles-only`: its text is split by SQL's own rules, never at semicolons, and each
//! statement is understood or reported. Pure.
mod lexer;
mod statement;

use std::collections::BTreeMap;

use crate::{
    catalog::Note,
    object::{Membership, Role},
    pg::Ident,
};
use lexer::{Token, statements};
use statement::{Statement, parse};

/// The roles of a script.
#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) roles: Vec<Role>,
    pub(super) memberships: Vec<Membership>,
    /// Statements that mean nothing to us.
    pub(super) notes: Vec<Note>,
}

/// Reads a script; an error says from where on it is no SQL.
pub(super) fn read(text: &str) -> Result<Script, String> {
    let mut roles: BTreeMap<Ident, Role> = BTreeMap::new();
    let mut script = Script::default();
    for tokens in statements(text)? {
        let understood = match parse(&tokens) {
            Some(Statement::Nothing) => true,
            Some(Statement::Membership(membership)) => {
                script.memberships.push(membership);
                true
            }
            Some(Statement::Role { name, change }) => {
                let role = roles.entry(name.clone()).or_insert_with(|| Role::plain(name));
                change.apply(role)
            }
            None => false,
        };
        if !understood {
            script
                .notes
                .push(Note { object: "STATEMENT of pg_dumpall".to_owned(), reason: unknown(&tokens) });
        }
    }
    script.roles = roles.into_values().collect();
    Ok(script)
}

/// The statement without its literals: one of them may be a secret.
fn unknown(tokens: &[Token]) -> String {
    let words: Vec<String> = tokens
        .iter()
        .map(|token| match token {
            Token::Word(text) | Token::Symbol(text) | Token::Number(text) => text.clone(),
            Token::Name(name) => crate::pg::quote_ident(name),
            Token::Text(_) => "'…'".to_owned(),
        })
        .collect();
    format!("left out, as it is not understood: {}", words.join(" "))
}

#[cfg(test)]
mod tests;
