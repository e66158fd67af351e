SELECT f.oid,
       CASE WHEN n.nspname <> 'pg_catalog' THEN n.nspname ELSE '' END AS schema,
       pg_catalog.format_type(f.trftype, NULL) AS type,
       l.lanname AS language,
       NULLIF(f.trffromsql::pg_catalog.oid::pg_catalog.regprocedure::text, '-') AS from_sql,
       NULLIF(f.trftosql::pg_catalog.oid::pg_catalog.regprocedure::text, '-') AS to_sql
  FROM pg_catalog.pg_transform f
  JOIN pg_catalog.pg_language l ON l.oid = f.trflang
  JOIN pg_catalog.pg_type t ON t.oid = f.trftype
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
 WHERE f.oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_transform'::pg_catalog.regclass
                      AND d.objid = f.oid AND d.deptype = 'e')
 ORDER BY n.nspname, t.typname, l.lanname
