//! Queries, whose columns server 16 and newer print without the name of the only relation.

/// Before server 16 there was no other way.
pub(super) fn without_no_indent(text: &str) -> String {
    if text.contains("XMLSERIALIZE(") { text.replace(" NO INDENT)", ")") } else { text.to_owned() }
}

/// Whether `old` is `new` with one and the same `name.` put before some words, the name of a relation that it reads.
pub(super) fn is_qualified_form(old: &str, new: &str) -> bool {
    let (old, new) = (tokens(old), tokens(new));
    let (mut at, mut name) = (0, None);
    for (place, word) in new.iter().enumerate() {
        let dotted = old.get(at + 1) == Some(&".");
        let both = dotted && old.get(at) == Some(word) && new.get(place + 1) == Some(&".");
        if dotted && !both {
            if *name.get_or_insert(old[at]) != old[at] {
                return false;
            }
            at += 2;
        }
        if old.get(at) != Some(word) {
            return false;
        }
        at += 1;
    }
    at == old.len() && name.is_none_or(|name| reads(&new, name))
}

/// Whether something that is read is called so: `FROM [ONLY] [schema.]name`, `FROM … name`, `(…) name`.
fn reads(tokens: &[&str], name: &str) -> bool {
    let is_called = |behind: &[&str]| {
        let behind = behind.strip_prefix(&["ONLY"]).unwrap_or(behind);
        match behind {
            [_, ".", relation, rest @ ..] | [relation, rest @ ..] => {
                *relation == name || rest.first() == Some(&name)
            }
            [] => false,
        }
    };
    tokens.iter().enumerate().any(|(place, word)| match *word {
        "FROM" | "UPDATE" | "INTO" => is_called(&tokens[place + 1..]),
        ")" => tokens.get(place + 1) == Some(&name),
        _ => false,
    })
}

/// Words, quoted names, strings and signs; without white space.
pub(super) fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '"' | '\'' => quoted_end(rest, first),
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        tokens.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    tokens
}

/// Where a quoted name or string ends; a doubled quote belongs to it.
fn quoted_end(text: &str, quote: char) -> usize {
    let mut end = 1;
    while let Some(found) = text[end..].find(quote) {
        end += found + 1;
        if !text[end..].starts_with(quote) {
            return end;
        }
        end += 1;
    }
    text.len()
}

/// Whether a character can be in a name without quotes, or in a number.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}
