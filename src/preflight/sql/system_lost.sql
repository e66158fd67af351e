SELECT u.kind,
       u.name
  FROM pg_catalog.json_to_recordset(:used) u(kind text, name text)
 WHERE CASE u.kind
       WHEN 'function' THEN
            NOT EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.proname = u.name AND p.oid < 16384)
       WHEN 'operator' THEN
            -- Polymorphic types changed their names in server 14; the operators are there.
            u.name !~ '[(,]any'
            AND u.name NOT IN (SELECT o.oid::pg_catalog.regoperator::text FROM pg_catalog.pg_operator o WHERE o.oid < 16384)
       WHEN 'relation' THEN
            u.name NOT IN (SELECT n.nspname || '.' || c.relname
                             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                            WHERE c.oid < 16384)
       ELSE u.name NOT IN (SELECT n.nspname || '.' || c.relname || '.' || a.attname
                             FROM pg_catalog.pg_class c
                             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                             JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
                            WHERE c.oid < 16384)
       END
