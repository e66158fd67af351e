SELECT r.oid,
       p.pubname AS publication,
       p.oid AS publication_oid,
       n.nspname AS schema,
       n.oid AS schema_oid,
       c.relname AS table_name,
       c.oid AS relation,
       '{}'::text[] AS columns,
       NULL AS filter
  FROM pg_catalog.pg_publication_rel r
  JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
  JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 ORDER BY p.pubname, n.nspname, c.relname
