SELECT DISTINCT n.nspname AS schema,
       c.relname AS name,
       COALESCE('pid ' || l.pid, 'a prepared transaction') AS detail
  FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_database d ON d.oid = l.database
  JOIN pg_catalog.pg_class c ON c.oid = l.relation
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE d.datname = pg_catalog.current_database()
   AND l.mode = 'AccessExclusiveLock'
   AND c.relkind IN ('r', 'p')
   AND n.nspname !~ '^pg_'
 ORDER BY 1, 2
