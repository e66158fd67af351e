//! Tests of both forms of a connection string, by example and by property.
use proptest::prelude::*;

use super::*;

fn pairs(text: &str) -> Vec<(&'static str, String)> {
    Conninfo::parse(text).unwrap().parameters
}

fn refusal(text: &str) -> String {
    Conninfo::parse(text).unwrap_err().report()
}

fn owned(pairs: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

#[test]
fn key_value_pairs() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("", &[]),
        ("host=localhost port=5432", &[("host", "localhost"), ("port", "5432")]),
        (" host = a\tdbname= b\n", &[("host", "a"), ("dbname", "b")]),
        (r"password='it\'s a \\'user=u", &[("password", r"it's a \"), ("user", "u")]),
        (r"password=a\ b\'c", &[("password", "a b'c")]),
        ("password='' host=", &[("password", ""), ("host", "")]),
        ("application_name=süd", &[("application_name", "süd")]),
        ("host=a host=b", &[("host", "a"), ("host", "b")]),
    ];
    for (text, expected) in cases {
        assert_eq!(pairs(text), owned(expected), "{text}");
    }
    assert_eq!(Conninfo::parse("host=a host=b").unwrap().value("host"), Some("b"));
}

#[test]
fn uris() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("postgresql://", &[]),
        ("postgres://localhost", &[("host", "localhost")]),
        (
            "postgresql://me:p%40ss%2F@db:5433/air?sslmode=require&application_name=a%20b",
            &[
                ("user", "me"),
                ("password", "p@ss/"),
                ("host", "db"),
                ("port", "5433"),
                ("dbname", "air"),
                ("sslmode", "require"),
                ("application_name", "a b"),
            ],
        ),
        ("postgresql://[::1]:5433/d", &[("host", "::1"), ("port", "5433"), ("dbname", "d")]),
        ("postgresql://[fe80::1],b", &[("host", "fe80::1,b")]),
        ("postgresql://a:1,b,:3/d", &[("host", "a,b,"), ("port", "1,,3"), ("dbname", "d")]),
        ("postgresql://%2Fvar%2Frun:5433/d", &[("host", "/var/run"), ("port", "5433"), ("dbname", "d")]),
        ("postgresql:///d?host=/tmp", &[("dbname", "d"), ("host", "/tmp")]),
        ("postgresql://h?connect_timeout=3", &[("host", "h"), ("connect_timeout", "3")]),
        ("postgresql://u@/d", &[("user", "u"), ("dbname", "d")]),
        ("postgresql://h/d?ssl=true", &[("host", "h"), ("dbname", "d"), ("sslmode", "require")]),
    ];
    for (text, expected) in cases {
        assert_eq!(pairs(text), owned(expected), "{text}");
    }
}

#[test]
fn refusals_say_what_is_wrong() {
    let cases = [
        ("host=a dbnam=b", "unknown connection parameter `dbnam`; did you mean `dbname`?"),
        ("host=a mydb", "connection string: no `=` after the word at character 8"),
        ("host='a", "connection string: the quote opened at character 6 is never closed"),
        (
            "host=a sslcrl=x",
            "connection parameter `sslcrl` is refused: certificate revocation lists are not supported",
        ),
        ("postgresql://h/d?sslmod=x", "unknown connection parameter `sslmod`; did you mean `sslmode`?"),
        ("postgresql://[::1", "connection URI: an IPv6 address lacks its `]`"),
        (
            "postgresql://h/%zz",
            "connection URI: a `%` is not followed by two hexadecimal digits (write it `%25`)",
        ),
        ("postgresql://h/%00", "connection URI: `%00` is not allowed"),
        ("postgresql://h/%ff", "connection URI: percent-encoded text is not UTF-8"),
        ("postgresql://h?x", "connection URI: a parameter after `?` lacks its `=`"),
    ];
    for (text, expected) in cases {
        assert_eq!(refusal(text), expected, "{text}");
    }
}

#[test]
fn refusals_never_show_a_password() {
    let wrong = [
        "host=a password=hush hush=1",
        "host=a password=x hush",
        "password='hush host=a",
        "postgresql://u:hush@hush@h/d",
        "postgresql://u:hu/sh@h/d",
        "postgresql://u:hush%@h/d",
        "postgresql://u:hush@h:x/d",
        "password=hush hos=a",
    ];
    for text in wrong {
        let error = Conninfo::parse(text).unwrap_err();
        assert!(!format!("{} {error:?}", error.report()).contains("hu"), "{text}: {}", error.report());
    }
    assert_eq!(format!("{:?}", Conninfo::parse("password=hush user=u").unwrap()), r#"{"password", "user"}"#);
}

/// A value as libpq's documentation says to write it.
fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

fn escape_blanks(value: &str) -> String {
    let special = |c: char| crate::pg::is_blank(c) || c == '\\' || c == '\'';
    value.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

fn percent_encode(value: &str) -> String {
    let digit = |number: u8| char::from_digit(number.into(), 16).unwrap();
    value.bytes().flat_map(|byte| ['%', digit(byte >> 4), digit(byte & 15)]).collect()
}

proptest! {
    #[test]
    fn a_quoted_value_comes_back(value in "[^\0]*", other in "[^\0]+") {
        let text = format!("password={} dbname={}", quote(&value), escape_blanks(&other));
        prop_assert_eq!(pairs(&text), vec![("password", value), ("dbname", other)]);
    }

    #[test]
    fn a_percent_encoded_value_comes_back(password in "[^\0]+", database in "[^\0]+", host in "[^\0]+") {
        let encoded = [&password, &host, &database].map(|part| percent_encode(part));
        let text = format!("postgresql://u:{}@{}/{}?options={0}", encoded[0], encoded[1], encoded[2]);
        let read = Conninfo::parse(&text).unwrap();
        prop_assert_eq!(read.value("password"), Some(password.as_str()));
        prop_assert_eq!(read.value("options"), Some(password.as_str()));
        prop_assert_eq!(read.value("host"), Some(host.as_str()));
        prop_assert_eq!(read.value("dbname"), Some(database.as_str()));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(postgres(ql)?://)?.*", tail in r"([a-z]{1,8}[=:@/?&%'\\ ,\[\]]{1,3}){0,8}") {
        _ = Conninfo::parse(&text);
        _ = Conninfo::parse(&tail);
        _ = Conninfo::parse(&format!("postgres://{tail}"));
    }
}
