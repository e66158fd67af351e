//! `CREATE FUNCTION` and `CREATE PROCEDURE`: the server's own `pg_get_functiondef`, made to refuse an existing one.
use std::collections::HashSet;

use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, removed, shell_type};
use crate::pg::{Ident, Oid, QualifiedName, catalog, quote_literal};

/// A row of `pg_proc` that is no aggregate.
#[derive(Debug, Clone, Deserialize)]
pub struct Function {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    /// `prokind`: f, p or w.
    kind: String,
    identity_arguments: String,
    definition: String,
    /// Set if its code is not its text.
    pub compiled: Option<Compiled>,
    /// Types that need it to be complete: it makes do with their shells.
    shells: Vec<Oid>,
}

/// Where a function of language `c` or `internal` has its code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub struct Compiled {
    language: Ident,
    file: Option<String>,
    symbol: String,
}

impl Compiled {
    /// Makes a function of the same code, if the server has it. It must not be called.
    pub fn probe(&self, name: &QualifiedName) -> String {
        let file = self.file.iter().map(|file| quote_literal(file) + ", ").collect::<String>();
        let symbol = quote_literal(&self.symbol);
        format!("CREATE FUNCTION {name}() RETURNS void LANGUAGE {} AS {file}{symbol}", self.language)
    }
}

impl Function {
    /// The lines between arguments and body, where the server puts one kind of option a line.
    fn options(&self) -> impl Iterator<Item = &str> {
        let lines = self.definition.lines().skip_while(|line| !line.starts_with(" LANGUAGE "));
        lines.take_while(|line| line.starts_with(' '))
    }

    /// Why somebody who is no superuser may not make it.
    pub fn denied(&self, languages: &HashSet<String>, settings: &HashSet<String>) -> Option<String> {
        self.options().find_map(|line| {
            if let Some(language) = line.strip_prefix(" LANGUAGE ") {
                let language = language.trim().trim_matches('"');
                return languages
                    .contains(language)
                    .then(|| format!("only a superuser makes functions in language {language}"));
            }
            let name = line.strip_prefix(" SET ")?.split(' ').next()?.trim_matches('"');
            settings.contains(name).then(|| format!("only a superuser lets a function set {name}"))
        })
    }

    /// Makes it without LEAKPROOF and SUPPORT, which only superusers say; gives its name, and what was lost.
    pub fn leave_superusers_marks(&mut self) -> Option<(String, String)> {
        let marks = self.options().nth(1).filter(|line| !line.starts_with(" SET "))?.to_owned();
        let words: Vec<&str> = marks.split(' ').collect();
        let at = |word: &str| words.iter().position(|found| *found == word);
        let support = at("SUPPORT");
        let kept = words.iter().enumerate().filter(|(index, word)| {
            **word != "LEAKPROOF" && support.is_none_or(|support| *index != support && *index != support + 1)
        });
        let kept: Vec<&str> = kept.map(|(_, word)| *word).collect();
        if kept.len() == words.len() {
            return None;
        }
        let lost = words.iter().filter(|word| matches!(**word, "LEAKPROOF" | "SUPPORT"));
        let lost = lost.copied().collect::<Vec<_>>().join(" and ");
        let kept = kept.join(" ");
        let line = if kept.trim().is_empty() { "\n".to_owned() } else { format!("\n{kept}\n") };
        self.definition = self.definition.replacen(&format!("\n{marks}\n"), &line, 1);
        let keyword = if self.kind == "p" { "PROCEDURE" } else { "FUNCTION" };
        let name = format!("{keyword} {}({})", self.name, self.identity_arguments);
        Some((name, format!("made without {lost}, which only a superuser says")))
    }
}

impl Kind for Function {
    const QUERIES: Queries =
        &[(u32::MAX, include_str!("sql/function.sql")), (10, include_str!("sql/function.pg10.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let keyword = if self.kind == "p" { "PROCEDURE" } else { "FUNCTION" };
        let identity = format!("{keyword} {}({})", self.name, self.identity_arguments);
        let definition = self.definition.trim_end();
        let create = match definition.strip_prefix("CREATE OR REPLACE ") {
            Some(rest) => format!("CREATE {rest}"),
            None => definition.to_owned(),
        };
        let mut entry = Entry::new(
            ObjectId::new(catalog::PROC, self.oid),
            "function",
            identity.clone(),
            [self.name.schema.as_str(), self.name.name.as_str(), &format!("({})", self.identity_arguments)],
        )
        .create(create)
        .owner(&self.owner)
        .grant_on(identity);
        for shell in self.shells.iter().map(|oid| shell_type::before(*oid)) {
            entry.not_after.push(shell.whole());
            entry.after.push(shell);
        }
        entries.push(entry);
    }

    fn unholdable(&self, target: u32) -> Option<String> {
        let returns = self.definition.lines().find_map(|line| line.trim_start().strip_prefix("RETURNS "));
        removed::type_reason_in(&self.identity_arguments, target)
            .or_else(|| removed::type_reason_in(returns?, target))
    }
}
