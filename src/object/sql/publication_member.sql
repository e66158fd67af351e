SELECT r.oid,
       p.pubname AS publication,
       p.oid AS publication_oid,
       n.nspname AS schema,
       n.oid AS schema_oid,
       c.relname AS table_name,
       c.oid AS relation,
       ARRAY(SELECT a.attname
               FROM pg_catalog.pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs)
              ORDER BY a.attnum) AS columns,
       pg_catalog.pg_get_expr(r.prqual, r.prrelid) AS filter
  FROM pg_catalog.pg_publication_rel r
  JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
  JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 UNION ALL
SELECT s.oid, p.pubname, p.oid, n.nspname, n.oid, NULL, NULL, '{}', NULL
  FROM pg_catalog.pg_publication_namespace s
  JOIN pg_catalog.pg_publication p ON p.oid = s.pnpubid
  JOIN pg_catalog.pg_namespace n ON n.oid = s.pnnspid
 ORDER BY 2, 4, 6
