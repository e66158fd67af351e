SELECT c.oid,
       n.nspname AS schema,
       c.relname AS name,
       c.relkind AS kind,
       COALESCE(i.indrelid, c.oid) AS of_table,
       c.reltuples AS tuples,
       c.relallvisible AS all_visible,
       c.relallfrozen AS all_frozen,
       i.indexprs IS NOT NULL AS has_expressions,
       EXISTS (SELECT FROM pg_catalog.pg_statistic_ext e WHERE e.stxrelid = c.oid) AS extended,
       COALESCE((SELECT json_agg(h.inhrelid ORDER BY h.inhrelid)
                   FROM pg_catalog.pg_inherits h
                  WHERE h.inhparent = c.oid), '[]') AS children
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
 WHERE c.relkind IN ('r', 'p', 'm', 'i')
   AND COALESCE(i.indrelid, c.oid) IN (SELECT unnest('{}'::pg_catalog.oid[]))
 ORDER BY n.nspname, c.relname
