SELECT l.classoid = 'pg_catalog.pg_tablespace'::pg_catalog.regclass AS of_tablespace,
       COALESCE(r.rolname, t.spcname) AS name,
       l.provider,
       l.label
  FROM pg_catalog.pg_shseclabel l
  LEFT JOIN pg_catalog.pg_roles r
         ON r.oid = l.objoid AND l.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass
  LEFT JOIN pg_catalog.pg_tablespace t
         ON t.oid = l.objoid AND l.classoid = 'pg_catalog.pg_tablespace'::pg_catalog.regclass
 WHERE COALESCE(r.rolname, t.spcname) !~ '^pg_'
 ORDER BY 1, 2, 3
