//! `${NAME}` and `${NAME:-default}` in values; `$$` stands for `$`, and a `$` before anything else for itself.
use super::Misfit;
use crate::config::Environment;

/// Replaces the variables of a text. A variable that is unset (or empty, with a default) takes its default.
pub(super) fn expand(text: &str, environment: &Environment) -> Result<String, Misfit> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        if let Some(escaped) = after.strip_prefix('$') {
            expanded.push('$');
            rest = escaped;
        } else if let Some(inner) = after.strip_prefix('{') {
            let Some((reference, after)) = inner.split_once('}') else {
                return Err(Misfit::new("a `${` is not closed by `}` (write `$$` for a `$`)"));
            };
            expanded.push_str(value(reference, environment)?);
            rest = after;
        } else {
            expanded.push('$');
            rest = after;
        }
    }
    expanded.push_str(rest);
    Ok(expanded)
}

fn value<'a>(reference: &'a str, environment: &'a Environment) -> Result<&'a str, Misfit> {
    let (name, default) = match reference.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (reference, None),
    };
    if !is_name(name) {
        return Err(Misfit::new(
            "what stands in `${…}` is not the name of a variable (write `$$` for a `$`)",
        ));
    }
    match (environment.value(name), default) {
        (Some("") | None, Some(default)) => Ok(default),
        (Some(value), _) => Ok(value),
        (None, None) => Err(Misfit::new(format!(
            "environment variable `{name}` is not set (`${{{name}:-default}}` gives a default)"
        ))),
    }
}

fn is_name(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn variables_defaults_and_escapes() {
        let environment = Environment::from_pairs([("A", "a$B"), ("EMPTY", "")]);
        let cases = [
            ("x${A}y", "xa$By"),
            ("${A:-b}${B:-b}${EMPTY:-b}${EMPTY}", "a$Bbb"),
            ("$$${A}$${A}", "$a$B${A}"),
            ("^a$ and $1 and $", "^a$ and $1 and $"),
            ("${B:-}", ""),
            ("${B:-a:-b}", "a:-b"),
        ];
        for (text, expected) in cases {
            assert_eq!(expand(text, &environment).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn refusals() {
        let refusal = |text: &str| expand(text, &Environment::default()).unwrap_err().to_string();
        assert_eq!(
            refusal("${PW}"),
            "environment variable `PW` is not set (`${PW:-default}` gives a default)"
        );
        assert_eq!(refusal("${PW"), "a `${` is not closed by `}` (write `$$` for a `$`)");
        assert!(refusal("${a b}").starts_with("what stands in `${…}`"));
        assert!(refusal("${}").starts_with("what stands in `${…}`"));
    }

    proptest! {
        #[test]
        fn an_escaped_text_comes_back(text in ".*") {
            let escaped = text.replace('$', "$$");
            prop_assert_eq!(expand(&escaped, &Environment::default()).unwrap(), text);
        }
    }
}
