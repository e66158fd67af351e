SELECT r.pid,
       r.usename AS role,
       r.application_name,
       r.client_addr AS address,
       r.state,
       r.sync_state
  FROM pg_catalog.pg_stat_replication r
 ORDER BY r.pid
