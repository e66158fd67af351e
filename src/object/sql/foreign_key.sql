SELECT k.oid,
       k.conname AS name,
       k.conrelid AS relation,
       n.nspname AS schema,
       c.relname AS table_name,
       c.relkind AS relation_kind,
       k.confrelid AS referenced,
       fn.nspname AS referenced_schema,
       fc.relname AS referenced_table,
       fc.relkind AS referenced_kind,
       k.convalidated AS validated,
       pg_catalog.pg_get_constraintdef(k.oid) AS definition
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_class fc ON fc.oid = k.confrelid
  JOIN pg_catalog.pg_namespace fn ON fn.oid = fc.relnamespace
 WHERE k.contype = 'f'
   AND k.conparentid = 0
   AND n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY n.nspname, c.relname, k.conname
