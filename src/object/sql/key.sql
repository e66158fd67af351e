SELECT k.oid,
       k.conname AS name,
       k.contype AS kind,
       k.conrelid AS relation,
       n.nspname AS schema,
       c.relname AS table_name,
       c.relkind AS relation_kind,
       NOT c.relispartition
       AND EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid) AS inherits,
       k.conindid AS index,
       k.condeferrable AS deferrable,
       k.condeferred AS deferred,
       ARRAY(SELECT a.attname
               FROM unnest(k.conkey) WITH ORDINALITY u(number, place)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number
              ORDER BY u.place) AS columns,
       COALESCE(ic.reloptions, '{}') AS options,
       ts.spcname AS tablespace,
       ' WHERE (' || pg_catalog.pg_get_expr(i.indpred, i.indrelid) || ')' AS predicate,
       pg_catalog.pg_get_constraintdef(k.oid) AS definition,
       pg_catalog.pg_get_indexdef(k.conindid) AS index_definition,
       ic.relpages * current_setting('block_size')::int8 AS bytes,
       am.amname AS access_method,
       i.indisclustered AS clustered,
       i.indisreplident AS replica_identity
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid
  JOIN pg_catalog.pg_class ic ON ic.oid = k.conindid
  JOIN pg_catalog.pg_am am ON am.oid = ic.relam
  LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = ic.reltablespace
 WHERE k.contype IN ('p', 'u', 'x')
   AND n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY n.nspname, c.relname, k.conname
