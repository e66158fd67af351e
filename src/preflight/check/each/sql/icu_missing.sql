SELECT pg_catalog.quote_ident(d.datname) AS object,
       NULL AS schema,
       'the database' AS detail
  FROM pg_catalog.pg_database d
 WHERE d.datname = pg_catalog.current_database()
   AND pg_catalog.to_jsonb(d) ->> 'datlocprovider' = 'i'
UNION ALL
SELECT pg_catalog.format('%I.%I', n.nspname, c.collname),
       n.nspname,
       'a collation'
  FROM pg_catalog.pg_collation c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
 WHERE c.collprovider = 'i'
   AND n.nspname <> 'pg_catalog'
 ORDER BY 1
