//! Every check, one a file; the list has them in the order of the report: how the servers are reached, which they are, what
//! our roles may do, what the source has, what is going on there, what the target is like, what following it later needs.
mod carried_differently;
mod chunk_column;
mod clock_skew;
mod closed_schema;
mod collation_differs;
mod collation_version;
mod conditions;
mod connections;
mod database_collation_version;
mod disabled_triggers;
mod disk_space;
mod duplicate_indexes;
mod encoding;
mod encoding_differs;
mod exclusive_locks;
mod extension_expected;
mod extension_missing;
mod extension_version;
mod foreign_tables;
mod hba_errors;
mod hba_replication;
mod hidden_rows;
mod icu_missing;
mod inherited_tables;
mod invalid_indexes;
mod journal_schema;
mod large_objects;
mod left_out;
mod load_balanced_endpoint;
mod long_transactions;
mod max_locks;
mod md5_passwords;
mod no_primary_key;
mod not_valid_constraints;
mod partitioned_tables;
mod passwords_unreadable;
mod plan;
mod pooled_endpoint;
mod preloaded_libraries;
mod prepared_transactions;
mod replica_identity;
mod replication_role;
mod replication_slots;
mod same_database;
mod sequences_near_end;
mod session_timeouts;
mod slot_wal_limit;
mod source_catalog;
mod source_standby;
mod subscriptions;
mod tablespaces_missing;
mod target_archiving;
mod target_autovacuum;
mod target_checksums;
mod target_definitions;
mod target_durability;
mod target_event_triggers;
mod target_not_empty;
mod target_older;
mod target_prepared_transactions;
mod target_publications;
mod target_read_only;
mod target_rights;
mod target_role;
mod target_roles;
mod target_rows;
mod target_sessions;
mod target_standby;
mod target_statement_log;
mod target_subscriptions;
mod target_synchronous;
mod target_temp_limit;
mod target_triggers;
mod target_wal_size;
mod time_zone;
mod tls_unused;
mod unlogged_tables;
mod wal_level;
mod wal_senders;
mod wraparound;

use super::Check;

pub(super) use exclusive_locks::CHECK as EXCLUSIVE_LOCKS;

/// Every check, in the order of the report.
pub const CHECKS: &[&Check] = &[
    &pooled_endpoint::CHECK,
    &load_balanced_endpoint::CHECK,
    &tls_unused::CHECK,
    &connections::CHECK,
    &session_timeouts::CHECK,
    &clock_skew::CHECK,
    &time_zone::CHECK,
    &target_older::CHECK,
    &target_standby::CHECK,
    &same_database::CHECK,
    &source_standby::CHECK,
    &source_catalog::CHECK,
    &hidden_rows::CHECK,
    &target_rights::CHECK,
    &closed_schema::CHECK,
    &target_role::CHECK,
    &passwords_unreadable::CHECK,
    &md5_passwords::CHECK,
    &target_roles::CHECK,
    &extension_missing::CHECK,
    &extension_expected::CHECK,
    &extension_version::CHECK,
    &preloaded_libraries::CHECK,
    &encoding::CHECK,
    &collation_differs::CHECK,
    &encoding_differs::CHECK,
    &collation_version::CHECK,
    &database_collation_version::CHECK,
    &icu_missing::CHECK,
    &conditions::CHECK,
    &chunk_column::CHECK,
    &plan::CHECK,
    &left_out::CHECK,
    &carried_differently::CHECK,
    &no_primary_key::CHECK,
    &replica_identity::CHECK,
    &large_objects::CHECK,
    &unlogged_tables::CHECK,
    &foreign_tables::CHECK,
    &partitioned_tables::CHECK,
    &inherited_tables::CHECK,
    &sequences_near_end::CHECK,
    &invalid_indexes::CHECK,
    &duplicate_indexes::CHECK,
    &not_valid_constraints::CHECK,
    &disabled_triggers::CHECK,
    &journal_schema::CHECK,
    &tablespaces_missing::CHECK,
    &subscriptions::CHECK,
    &prepared_transactions::CHECK,
    &long_transactions::CHECK,
    &exclusive_locks::CHECK,
    &wraparound::CHECK,
    &max_locks::CHECK,
    &disk_space::CHECK,
    &target_definitions::CHECK,
    &target_rows::CHECK,
    &target_triggers::CHECK,
    &target_event_triggers::CHECK,
    &target_not_empty::CHECK,
    &target_sessions::CHECK,
    &target_prepared_transactions::CHECK,
    &target_read_only::CHECK,
    &target_publications::CHECK,
    &target_subscriptions::CHECK,
    &target_durability::CHECK,
    &target_checksums::CHECK,
    &target_autovacuum::CHECK,
    &target_synchronous::CHECK,
    &target_archiving::CHECK,
    &target_wal_size::CHECK,
    &target_temp_limit::CHECK,
    &target_statement_log::CHECK,
    &wal_level::CHECK,
    &replication_slots::CHECK,
    &wal_senders::CHECK,
    &slot_wal_limit::CHECK,
    &replication_role::CHECK,
    &hba_replication::CHECK,
    &hba_errors::CHECK,
];
