SELECT pg_catalog.format('%I ON %I.%I', k.conname, n.nspname, c.relname) AS object,
       n.nspname AS schema
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT k.convalidated
 ORDER BY 1
