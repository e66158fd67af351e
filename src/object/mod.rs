//! Kinds of database objects: one file per kind.
//!
//! A kind is a struct that mirrors one row of its query (`sql/<kind>.sql`, and `sql/<kind>.pg<N>.sql` for servers up to
//! `<N>`), and the text that makes the object again, as [`Entry`] values. A new kind is one file, its query and one line
//! in the list below. Nothing here does I/O; one kind refers to another only by [`ObjectId`].
mod access_method;
mod aggregate;
mod base_type;
mod cast;
mod check;
mod collation;
mod column;
mod composite_type;
mod conversion;
mod default_privilege;
mod domain;
mod entry;
mod enum_type;
mod event_trigger;
mod extended_statistics;
mod extension;
mod extension_dependency;
mod extension_privilege;
mod extension_table;
mod family_member;
mod fdw_option;
mod foreign_data_wrapper;
mod foreign_key;
mod foreign_server;
mod foreign_table;
mod function;
mod index;
mod index_attach;
mod key;
mod language;
mod large_object;
mod late_column;
mod materialized_view;
mod membership;
mod operator;
mod operator_class;
mod operator_family;
mod policy;
mod publication;
mod publication_member;
mod range_type;
mod reloption;
mod removed;
mod role;
mod rule;
mod schema;
mod sequence;
mod shell_type;
mod subscription;
mod system_privilege;
mod table;
mod text_search_configuration;
mod text_search_dictionary;
mod text_search_parser;
mod text_search_template;
mod transform;
mod trigger;
mod user_mapping;
mod view;

use std::collections::HashSet;

use crate::pg::{Ident, QualifiedName};

pub use check::Check;
pub use column::{COLUMN_QUERIES, Column, ColumnRow};
pub use default_privilege::DefaultPrivilege;
pub use entry::{Entry, ObjectId, Section, Work};
pub use extension_privilege::ExtensionPrivilege;
pub use extension_table::ExtensionTable;
pub use foreign_key::ForeignKey;
pub use function::{Compiled, Function};
pub use key::Key;
pub use large_object::LargeObjects;
pub use late_column::{Heir, LateColumn};
pub use materialized_view::MaterializedView;
pub use membership::{MEMBERSHIP_QUERIES, Membership};
pub use policy::Policy;
pub use role::{ROLE_QUERIES, Role, RoleLimits};
pub use schema::Schema;
pub use sequence::Sequence;
pub use system_privilege::SystemPrivilege;
pub use table::{Parent, Table};
pub use trigger::Trigger;
pub use user_mapping::UserMapping;

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
trait Kind: serde::de::DeserializeOwned {
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

impl Object {
    /// Where a kind that is stored is stored; `None` in it is the database's own tablespace.
    pub fn tablespace_mut(&mut self) -> Option<&mut Option<Ident>> {
        match self {
            Self::Table(table) => Some(&mut table.tablespace),
            Self::MaterializedView(view) => Some(&mut view.tablespace),
            Self::Index(index) => Some(&mut index.tablespace),
            Self::Key(key) => Some(&mut key.tablespace),
            _ => None,
        }
    }

    /// The name of a relation that `--table` can name.
    pub fn relation_name(&self) -> Option<&QualifiedName> {
        match self {
            Self::Table(table) => Some(&table.name),
            Self::View(view) => Some(&view.name),
            Self::MaterializedView(view) => Some(&view.name),
            Self::Sequence(sequence) => Some(&sequence.name),
            _ => None,
        }
    }

    /// Renames the roles that the definition names. The owner is not among them: entries have it.
    pub fn rename_roles(&mut self, rename: &dyn Fn(&mut String)) {
        match self {
            Self::Policy(policy) => policy.rename_roles(rename),
            Self::DefaultPrivilege(privilege) => privilege.rename_roles(rename),
            Self::ExtensionPrivilege(privilege) => privilege.rename_roles(rename),
            Self::UserMapping(mapping) => mapping.rename_role(rename),
            Self::LargeObjects(objects) => objects.rename_roles(rename),
            _ => {}
        }
    }
}

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

kinds! {
    /// `CREATE SCHEMA`
    "schema" Schema(schema::Schema),
    /// `CREATE EXTENSION`
    "extension" Extension(extension::Extension),
    /// Changed privileges of extension members
    "extension_privilege" ExtensionPrivilege(extension_privilege::ExtensionPrivilege),
    /// Configuration tables of extensions
    "extension_table" ExtensionTable(extension_table::ExtensionTable),
    /// Changed privileges and owners of what initdb made
    "system_privilege" SystemPrivilege(system_privilege::SystemPrivilege),
    /// `CREATE LANGUAGE`
    "language" Language(language::Language),
    /// `CREATE COLLATION`
    "collation" Collation(collation::Collation),
    /// `CREATE TRANSFORM`
    "transform" Transform(transform::Transform),
    /// `CREATE TYPE …;`
    "shell_type" ShellType(shell_type::ShellType),
    /// `CREATE TYPE … (INPUT`
    "base_type" BaseType(base_type::BaseType),
    /// `CREATE TYPE … AS ENUM`
    "enum_type" EnumType(enum_type::EnumType),
    /// `CREATE TYPE … AS (`
    "composite_type" CompositeType(composite_type::CompositeType),
    /// `CREATE TYPE … AS RANGE`
    "range_type" RangeType(range_type::RangeType),
    /// `CREATE DOMAIN`
    "domain" Domain(domain::Domain),
    /// `CREATE CAST`
    "cast" Cast(cast::Cast),
    /// `CREATE FUNCTION`, `CREATE PROCEDURE`
    "function" Function(function::Function),
    /// `CREATE AGGREGATE`
    "aggregate" Aggregate(aggregate::Aggregate),
    /// `CREATE ACCESS METHOD`
    "access_method" AccessMethod(access_method::AccessMethod),
    /// `CREATE OPERATOR`
    "operator" Operator(operator::Operator),
    /// `CREATE OPERATOR FAMILY`
    "operator_family" OperatorFamily(operator_family::OperatorFamily),
    /// `CREATE OPERATOR CLASS`
    "operator_class" OperatorClass(operator_class::OperatorClass),
    /// `CREATE CONVERSION`
    "conversion" Conversion(conversion::Conversion),
    /// `CREATE TEXT SEARCH PARSER`
    "text_search_parser" TextSearchParser(text_search_parser::TextSearchParser),
    /// `CREATE TEXT SEARCH TEMPLATE`
    "text_search_template" TextSearchTemplate(text_search_template::TextSearchTemplate),
    /// `CREATE TEXT SEARCH DICTIONARY`
    "text_search_dictionary" TextSearchDictionary(text_search_dictionary::TextSearchDictionary),
    /// `CREATE TEXT SEARCH CONFIGURATION`
    "text_search_configuration" TextSearchConfiguration(text_search_configuration::TextSearchConfiguration),
    /// `CREATE FOREIGN DATA WRAPPER`
    "foreign_data_wrapper" ForeignDataWrapper(foreign_data_wrapper::ForeignDataWrapper),
    /// `CREATE SERVER`
    "foreign_server" ForeignServer(foreign_server::ForeignServer),
    /// `CREATE USER MAPPING`
    "user_mapping" UserMapping(user_mapping::UserMapping),
    /// Large objects, many at a time
    "large_object" LargeObjects(large_object::LargeObjects),
    /// `CREATE SEQUENCE`
    "sequence" Sequence(sequence::Sequence),
    /// `CREATE TABLE`, `CREATE FOREIGN TABLE`
    "table" Table(table::Table),
    /// `CREATE VIEW`
    "view" View(view::View),
    /// `CREATE MATERIALIZED VIEW`
    "materialized_view" MaterializedView(materialized_view::MaterializedView),
    /// `CREATE STATISTICS`
    "extended_statistics" ExtendedStatistics(extended_statistics::ExtendedStatistics),
    /// `PRIMARY KEY`, `UNIQUE`, `EXCLUDE`
    "key" Key(key::Key),
    /// `CREATE INDEX`
    "index" Index(index::Index),
    /// `ALTER INDEX … ATTACH PARTITION`
    "index_attach" IndexAttach(index_attach::IndexAttach),
    /// `FOREIGN KEY`
    "foreign_key" ForeignKey(foreign_key::ForeignKey),
    /// `CREATE TRIGGER`
    "trigger" Trigger(trigger::Trigger),
    /// `CREATE RULE`
    "rule" Rule(rule::Rule),
    /// `CREATE POLICY`
    "policy" Policy(policy::Policy),
    /// `ALTER … DEPENDS ON EXTENSION`
    "extension_dependency" ExtensionDependency(extension_dependency::ExtensionDependency),
    /// `ALTER DEFAULT PRIVILEGES`
    "default_privilege" DefaultPrivilege(default_privilege::DefaultPrivilege),
    /// `CREATE PUBLICATION`
    "publication" Publication(publication::Publication),
    /// `ALTER PUBLICATION … ADD`, `CREATE PUBLICATION … FOR TABLE`
    "publication_member" PublicationMember(publication_member::PublicationMember),
    /// `CREATE SUBSCRIPTION`
    "subscription" Subscription(subscription::Subscription),
    /// `CREATE EVENT TRIGGER`
    "event_trigger" EventTrigger(event_trigger::EventTrigger),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pg::SUPPORTED;

    #[test]
    fn every_kind_has_a_query_for_each_version() {
        for info in KINDS {
            for major in SUPPORTED {
                assert!(
                    query_for(info.queries, *major).starts_with("SELECT"),
                    "{} has no query for {major}",
                    info.name
                );
            }
        }
        for queries in [COLUMN_QUERIES, ROLE_QUERIES, MEMBERSHIP_QUERIES] {
            assert!(SUPPORTED.iter().all(|major| query_for(queries, *major).starts_with("SELECT")));
        }
    }

    #[test]
    fn names_are_unique() {
        let names: HashSet<_> = KINDS.iter().map(|info| info.name).collect();
        assert_eq!(names.len(), KINDS.len());
    }

    #[test]
    fn an_old_server_gets_the_old_query() {
        let queries: Queries = &[(u32::MAX, "new"), (17, "old"), (13, "older")];
        assert_eq!(
            [18, 17, 14, 13, 10].map(|major| query_for(queries, major)),
            ["new", "old", "old", "older", "older"]
        );
    }
}
