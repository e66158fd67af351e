//! NOT NULL constraints, which have names and are written in CREATE TABLE since server 18.
use super::view::is_word;

/// Takes the names from `CONSTRAINT name NOT NULL` in the lines of columns.
pub(super) fn without_names(text: &str) -> String {
    text.split('\n').map(without_name).collect::<Vec<_>>().join("\n")
}

fn without_name(line: &str) -> String {
    const KEYWORD: &str = " CONSTRAINT ";
    let named = line.rfind(" NOT NULL").and_then(|end| {
        let start = line[..end].rfind(KEYWORD)?;
        is_one_name(&line[start + KEYWORD.len()..end]).then_some((start, end))
    });
    match named {
        Some((start, end)) => format!("{}{}", &line[..start], &line[end..]),
        None => line.to_owned(),
    }
}

/// A table's statements with the NOT NULL of inherited columns at the end: server 18 has them in CREATE TABLE, older ones
/// as statements.
pub(super) fn behind(create: &[String]) -> Vec<String> {
    let (mut statements, mut own) = (Vec::new(), Vec::new());
    for statement in create {
        let column =
            statement.strip_suffix(" SET NOT NULL").and_then(|text| text.rsplit_once(" ALTER COLUMN "));
        if let Some((_, column)) = column {
            own.push(format!("NOT NULL {column}"));
            continue;
        }
        let lines = statement.split('\n').map(|line| line.trim_end_matches(','));
        let (nulls, lines): (Vec<_>, Vec<_>) = lines.partition(|line| own_not_null(line).is_some());
        own.extend(nulls.into_iter().filter_map(own_not_null).map(|column| format!("NOT NULL {column}")));
        statements.push(lines.join("\n").replace(" (\n)", " ()"));
    }
    own.sort();
    statements.extend(own);
    statements
}

/// The column of a line `[CONSTRAINT name ]NOT NULL column[ NO INHERIT]`.
pub(super) fn own_not_null(line: &str) -> Option<&str> {
    let line = line.trim();
    let column = match line.strip_prefix("CONSTRAINT ") {
        Some(rest) => rest.split_once(" NOT NULL ").filter(|(name, _)| is_one_name(name))?.1,
        None => line.strip_prefix("NOT NULL ")?,
    };
    Some(column.strip_suffix(" NO INHERIT").unwrap_or(column))
}

fn is_one_name(text: &str) -> bool {
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(inner) => !inner.replace("\"\"", "").contains('"'),
        None => !text.is_empty() && text.chars().all(is_word),
    }
}
