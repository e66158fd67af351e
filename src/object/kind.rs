//! What a kind is, and what the list of kinds becomes.
use std::collections::HashSet;

use super::{Entry, Object, ObjectId};

/// A kind's queries: the newest major version that each is for, newest first; `u32::MAX` is "and newer".
pub type Queries = &'static [(u32, &'static str)];

/// The query for a server of this major version: the last whose limit is not below it.
pub fn query_for(queries: Queries, major: u32) -> &'static str {
    queries.iter().rev().find(|(up_to, _)| major <= *up_to).map_or("", |(_, sql)| sql)
}

/// Parts that an object's text can hold or leave to an entry of their own: column defaults and checks.
/// They are listed here when a cycle asks for it.
pub type Separate = HashSet<ObjectId>;

/// What the list below needs of a kind.
pub(super) trait Kind: serde::de::DeserializeOwned {
    /// Its queries.
    const QUERIES: Queries;
    /// The table without whose privileges its query fails: who may not read it does not see the kind.
    const READS: Option<&'static str> = None;
    /// Adds what makes the object again.
    fn entries(&self, separate: &Separate, entries: &mut Vec<Entry>);
    /// What the user should know: how the copy differs from the original, and why.
    fn remark(&self) -> Option<String> {
        None
    }
    /// Why a newer server, of this major version, cannot hold it.
    fn unholdable(&self, _target: u32) -> Option<String> {
        None
    }
}

/// Makes [`Object`] and [`KINDS`](super::KINDS) of the list of kinds.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:literal $variant:ident($module:ident::$type:ident),)*) => {
        /// An object of any kind, as read from a catalog.
        #[derive(Debug, Clone)]
        pub enum Object {
            $($(#[doc = $doc])+ $variant($module::$type),)*
        }

        /// Every kind.
        pub const KINDS: &[KindInfo] = &[
            $(KindInfo {
                name: $name,
                statements: concat!($($doc),+),
                queries: <$module::$type as Kind>::QUERIES,
                reads: <$module::$type as Kind>::READS,
                parse: |row| serde_json::from_str(row).map(Object::$variant),
            },)*
        ];

        impl Object {
            /// Adds what makes the object again. Parts in `separate` get an entry of their own.
            pub fn entries(&self, separate: &Separate, entries: &mut Vec<Entry>) {
                match self { $(Self::$variant(object) => object.entries(separate, entries),)* }
            }

            /// What the user should know: how the copy differs from the original, and why.
            pub fn remark(&self) -> Option<String> {
                match self { $(Self::$variant(object) => object.remark(),)* }
            }

            /// Why a newer server, of this major version, cannot hold it.
            pub fn unholdable(&self, target: u32) -> Option<String> {
                match self { $(Self::$variant(object) => object.unholdable(target),)* }
            }
        }
    };
}

pub(super) use kinds;

/// A line of the list of kinds.
#[derive(Debug)]
pub struct KindInfo {
    /// The kind's name, in PostgreSQL's words.
    pub name: &'static str,
    /// The statements that make it, in backticks.
    pub statements: &'static str,
    /// Its queries.
    pub queries: Queries,
    /// The table without whose privileges the query fails.
    pub reads: Option<&'static str>,
    /// Reads one row of its query, which comes as JSON.
    pub parse: fn(&str) -> serde_json::Result<Object>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_server_gets_the_old_query() {
        let queries: Queries = &[(u32::MAX, "new"), (17, "old"), (13, "older")];
        assert_eq!(
            [18, 17, 14, 13, 10].map(|major| query_for(queries, major)),
            ["new", "old", "old", "older", "older"]
        );
    }
}
