//! What names a row on both servers, and in which order: the primary key, or a UNIQUE of columns that are never NULL.
//!
//! An order must be the same on both. Numbers, times, uuids and the like have one; text gets that of its bytes, whatever the
//! collation of its column. A key with a column of another type is ordered by the text of the whole key, which every type has.
use super::form::Form;
use crate::{
    catalog::Catalog,
    object::{Column, Key, Object, Table},
    pg::{Ident, quote_literal},
};

/// The key of a table.
#[derive(Debug, Clone)]
pub(super) struct RowKey<'a> {
    /// Its columns on the source.
    pub(super) columns: Vec<&'a Column>,
    /// What its rows are ordered by, first to last.
    order: Vec<Part>,
    /// Whether that are its columns, so that an index on them may help.
    is_native: bool,
}

/// An expression and its type.
#[derive(Debug, Clone)]
struct Part {
    expression: String,
    type_name: String,
}

/// The values of [`RowKey::order`] of a row, as text.
pub(super) type Place = Vec<String>;

impl<'a> RowKey<'a> {
    /// The source's key, if the target has such columns too.
    pub(super) fn of(catalog: &'a Catalog, [source, target]: [&'a Table; 2], form: Form) -> Option<Self> {
        let keys = catalog.objects.iter().filter_map(|object| match object {
            Object::Key(key) if key.relation == source.oid && key.is_unique() => Some(key),
            _ => None,
        });
        let never_null =
            |key: &&Key| columns_of(source, key).is_some_and(|all| all.iter().all(|it| it.not_null));
        let key = keys.filter(never_null).min_by_key(|key| !key.is_primary())?;
        let columns = columns_of(source, key)?;
        let is_same = |column: &&Column| {
            let there = target.columns.iter().find(|other| other.name == column.name);
            there.is_some_and(|other| other.type_name == column.type_name && other.generated != "v")
                && column.generated != "v"
                && form.prints_alike(column)
        };
        if !columns.iter().all(is_same) {
            return None;
        }
        let has_order =
            |column: &&Column| has_order(column) || (has_order_of_bytes(column) && !form.is_converted());
        Some(if columns.iter().all(has_order) {
            Self::native(columns)
        } else {
            let names: Vec<String> = columns.iter().map(|column| column.name.to_string()).collect();
            let text = form.text(&names.iter().map(String::as_str).collect::<Vec<_>>());
            let part = if form.is_converted() {
                Part { expression: text, type_name: "pg_catalog.bytea".to_owned() }
            } else {
                Part { expression: by_bytes(&format!("({text})")), type_name: "pg_catalog.text".to_owned() }
            };
            Self { columns, order: vec![part], is_native: false }
        })
    }

    /// One that is ordered by its columns.
    pub(super) fn native(columns: Vec<&'a Column>) -> Self {
        let part = |column: &&Column| {
            let name = column.name.to_string();
            let expression = if has_order_of_bytes(column) { by_bytes(&name) } else { name };
            Part { expression, type_name: column.type_name.clone() }
        };
        let order = columns.iter().map(part).collect();
        Self { columns, order, is_native: true }
    }

    /// The list behind ORDER BY.
    pub(super) fn order_by(&self) -> String {
        self.order.iter().map(|part| part.expression.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The place of a row and, where they are others, the values of its columns; each as text.
    pub(super) fn selected(&self) -> Vec<String> {
        let columns = self.columns.iter().filter(|_| !self.is_native).map(|column| column.name.to_string());
        self.order
            .iter()
            .map(|part| part.expression.clone())
            .chain(columns)
            .map(|expression| format!("({expression})::pg_catalog.text"))
            .collect()
    }

    /// How many of [`RowKey::selected`] are the place.
    pub(super) fn places(&self) -> usize {
        self.order.len()
    }

    /// The values of the columns, from those of [`RowKey::selected`].
    pub(super) fn values<'v>(&self, selected: &'v [String]) -> &'v [String] {
        if self.is_native { selected } else { &selected[self.places()..] }
    }

    /// That a row stands before (`<`), at or behind (`>=`) a place.
    pub(super) fn condition(&self, operator: &str, place: &[String]) -> String {
        format!("{} {operator} {}", self.row(), self.literal(place))
    }

    /// That a row stands at one of some places.
    pub(super) fn is_one_of(&self, places: &[Place]) -> String {
        let places: Vec<String> = places.iter().map(|place| self.literal(place)).collect();
        format!("{} IN ({})", self.row(), places.join(", "))
    }

    /// The same as [`RowKey::condition`], for people.
    pub(super) fn spoken(&self, operator: &str, place: &[String]) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| column.name.to_string()).collect();
        let values: Vec<String> = place.iter().map(|value| quote_literal(value)).collect();
        let row = |items: &[String], always: bool| match items {
            [one] if !always => one.clone(),
            all => format!("({})", all.join(", ")),
        };
        let is_text = !self.is_native;
        format!(
            "{}{} {operator} {}",
            row(&names, is_text),
            if is_text { "::text" } else { "" },
            row(&values, false)
        )
    }

    fn row(&self) -> String {
        match &self.order[..] {
            [one] => one.expression.clone(),
            _ => format!("({})", self.order_by()),
        }
    }

    fn literal(&self, place: &[String]) -> String {
        let literals: Vec<String> = self
            .order
            .iter()
            .zip(place)
            .map(|(part, value)| format!("{}::{}", quote_literal(value), part.type_name))
            .collect();
        match &literals[..] {
            [one] => one.clone(),
            all => format!("({})", all.join(", ")),
        }
    }
}

/// The order of a text's bytes.
fn by_bytes(expression: &str) -> String {
    format!("{expression} COLLATE pg_catalog.{}", Ident::from("C"))
}

fn columns_of<'a>(table: &'a Table, key: &Key) -> Option<Vec<&'a Column>> {
    key.columns.iter().map(|name| table.columns.iter().find(|column| column.name == *name)).collect()
}

/// The type's name without its modifier: `numeric(10,2)`, `timestamp(3) without time zone`.
fn base_name(column: &Column) -> &str {
    column.type_name.split('(').next().unwrap_or_default().trim_end()
}

fn has_order(column: &Column) -> bool {
    matches!(
        base_name(column),
        "smallint"
            | "integer"
            | "bigint"
            | "numeric"
            | "boolean"
            | "oid"
            | "bytea"
            | "date"
            | "timestamp"
            | "timestamp without time zone"
            | "timestamp with time zone"
            | "uuid"
    ) && !column.type_name.ends_with("[]")
}

fn has_order_of_bytes(column: &Column) -> bool {
    matches!(base_name(column), "text" | "character varying" | "character")
        && !column.type_name.ends_with("[]")
}

#[cfg(test)]
mod tests {
    use super::{super::form::tests::column, *};

    #[test]
    fn only_types_with_one_order_are_their_own_order() {
        let alike = |name: &str| has_order(&column("c", name, ""));
        assert!(alike("bigint") && alike("numeric(10,2)") && alike("timestamp(3) with time zone"));
        assert!(
            !alike("text") && !alike("double precision") && !alike("integer[]") && !alike("numeric(10,2)[]")
        );
        let by_bytes = |name: &str| has_order_of_bytes(&column("c", name, ""));
        assert!(by_bytes("text") && by_bytes("character varying(10)"));
        assert!(!by_bytes("text[]") && !by_bytes("public.citext"));
    }

    #[test]
    fn places_of_several_columns_are_compared_as_rows() {
        let (a, b) = (column("a", "integer", ""), column("B", "text", ""));
        let key = RowKey::native(vec![&a, &b]);
        let place = ["1".to_owned(), "it's".to_owned()];
        insta::assert_snapshot!(key.condition(">=", &place), @r#"(a, "B" COLLATE pg_catalog."C") >= ('1'::integer, 'it''s'::text)"#);
        insta::assert_snapshot!(key.spoken(">=", &place), @r#"(a, "B") >= ('1', 'it''s')"#);
        let one = RowKey::native(vec![&a]);
        insta::assert_snapshot!(one.is_one_of(&[vec!["1".to_owned()], vec!["2".to_owned()]]), @"a IN ('1'::integer, '2'::integer)");
        insta::assert_snapshot!(one.spoken("<", &["1".to_owned()]), @"a < '1'");
    }
}
