SELECT a.pid,
       a.usename AS role,
       a.state,
       extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::pg_catalog.int8 AS seconds
  FROM pg_catalog.pg_stat_activity a
 WHERE a.datname = pg_catalog.current_database()
   AND a.backend_type = 'client backend'
   AND a.xact_start IS NOT NULL
   AND a.application_name <> pg_catalog.current_setting('application_name')
 ORDER BY a.xact_start
