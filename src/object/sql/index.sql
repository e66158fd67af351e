SELECT ic.oid,
       n.nspname AS schema,
       ic.relname AS name,
       ic.relkind AS kind,
       i.indrelid AS relation,
       tn.nspname AS table_schema,
       c.relname AS table_name,
       c.relkind AS relation_kind,
       i.indisclustered AS clustered,
       i.indisreplident AS replica_identity,
       ts.spcname AS tablespace,
       ' WHERE ' || pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate,
       pg_catalog.pg_get_indexdef(ic.oid) AS definition,
       ic.relpages * current_setting('block_size')::int8 AS bytes,
       COALESCE(st.targets, '[]') AS statistics
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = ic.relnamespace
  JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
  JOIN pg_catalog.pg_namespace tn ON tn.oid = c.relnamespace
  LEFT JOIN (SELECT a.attrelid,
                    json_agg(json_build_object('column', a.attnum, 'target', a.attstattarget) ORDER BY a.attnum) AS targets
               FROM pg_catalog.pg_attribute a
              WHERE a.attnum > 0
                AND a.attstattarget IS NOT NULL
              GROUP BY a.attrelid) st ON st.attrelid = ic.oid
  LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = ic.reltablespace
 WHERE (i.indisvalid OR c.relkind = 'p')
   AND i.indisready
   AND c.relpersistence <> 't'
   AND c.relkind IN ('r', 'p', 'm')
   AND n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
                    WHERE k.conindid = ic.oid AND k.contype IN ('p', 'u', 'x'))
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY n.nspname, ic.relname
