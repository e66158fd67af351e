SELECT pg_catalog.json_build_object(
         'schema', n.nspname,
         'name', c.relname,
         'rows', c.reltuples,
         'analyzed_pages', c.relpages,
         'pages', pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::pg_catalog.int8
       )::pg_catalog.text
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'm')
   AND n.nspname NOT LIKE 'pg\_%'
   AND n.nspname <> 'information_schema'
