//! A row that is not the same on both sides, by its key. No value of another column is told, only which of them differ.
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::pg::{Ident, quote_literal};

/// What is the matter with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// Only the source has it.
    Missing,
    /// Only the target has it.
    Extra,
    /// Both have it, and something else in it.
    Differs,
}

impl RowKind {
    /// As words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing on the target",
            Self::Extra => "extra on the target",
            Self::Differs => "differs",
        }
    }
}

/// A column of a key and its value, as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPart {
    /// The column.
    pub column: String,
    /// Its value.
    pub value: String,
}

/// A row that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowDifference {
    /// What is the matter with it.
    pub kind: RowKind,
    /// Its key.
    pub key: Vec<KeyPart>,
    /// Of [`RowKind::Differs`]: the columns that differ, as far as they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

impl RowDifference {
    /// Its key as SQL would write it: `id = '7'`.
    pub fn key_text(&self) -> String {
        let part = |part: &KeyPart| {
            format!("{} = {}", Ident::from(part.column.as_str()), quote_literal(&part.value))
        };
        self.key.iter().map(part).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for RowDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key_text(), self.kind.as_str())?;
        if !self.columns.is_empty() {
            let names: Vec<String> =
                self.columns.iter().map(|name| Ident::from(name.as_str()).to_string()).collect();
            write!(f, " in {}", names.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_told_by_its_key() {
        let part = |column: &str, value: &str| KeyPart { column: column.into(), value: value.into() };
        let key = vec![part("id", "7"), part("Name", "it's")];
        let row = RowDifference { kind: RowKind::Differs, key, columns: vec!["price".into(), "A b".into()] };
        insta::assert_snapshot!(row, @r#"id = '7', "Name" = 'it''s': differs in price, "A b""#);
        let row = RowDifference { kind: RowKind::Missing, columns: Vec::new(), ..row };
        assert!(row.to_string().ends_with(": missing on the target"));
    }
}
