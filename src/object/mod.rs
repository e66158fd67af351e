//! Kinds of database objects: one file per kind.
//!
//! A kind is a struct that mirrors one row of its query (`sql/<kind>.sql`, and `sql/<kind>.pg<N>.sql` for servers up to
//! `<N>`), and the text that makes the object again, as [`Entry`] values. A new kind is one file, its query and one line
//! in the list below. Nothing here does I/O; one kind refers to another only by [`ObjectId`].
mod access_method;
mod aggregate;
mod any;
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
mod kind;
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
mod setting;
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

use kind::{Kind, kinds};

pub use check::Check;
pub use column::{COLUMN_QUERIES, Column};
pub use default_privilege::DefaultPrivilege;
pub use entry::{Entry, ObjectId, Part, Section, Work};
pub use extension_privilege::ExtensionPrivilege;
pub use extension_table::ExtensionTable;
pub use foreign_key::ForeignKey;
pub use function::{Compiled, Function};
pub use key::Key;
pub use kind::{KindInfo, Queries, Separate, query_for};
pub use large_object::LargeObjects;
pub use late_column::{Heir, LateColumn};
pub use materialized_view::MaterializedView;
pub use membership::{MEMBERSHIP_QUERIES, Membership};
pub use policy::Policy;
pub use role::{ROLE_QUERIES, Role, RoleLimits};
pub use schema::Schema;
pub use sequence::Sequence;
pub use setting::{assignment, is_list_setting, joined_elements, list_elements, setting_name};
pub use system_privilege::SystemPrivilege;
pub use table::{Parent, Table};
pub use trigger::Trigger;
pub use user_mapping::UserMapping;

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
    use std::collections::HashSet;

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
}
