//! `name = value` of ALTER ROLE … SET and ALTER DATABASE … SET, from an element of `setconfig`. Pure.
use crate::pg::{quote_ident, quote_literal};

/// Settings whose value is a list, stored quoted element by element (`GUC_LIST_QUOTE` in `guc_tables.c`; `pg_dump` has the
/// same list in `variable_is_guc_list_quote`): quoted as a whole they would become one element.
const LISTS: [&str; 7] = [
    "local_preload_libraries",
    "oauth_validator_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

/// The name in an element of `setconfig`.
pub fn setting_name(setting: &str) -> &str {
    setting.split_once('=').map_or(setting, |(name, _)| name)
}

/// What stands behind SET.
pub fn assignment(setting: &str) -> String {
    let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
    // An extension's setting has a dot: each part is a name of its own.
    let quoted: Vec<String> = name.split('.').map(quote_ident).collect();
    let elements = if is_list_setting(name) { elements(value) } else { None };
    let value = match elements {
        Some(elements) if !elements.is_empty() => {
            elements.iter().map(|element| quote_literal(element)).collect::<Vec<_>>().join(", ")
        }
        _ => quote_literal(value),
    };
    format!("{} = {value}", quoted.join("."))
}

/// The text of a list as `setconfig` has it, from its elements.
pub fn joined_elements(elements: &[String]) -> String {
    elements.iter().map(|element| quote_ident(element)).collect::<Vec<_>>().join(", ")
}

/// The elements of a setting whose value is a list.
pub fn list_elements(setting: &str) -> Vec<String> {
    setting.split_once('=').and_then(|(_, value)| elements(value)).unwrap_or_default()
}

/// Whether a setting's value is such a list.
pub fn is_list_setting(name: &str) -> bool {
    LISTS.iter().any(|list| list.eq_ignore_ascii_case(name))
}

/// The elements of a list of names (`SplitGUCList` in dumputils.c): in double quotes, or as they stand. `None` if it is
/// none.
fn elements(text: &str) -> Option<Vec<String>> {
    let mut rest = text.trim_start();
    let mut found = Vec::new();
    if rest.is_empty() {
        return Some(found);
    }
    loop {
        let element = if let Some(inner) = rest.strip_prefix('"') {
            let (element, behind) = quoted_element(inner)?;
            rest = behind;
            element
        } else {
            let end = rest.find(|c: char| c == ',' || c.is_ascii_whitespace()).unwrap_or(rest.len());
            let (element, behind) = rest.split_at(end);
            rest = behind;
            if element.is_empty() {
                return None;
            }
            element.to_owned()
        };
        found.push(element);
        rest = rest.trim_start();
        match rest.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None if rest.is_empty() => return Some(found),
            None => return None,
        }
    }
}

/// Up to the closing quote, and what stands behind it.
fn quoted_element(inner: &str) -> Option<(String, &str)> {
    let mut element = String::new();
    let mut rest = inner;
    loop {
        let at = rest.find('"')?;
        element.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(more) => {
                element.push('"');
                rest = more;
            }
            None => return Some((element, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_quoted_element_by_element() {
        for (setting, sql) in [
            ("search_path=bookings, \"$user\"", "search_path = 'bookings', '$user'"),
            ("search_path=\"\"", "search_path = ''"),
            ("search_path=", "search_path = ''"),
            (
                "search_path=public, \"odd \"\"schema\"\"\", pg_temp",
                "search_path = 'public', 'odd \"schema\"', 'pg_temp'",
            ),
            ("Search_Path=a,b", "\"Search_Path\" = 'a', 'b'"),
            ("search_path=\"no end", "search_path = '\"no end'"),
            ("work_mem=64MB", "work_mem = '64MB'"),
            ("DateStyle=ISO, DMY", "\"DateStyle\" = 'ISO, DMY'"),
            ("my.setting=it's", "my.setting = 'it''s'"),
            ("my.a=b=c", "my.a = 'b=c'"),
        ] {
            assert_eq!(assignment(setting), sql);
        }
    }

    #[test]
    fn a_list_is_put_together_as_the_server_does() {
        let elements = elements("public, \"odd \"\"x\"\"\", \"\"").unwrap();
        assert_eq!(elements, ["public", "odd \"x\"", ""]);
        assert_eq!(joined_elements(&elements), "public, \"odd \"\"x\"\"\", \"\"");
    }
}
