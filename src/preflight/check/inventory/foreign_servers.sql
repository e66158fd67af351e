-- Without options: some wrappers take passwords there.
SELECT s.srvname AS name,
       w.fdwname AS wrapper,
       pg_catalog.pg_get_userbyid(s.srvowner) AS owner,
       s.srvtype AS type,
       s.srvversion AS version
  FROM pg_catalog.pg_foreign_server s
  JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
 ORDER BY s.srvname
