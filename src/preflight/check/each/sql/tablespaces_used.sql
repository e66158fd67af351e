SELECT s.spcname AS name
  FROM pg_catalog.pg_tablespace s
 WHERE s.spcname NOT IN ('pg_default', 'pg_global')
   AND (EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.reltablespace = s.oid)
        OR EXISTS (SELECT FROM pg_catalog.pg_database d
                    WHERE d.dattablespace = s.oid AND d.datname = pg_catalog.current_database()))
 ORDER BY s.spcname
