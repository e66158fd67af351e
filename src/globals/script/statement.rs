//! The statements of `pg_dumpall --roles-only`, from their tokens. Pure.
use super::lexer::Token;
use crate::{
    object::{Membership, Role, is_list_setting, joined_elements},
    pg::Ident,
};

/// A statement that is understood.
#[derive(Debug)]
pub(super) enum Statement {
    /// Settings of the session, labels and privileges on parameters: read from the catalog.
    Nothing,
    /// GRANT role TO role
    Membership(Membership),
    /// CREATE ROLE, ALTER ROLE, COMMENT ON ROLE
    Role {
        /// Which.
        name: Ident,
        /// What becomes of it.
        change: Change,
    },
}

/// What a statement makes of a role.
#[derive(Debug)]
pub(super) enum Change {
    /// Attributes; none for a plain CREATE ROLE.
    Attributes(Vec<Attribute>),
    /// An element of `setconfig`.
    Setting(String),
    /// Its comment.
    Comment(String),
}

/// An attribute.
#[derive(Debug)]
pub(super) enum Attribute {
    Word(String),
    ConnectionLimit(i32),
    ValidUntil(String),
}

impl Change {
    /// False if there is no such attribute.
    pub(super) fn apply(self, role: &mut Role) -> bool {
        match self {
            Self::Setting(setting) => role.add_setting(setting),
            Self::Comment(comment) => role.comment_on(comment),
            Self::Attributes(attributes) => {
                let apply = |attribute| match attribute {
                    Attribute::Word(word) => role.apply_word(&word),
                    Attribute::ConnectionLimit(limit) => {
                        role.limit_connections(limit);
                        true
                    }
                    Attribute::ValidUntil(until) => {
                        role.end_at(until);
                        true
                    }
                };
                return attributes.into_iter().map(apply).fold(true, |all, known| all & known);
            }
        }
        true
    }
}

/// Understands a statement.
pub(super) fn parse(tokens: &[Token]) -> Option<Statement> {
    let mut words = Words { tokens, at: 0 };
    match words.word()? {
        "set" | "reset" | "select" | "security" => Some(Statement::Nothing),
        "create" => {
            words.expect("role")?;
            let name = words.name()?;
            words.end()?;
            Some(Statement::Role { name, change: Change::Attributes(Vec::new()) })
        }
        "alter" => {
            words.expect("role")?;
            let name = words.name()?;
            let change = match words.word()? {
                "set" => setting(&mut words)?,
                "with" => Change::Attributes(attributes(&mut words)?),
                _ => return None,
            };
            words.end()?;
            Some(Statement::Role { name, change })
        }
        "comment" => {
            words.expect("on")?;
            words.expect("role")?;
            let name = words.name()?;
            words.expect("is")?;
            let change = Change::Comment(words.text()?);
            words.end()?;
            Some(Statement::Role { name, change })
        }
        "grant" if words.holds("on") => Some(Statement::Nothing),
        "grant" => membership(&mut words).map(Statement::Membership),
        _ => None,
    }
}

fn attributes(words: &mut Words<'_>) -> Option<Vec<Attribute>> {
    let mut found = Vec::new();
    while words.peek().is_some() {
        found.push(match words.word()? {
            "connection" => {
                words.expect("limit")?;
                let negative = words.symbol("-");
                let limit: i32 = words.number()?.parse().ok()?;
                Attribute::ConnectionLimit(if negative { -limit } else { limit })
            }
            "valid" => {
                words.expect("until")?;
                Attribute::ValidUntil(words.text()?)
            }
            // Verifiers go another way.
            "password" => {
                words.text()?;
                continue;
            }
            word => Attribute::Word(word.to_ascii_uppercase()),
        });
    }
    Some(found)
}

/// `name TO value`, a list of literals where the setting is one.
fn setting(words: &mut Words<'_>) -> Option<Change> {
    let mut name = words.name()?.0;
    while words.symbol(".") {
        name = format!("{name}.{}", words.name()?.0);
    }
    if !words.symbol("=") {
        words.expect("to")?;
    }
    let mut values = vec![words.text()?];
    while words.symbol(",") {
        values.push(words.text()?);
    }
    let value = match values.as_slice() {
        _ if is_list_setting(&name) => joined_elements(&values),
        [value] => value.clone(),
        _ => return None,
    };
    Some(Change::Setting(format!("{name}={value}")))
}

fn membership(words: &mut Words<'_>) -> Option<Membership> {
    let role = words.name()?;
    words.expect("to")?;
    let member = words.name()?;
    let mut found = Membership { role, member, admin: false, inherit: None, set: None, grantor: None };
    while let Some(word) = words.word() {
        match word {
            "with" => options(words, &mut found)?,
            "granted" => {
                words.expect("by")?;
                found.grantor = Some(words.name()?);
            }
            _ => return None,
        }
    }
    words.end()?;
    // Of server 16 and newer `pg_dumpall` says INHERIT always, and SET only where it is off.
    if found.inherit.is_some() {
        found.set.get_or_insert(true);
    }
    Some(found)
}

fn options(words: &mut Words<'_>, found: &mut Membership) -> Option<()> {
    loop {
        match words.word()? {
            "admin" => {
                let option = words.word()?;
                found.admin = option != "false";
            }
            "inherit" => found.inherit = Some(words.word()? != "false"),
            "set" => found.set = Some(words.word()? != "false"),
            _ => return None,
        }
        if !words.symbol(",") {
            return Some(());
        }
    }
}

/// Tokens, read from the front.
struct Words<'t> {
    tokens: &'t [Token],
    at: usize,
}

impl<'t> Words<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self) -> Option<&'t Token> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    fn word(&mut self) -> Option<&'t str> {
        match self.take()? {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    fn expect(&mut self, word: &str) -> Option<()> {
        (self.word()? == word).then_some(())
    }

    fn name(&mut self) -> Option<Ident> {
        match self.take()? {
            Token::Word(name) | Token::Name(name) => Some(Ident(name.clone())),
            _ => None,
        }
    }

    fn text(&mut self) -> Option<String> {
        match self.take()? {
            Token::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn number(&mut self) -> Option<&'t str> {
        match self.take()? {
            Token::Number(number) => Some(number),
            _ => None,
        }
    }

    fn symbol(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Symbol(symbol)) if symbol == wanted);
        self.at += usize::from(found);
        found
    }

    fn holds(&self, wanted: &str) -> bool {
        self.tokens.iter().any(|token| matches!(token, Token::Word(word) if word == wanted))
    }

    fn end(&self) -> Option<()> {
        self.peek().is_none().then_some(())
    }
}
