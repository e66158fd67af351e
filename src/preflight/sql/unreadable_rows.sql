SELECT n.nspname AS schema,
       c.relname AS name,
       c.relkind = 'S' AS is_sequence
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relpersistence <> 't'
   AND CASE WHEN c.relkind IN ('r', 'p') THEN pg_catalog.row_security_active(c.oid)
            WHEN c.relkind = 'S' THEN NOT (has_schema_privilege(n.oid, 'USAGE')
                                           AND has_sequence_privilege(c.oid, 'SELECT')) END
 ORDER BY n.nspname, c.relname
