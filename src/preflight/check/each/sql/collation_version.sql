SELECT pg_catalog.format('%I.%I', n.nspname, c.collname) AS object,
       n.nspname AS schema,
       c.collversion || ', now ' || pg_catalog.pg_collation_actual_version(c.oid) AS detail
  FROM pg_catalog.pg_collation c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
 WHERE c.collversion <> pg_catalog.pg_collation_actual_version(c.oid)
   AND n.nspname <> 'pg_catalog'
 ORDER BY n.nspname, c.collname
