//! What PostgreSQL itself no longer has in newer versions, and objects of users can still stand on.

/// Types of `pg_catalog`, and the server that removed each.
const TYPES: [(&str, u32); 4] = [("abstime", 12), ("reltime", 12), ("tinterval", 12), ("opaque", 13)];

/// Why a server of this major version has no such type; `name` is as `format_type` gives it.
pub(super) fn type_reason(name: &str, target: u32) -> Option<String> {
    let bare = name.trim_end_matches("[]");
    let (_, since) = TYPES.iter().find(|(removed, since)| *removed == bare && target >= *since)?;
    Some(format!("type {bare} was removed in server {since}"))
}

/// The same for a list of types, with or without names before them.
pub(super) fn type_reason_in(list: &str, target: u32) -> Option<String> {
    list.split([',', ' ', '(', ')']).find_map(|word| type_reason(word, target))
}

/// Functions of `pg_catalog` that took `anyarray` and `anyelement` up to server 13.
const ANYCOMPATIBLE: [&str; 8] = [
    "array_append",
    "array_cat",
    "array_position",
    "array_positions",
    "array_prepend",
    "array_remove",
    "array_replace",
    "width_bucket",
];

/// Why an aggregate or operator over one of those functions cannot be made with polymorphic types any more.
pub(super) fn anyarray_reason(function: &str, types: &[&str], target: u32) -> Option<String> {
    let name = function.strip_prefix("pg_catalog.").unwrap_or(function);
    let polymorphic = types.iter().any(|name| matches!(*name, "anyarray" | "anyelement"));
    (target >= 14 && polymorphic && ANYCOMPATIBLE.contains(&name)).then(|| {
        format!("{name} takes anycompatiblearray since server 14: make it anew with anycompatible types")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removed_types_are_found_in_lists_and_arrays() {
        assert!(type_reason("abstime[]", 12).is_some());
        assert!(type_reason("abstime", 11).is_none());
        assert!(type_reason_in("a integer, OUT b reltime", 18).is_some());
        assert!(type_reason_in("abstime_like integer", 18).is_none());
    }

    #[test]
    fn only_polymorphic_arguments_changed() {
        assert!(anyarray_reason("array_append", &["anyarray"], 14).is_some());
        assert!(anyarray_reason("pg_catalog.array_cat", &["anyarray"], 18).is_some());
        assert!(anyarray_reason("array_append", &["integer[]"], 18).is_none());
        assert!(anyarray_reason("array_append", &["anyarray"], 13).is_none());
    }
}
