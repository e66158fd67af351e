SELECT e.extname AS name,
       e.extversion AS version,
       n.nspname AS schema,
       pg_catalog.pg_get_userbyid(e.extowner) AS owner
  FROM pg_catalog.pg_extension e
  JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
 ORDER BY e.extname
