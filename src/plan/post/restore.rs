//! The statements that give statistics to a target: calls of `pg_restore_relation_stats` and `pg_restore_attribute_stats`
//! (documentation, section 9.28.11), which came with server 18.
use crate::{
    catalog::{ColumnStatistics, RelationStatistics, Statistics},
    pg::{QualifiedName, quote_dollars, quote_literal},
};

/// The columns of `pg_stats` that `pg_restore_attribute_stats` takes, each under its own name, with the type it wants.
const ARGUMENTS: [(&str, &str); 13] = [
    ("null_frac", "real"),
    ("avg_width", "integer"),
    ("n_distinct", "real"),
    ("most_common_vals", "text"),
    ("most_common_freqs", "real[]"),
    ("histogram_bounds", "text"),
    ("correlation", "real"),
    ("most_common_elems", "text"),
    ("most_common_elem_freqs", "real[]"),
    ("elem_count_histogram", "real[]"),
    ("range_length_histogram", "text"),
    ("range_empty_frac", "real"),
    ("range_bounds_histogram", "text"),
];

/// The calls for a relation: what the server says of each of them is whether it took everything.
pub(super) fn calls(statistics: &Statistics, relation: &RelationStatistics) -> Vec<String> {
    let mut calls: Vec<String> = relation_call(statistics, relation).into_iter().collect();
    calls.extend(relation.columns.iter().map(|column| column_call(statistics, relation, column)));
    calls
}

/// Size of the relation in blocks, on the server that runs the text.
fn blocks(relation: &QualifiedName) -> String {
    format!(
        "(pg_catalog.pg_relation_size({}) / pg_catalog.current_setting('block_size')::bigint)::integer",
        quote_literal(&relation.to_string())
    )
}

/// `relpages` is the target's own: the planner takes rows for each page and multiplies by the pages that it finds, and the
/// source may have had more of them for the same rows. A partitioned table has -1.
fn relation_call(statistics: &Statistics, relation: &RelationStatistics) -> Option<String> {
    let rows = statistics.rows(relation)?;
    let mut arguments = vec![("reltuples", format!("'{rows}'::real"))];
    if relation.kind == "p" {
        arguments.push(("relpages", "'-1'::integer".to_owned()));
    } else {
        let pages = blocks(&relation.name);
        let at_most = |count: i32| format!("LEAST({count}, {pages})");
        let frozen = relation.all_frozen.map(at_most);
        arguments.push(("relallvisible", at_most(relation.all_visible)));
        arguments.extend(frozen.map(|frozen| ("relallfrozen", frozen)));
        arguments.push(("relpages", pages));
    }
    Some(call("pg_restore_relation_stats", statistics, relation, &arguments))
}

/// A table's column is known by its name; the names of an index's expressions are not the same on every version.
fn column_call(statistics: &Statistics, relation: &RelationStatistics, column: &ColumnStatistics) -> String {
    let name = match relation.kind.as_str() {
        "i" => ("attnum", format!("{}::smallint", column.number)),
        _ => ("attname", quote_literal(column.column.as_str())),
    };
    let mut arguments = vec![name, ("inherited", column.inherited.to_string())];
    arguments.extend(ARGUMENTS.iter().filter_map(|(name, type_name)| {
        let value = column.values.get(*name)?;
        Some((*name, format!("{}::{type_name}", quote_literal(value))))
    }));
    call("pg_restore_attribute_stats", statistics, relation, &arguments)
}

fn call(
    function: &str,
    statistics: &Statistics,
    relation: &RelationStatistics,
    arguments: &[(&str, String)],
) -> String {
    let QualifiedName { schema, name } = &relation.name;
    let mut text = format!(
        "pg_catalog.{function}('schemaname', {}, 'relname', {}, 'version', {}",
        quote_literal(schema.as_str()),
        quote_literal(name.as_str()),
        statistics.version.0
    );
    for (name, value) in arguments {
        text += &format!(", '{name}', {value}");
    }
    text + ")"
}

/// Whether all calls took everything; none is left out because of another. One expression costs the server a third less
/// than a statement for each call.
pub(super) fn all_of(calls: &[String]) -> String {
    format!("true = ALL (ARRAY[\n      {}])", calls.join(",\n      "))
}

/// One statement for the expressions of several tables. If the server refuses a call, or takes only a part of it, `instead` runs, if given.
/// Why is for the logs, without the server's message: it may hold a value of a row.
pub(super) fn block(tables: &[String], object: &QualifiedName, instead: Option<&str>) -> String {
    let object = quote_literal(&object.to_string());
    let calls: Vec<String> =
        tables.iter().map(|calls| format!("    carried := {calls} AND carried;\n")).collect();
    let calls = calls.concat();
    let instead = instead.map_or(String::new(), |statement| format!("    {statement};\n"));
    let body = format!(
        "DECLARE\n  carried boolean := true;\nBEGIN\n  BEGIN\n{calls}  EXCEPTION WHEN OTHERS THEN\n    carried := false;\n    \
         RAISE WARNING 'statistics of %: SQLSTATE %', {object}, SQLSTATE;\n  END;\n  IF NOT carried THEN\n    \
         RAISE WARNING 'statistics of % could not be carried', {object};\n{instead}  END IF;\nEND"
    );
    format!("DO {};", quote_dollars(&body, "statistics"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_followed_by_analyze() {
        let name = QualifiedName::new("s", "o'dd $statistics$");
        let tables =
            [all_of(&["f('$statistics$')".to_owned(), "g()".to_owned()]), all_of(&["h()".to_owned()])];
        assert_eq!(
            block(&tables, &name, Some("ANALYZE t")),
            "\
DO $statistics1$
DECLARE
  carried boolean := true;
BEGIN
  BEGIN
    carried := true = ALL (ARRAY[
      f('$statistics$'),
      g()]) AND carried;
    carried := true = ALL (ARRAY[
      h()]) AND carried;
  EXCEPTION WHEN OTHERS THEN
    carried := false;
    RAISE WARNING 'statistics of %: SQLSTATE %', 's.\"o''dd $statistics$\"', SQLSTATE;
  END;
  IF NOT carried THEN
    RAISE WARNING 'statistics of % could not be carried', 's.\"o''dd $statistics$\"';
    ANALYZE t;
  END IF;
END
$statistics1$;"
        );
    }
}
