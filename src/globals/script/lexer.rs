//! Tokens of SQL, as psql sends it: strings of every form, quoted names, comments, lines for psql itself. Pure.

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A key word or a name without quotes, in lower case.
    Word(String),
    /// A name in quotes, without them.
    Name(String),
    /// The value of a literal.
    Text(String),
    /// Digits, with a point.
    Number(String),
    /// Anything else, character by character.
    Symbol(String),
}

/// The statements of a script, each without its semicolon.
pub(super) fn statements(text: &str) -> Result<Vec<Vec<Token>>, String> {
    let mut lexer = Lexer { text, at: 0 };
    let (mut all, mut one) = (Vec::new(), Vec::new());
    loop {
        lexer.skip_blanks(one.is_empty())?;
        if lexer.rest().is_empty() {
            break;
        }
        match lexer.next()? {
            Token::Symbol(symbol) if symbol == ";" => {
                if !one.is_empty() {
                    all.push(std::mem::take(&mut one));
                }
            }
            token => one.push(token),
        }
    }
    if one.is_empty() { Ok(all) } else { Err("the last statement has no end".to_owned()) }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn line(&self) -> usize {
        self.text[..self.at].matches('\n').count() + 1
    }

    fn unended<T>(&self, what: &str) -> Result<T, String> {
        Err(format!("line {}: {what} without an end", self.line()))
    }

    /// White space, comments, and between statements the lines that are for psql (`\restrict`).
    fn skip_blanks(&mut self, between_statements: bool) -> Result<(), String> {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            if blank > 0 {
                self.at += blank;
            } else if rest.starts_with("--") || (between_statements && rest.starts_with('\\')) {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.at += match comment_end(rest) {
                    Some(end) => end,
                    None => return self.unended("a comment"),
                };
            } else {
                return Ok(());
            }
        }
    }

    fn next(&mut self) -> Result<Token, String> {
        let rest = self.rest();
        let mut chars = rest.chars();
        let (first, second) = (chars.next().unwrap_or_default(), chars.next());
        match (first, second) {
            ('\'', _) => self.literal(1, false),
            ('E' | 'e', Some('\'')) => self.literal(2, true),
            ('"', _) => self.name(),
            ('$', _) if dollar_tag(rest).is_some() => self.dollars(),
            (c, _) if c.is_ascii_digit() => Ok(Token::Number(self.take(|c| c.is_ascii_digit() || c == '.'))),
            (c, _) if c.is_alphabetic() || c == '_' => {
                let word = self.take(|c| c.is_alphanumeric() || c == '_' || c == '$');
                Ok(Token::Word(word.to_ascii_lowercase()))
            }
            (c, _) => {
                self.at += c.len_utf8();
                Ok(Token::Symbol(c.to_string()))
            }
        }
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let rest = self.rest();
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.at += end;
        rest[..end].to_owned()
    }

    /// A string literal; `start` characters come before its contents.
    fn literal(&mut self, start: usize, escapes: bool) -> Result<Token, String> {
        let rest = &self.rest()[start..];
        let mut value = String::new();
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '\'' if chars.next_if(|(_, next)| *next == '\'').is_some() => value.push('\''),
                '\'' => {
                    self.at += start + at + 1;
                    return Ok(Token::Text(value));
                }
                // `pg_dumpall` escapes nothing but the backslash itself.
                '\\' if escapes => match chars.next() {
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, 't')) => value.push('\t'),
                    Some((_, 'r')) => value.push('\r'),
                    Some((_, other)) => value.push(other),
                    None => break,
                },
                c => value.push(c),
            }
        }
        self.unended("a literal")
    }

    fn name(&mut self) -> Result<Token, String> {
        let rest = &self.rest()[1..];
        let mut value = String::new();
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' if chars.next_if(|(_, next)| *next == '"').is_some() => value.push('"'),
                '"' => {
                    self.at += at + 2;
                    return Ok(Token::Name(value));
                }
                c => value.push(c),
            }
        }
        self.unended("a quoted name")
    }

    fn dollars(&mut self) -> Result<Token, String> {
        let rest = self.rest();
        let tag = dollar_tag(rest).unwrap_or_default();
        let inner = &rest[tag.len()..];
        let Some(end) = inner.find(tag) else { return self.unended("a dollar-quoted string") };
        self.at += end + 2 * tag.len();
        Ok(Token::Text(inner[..end].to_owned()))
    }
}

/// `$tag$` at the beginning of a text.
fn dollar_tag(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('$')?;
    let end = inner.find('$')?;
    let tag = &inner[..end];
    let is_name = tag.chars().all(|c| c.is_alphanumeric() || c == '_');
    (is_name && !tag.starts_with(|c: char| c.is_ascii_digit())).then(|| &text[..end + 2])
}

/// Comments nest.
fn comment_end(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        let rest = &text[at..];
        let [open, close] = ["/*", "*/"].map(|mark| rest.find(mark).unwrap_or(usize::MAX));
        if close == usize::MAX {
            return None;
        }
        let next = open.min(close);
        if open < close {
            depth += 1;
        } else {
            depth -= 1;
        }
        at += next + 2;
        if depth == 0 {
            return Some(at);
        }
    }
}
