SELECT i.inhrelid AS index,
       n.nspname AS schema,
       c.relname AS name,
       i.inhparent AS parent,
       pn.nspname AS parent_schema,
       pc.relname AS parent_name,
       x.indrelid AS relation,
       ARRAY(SELECT k.oid
               FROM pg_catalog.pg_constraint k
              WHERE k.conindid IN (i.inhrelid, i.inhparent) AND k.contype IN ('p', 'u', 'x')
              ORDER BY k.oid) AS constraints
  FROM pg_catalog.pg_inherits i
  JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_class pc ON pc.oid = i.inhparent
  JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace
  JOIN pg_catalog.pg_index x ON x.indexrelid = i.inhrelid
 WHERE pc.relkind = 'I'
   AND (x.indisvalid OR c.relkind = 'I')
   AND x.indisready
   AND n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
 ORDER BY n.nspname, c.relname
