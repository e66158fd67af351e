SELECT s.slot_name AS name,
       s.slot_type AS type,
       s.plugin,
       s.database,
       s.temporary,
       s.active,
       s.restart_lsn,
       s.confirmed_flush_lsn,
       pg_catalog.to_jsonb(s) ->> 'wal_status' AS wal_status
  FROM pg_catalog.pg_replication_slots s
 ORDER BY s.slot_name
