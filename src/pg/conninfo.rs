//! Connection strings as a server stores them, without their secrets.
use serde::Deserialize;

/// The parameters whose values are secrets (`fe-connect.c`: those that libpq marks `*`).
const SECRETS: [&str; 5] =
    ["password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"];

/// A connection string that was read without its secrets: they are nowhere to be found in it. What it cannot read, it
/// leaves out as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct RedactedConninfo(String);

impl RedactedConninfo {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for RedactedConninfo {
    fn from(text: String) -> Self {
        let is_uri = ["postgresql://", "postgres://"].iter().any(|scheme| text.starts_with(scheme));
        Self(if is_uri { without_secrets(&text) } else { kept_pairs(&text).unwrap_or_default() })
    }
}

/// Of a URI: the password of `user:password@` goes, and parameters whose names, percent-encoded or not, are secrets'.
/// libpq takes all before an `@` for user and password, a question mark too, unless a slash stands before it; a password
/// with a slash is a mistake, and goes as well.
fn without_secrets(uri: &str) -> String {
    let (scheme, rest) = uri.split_once("://").unwrap_or(("", uri));
    let authority = rest.split('/').next().unwrap_or_default();
    let (user, rest) = match authority.rsplit_once('@') {
        Some((user, _)) => (Some(user), &rest[user.len() + 1..]),
        None => (None, rest),
    };
    let (address, query) =
        rest.split_once('?').map_or((rest, None), |(address, query)| (address, Some(query)));
    let (user, address) = address.rsplit_once('@').map_or((user, address), |(user, host)| (Some(user), host));
    let user = user.map_or(String::new(), |user| {
        user.split([':', '?', '/']).next().unwrap_or_default().to_owned() + "@"
    });
    let is_public = |pair: &&str| !is_secret(&decoded(pair.split('=').next().unwrap_or_default()));
    let query: Vec<&str> = query.into_iter().flat_map(|query| query.split('&')).filter(is_public).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{scheme}://{user}{address}{mark}{}", query.join("&"))
}

/// Of a list of pairs: those that are no secrets, as they are written. `None` if it is no such list.
fn kept_pairs(list: &str) -> Option<String> {
    let mut kept = Vec::new();
    let mut rest = list.trim_start();
    while !rest.is_empty() {
        let (name, value) = rest.split_once('=')?;
        let end = value_end(value.trim_start())?;
        let after = &value.trim_start()[end..];
        if !is_secret(name.trim()) {
            kept.push(rest[..rest.len() - after.len()].trim_end());
        }
        rest = after.trim_start();
    }
    Some(kept.join(" "))
}

/// Where a value ends that begins the text: behind its closing quote, or before a blank.
fn value_end(text: &str) -> Option<usize> {
    let quoted = text.starts_with('\'');
    let mut characters = text.char_indices().skip(usize::from(quoted));
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => _ = characters.next(),
            '\'' if quoted => return Some(at + 1),
            blank if is_blank(blank) && !quoted => return Some(at),
            _ => {}
        }
    }
    (!quoted).then_some(text.len())
}

/// What separates pairs for libpq: C's `isspace`, which counts the vertical tab.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{b}'
}

fn is_secret(name: &str) -> bool {
    SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

/// Without percent-encoding; of a broken one what stands there.
fn decoded(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let code = piece.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.extend(code);
        bytes.extend(code.map_or(piece, |_| &piece[2..]).as_bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn redacted(text: &str) -> String {
        RedactedConninfo::from(text.to_owned()).0
    }

    #[test]
    fn pairs_keep_all_but_secrets() {
        for (text, kept) in [
            ("host=a password=secret port=1", "host=a port=1"),
            ("password = 'it\\'s a secret' host = 'a b'", "host = 'a b'"),
            ("host=a PASSWORD=se\\ cret dbname=d", "host=a dbname=d"),
            ("sslpassword=secret scram_client_key='secret'", ""),
            ("host='a password=x' user=u", "host='a password=x' user=u"),
            ("host=a\u{b}password=secret\u{c}user=u", "host=a user=u"),
            ("password='secret", ""),
            ("secret", ""),
        ] {
            assert_eq!(redacted(text), kept, "{text}");
        }
    }

    #[test]
    fn uris_keep_all_but_secrets() {
        for (text, kept) in [
            ("postgresql://u:secret@h:1/d?x=y", "postgresql://u@h:1/d?x=y"),
            ("postgres://h/d?password=secret&sslmode=require", "postgres://h/d?sslmode=require"),
            ("postgresql://u@h/d?pass%77ord=secret", "postgresql://u@h/d"),
            ("postgresql://u:se@cret@h/d", "postgresql://u@h/d"),
            ("postgresql://u:se?cret@h", "postgresql://u@h"),
            ("postgresql://u:se/cret@h/d?x=y", "postgresql://u@h/d?x=y"),
            ("postgresql://h?user=u", "postgresql://h?user=u"),
        ] {
            assert_eq!(redacted(text), kept, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_of_a_secret_is_left(secret in "[a-z' \\\\=&?/:%@]{0,8}", quoted: bool) {
            let escaped = secret.replace('\\', "\\\\").replace('\'', "\\'").replace(' ', "\\ ");
            let value = if quoted { format!("'{escaped}XY'") } else { format!("{escaped}XY") };
            let text = format!("host=h password={value} user=u");
            prop_assert_eq!(redacted(&text), "host=h user=u");
        }
    }
}
