SELECT current_setting('server_version') AS version,
       current_setting('server_version_num')::pg_catalog.int4 AS version_num,
       pg_catalog.current_database() AS database,
       pg_catalog.pg_is_in_recovery() AS in_recovery,
       pg_catalog.pg_postmaster_start_time() AS started,
       (SELECT pg_catalog.json_object_agg(s.name, s.reset_val ORDER BY s.name)
          FROM pg_catalog.pg_settings s
         WHERE s.name IN ('TimeZone', 'archive_mode', 'autovacuum', 'block_size', 'data_checksums', 'fsync',
                          'hot_standby_feedback', 'max_connections', 'max_locks_per_transaction',
                          'max_logical_replication_workers', 'max_prepared_transactions', 'max_replication_slots',
                          'max_slot_wal_keep_size', 'max_standby_streaming_delay', 'max_wal_senders', 'max_wal_size',
                          'max_worker_processes', 'password_encryption', 'server_encoding', 'shared_preload_libraries',
                          'ssl', 'statement_timeout', 'synchronous_standby_names', 'wal_level')) AS settings
