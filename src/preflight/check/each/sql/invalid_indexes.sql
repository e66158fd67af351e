SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS object,
       n.nspname AS schema,
       'ON ' || pg_catalog.format('%I.%I', n.nspname, t.relname) AS detail
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT i.indisvalid
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname
